"""The voice leading of a piece in four voices, in numbers and in words."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from engine.errors import UserError
from engine.score.score import Score
from engine.score.track import Track
from engine.score.voice_leading import NAMES, RANGES, chord_changes, faults, told

FOUR = len(RANGES)


def checked(score: Score, strict: bool = False) -> dict[str, Any]:
    """What is wrong, as plain values for JSON.

    Raises:
        UserError: the piece has not four voices.
    """
    voices = four_voices(score)
    lines = [track.notes for track in voices]
    names = [track.name or name for track, name in zip(voices, NAMES, strict=True)]
    found = faults(lines, strict, slack=score.ticks_per_quarter // 8)
    changes = chord_changes(lines)
    return {
        "voices": names,
        "chord_changes": changes,
        "faults_per_100_changes": round(100 * len(found) / changes, 2) if changes else 0.0,
        "faults": [
            {
                "fault": str(fault.kind),
                "tick": fault.tick,
                "bar": bar_of(score, fault.tick),
                "voices": [names[v] for v in sorted({fault.upper, fault.lower})],
            }
            for fault in found
        ],
        "told": told(found, bar_of=lambda tick: bar_of(score, tick)),
    }


def words(found: dict[str, Any]) -> str:
    """What `checked` gives, as lines for people."""
    lines = [found["told"][0].upper() + found["told"][1:] + "."]
    lines += [f"  bar {f['bar']}: {f['fault']}, {' and '.join(f['voices'])}" for f in found["faults"]]
    return "\n".join([*lines, f"{found['chord_changes']} chord changes: {', '.join(found['voices'])}"])


def four_voices(score: Score) -> list[Track]:
    """The four tracks of one voice each, the highest first.

    Raises:
        UserError: there are not four, or one of them has chords.
    """
    tracks = [track for track in score.tracks if not track.drums and len(track)]
    if len(tracks) != FOUR:
        many = f"{len(tracks)} {'track' if len(tracks) == 1 else 'tracks'}"
        raise UserError(f"This piece has {many} with notes.", "Put each of four voices on its own track.")
    for track in tracks:
        if any(after.start < before.start + before.length // 2 for before, after in pairwise(track.notes)):
            raise UserError(f"The track {track.name or 'without a name'} has chords.", "Give each voice its own track.")
    return sorted(tracks, key=lambda track: -float(track.columns[1].mean()))


def bar_of(score: Score, tick: int) -> int:
    """The number of the bar at a tick, from 1."""
    number = 1
    for meter, following in zip(score.meters, [*score.meters[1:], None], strict=True):
        length = score.bar_ticks(meter)
        if following is None or tick < following.tick:
            return number + max(0, tick - meter.tick) // length
        number += -(-(following.tick - meter.tick) // length)
    return number
