"""Read MIDI files: whatever can be read is read, and what was odd is said in words."""

from __future__ import annotations

import stat
import struct
import zlib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from engine.errors import UserError
from engine.score.columns import Columns, is_generated
from engine.score.files import unreadable
from engine.score.general_midi import instrument_name
from engine.score.midi_chords import OURS, Text, find_chords
from engine.score.midi_chunks import Oddities, Shell, find_chunks
from engine.score.midi_events import (
    INSTRUMENT_NAME,
    KEY,
    LYRIC,
    MARKER,
    METER,
    OWN,
    TEMPO,
    TEXT,
    TRACK_NAME,
    Events,
    read_events,
)
from engine.score.midi_notes import Part, find_parts
from engine.score.note import MAX_TICK
from engine.score.report import ImportReport
from engine.score.score import Key, Meter, Score, Tempo
from engine.score.track import Track

MAX_BYTES = 6_000_000  # of a file that are read: 2 million events, more than any piece, and under 500 MB of memory
ORIGINS = b"}melomorph\x01"  # begins our own meta event: 0x7D is the manufacturer number for private use


def read_midi(source: str | Path | bytes) -> tuple[Score, ImportReport]:
    """Read a MIDI file.

    Args:
        source: where the file is, or its content.

    Returns:
        The score, and a report of what was read and what was odd.

    Raises:
        UserError: there is no such file, it is not MIDI, or it holds no notes.
    """
    odd = Oddities()
    data = source if isinstance(source, bytes) else _load(Path(source))
    if len(data) > MAX_BYTES:
        odd.add(f"only the first {MAX_BYTES // 1_000_000} million bytes were read")
        data = data[:MAX_BYTES]
    shell = find_chunks(data, odd)
    events = read_events(data, shell.tracks, odd)
    parts = find_parts(events, shell.factor, shell.ticks_per_quarter, odd)
    if not parts:
        raise UserError("This MIDI file holds no notes.", "Choose another file: this one has nothing that sounds.")
    marks = _Marks(shell, events, odd)
    title, tracks = _tracks(shell, events, parts, marks)
    chords, named = find_chords(marks.texts, frozenset(marks.chord_tracks))
    score = Score(
        tracks, tuple(marks.tempos), tuple(marks.meters), tuple(marks.keys), shell.ticks_per_quarter, title, chords
    )
    if not marks.meters:
        odd.add("no time signature: 4/4 was assumed")
    if not marks.tempos:
        odd.add("no tempo: 120 quarter notes a minute were assumed")
    return score, ImportReport.of(score, shell.format, len(shell.tracks), odd.texts, _left_out(events, named))


def _load(path: Path) -> bytes:
    """The first bytes of a file."""
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise unreadable(path, IsADirectoryError())
        with path.open("rb", buffering=0) as file:
            return file.read() if about.st_size <= MAX_BYTES else file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a name with a null character
        raise unreadable(path, error) from error


class _Marks:
    """What the meta events say: tempos, meters, keys, names, and which notes a model wrote."""

    def __init__(self, shell: Shell, events: Events, odd: Oddities) -> None:
        self.tempos: list[Tempo] = []
        self.meters: list[Meter] = []
        self.keys: list[Key] = []
        self.names: dict[int, str] = {}  # by track of the file
        self.origins: dict[int, bytes] = {}  # the same
        self.texts: list[Text] = []
        self.chord_tracks: list[int] = []  # whose markers are chords that we wrote
        instruments: dict[int, str] = {}
        tracks = np.searchsorted(events.first, events.meta_places, side="right") - 1
        ticks = np.minimum(events.tick[events.meta_places] * shell.factor, MAX_TICK)
        self._odd = odd
        for (kind, payload), track, tick in zip(events.metas, tracks.tolist(), ticks.tolist(), strict=True):
            if kind == TRACK_NAME:
                self.names.setdefault(track, _text(payload))
            elif kind == INSTRUMENT_NAME:
                instruments.setdefault(track, _text(payload))
            elif kind == TEMPO:
                self._tempo(tick, payload)
            elif kind == METER:
                self._meter(tick, payload)
            elif kind == KEY:
                self._key(tick, payload)
            elif kind == OWN and payload.startswith(ORIGINS):
                self.origins[track] = payload
            elif kind == OWN and payload.startswith(OURS):
                self.chord_tracks.append(track)
            elif kind in (TEXT, LYRIC, MARKER):
                self.texts.append(Text(track, kind, tick, _text(payload)))
        if shell.frame_microseconds is not None:
            self.tempos = [Tempo(0, shell.frame_microseconds)]
        for track, name in instruments.items():
            self.names[track] = self.names.get(track) or name

    def _tempo(self, tick: int, payload: bytes) -> None:
        microseconds = int.from_bytes(payload[:3], "big")
        if len(payload) >= 3 and microseconds > 0:
            self.tempos.append(Tempo(tick, microseconds))
        else:
            self._odd.add("an impossible tempo was left out")

    def _meter(self, tick: int, payload: bytes) -> None:
        if len(payload) >= 2 and payload[0] > 0 and payload[1] <= 7:
            self.meters.append(Meter(tick, payload[0], 1 << payload[1]))
        else:
            self._odd.add("an impossible time signature was left out")

    def _key(self, tick: int, payload: bytes) -> None:
        fifths = int.from_bytes(payload[:1], "big", signed=True)
        if len(payload) < 2 or not -7 <= fifths <= 7:
            self._odd.add("an impossible key signature was left out")
            return
        if payload[1] > 1:
            self._odd.add("a key signature neither major nor minor was read as major")
        self.keys.append(Key(tick, fifths, payload[1] == 1))


def _text(payload: bytes) -> str:
    """Text of a file: UTF-8 if it is that, else the western European code most old programs wrote."""
    payload = payload[:1000].split(b"\0")[0]
    try:
        return payload.decode("utf-8")
    except UnicodeDecodeError:
        return payload.decode("cp1252", errors="replace")


def _tracks(shell: Shell, events: Events, parts: list[Part], marks: _Marks) -> tuple[str, tuple[Track, ...]]:
    """The title of the piece, and its tracks in the order of the file."""
    by_track: dict[int, list[Part]] = defaultdict(list)
    for part in parts:
        by_track[part.track].append(part)
    for part in _silent_parts(events, by_track):
        by_track[part.track].append(part)
    alone = shell.format == 0 and len(shell.tracks) == 1
    title = marks.names.get(0, "") if alone or 0 not in by_track else ""
    tracks = []
    for number in sorted(by_track):
        name = "" if alone else marks.names.get(number, "")
        for part in by_track[number]:
            if alone or len(by_track[number]) > 1:
                instrument = instrument_name(part.program, part.drums)
                called = f"{name} ({instrument})" if name else instrument
            else:
                called = name
            columns = _with_origins(part.columns, marks.origins.get(number, b""))
            tracks.append(Track.from_columns(columns, called, part.program, part.drums, tidied=True))
    return title, tuple(tracks)


def _silent_parts(events: Events, sounding: dict[int, list[Part]]) -> Iterator[Part]:
    """Tracks of the file that name an instrument and have no notes yet."""
    changes = np.flatnonzero(events.status & 0xF0 == 0xC0)
    tracks = np.searchsorted(events.first, changes, side="right") - 1
    seen = set(sounding)
    for track, event in zip(tracks.tolist(), changes.tolist(), strict=True):
        if track not in seen:
            seen.add(track)
            none = np.empty((5, 0), dtype=np.int64)
            yield Part(track, int(events.status[event] & 15), int(events.data1[event]), none)


def origins_payload(columns: Columns) -> bytes:
    """Our own meta event: which notes of a track a model wrote, tied to those very notes by a checksum."""
    flags = np.packbits(is_generated(columns)).tobytes()
    return ORIGINS + struct.pack(">I", _checksum(columns)) + zlib.compress(flags, 9)


def _checksum(columns: Columns) -> int:
    return zlib.crc32(np.ascontiguousarray(columns[:4], dtype="<i8").tobytes())


def _with_origins(columns: Columns, payload: bytes) -> Columns:
    """Mark the notes a model wrote, if the payload belongs to exactly these notes."""
    head = ORIGINS + struct.pack(">I", _checksum(columns)) if payload else b""
    if not payload or not payload.startswith(head):
        return columns
    size = (columns.shape[1] + 7) // 8
    try:
        flags = zlib.decompressobj().decompress(payload[len(head) :], size)
    except zlib.error:
        return columns
    if len(flags) == size > 0:
        columns = columns.copy()
        columns[4] = np.unpackbits(np.frombuffer(flags, dtype=np.uint8), count=columns.shape[1])
    return columns


def _left_out(events: Events, chords: int) -> tuple[str, ...]:
    """What a score does not hold, in words; `chords` texts were read as chords."""
    counts = np.bincount(events.status >> 4, minlength=16).tolist()
    pedal = int(((events.status & 0xF0 == 0xB0) & (events.data1 == 64)).sum())
    counted = {
        "pedal changes": pedal,
        "other controller changes": counts[0xB] - pedal,
        "pitch bends": counts[0xE],
        "aftertouch events": counts[0xA] + counts[0xD],
        "lyrics and other texts": events.texts - chords,
    }
    return tuple(f"{count} {what}" for what, count in counted.items() if count)
