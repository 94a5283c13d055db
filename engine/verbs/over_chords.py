"""Over chords: melodies over my chord line, bar after bar, from stable to creative."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engine.codecs import melody
from engine.codecs.chord_finding import NONE
from engine.codecs.codec import Tokens, Voice
from engine.codecs.melody_chords import chord_tones, classes_sounding
from engine.errors import UserError
from engine.jobs.job import Report, stretch
from engine.options import option
from engine.verbs.chord_line import ChordLine, chord_line
from engine.verbs.codes import sampling
from engine.verbs.verb import Asked, Idea, Verb

BAR = melody.BAR_SLOTS
COMPOUND = {(6, 8), (3, 4)}  # meters whose bars have twelve sixteenths
A_LINE = 0.9  # share of a track's notes that begin alone, from which it is a melody and not chords


@dataclass(frozen=True)
class Options:
    """Which chords, how long and how daring."""

    count: int = option(4, "how many to choose from", 1, 10)
    progression: str = option(
        "", "one for each bar: C Am F G; empty: those over the piece, or those that my music likely has"
    )
    bars: int = option(0, "how many bars; 0: as many as there are chords over the piece, else eight or more", 0, 64)
    creativity: float = option(0.3, "0 keeps to the chords, 1 takes them as a hint", 0.0, 1.0)
    temperature: float = option(0.3, "0 takes the likeliest notes, 1 throws the dice as while learning", 0.0, 1.5)
    best_of: int = option(4, "how often each bar is tried; the critic keeps what it likes best", 1, 64)
    keep_first: bool = option(True, "my first bar stays, if there is one, and the melody goes on from it")
    seed: int = option(1, "the same seed writes the same melodies", 0)


def run(asked: Asked, report: Report) -> list[Idea]:
    """`count` melodies, each in the place of the passage's, if there is a place."""
    import torch

    o, asked = asked.options, _in_its_meter(asked)
    line = chord_line(asked, o.progression, o.bars, o.seed)
    first = _first_bar(asked) if o.keep_first else None
    chords = torch.tensor([line.triads])
    opening = None if first is None else torch.from_numpy(first[None].astype(np.int64))
    made = []
    for index in range(o.count):
        part = stretch(report, index / o.count, (index + 1) / o.count)
        options = sampling(asked, seed=o.seed + index)
        with torch.inference_mode():
            tokens = asked.network.follow(chords, opening, options, part)[0].numpy().astype(np.uint8)
        made.append(_idea(asked, f"{index + 1}", tokens, line, first is not None))
        asked.keep(made[-1])
    return made


def _in_its_meter(asked: Asked) -> Asked:
    """With bars as those of the piece are, where there is one."""
    if asked.passage is None:
        return asked
    meter = asked.passage.score.meter_at(asked.passage.at_tick)
    return replace(asked, compound=(meter.numerator, meter.denominator) in COMPOUND)


def _idea(asked: Asked, caption: str, tokens: Tokens, line: ChordLine, begun: bool) -> Idea:
    bar = asked.span // asked.codec.bars
    ticks = bar * len(line.triads)
    share = _on_chords(tokens, line)
    remark = f"{line.words} ({line.source}), {100 * share:.0f} % on their notes"
    idea = replace(asked.idea(caption, tokens, remark=remark), at=asked.place(), ticks=ticks)
    if asked.passage is not None and _track_is_chords(asked):  # they go on sounding
        idea = replace(idea, voices=tuple(Voice("Melody", voice.program, voice.notes) for voice in idea.voices))
    return replace(idea, fresh=(bar, ticks)) if begun and ticks > bar and idea.at is not None else idea


def _on_chords(tokens: Tokens, line: ChordLine) -> float:
    """Share of the sounding time on notes of the chords; bars without a chord are left out."""
    sounds = classes_sounding(tokens[None])[0]
    chords = np.repeat(np.array(line.triads), BAR)
    counts = (sounds >= 0) & (chords != NONE)
    if not counts.any():
        return 0.0
    return float(chord_tones(chords[counts])[np.arange(int(counts.sum())), sounds[counts]].mean())


def _first_bar(asked: Asked) -> Tokens | None:
    """The composer's bar where the melody begins, tokens [16]; None if nothing begins there, or chords do."""
    if asked.passage is None:
        found = asked.windows[0][:BAR] if asked.windows else None
        return None if found is None or not (found[0] >= melody.FIRST_PITCH_TOKEN) else found
    if not asked.passage.score.tracks or _track_is_chords(asked):
        return None
    try:
        window = asked.window(0)
    except UserError:
        return None
    begins = (window[:BAR] >= melody.FIRST_PITCH_TOKEN) & (window[:BAR] < melody.PAD)
    return np.asarray(window[:BAR]) if begins.any() else None


def _track_is_chords(asked: Asked) -> bool:
    """Whether what stands on the track there begins together more often than alone."""
    assert asked.passage is not None
    start = asked.passage.at_tick
    columns = asked.passage.tracks[0].columns
    onsets = columns[0][(columns[0] >= start) & (columns[0] < start + asked.span)]
    return bool(len(onsets)) and len(np.unique(onsets)) < A_LINE * len(onsets)


VERB = Verb("over_chords", "Over chords", "Writes melodies over my chords, bar after bar.", "follows", 0, Options, run)
