"""Faults of voice leading at their places in a piece, for whoever marks them there."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from engine.errors import UserError
from engine.score.score import Score
from engine.score.track import Track
from engine.score.voice_leading import Kind, faults

FEWEST, MOST = 2, 6


@dataclass(frozen=True)
class Found:
    """One fault.

    Attributes:
        tick: where it is completed.
        kind: what it is.
        tracks: of the voices it concerns, the upper one first; one or two.
        pitches: what each of them sings there.
    """

    tick: int
    kind: Kind
    tracks: tuple[int, ...]
    pitches: tuple[int, ...]


def check(score: Score, strict: bool = False) -> tuple[Found, ...]:
    """The faults of a piece whose pitched tracks are one voice each.

    Args:
        score: the piece.
        strict: also what only strict teachers underline.

    Raises:
        UserError: there are fewer than two voices, more than six, or a track has chords.
    """
    voices = voices_of(score)
    found = []
    for fault in faults([track.notes for _, track in voices], strict, slack=score.ticks_per_quarter // 8):
        concerned = [voices[number] for number in dict.fromkeys((fault.upper, fault.lower))]
        tracks, pitches = zip(*((number, _pitch(track, fault.tick)) for number, track in concerned), strict=True)
        found.append(Found(fault.tick, fault.kind, tracks, pitches))
    return tuple(found)


def voices_of(score: Score) -> list[tuple[int, Track]]:
    """The tracks that are voices with their numbers, the highest first (errors as `check`)."""
    voices = [(number, track) for number, track in enumerate(score.tracks) if not track.drums and len(track)]
    if not FEWEST <= len(voices) <= MOST:
        tracks = "one track" if len(voices) == 1 else f"{len(voices)} tracks"
        raise UserError(f"There are notes on {tracks}.", "Voices are two to six tracks, each of one line.")
    for _, track in voices:
        start, length = track.columns[0], track.columns[2]
        if any(after < before + long // 2 for (before, long), (after, _) in pairwise(zip(start, length, strict=True))):
            raise UserError(f"The track {track.name or 'without a name'} has chords.", "Give each voice its own track.")
    return sorted(voices, key=lambda voice: -float(voice[1].columns[1].mean()))


def _pitch(track: Track, tick: int) -> int:
    """What a voice sings at a tick, or sang last."""
    return int(track.columns[1, max(0, int(np.searchsorted(track.columns[0], tick, side="right")) - 1)])
