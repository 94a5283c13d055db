"""How a training is told to a composer: which figures share a plot, what each is called, how far it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.i18n import tr
from app.panels.jobs import time_left
from engine.training.progress import Look, TrainingProgress


@dataclass(frozen=True)
class Plot:
    """Figures that are drawn together.

    Attributes:
        name: of the plot.
        title: what it shows.
        lines: name of a figure -> what it is called.
        hint: how to read it, a sentence or two.
        log: powers of ten upwards.
    """

    name: str
    title: str
    lines: dict[str, str]
    hint: str = ""
    log: bool = False


GAME = (
    Plot("pay", "What the players pay", {"critic": "critic", "generator": "generator"},
         "Each falls when the other weakens: alone they say little. Wild swings are a bad sign."),
    Plot("distance", "Distance from the corpus", {"distance": "distance"},
         "Distance on 54 features of melodies; the stage where it is smallest is kept."),
    Plot("right", "How often the critic is right", {"right": "right", "fooled": "fooled"},
         "Right about real and generated music alike; fooled: generated music that it takes for real. "
         "Half and half means that it cannot tell."),
    Plot("variety", "How various the music is", {"unique": "different pieces", "chance": "by chance"},
         "Share of different pieces among 64, and share of notes that other dice would change."),
    Plot("divergence", "What the critic finds", {"divergence": "divergence"},
         "How far apart it can prove real and generated music to be; it falls as the music gets better."),
    Plot("pull", "How hard the players are pulled",
         {"critic_gradient": "critic", "generator_gradient": "generator"},
         "Length of their gradients. A generator without any learns nothing.", log=True),
    Plot("steps", "How far a step moves the weights", {"critic_step": "critic", "generator_step": "generator"},
         "As a share of their own length; about a thousandth is usual.", log=True),
    Plot("circle", "Whether they run in a circle", {"circle": "goes round", "widening": "widens"},
         "The eigenvalue of the game that goes round fastest: how fast, and whether the circle widens (above nought) "
         "or dies away (below)."),
    Plot("leading", "How a small push goes on", {"growth": "grows", "turn": "goes round"},
         "The largest eigenvalue of the game: below nought a push dies away, above it grows."),
)  # fmt: skip
PLAIN = (
    Plot("back", "What it gives back", {"back": "of music it never heard"},
         "Share of the notes and rests that it says rightly. While it rises it still gets better, whatever the loss "
         "does."),
    Plot("loss", "The loss", {"loss": "as it learns", "heard": "music it learns", "unheard": "music it never heard"},
         "When music it never heard gets worse while the rest gets better, it learns by heart; unless it gives more "
         "and more of it back."),
    Plot("step", "How far a step moves the weights", {"step": "a step"},
         "As a share of their own length; about a thousandth is usual.", log=True),
)  # fmt: skip


def plots_of(looks: Sequence[Look]) -> tuple[Plot, ...]:
    """The plots that can be drawn from some looks: a line needs two points."""
    last = looks[-1].figures if looks else {}
    kind = GAME if "generator" in last else PLAIN
    return tuple(plot for plot in kind if any(len(points(looks, name)[0]) > 1 for name in plot.lines))


def points(looks: Sequence[Look], name: str) -> tuple[list[float], list[float]]:
    """Steps and values of a figure, where it was measured."""
    found = [(float(look.step), look.figures[name]) for look in looks if name in look.figures]
    return [step for step, _ in found], [value for _, value in found]


def number(value: float) -> str:
    """A number of three digits at most."""
    text = f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"
    return text.replace("-", "\N{MINUS SIGN}", 1) if value < 0 else text


def how_far(progress: TrainingProgress, seconds_left: float | None) -> str:
    """Where it is, how fast, how long still until its card plays and on what chip."""
    pace = progress.pace
    parts = [
        tr("for comparison: {name}").format(name=progress.network) if progress.network else "",
        tr("step {n}").format(n=progress.step),
        time_left(seconds_left),
        tr("{n} steps a second").format(n=number(pace)) if pace >= 1 else "",
        tr("{n} s a step").format(n=number(1 / pace)) if 0 < pace < 1 else "",
        progress.chip,
    ]
    return " · ".join(part for part in parts if part)
