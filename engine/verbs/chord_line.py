"""Which chords a verb is given, one to a bar: typed, written over the piece, found in its music, or common ones."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from engine.codecs.chord_finding import NONE, key_of, likely_chords
from engine.codecs.melody_chords import triads_of
from engine.commands.chords import chords_end
from engine.errors import UserError
from engine.score import Chord, Quality, Score
from engine.score.chords import parse_chord
from engine.verbs.verb import Asked, Passage

USUAL, MOST = 8, 64  # bars of a line where nothing says how long it is, and of the longest
COMMON = ("C C F G C F G C", "C G Am F C F G C", "C F C G C F G C", "C Am Dm G C Am G C")
COMMON_MINOR = ("Am F C G Am F G Am", "Am G F E Am Dm E Am", "Am Dm G C F Dm E Am")
HOMES = (0, 2, 5, 7, 9 + 12, 2 + 12)  # where a common line is at home, if nothing says where
FEW = 3  # bars with music, below which it says where home is, but not how to go on
_BETWEEN = re.compile(r"[\s|,;]+")


@dataclass(frozen=True)
class ChordLine:
    """Chords, one to a bar.

    Attributes:
        triads: 0..11 major, 12..23 minor by their roots, 24 none.
        source: where they come from, inside a sentence: "found in your music".
    """

    triads: tuple[int, ...]
    source: str

    @property
    def words(self) -> str:
        """`C Am F G`, spelt for their key; a long line is cut short."""
        sharps = fifths_of(self.triads)
        names = [chord_of(triad).name(sharps) for triad in self.triads[:16]]
        return " ".join(names) + (" …" if len(self.triads) > 16 else "")

    def of_length(self, bars: int) -> ChordLine:
        """As many bars of it; it begins again where it is too short."""
        return ChordLine(tuple(np.resize(self.triads, bars).tolist()), self.source)


def chord_line(asked: Asked, progression: str, bars: int, seed: int) -> ChordLine:
    """The chords there are for a passage: those typed, else those over the piece, else found in it, else common ones.

    Args:
        asked: passage and windows.
        progression: chords as text; empty: none are typed.
        bars: how many; 0: as many as are written over the piece, else eight, or as often round as makes eight.
        seed: chooses among common ones.

    Raises:
        UserError: the text is not made of chords, or the passage stands in a meter whose bars are of another kind.
    """
    spans = passage_bars(asked, bars or MOST)
    if progression.strip():
        line = ChordLine(tuple(triad_of(chord) for chord in parse_line(progression)), "yours")
        return line.of_length(bars or len(line.triads) * -(-USUAL // len(line.triads)))
    found = _written(asked.passage, spans) or _found(asked, spans[: bars or USUAL], seed)
    if found is None and asked.windows:
        found = ChordLine(tuple(triads_of(asked.windows[0][None])[0].tolist()), "found in your music")
    found = found or _common(seed)
    return found.of_length(bars) if bars else found


def parse_line(text: str) -> list[Chord]:
    """Chords, one to a bar, of a text like `C Am F G` or `| C | Am | % | G |`; `%` says the chord before again.

    Raises:
        UserError: something in it is no chord, there is none, or there are more than 64.
    """
    chords: list[Chord] = []
    for word in filter(None, _BETWEEN.split(text)):
        if word == "%" and not chords:
            raise UserError("% says the chord before again, and there is none.", "Begin with a chord: C % F G.")
        chords.append(chords[-1] if word == "%" else parse_chord(word))
    if not chords:
        raise UserError("There is no chord in this line.", "Write one for each bar: C Am F G.")
    if len(chords) > MOST:
        raise UserError(f"This line has {len(chords)} chords.", f"Write {MOST} at most, one for each bar.")
    return chords


def triad_of(chord: Chord) -> int:
    """The triad a chord is reduced to: minor where its third is, 24 for no chord."""
    return NONE if chord.quality is Quality.NONE else chord.root + 12 * chord.quality.is_minor


def chord_of(triad: int) -> Chord:
    """The chord of a triad's number."""
    if triad == NONE:
        return Chord(0, quality=Quality.NONE)
    return Chord(0, triad % 12, Quality.MINOR if triad >= 12 else Quality.MAJOR)


def fifths_of(triads: Sequence[int]) -> int:
    """Sharps of the key that a row of chords is likely in; negative: flats."""
    key = int(key_of(np.array([triads]))[0])
    tonic = key + 3 if key >= 12 else key
    return (tonic * 7 + 5) % 12 - 5


def passage_bars(asked: Asked, most: int) -> list[tuple[int, int]]:
    """First tick and end of every bar, as the model counts them, from the beginning of the passage on."""
    if asked.passage is None:
        return []
    bar = asked.span // asked.codec.bars
    meter = asked.passage.score.meter_at(asked.passage.at_tick)
    length = asked.passage.score.bar_ticks(meter)
    if bar % length:
        raise UserError(
            f"This model knows no bars of {meter.numerator}/{meter.denominator}.",
            "It writes in 4/4, 2/2, 2/4, 3/4 and 6/8: choose a passage in one of them.",
        )
    start = asked.passage.at_tick
    return [(at, at + bar) for at in range(start, start + most * bar, bar)]


def _written(passage: Passage | None, spans: list[tuple[int, int]]) -> ChordLine | None:
    """The chords over a piece: of each bar the one that lasts longest in it."""
    if passage is None or not passage.score.chords:
        return None
    score, end = passage.score, chords_end(passage.score)
    triads = [_longest(score, start, stop) for start, stop in spans if start < end]
    if all(triad == NONE for triad in triads):
        return None
    return ChordLine(tuple(triads), "written over the piece")


def _longest(score: Score, start: int, stop: int) -> int:
    edges = [start, *(chord.tick for chord in score.chords if start < chord.tick < stop), stop]
    parts = [(end - begin, -begin, score.chord_at(begin)) for begin, end in pairwise(edges)]
    _, _, chord = max(parts, key=lambda part: part[:2])
    return NONE if chord is None else triad_of(chord)


def _found(asked: Asked, spans: list[tuple[int, int]], seed: int) -> ChordLine | None:
    """The likely chords of all that sounds in a passage; drums are not heard."""
    if asked.passage is None:
        return None
    tracks = [track for track in asked.passage.score.tracks if not track.drums]
    notes = [(on, on + long, pitch) for track in tracks for on, pitch, long in track.columns[:3].T.tolist()]
    inside = [note for note in notes if spans[0][0] < note[1] and note[0] < spans[-1][1]]
    if not inside:
        return None
    triads = [NONE if found is None else found[0] + 12 * found[1] for found in likely_chords(inside, spans)]
    heard = [triad for triad in triads if triad != NONE]
    if len(heard) < FEW:
        return _common(seed, int(key_of(np.array([heard]))[0])) if heard else None
    return ChordLine(_held(triads), "found in your music")


def _held(triads: list[int]) -> tuple[int, ...]:
    """Where nothing sounds behind the music, it begins again."""
    length = max((number + 1 for number, triad in enumerate(triads) if triad != NONE), default=0)
    return tuple(np.resize(triads[:length], len(triads)).tolist()) if length else tuple(triads)


def _common(seed: int, home: int | None = None) -> ChordLine:
    """A progression that many tunes have, around a triad that is home; by the seed if none is said."""
    rng = np.random.default_rng(seed)
    home = int(rng.choice(HOMES)) if home is None else home
    chords = parse_line(str(rng.choice(COMMON_MINOR if home >= 12 else COMMON)))
    up = home % 12 - chords[0].root
    return ChordLine(tuple((chord.root + up) % 12 + 12 * chord.quality.is_minor for chord in chords), "common ones")
