"""Ideas in the key of the piece they are for: moved as a whole by the few semitones after which they fit best.

A network that draws from nothing knows nothing of the piece: one melody in twelve would be in its key. What it draws
stays what it is; only where it stands changes, as a singer takes a song higher or lower.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from engine.codecs.chorale import VOICES
from engine.codecs.codec import Voice
from engine.score import Score, Track
from engine.verbs.verb import Asked, Idea, Passage

MINE, ANY = "as mine", "any"
NEAR = 8  # bars before and behind the place that say its key, where they say enough
LEAST, KINDS = 8, 4  # notes, and different ones among them, that say a key
STRANGE = 0.02  # share of what a piece has not that is foreseen all the same
WORTH = 0.1  # nats a note that have to be won before what was drawn from nothing is moved
WORTH_OF_MINE = 1.0  # the same for what was made of the composer's music: a strange note or two is no other key
FAR = 0.02  # nats a note that each semitone costs: of two ways home the shorter
PIANO, CHOIR = (21, 108), (40, 81)  # lowest and highest pitch; what was drawn beyond may not go further away
Weights = NDArray[np.float64]


def at_home(asked: Asked, idea: Idea, wanted: str = MINE, worth: float = WORTH) -> Idea:
    """The idea in the key of the piece, and a word about it; as it is where the piece says none, or any key is wanted.

    Args:
        asked: with the place in the piece.
        idea: what was drawn.
        wanted: `MINE` or `ANY`.
        worth: nats a note that have to be won.
    """
    shift = way_home(asked.passage, idea.voices, worth) if wanted == MINE else 0
    if not shift:
        return idea
    words = f"in your key, {abs(shift)} semitone{'s' if abs(shift) > 1 else ''} {'higher' if shift > 0 else 'lower'}"
    return moved(idea, shift, words)


def moved(idea: Idea, semitones: int, words: str) -> Idea:
    """The idea so many semitones higher, with words behind its remark."""
    voices = tuple(
        replace(voice, notes=tuple(replace(note, pitch=note.pitch + semitones) for note in voice.notes))
        for voice in idea.voices
    )
    return replace(idea, voices=voices, remark="; ".join(part for part in (idea.remark, words) if part))


def way_home(passage: Passage | None, voices: Sequence[Voice], worth: float = WORTH) -> int:
    """Semitones -6..6 by which music has to be moved to be in the key of the piece around a place; 0: it stays."""
    home = None if passage is None else _key_around(passage)
    pitches = [note.pitch for voice in voices for note in voice.notes]
    if home is None or not pitches:
        return 0
    told = np.zeros(12)
    for voice in voices:
        for note in voice.notes:
            told[note.pitch % 12] += note.length
    foreseen = np.log(home)
    lowest, highest = CHOIR if [voice.name for voice in voices] == list(VOICES) else PIANO
    down, up = max(0, min(pitches) - lowest), max(0, highest - max(pitches))
    ways = range(-min(6, down), min(6, up) + 1)
    gains = {way: float(np.roll(told, way) @ foreseen) / told.sum() - FAR * abs(way) for way in ways}
    best = max(gains, key=lambda way: (round(gains[way], 6), -abs(way)))
    return best if gains[best] - gains[0] > worth else 0


def _key_around(passage: Passage) -> Weights | None:
    """How likely each pitch class is there, [12]: by the notes nearby, else by all notes, else by the key written."""
    score, span = passage.score, NEAR * passage.score.bar_ticks(passage.score.meter_at(passage.at_tick))
    pitched = [track for track in score.tracks if not track.drums]
    nearby = (passage.at_tick - span, passage.at_tick + span)
    for first, end in (nearby, (0, max(1, score.end))):
        told, count = _heard(pitched, first, end)
        if count >= LEAST and (told > 0).sum() >= KINDS:
            return (told / told.sum() * (1 - STRANGE) + STRANGE / 12).astype(np.float64)
    return _written(score, passage.at_tick)


def _heard(tracks: Iterable[Track], first: int, end: int) -> tuple[Weights, int]:
    """How long each pitch class sounds of the notes that begin there, and how many they are."""
    told, count = np.zeros(12), 0
    for track in tracks:
        start, pitch, length = track.columns[:3]
        here = (start >= first) & (start < end)
        np.add.at(told, pitch[here] % 12, length[here])
        count += int(here.sum())
    return told, count


def _written(score: Score, tick: int) -> Weights | None:
    """The same of the scale of a key that the piece says."""
    key = score.key_at(tick)
    if key is None:
        return None
    told = np.full(12, STRANGE)
    told[[(7 * (key.fifths + fifth)) % 12 for fifth in range(-1, 6)]] = 1.0
    return np.asarray(told / told.sum())
