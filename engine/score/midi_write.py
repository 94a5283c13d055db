"""Write MIDI files: tempo always, names in UTF-8, each track on a channel of its own while there are enough."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from mido import Message, MetaMessage, MidiFile, MidiTrack

from engine.errors import UserError
from engine.score.columns import is_generated
from engine.score.files import write_whole
from engine.score.midi_chords import OURS, chord_markers
from engine.score.midi_read import origins_payload
from engine.score.score import Key, Score
from engine.score.track import Track

if TYPE_CHECKING:
    from pretty_midi import PrettyMIDI

_DRUM_CHANNEL = 9
_MELODIC_CHANNELS = [channel for channel in range(16) if channel != _DRUM_CHANNEL]
_LONGEST_DELTA = 0x0FFFFFFF  # four bytes
_MAJOR = ["Cb", "Gb", "Db", "Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "C#"]
_MINOR = ["Abm", "Ebm", "Bbm", "Fm", "Cm", "Gm", "Dm", "Am", "Em", "Bm", "F#m", "C#m", "G#m", "D#m", "A#m"]


def write_midi(score: Score, path: str | Path) -> None:
    """Write a score as a MIDI file of format 1, whole or not at all.

    Raises:
        UserError: the place cannot be written to.
    """
    write_whole(Path(path), to_midi_bytes(score))


def to_midi_bytes(score: Score) -> bytes:
    """A score as the content of a MIDI file; `read_midi` gives back the same score if it has a note."""
    midi = MidiFile(type=1, ticks_per_beat=score.ticks_per_quarter, charset="utf-8")
    midi.tracks.append(_timed(_conductor(score), score.name))
    for track, channel in zip(score.tracks, _channels(score.tracks), strict=True):
        midi.tracks.append(_timed(_events(track, channel), track.name))
    content = io.BytesIO()
    midi.save(file=content)
    return content.getvalue()


def to_pretty_midi(score: Score) -> PrettyMIDI:
    """The score as pretty_midi sees it, for those who work with that.

    Raises:
        UserError: pretty_midi refuses it (it reads no pieces of more than ten million ticks).
    """
    from pretty_midi import PrettyMIDI  # slow to import, seldom needed

    try:
        return PrettyMIDI(io.BytesIO(to_midi_bytes(score)))
    except ValueError as error:
        raise UserError("The piece is too long for pretty_midi.", "Shorten it or lower its resolution.") from error


def _channels(tracks: tuple[Track, ...]) -> list[int]:
    """A channel for each track: its own while there are 15, else one shared by all tracks of one program."""
    melodic = [track for track in tracks if not track.drums]
    if len(melodic) <= len(_MELODIC_CHANNELS):
        free = iter(_MELODIC_CHANNELS)
        return [_DRUM_CHANNEL if track.drums else next(free) for track in tracks]
    programs = list(dict.fromkeys(track.program for track in melodic))
    return [
        _DRUM_CHANNEL if track.drums else _MELODIC_CHANNELS[programs.index(track.program) % len(_MELODIC_CHANNELS)]
        for track in tracks
    ]


def _timed(events: Iterator[tuple[int, Message | MetaMessage]], name: str) -> MidiTrack:
    """Events at rising ticks as a track with time differences."""
    track = MidiTrack()
    if name:
        track.append(MetaMessage("track_name", name=name))
    now = 0
    for tick, message in events:
        while tick - now > _LONGEST_DELTA:  # a bridge over a silence longer than a file can say at once
            track.append(MetaMessage("text", text="", time=_LONGEST_DELTA))
            now += _LONGEST_DELTA
        message.time = tick - now
        now = tick
        track.append(message)
    return track


def _conductor(score: Score) -> Iterator[tuple[int, MetaMessage]]:
    """Tempos, meters, keys, and chords as markers."""
    events = [(t.tick, 0, MetaMessage("set_tempo", tempo=t.microseconds)) for t in score.tempos]
    events += [
        (m.tick, 1, MetaMessage("time_signature", numerator=m.numerator, denominator=m.denominator))
        for m in score.meters
    ]
    events += [(k.tick, 2, MetaMessage("key_signature", key=_key_name(k))) for k in score.keys]
    if score.chords:
        events.append((0, 3, MetaMessage("sequencer_specific", data=tuple(OURS))))
    events += [(tick, 4, MetaMessage("marker", text=name)) for tick, name in chord_markers(score)]
    for tick, _, message in sorted(events, key=lambda event: event[:2]):
        yield tick, message


def _key_name(key: Key) -> str:
    return (_MINOR if key.minor else _MAJOR)[key.fifths + 7]


def _events(track: Track, channel: int) -> Iterator[tuple[int, Message | MetaMessage]]:
    """The instrument, who wrote which notes, and note-ons and note-offs; offs come first on one tick."""
    columns = track.columns
    yield 0, Message("program_change", channel=channel, program=track.program)
    if is_generated(columns).any():
        yield 0, MetaMessage("sequencer_specific", data=tuple(origins_payload(columns)))
    ticks = np.concatenate([columns[0] + columns[2], columns[0]])
    pitches = np.tile(columns[1], 2).tolist()
    velocities = np.concatenate([np.zeros_like(columns[3]), columns[3]]).tolist()
    order = np.argsort(ticks, kind="stable")
    for tick, i in zip(ticks[order].tolist(), order.tolist(), strict=True):
        kind = "note_on" if velocities[i] else "note_off"
        velocity = velocities[i] or 64
        # A track holds only legal values: checking each again would take half of the time.
        yield tick, Message(kind, skip_checks=True, channel=channel, note=pitches[i], velocity=velocity)
