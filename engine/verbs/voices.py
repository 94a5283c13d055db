"""What verbs say of four voices, and which tracks of the piece they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from engine.codecs import chorale
from engine.codecs.codec import Tokens, Voice
from engine.errors import UserError
from engine.score import Note
from engine.score.voice_leading import faults, told
from engine.score.voice_report import bar_of
from engine.verbs.verb import Asked

ALIKE = 0.9  # share of the steps at which a track sings what a voice does, from which it is that voice


def led(asked: Asked, voices: Sequence[Voice]) -> str:
    """How four voices are led, in a sentence with the numbers of the piece's bars."""
    passage = asked.passage
    found = faults([voice.notes for voice in voices], slack=asked.ticks_per_quarter // 8)
    if passage is None:
        return told(found, 4 * asked.ticks_per_quarter)
    return told(found, bar_of=lambda tick: bar_of(passage.score, passage.at_tick + tick))


def on_their_tracks(asked: Asked, mine: Tokens, voices: tuple[Voice, ...]) -> tuple[Voice, ...]:
    """Four voices called as the tracks of the piece that sing them in the composer's window [4, 64]."""
    passage = asked.passage
    if passage is None or not passage.texture:
        return voices
    sounding, named = chorale.pitches(mine), list(voices)
    for number, track in enumerate(passage.score.tracks):
        line = _line(asked, number)
        if line is None:
            continue
        alike = [float((line == row % 12).mean()) for row in sounding]
        best = int(np.argmax(alike))
        if alike[best] > ALIKE and named[best].track is None:
            named[best] = replace(named[best], name=track.name, program=track.program, track=number)
    return tuple(named)


def _line(asked: Asked, number: int) -> np.ndarray | None:
    """Pitch classes of a track in the window, step by step (0 in silence too); None where it does not sing one line."""
    assert asked.passage is not None
    track = asked.passage.score.tracks[number]
    if track.drums:
        return None
    try:
        alone = chorale.read_steps((track,), asked.ticks_per_quarter, asked.passage.at_tick)
    except UserError:
        return None
    sung = chorale.pitches(alone)
    return np.asarray(sung.max(0) % 12) if (sung > 0).any(1).sum() == 1 else None


def as_they_were(asked: Asked, voices: tuple[Voice, ...]) -> tuple[Voice, ...]:
    """Voices of a window in which notes that the piece has, to the nearest sixteenth, are those of the piece."""
    passage, near = asked.passage, asked.ticks_per_quarter // 8
    if passage is None:
        return voices
    made = []
    for voice in voices:
        number = passage.track if not voice.name else voice.track
        known: dict[int, list[Note]] = {}
        for note in passage.score.tracks[number].notes if number is not None else ():
            if passage.at_tick <= note.start < passage.at_tick + asked.span:
                known.setdefault(note.pitch, []).append(note.moved(-passage.at_tick))
        notes = tuple(
            next((o for o in known.get(n.pitch, ()) if abs(o.start - n.start) <= near >= abs(o.end - n.end)), n)
            for n in voice.notes
        )
        made.append(replace(voice, notes=notes))
    return tuple(made)
