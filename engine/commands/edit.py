"""Edits of notes: pure functions Score -> Score that also say which notes came out, so that a selection survives.

Notes are named by value. An edited note wins over one that is not edited: where both begin together on one pitch
the other goes, where they overlap the earlier one is cut. Notes that are no longer there are passed over, and so are
locked ones, which nothing changes but `lock`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from engine.commands.changes import Edit, choose
from engine.commands.phrases import Clip, copy, duplicate, join, legato, paste, quantize, replace_span, split_at
from engine.score import Key, Meter, Note, Score, Tempo
from engine.score.columns import GENERATED, LOCKED, no_columns, to_columns, unlocked
from engine.score.note import MAX_TICK

__all__ = [
    "Clip",
    "Edit",
    "accept",
    "add_notes",
    "copy",
    "duplicate",
    "join",
    "legato",
    "lock",
    "move_notes",
    "paste",
    "quantize",
    "remove_notes",
    "replace_notes",
    "replace_span",
    "resize_notes",
    "resize_starts",
    "scale_of",
    "set_key",
    "set_meter",
    "set_tempo",
    "set_velocity",
    "shift_velocity",
    "split_at",
    "transpose",
    "transpose_in_scale",
    "velocity_ramp",
]

_MAJOR_STEPS = (0, 2, 4, 5, 7, 9, 11)
_MINOR_STEPS = (0, 2, 3, 5, 7, 8, 10)


def add_notes(score: Score, track: int, notes: Iterable[Note]) -> Edit:
    """Put notes into a track, none of them locked."""
    none = choose(score, track, ())
    return none.become(unlocked(to_columns(notes)))


def remove_notes(score: Score, track: int, notes: Iterable[Note]) -> Edit:
    """Take notes out of a track."""
    return choose(score, track, notes).become(no_columns())


def replace_notes(score: Score, track: int, old: Iterable[Note], new: Iterable[Note]) -> Edit:
    """Put other notes in the place of some; of all or, where one of them is locked, of none."""
    old = tuple(old)
    if any(note.locked for note in old):
        return Edit(score, old)
    return choose(score, track, old).become(to_columns(new))


def move_notes(score: Score, track: int, notes: Iterable[Note], ticks: int = 0, semitones: int = 0) -> Edit:
    """Move notes in time and pitch. At an edge all of them stop together, so that intervals survive."""
    chosen = choose(score, track, notes)
    columns = chosen.picked
    if not columns.shape[1]:
        return Edit(score, ())
    ends = columns[0] + columns[2]
    moved = columns.copy()
    moved[0] += min(max(ticks, -int(columns[0].min())), MAX_TICK - int(ends.max()))
    moved[1] += min(max(semitones, -int(columns[1].min())), 127 - int(columns[1].max()))
    return chosen.become(moved)


def transpose(score: Score, track: int, notes: Iterable[Note], semitones: int) -> Edit:
    """Move notes up or down, all by the same interval."""
    return move_notes(score, track, notes, 0, semitones)


def transpose_in_scale(score: Score, track: int, notes: Iterable[Note], steps: int, key: Key) -> Edit:
    """Move notes up or down by steps of a scale; a note outside it keeps its distance to the step below.

    All stop together where one would leave the range of MIDI.

    Args:
        score: the piece.
        track: which track.
        notes: of it.
        steps: of the scale; 7 is an octave.
        key: its major or natural minor scale.
    """
    chosen = choose(score, track, notes)
    columns = chosen.picked
    tonic = key.fifths * 7 + (9 if key.minor else 0)
    scale = np.array(_MINOR_STEPS if key.minor else _MAJOR_STEPS)
    octave, within = np.divmod(columns[1] - tonic, 12)
    degree = np.searchsorted(scale, within, side="right") - 1
    altered = within - scale[degree]
    while True:
        octaves, degrees = np.divmod(degree + steps, 7)
        pitches = tonic + (octave + octaves) * 12 + scale[degrees] + altered
        if steps == 0 or not ((pitches < 0) | (pitches > 127)).any():
            break
        steps = min(abs(steps) - 1, 75) * (1 if steps > 0 else -1)  # 75 steps reach from one end to the other
    moved = columns.copy()
    moved[1] = np.clip(pitches, 0, 127)
    return chosen.become(moved)


def scale_of(key: Key) -> tuple[int, ...]:
    """Pitch classes 0..11 of the major or natural minor scale of a key, its tonic first."""
    tonic = key.fifths * 7 + (9 if key.minor else 0)
    return tuple((tonic + step) % 12 for step in (_MINOR_STEPS if key.minor else _MAJOR_STEPS))


def resize_notes(score: Score, track: int, notes: Iterable[Note], ticks: int, least: int = 1) -> Edit:
    """Move the ends of notes; none becomes shorter than `least` ticks (or than it was)."""
    chosen = choose(score, track, notes)
    columns = chosen.picked
    sized = columns.copy()
    least_each = np.minimum(columns[2], max(1, least))
    sized[2] = np.clip(columns[2] + ticks, least_each, MAX_TICK - columns[0])
    return chosen.become(sized)


def resize_starts(score: Score, track: int, notes: Iterable[Note], ticks: int, least: int = 1) -> Edit:
    """Move the onsets of notes and leave their ends; none becomes shorter than `least` ticks (or than it was)."""
    chosen = choose(score, track, notes)
    columns = chosen.picked
    ends = columns[0] + columns[2]
    sized = columns.copy()
    sized[0] = np.clip(columns[0] + ticks, 0, ends - np.minimum(columns[2], max(1, least)))
    sized[2] = ends - sized[0]
    return chosen.become(sized)


def set_velocity(score: Score, track: int, notes: Iterable[Note], velocity: int | Sequence[int]) -> Edit:
    """Give notes one velocity, or each its own (as many as notes, in their order)."""
    notes = tuple(notes)
    values = np.broadcast_to(np.asarray(velocity, dtype=np.int64), len(notes))
    chosen = choose(score, track, notes)
    louder = chosen.picked.copy()
    louder[3] = np.clip(values[chosen.places], 1, 127)
    return chosen.become(louder)


def shift_velocity(score: Score, track: int, notes: Iterable[Note], by: int) -> Edit:
    """Make notes louder or softer, each within 1..127."""
    chosen = choose(score, track, notes)
    columns = chosen.picked
    louder = columns.copy()
    louder[3] = np.clip(columns[3] + by, 1, 127)
    return chosen.become(louder)


def velocity_ramp(score: Score, track: int, notes: Iterable[Note], first: int, last: int) -> Edit:
    """A crescendo or diminuendo from the first onset to the last, straight in time."""
    chosen = choose(score, track, notes)
    columns = chosen.picked
    if not columns.shape[1]:
        return Edit(score, ())
    begin, end = int(columns[0].min()), int(columns[0].max())
    ramp = columns.copy()
    ramp[3] = np.clip(np.rint(first + (last - first) * (columns[0] - begin) / max(1, end - begin)), 1, 127)
    return chosen.become(ramp)


def accept(score: Score, track: int, notes: Iterable[Note]) -> Edit:
    """Take generated notes over as the composer's own."""
    chosen = choose(score, track, notes, locked=True)
    mine = chosen.picked.copy()
    mine[4] &= ~GENERATED
    return chosen.become(mine)


def lock(score: Score, track: int, notes: Iterable[Note], locked: bool) -> Edit:
    """Lock notes, so that they stay as they are whatever is done around them, or let them go."""
    chosen = choose(score, track, notes, locked=True)
    marked = chosen.picked.copy()
    marked[4] = marked[4] | LOCKED if locked else marked[4] & ~LOCKED
    return chosen.become(marked)


def set_tempo(score: Score, tick: int, bpm: float) -> Score:
    """The piece with `bpm` quarter notes per minute from a tick on, until the next tempo."""
    return score.marked(Tempo.of_bpm(tick, bpm))


def set_meter(score: Score, tick: int, numerator: int, denominator: int) -> Score:
    """The piece with another meter from a tick on (ValueError if there is no such meter)."""
    return score.marked(Meter(tick, numerator, denominator))


def set_key(score: Score, tick: int, fifths: int, minor: bool) -> Score:
    """The piece in another key from a tick on (ValueError if there is no such key)."""
    return score.marked(Key(tick, fifths, minor))
