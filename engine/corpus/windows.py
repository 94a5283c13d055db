"""From tunes and scores to windows of tokens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine.codecs import melody, tune
from engine.codecs.catalog import MELODIC, TUNES
from engine.codecs.codec import Codec
from engine.corpus.abc import WHOLE, AbcNote, Tune
from engine.score import Score

SIXTEENTH = WHOLE // 16


@dataclass(frozen=True)
class Piece:
    """The windows of one tune.

    Attributes:
        title, book: where it comes from.
        windows: tokens, uint8 [n, *shape], in order of the piece; of a melody, all of one kind of bar.
        kind: reel, hymn ...; empty if nobody says.
        traits: what another piece shares if it is a variant of this one; without any, its windows are.
    """

    title: str
    book: str
    windows: NDArray[np.uint8]
    traits: frozenset[bytes] = frozenset()
    kind: str = ""


def from_tune(tune: Tune, bars: int = melody.BARS) -> Piece | None:
    """Windows of `bars` bars at every bar of a tune; of 2/4 tunes, two bars make one and windows start at even bars.

    Only full bars with something in them count: a pickup or a bar cut by a repeat starts a new run. None if the
    meter is not 4/4, 2/2, 2/4, 6/8 or 3/4, changes inside the tune, or nothing is left.
    """
    if not tune.steady or tune.meter not in {(4, 4), (2, 2), (2, 4), (6, 8), (3, 4)}:
        return None
    per_window_bar = 2 if tune.meter == (2, 4) else 1
    compound = tune.meter in {(6, 8), (3, 4)}
    windows = []
    for run in _runs(_mended(tune) if bars > melody.BARS else tune.bars, tune.bar_length):
        long = bars * per_window_bar
        for first in range(0, len(run) - long + 1, per_window_bar):
            windows.append(_tokens(run[first : first + long], tune.bar_length, compound, bars))
    if not windows:
        return None
    return Piece(tune.title, tune.book, np.array(windows, dtype=np.uint8), kind=kind_of(tune))


def kind_of(abc: Tune) -> str:
    """What a book's tune is called by dancers; a double jig is a jig, a slip jig is something else."""
    return "jig" if abc.rhythm in {"double jig", "single jig"} else abc.rhythm


def whole_tune(abc: Tune) -> Piece | None:
    """A tune as the events of `codecs.tune`, without its pickup; a bar that does not add up divides it.

    None if its meter is unknown, changes inside the tune, or fewer than four full bars follow one another.
    """
    if not abc.steady or abc.meter not in tune.METERS:
        return None
    meter, unit = tune.METERS.index(abc.meter), WHOLE // tune.WHOLE
    bars = _mended(abc)
    found: list[NDArray[np.uint8]] = []
    traits: set[bytes] = set()
    full = [sum(note.length for note in bar) == abc.bar_length and _spellable(bar, unit) for bar in bars]
    first = 0
    while first < len(bars):
        last = first
        while last < len(bars) and full[last]:
            last += 1
        rows = _joined(bars[first:last], abc.bar_length)
        notes = [(start // unit, end // unit, pitch) for start, end, pitch in rows]
        found += tune.tunes_of(notes, meter, last - first, last == len(bars), abc.fifths * 7 % 12)
        traits |= _traits(notes, 2 * abc.bar_length // unit)
        first = last + 1
    return (
        Piece(abc.title, abc.book, np.array(found, dtype=np.uint8), frozenset(traits), kind_of(abc)) if found else None
    )


def _spellable(bar: Sequence[AbcNote], unit: int) -> bool:
    """Whether lengths of the codec fill every note of a bar."""
    return all(note.length % unit == 0 and tune.FILLABLE[min(note.length // unit, tune.LONGEST_BAR)] for note in bar)


def _traits(notes: Sequence[tuple[int, int, int]], span: int) -> set[bytes]:
    """What stands in every stretch of two bars, in any key; stretches of few notes say nothing."""
    found = set()
    for at in range(0, max((end for _, end, _ in notes), default=0), span // 2):
        inside = [(start - at, pitch) for start, _, pitch in notes if at <= start < at + span]
        if len(inside) >= 6:
            found.add(repr([(start, pitch - inside[0][1]) for start, pitch in inside]).encode())
    return found


def _mended(tune: Tune) -> list[list[AbcNote]]:
    """The bars, where the two halves of one that a repeat sign cuts (end of a part, pickup of the next) are one bar,
    and the last bar is filled with the rest it lacks. Without it a tune with a pickup would hold no eight full bars.
    """
    bars: list[list[AbcNote]] = []
    lengths: list[int] = []
    for bar in tune.bars:
        length = sum(note.length for note in bar)
        if lengths and lengths[-1] + length == tune.bar_length and 0 < length < tune.bar_length:
            moved = [replace(note, onset=note.onset + lengths[-1]) for note in bar]
            bars[-1], lengths[-1] = bars[-1] + moved, tune.bar_length
        else:
            bars.append(list(bar))
            lengths.append(length)
    if bars and tune.bar_length // 2 <= lengths[-1] < tune.bar_length:
        bars[-1].append(AbcNote(lengths[-1], tune.bar_length - lengths[-1], None))
    return bars


def _runs(bars: Sequence[list[AbcNote]], bar_length: int) -> Iterator[list[list[AbcNote]]]:
    """Stretches of full bars that hold at least one note."""
    run: list[list[AbcNote]] = []
    for bar in bars:
        full = sum(note.length for note in bar) == bar_length
        if full and any(note.pitch is not None for note in bar):
            run.append(bar)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _tokens(notes: list[list[AbcNote]], bar_length: int, compound: bool, bars: int) -> NDArray[np.uint8]:
    """One window."""
    rows = _joined(notes, bar_length)
    steps = [(at // SIXTEENTH, -(-end // SIXTEENTH), pitch) for at, end, pitch in rows]
    return melody.encode_steps(steps, compound, bars)


def _joined(notes: Sequence[list[AbcNote]], bar_length: int) -> list[list[int]]:
    """The notes of full bars as [onset, end, pitch]; tied ones of one pitch are one, also across the bar line."""
    rows: list[list[int]] = []
    tied = False
    for index, bar in enumerate(notes):
        for note in bar:
            at = index * bar_length + note.onset
            if note.pitch is None:
                tied = False
            elif tied and rows[-1][2] == note.pitch and rows[-1][1] == at:
                rows[-1][1] = at + note.length
                tied = note.tied
            else:
                rows.append([at, at + note.length, note.pitch])
                tied = note.tied
    return rows


def from_score(score: Score, codec: Codec = melody.MELODY, book: str = "") -> list[Piece]:
    """The training windows of a score: one piece, or, for melodies, one per track."""
    parts = [score]
    if codec.name in (*MELODIC, *TUNES):
        parts = [replace(score, tracks=(track,)) for track in score.tracks]
    pieces = []
    for part in parts:
        windows = list(codec.windows(part))
        if windows:
            title = score.name or (part.tracks[0].name if part.tracks else "")
            pieces.append(Piece(title, book, np.array(windows, dtype=np.uint8)))
    return pieces
