"""How long a training will take, before it starts: from what is known, or guessed and said to be a guess."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.i18n import tr
from engine.training.options import TrainOptions
from engine.training.times import Times, around

if TYPE_CHECKING:
    from engine.models.row import Row

# Steps in a second by the recipes, about, on one core of the computer that the shipped bundles were made on: for those
# of them that do not say themselves how long they took.
ROUGH: Mapping[str, float] = {
    "melody_vae": 4.4, "music_vae_hierarchical": 5.8, "music_vae_16": 3.3, "music_vae": 6.1, "vrae": 12,
    "vrae_20": 12, "vae": 14, "autoencoder": 14, "celtic_lstm": 9.2, "dilated_conv": 6, "transformer": 4.6,
    "bidirectional_rnn": 6.8, "anticipation_rnn": 9.3, "rl_tuner": 42, "encoder_decoder": 4.6, "auto_bach": 48,
    "auto_bach_stacked": 23, "orderless_nade": 17, "mini_bach": 18, "encoder_decoder_chorale": 5.9,
    "deephear": 11, "rnn_nade": 12, "rnn_rbm": 51, "nade": 38, "rbm": 26, "deep_belief_network": 24,
    "c_rbm": 18, "vq_vae": 6.7, "sparse_ae": 28, "denoising_ae": 21, "contractive_ae": 37,
}  # fmt: skip
SLOWEST = 3.0  # of those: a guess about a system that nobody has timed


@dataclass(frozen=True)
class Pace:
    """How fast a model learns.

    Attributes:
        steps: in a second.
        guess: timed on another computer, or nearly so.
        around: seconds of reading before and of measuring after.
        timed: those were timed on this computer.
    """

    steps: float
    guess: bool = False
    around: float = 120.0
    timed: bool = False


def pace_of(
    row: Row, header: Mapping[str, object], known: Mapping[str, float], chip: str, times: Mapping[str, Times]
) -> Pace:
    """How fast a model will learn here.

    Args:
        row: the model.
        header: of a bundle of it, whose `took` says how many steps took how long on what chip; may be empty.
        known: steps in a second of systems that were trained in this session.
        chip: of this computer; empty: not known yet.
        times: what is remembered of trainings on this computer.
    """
    besides, mine, took = around(row.system, times), times.get(row.system, Times()), header.get("took")
    if known.get(row.system):
        return Pace(known[row.system], False, *besides)
    if mine.pace and mine.chip.startswith(chip):  # it names the precision as well
        return Pace(mine.pace, False, *besides)
    if isinstance(took, Mapping) and took.get("seconds") and took.get("steps"):
        steps = float(took["steps"]) / float(took["seconds"])
        return Pace(steps, not chip or took.get("chip") != chip, *besides)
    return Pace(ROUGH.get(row.system, SLOWEST), True, *besides)


def time_words(options: TrainOptions, pace: Pace, chip: str = "", network: bool = False) -> str:
    """How long a training takes, in words.

    Args:
        options: as chosen.
        pace: how fast it goes.
        chip: of this computer; empty: not known yet.
        network: the options of the network were changed, and with them its pace.
    """
    where = tr(" on {chip}").format(chip=chip) if chip else ""
    minutes = options.minutes > 0
    seconds = options.minutes * 60 if minutes else options.steps / pace.steps
    said = tr("It learns for {time}{where}") if minutes else tr("About {time}{where}")
    words = said.format(time=time(seconds), where=where)
    if minutes:
        words += tr(": about {n} steps").format(n=steps(seconds * pace.steps))
    besides = time(pace.around)
    if pace.timed:
        words += tr(", and {time} for reading and measuring, as last time.").format(time=besides)
    else:
        words += tr(", and perhaps {time} for reading and measuring: that was not timed here yet.").format(time=besides)
    if network:
        return f"{words} " + tr("A network of another size is quicker or slower: soon after the start it is known.")
    if pace.guess:
        return f"{words} " + tr("How fast it goes is guessed from another computer: soon after the start it is known.")
    return words


def in_all(options: TrainOptions, pace: Pace) -> str:
    """From the start to the card, in as few words as possible."""
    seconds = options.minutes * 60 if options.minutes > 0 else options.steps / pace.steps
    sure = pace.timed and (options.minutes > 0 or not pace.guess)
    said = tr("About {time} in all.") if sure else tr("Perhaps {time} in all.")
    return said.format(time=time(seconds + pace.around))


def time(seconds: float) -> str:
    """A stretch of time in words."""
    if seconds < 90:
        return tr("{n} s").format(n=max(1, round(seconds)))
    if seconds < 5400:
        return tr("{n} min").format(n=round(seconds / 60))
    return tr("{n} h").format(n=round(seconds / 3600, 1))


def steps(count: float) -> str:
    """A number of steps to two digits: nobody can foretell more."""
    digits = max(0, len(str(round(count))) - 2)
    return f"{round(round(count), -digits):,}"
