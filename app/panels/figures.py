"""What was measured of a model, in a composer's words: a few sentences, what falls short, and the rest as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.i18n import tr

PERCENT, PLAIN = "percent", "plain"  # how a figure is written
SIDES = ("", "compound_")  # prefix of a figure in the header; the words are in `_side`

TABLE = {  # name in a bundle's header -> what it means, and how it is written
    "token_accuracy": ("Steps given back as they were", PERCENT),
    "onset_accuracy": ("Notes given back as they were", PERCENT),
    "exact_windows": ("Two-bar melodies given back whole", PERCENT),
    "always_hold_accuracy": ("Steps right if it only ever held on", PERCENT),
    "kl_nats": ("Information kept of a melody (nats)", PLAIN),
    "prior_fd": ("New melodies: distance from real ones", PLAIN),
    "prior_fd_worst": ("The same, worst of the draws", PLAIN),
    "prior_copies": ("New melodies that copy a training tune", PERCENT),
    "prior_unique": ("New melodies that are all different", PERCENT),
    "midpoint_fd": ("Halfway melodies: distance from real ones", PLAIN),
    "midpoint_fd_worst": ("The same, worst of the draws", PLAIN),
    "midpoint_copies": ("Halfway melodies that copy a training tune", PERCENT),
    "midpoint_unique": ("Halfway melodies that are all different", PERCENT),
    "morph_ends_exact": ("Morphs that begin and end on your own notes", PERCENT),
    "real_held_out_fd": ("For comparison: other real tunes", PLAIN),
    "markov_fd": ("For comparison: a Markov chain", PLAIN),
    "shuffled_pitches_fd": ("For comparison: real tunes, pitches shuffled", PLAIN),
    "density_slider_monotone": ("Melodies the density slider moves the right way", PERCENT),
    "density_slider_leak": ("What it moves besides", PERCENT),
    "height_slider_monotone": ("Melodies the height slider moves the right way", PERCENT),
    "height_slider_leak": ("What it moves besides", PERCENT),
}

SHORT = {  # name of a gate -> what is said when it does not hold
    "held_out_tunes": "It was tested on too few tunes",
    "token_accuracy": "It gives tunes back less exactly than it should",
    "onset_accuracy": "It gives notes back less exactly than it should",
    "kl_nats": "Its map is less smooth than it should be",
    "prior_fd": "New melodies are further from real ones than they should be",
    "midpoint_fd": "Halfway melodies are further from real ones than they should be",
    "prior_copies": "It copies training tunes too often",
    "prior_unique": "New melodies repeat one another too often",
    "morph_ends_exact": "Morphs do not always end on your own notes",
}


def headlines(header: Mapping[str, Any]) -> list[str]:
    """The few figures that matter at the desk, a sentence each, out of a bundle's header; none if not measured."""
    figures, made = measured(header), []
    if "onset_accuracy" in figures:
        words = tr("Plays back {share} of the notes of tunes it has never heard.")
        made.append(words.format(share=percent(figures["onset_accuracy"])))
    if "prior_copies" in figures:
        made.append(
            tr("{share} of its new melodies copy a training tune.").format(share=percent(figures["prior_copies"]))
        )
    if "midpoint_fd" in figures:
        made.append(_between(figures, tr("Between two melodies it {how}: {value} from real tunes"), "midpoint_fd"))
    if figures.get("held_out_tunes"):
        count = f"{figures['held_out_tunes']:,.0f}".replace(",", "\N{NARROW NO-BREAK SPACE}")
        made.append(tr("Measured on {count} tunes kept apart from training.").format(count=count))
    return made


def _between(figures: Mapping[str, float], words: str, name: str) -> str:
    """How musical a place is, on the scale from other real tunes to a Markov chain."""
    value, real, chance = figures[name], figures.get("real_held_out_fd"), figures.get("markov_fd")
    if real is None or chance is None or chance <= real:
        return words.format(how=tr("stays musical"), value=f"{value:.1f}") + "."
    way = (value - real) / (chance - real)
    how = tr("stays musical") if way < 0.1 else tr("stays fairly musical") if way < 0.35 else tr("loses its way")
    scale = tr(" (distance: other real tunes {real:.1f}, a Markov chain {chance:.0f}).")
    return words.format(how=how, value=f"{value:.1f}") + scale.format(real=real, chance=chance)


def shortfalls(header: Mapping[str, Any]) -> list[str]:
    """What the model was meant to reach and does not, said plainly."""
    made = []
    for gate in _gates(header):
        name, value = str(gate.get("name", "")), gate.get("value")
        if not gate.get("holds", True) and isinstance(value, int | float):
            words = tr(SHORT[name]) if name in SHORT else name.replace("_", " ").capitalize()
            aim = _aim(str(gate.get("gate", "")), name)
            sentence = tr("Falls short: {words} ({value}; {aim}).")
            words = words[:1].lower() + words[1:]
            made.append(sentence.format(words=words, value=_written(name, value), aim=aim))
    return made


def table(header: Mapping[str, Any]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Everything that has a name in words: (head, lines of words and number) for each kind of bar that was measured."""
    figures, made = measured(header), []
    for side in SIDES:
        lines = [
            (tr(words), _written(name, figures[side + name]))
            for name, (words, _) in TABLE.items()
            if side + name in figures
        ]
        if lines:
            made.append((_side(side), lines))
    return made


def measured(header: Mapping[str, Any]) -> dict[str, float]:
    """The figures of a bundle's header, numbers only."""
    evaluation = header.get("evaluation")
    found = evaluation.get("figures") if isinstance(evaluation, Mapping) else None
    if not isinstance(found, Mapping):
        return {}
    return {str(name): float(value) for name, value in found.items() if isinstance(value, int | float)}


def percent(share: float) -> str:
    """A share as a composer reads it: whole per cents, but never 0 or 100 for what is not quite."""
    whole = round(100 * share)
    if (whole in (0, 100)) and abs(share - whole / 100) > 1e-9:
        return f"{100 * share:.1f} %"
    return f"{whole} %"


def _side(prefix: str) -> str:
    return tr("In 6/8 and 3/4") if prefix else tr("In 4/4 and 2/4")


def _gates(header: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    evaluation = header.get("evaluation")
    found = evaluation.get("gates") if isinstance(evaluation, Mapping) else None
    return [gate for gate in found if isinstance(gate, Mapping)] if isinstance(found, list) else []


def _written(name: str, value: float) -> str:
    kind = TABLE[name][1] if name in TABLE else ""
    return f"{100 * value:.1f} %" if kind == PERCENT else f"{value:.1f}" if kind == PLAIN else f"{value:g}"


def _aim(gate: str, name: str) -> str:
    """`<= 8` as "at most 8"."""
    sign, _, number = gate.partition(" ")
    try:
        text = _written(name, float(number))
    except ValueError:
        return gate
    return (tr("the aim is at least {text}") if sign == ">=" else tr("the aim is at most {text}")).format(text=text)
