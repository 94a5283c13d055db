"""Chords in MIDI files: written as markers, which other programs show; read back, and read from files of others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine.score.chords import Chord, in_order, read_chord
from engine.score.score import Score

OURS = b"}melomorph\x02"  # a meta event of our own in the track whose markers are chords
LONGEST = 24  # bytes of a text that may be the name of a chord
_MOST_TEXTS = 20_000  # of one file that are looked at; more are no chords
_FEWEST = 2  # chords in a file of others
_ENOUGH = 0.8  # of the texts of one kind in one track that must be chords, if any shall be


@dataclass(frozen=True)
class Text:
    """A short text of a file: its track, kind of meta event, tick and words."""

    track: int
    kind: int
    tick: int
    words: str


def chord_markers(score: Score) -> Iterator[tuple[int, str]]:
    """Tick and name of every chord of a score, spelt for the key in force."""
    for chord in score.chords:
        yield chord.tick, chord.name(score.fifths_at(chord.tick))


def find_chords(texts: Iterable[Text], ours: frozenset[int]) -> tuple[tuple[Chord, ...], int]:
    """The chords that the texts of a file name.

    A file of ours says in which track they are. In others, texts of one kind in one track are chords if nearly all of
    them are names of chords; markers that only count sections (A, B, C) are not.

    Args:
        texts: in any order.
        ours: tracks whose texts are surely chords.

    Returns:
        The chords, and how many texts they were made of.
    """
    groups: dict[tuple[int, int], list[Text]] = defaultdict(list)
    for number, text in enumerate(texts):
        if number < _MOST_TEXTS and text.words.strip():
            groups[text.track, text.kind].append(text)
    for (track, _), group in sorted(groups.items(), key=lambda item: (item[0][0] not in ours, item[0])):
        found = [chord for text in group if (chord := read_chord(text.words, text.tick, simplify=True)) is not None]
        if found and (track in ours or _are_chords(group, len(found))):
            return in_order(found), len(found)
    return (), 0


def _are_chords(group: list[Text], found: int) -> bool:
    if found < max(_FEWEST, _ENOUGH * len(group)):
        return False
    names = list(dict.fromkeys(text.words.strip() for text in sorted(group, key=lambda text: text.tick)))
    sections = [chr(ord("A") + number) for number in range(len(names))]
    return names != sections
