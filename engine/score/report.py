"""What was read from a file, in words and numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.score.columns import is_generated
from engine.score.general_midi import instrument_name, pitch_name
from engine.score.score import Score
from engine.score.track import Track

_MOST_LISTED = 64  # tracks in the words; JSON has them all


@dataclass(frozen=True)
class ImportReport:
    """What was read from a MIDI file.

    Attributes:
        format: 0, 1 or 2 as the file's header said.
        file_tracks: tracks in the file; a score's tracks are split further by channel and instrument.
        tracks: tracks of the score.
        notes: notes of the score.
        seconds: until the last note stops.
        tempos, meters, keys: how many.
        oddities: what was not as it should be, each once, with how often.
        left_out: what the file has and a score does not hold.
    """

    format: int
    file_tracks: int
    tracks: int
    notes: int
    seconds: float
    tempos: int
    meters: int
    keys: int
    oddities: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, score: Score, file_format: int, file_tracks: int, oddities: tuple[str, ...], left_out: tuple[str, ...]
    ) -> ImportReport:
        """The report of a score just read."""
        return cls(
            file_format,
            file_tracks,
            len(score.tracks),
            score.note_count,
            score.seconds_at(score.end),
            len(score.tempos),
            len(score.meters),
            len(score.keys),
            oddities,
            left_out,
        )

    @property
    def text(self) -> str:
        """The report as a few lines for people."""
        minutes, seconds = divmod(round(self.seconds), 60)
        first = f"{_count(self.notes, 'note')} in {_count(self.tracks, 'track')}, {minutes}:{seconds:02d} long."
        lines = [first]
        if self.oddities:
            lines.append("Odd in the file: " + "; ".join(self.oddities) + ".")
        if self.left_out:
            lines.append("Not kept: " + "; ".join(self.left_out) + ".")
        return "\n".join(lines)


def describe(score: Score, report: ImportReport | None = None) -> dict[str, Any]:
    """A score as plain values for JSON.

    Args:
        score: what is described.
        report: of the file it was read from, if it was read from one.
    """
    return {
        "title": score.name,
        "notes": score.note_count,
        "seconds": round(score.seconds_at(score.end), 3),
        "bars": sum(count for _, count in score.bars()),
        "ticks_per_quarter": score.ticks_per_quarter,
        "tempos": [{"tick": t.tick, "bpm": round(t.bpm, 3)} for t in score.tempos],
        "meters": [{"tick": m.tick, "meter": f"{m.numerator}/{m.denominator}"} for m in score.meters],
        "keys": [{"tick": k.tick, "key": k.name} for k in score.keys],
        "chords": [{"tick": c.tick, "chord": c.name(score.fifths_at(c.tick))} for c in score.chords],
        "tracks": [_describe_track(track) for track in score.tracks],
        "format": report.format if report else None,
        "oddities": list(report.oddities) if report else [],
        "left_out": list(report.left_out) if report else [],
    }


def words(found: dict[str, Any]) -> str:
    """What `describe` gives, as lines for people."""
    minutes, seconds = divmod(round(found["seconds"]), 60)
    tempos, meters = found["tempos"], found["meters"]
    lines = [
        found["title"] or "Without a title",
        f"{_count(found['notes'], 'note')}, {_count(found['bars'], 'bar')}, {minutes}:{seconds:02d}",
        f"{tempos[0]['bpm']:g} quarter notes a minute{_more(tempos)}, {meters[0]['meter']}{_more(meters)}"
        + "".join(f", {key['key']}" for key in found["keys"][:1])
        + (f", {_count(len(found['chords']), 'chord')}" if found["chords"] else "")
        + f", {found['ticks_per_quarter']} ticks per quarter note",
    ]
    for number, track in enumerate(found["tracks"][:_MOST_LISTED], 1):
        name = f"{track['name']}: " if track["name"] else ""
        about = f"{name}{track['instrument']}, {_count(track['notes'], 'note')} {track['range']}"
        lines.append(f"  {number}. {about}".rstrip())
    if len(found["tracks"]) > _MOST_LISTED:
        lines.append(f"  and {len(found['tracks']) - _MOST_LISTED} more tracks")
    lines += [f"odd: {text}" for text in found["oddities"]] + [f"not kept: {text}" for text in found["left_out"]]
    return "\n".join(lines)


def _more(marks: list[Any]) -> str:
    return f" (and {len(marks) - 1} changes)" if len(marks) > 1 else ""


def _describe_track(track: Track) -> dict[str, Any]:
    pitches = track.columns[1]
    low, high = (int(pitches.min()), int(pitches.max())) if len(track) else (None, None)
    return {
        "name": track.name,
        "program": track.program,
        "instrument": instrument_name(track.program, track.drums),
        "drums": track.drums,
        "notes": len(track),
        "generated": int(is_generated(track.columns).sum()),
        "lowest": low,
        "highest": high,
        "range": "" if low is None or high is None else f"{pitch_name(low)} to {pitch_name(high)}",
    }


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"
