"""The outer shell of a MIDI file: where its header and its tracks lie, however it was wrapped or damaged."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from engine.errors import UserError
from engine.score.score import DEFAULT_TICKS_PER_QUARTER

MAX_TRACKS = 65535  # as many as a header can claim
_MOST_UNKNOWN_PARTS = 1000
_END_OF_TRACK = b"\xff\x2f\x00"
_FRAMES = {24: (24, 1_000_000), 25: (25, 1_000_000), 29: (30, 1_001_000), 30: (30, 1_000_000)}  # 29: 29.97 a second


class Oddities:
    """What was odd about a file, in words, each with how often it was met."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def add(self, text: str, times: int = 1) -> None:
        """Note an oddity; none if it was met no times."""
        if times > 0:
            self._counts[text] += times

    @property
    def texts(self) -> tuple[str, ...]:
        """Each oddity once, in the order they were met."""
        return tuple(f"{text} ({times} times)" if times > 1 else text for text, times in self._counts.items())


@dataclass(frozen=True)
class Shell:
    """A MIDI file taken apart.

    Attributes:
        format: 0, 1 or 2 as the header says (1 if it says nothing sensible).
        ticks_per_quarter: 1..32767.
        frame_microseconds: for files timed in film frames, the one tempo that makes the ticks right; else None.
        factor: ticks in the file are multiplied by this.
        tracks: (start, end) byte positions of each track's events.
    """

    format: int
    ticks_per_quarter: int
    frame_microseconds: int | None
    factor: int
    tracks: tuple[tuple[int, int], ...]


def find_chunks(data: bytes, odd: Oddities) -> Shell:
    """Find the header and the tracks.

    Args:
        data: the whole file.
        odd: is told whatever is not as it should be.

    Raises:
        UserError: there is no MIDI in it at all.
    """
    head = data.find(b"MThd")
    first = data.find(b"MTrk")
    if head < 0 and first < 0:
        raise UserError("This is not a MIDI file.", "Choose a file that another music program saved as MIDI (.mid).")
    data_end = _wrapping(data, head, odd) if head > 0 else len(data)
    if head < 0 or (0 <= first < head):
        odd.add("the MIDI header is missing: 480 ticks per quarter note were assumed")
        return Shell(1, DEFAULT_TICKS_PER_QUARTER, None, 1, _tracks(data, first, data_end, odd))
    length = int.from_bytes(data[head + 4 : head + 8], "big")
    kind, claimed, division = (int.from_bytes(data[head + at : head + at + 2], "big") for at in (8, 10, 12))
    if kind > 2:
        odd.add(f"unknown MIDI format {kind}")
        kind = 1
    at = head + 8 + length
    if length != 6:
        odd.add(f"the header claims a length of {length} bytes instead of 6")
        if length < 6 or data[at : at + 4] != b"MTrk":
            at = data.find(b"MTrk", head + 14)
    tracks = _tracks(data, at, data_end, odd) if at >= 0 else ()
    if claimed != len(tracks):
        odd.add(f"the header claims {claimed} tracks, {len(tracks)} are there")
    if kind == 0 and len(tracks) > 1:
        odd.add("a file of format 0 with several tracks")
    if kind == 2:
        odd.add("independent sequences (format 2) were laid over each other")
    return Shell(kind, *_timing(division, odd), tracks)


def _wrapping(data: bytes, head: int, odd: Oddities) -> int:
    """Say what stands before the header; where the MIDI data end."""
    if data[:4] == b"RIFF":
        odd.add("wrapped in a RIFF file")
        size = int.from_bytes(data[head - 4 : head], "little")
        if data[head - 8 : head - 4] == b"data" and 14 <= size <= len(data) - head:
            return head + size
    elif head == 128:
        odd.add("wrapped in a MacBinary file")
    elif data[:head] == b"\xef\xbb\xbf":
        odd.add("a byte order mark before the header")
    else:
        odd.add(f"{head} bytes of something else before the header")
    return len(data)


def _timing(division: int, odd: Oddities) -> tuple[int, int | None, int]:
    """Ticks per quarter, microseconds per quarter of film-frame files, and the factor for ticks."""
    if division == 0:
        odd.add(f"a resolution of 0: {DEFAULT_TICKS_PER_QUARTER} ticks per quarter note were assumed")
        return DEFAULT_TICKS_PER_QUARTER, None, 1
    if division < 0x8000:
        return division, None, 1
    code, subframes = 256 - (division >> 8), division & 0xFF
    if code not in _FRAMES or subframes == 0:
        odd.add("an unknown film frame rate: 25 frames a second were assumed" if code not in _FRAMES else
                "no ticks per film frame: 40 were assumed")  # fmt: skip
    frames, second = _FRAMES.get(code, _FRAMES[25])
    per_second = frames * (subframes or 40)
    odd.add("timed in film frames instead of beats: laid out at 120 quarter notes a minute")
    factor = 1
    while per_second * factor < 192 or per_second * factor % 2:  # at least 96 ticks per quarter, and a whole number
        factor += 1
    return per_second * factor // 2, second // 2, factor


def _tracks(data: bytes, at: int, data_end: int, odd: Oddities) -> tuple[tuple[int, int], ...]:
    """Byte ranges of the tracks from position `at` on."""
    found: list[tuple[int, int]] = []
    passed = 0
    while 0 <= at <= data_end - 8:
        tag, end = data[at : at + 4], _claimed_end(data, at)
        if tag == b"MThd":
            odd.add("a second MIDI file behind the first was left out")
            break
        if tag == b"MTrk":
            if len(found) == MAX_TRACKS:
                odd.add(f"more than {MAX_TRACKS} tracks: the others were left out")
                break
            end = _track_end(data, at + 8, end, data_end, odd)
            found.append((at + 8, end))
            at = end
        elif _is_tag(tag) and end <= data_end and passed < _MOST_UNKNOWN_PARTS:
            odd.add("an unknown part was passed over")
            passed += 1
            at = end
        else:
            odd.add("bytes between or behind the tracks were passed over")
            at = data.find(b"MTrk", at + 1, data_end)
    return tuple(found)


def _track_end(data: bytes, start: int, claimed: int, data_end: int, odd: Oddities) -> int:
    """Where a track really ends: at its claimed end if that makes sense, else before the next track.

    Looks no further than the end it returns, so that a file of many false lengths is still read in one pass.
    """
    following = data.find(b"MTrk", start, min(claimed + 4, data_end))
    inside = start <= following < claimed and data[following - 3 : following] == _END_OF_TRACK
    if claimed <= data_end and not inside:
        tag = data[claimed : claimed + 4]
        ended = data[claimed - 3 : claimed] == _END_OF_TRACK and claimed >= start + 3
        known = tag in (b"MTrk", b"MThd") or (_is_tag(tag) and _claimed_end(data, claimed) <= data_end)
        if ended or known or claimed == data_end:
            return claimed
    if following < 0:
        following = data.find(b"MTrk", start, data_end)
    odd.add("the file is cut off" if claimed > data_end and following < 0 else "a wrong track length")
    return following if following >= 0 else data_end


def _claimed_end(data: bytes, at: int) -> int:
    return at + 8 + int.from_bytes(data[at + 4 : at + 8], "big")


def _is_tag(tag: bytes) -> bool:
    return len(tag) == 4 and tag.isascii() and tag.decode("ascii").isprintable()
