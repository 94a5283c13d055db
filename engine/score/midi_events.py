"""The events of MIDI tracks as arrays: one reader, fast where the bytes are clean and tolerant where they are not.

Nearly all events of real files are channel messages with two data bytes and a delta time of one or two bytes. For
these a table of the length of "the event that would begin here" is computed for all bytes at once, and a track is
walked by hopping from event to event. Where the table says 0 one event is read by hand, with everything forgiven.
"""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.score.midi_chords import LONGEST
from engine.score.midi_chunks import Oddities

TEXT, TRACK_NAME, INSTRUMENT_NAME, LYRIC, MARKER, END_OF_TRACK, TEMPO, METER, KEY, OWN = (
    0x01, 0x03, 0x04, 0x05, 0x06, 0x2F, 0x51, 0x58, 0x59, 0x7F,
)  # fmt: skip
_KEPT_METAS = frozenset((TRACK_NAME, INSTRUMENT_NAME, TEMPO, METER, KEY, OWN))
_TEXTS = frozenset((TEXT, LYRIC, MARKER))  # kept where they may be names of chords
_MOST_BY_HAND = 500_000  # events outside the table in one file; more is not music
_MOST_TROUBLES = 1_000  # unreadable bytes in one track, after which it is given up
_SYSTEM_DATA = {0xF1: 1, 0xF2: 2, 0xF3: 1}  # data bytes of system messages, which have no place in a file
_HIGH = re.compile(rb"[\x80-\xff]")
PADDING = bytes(8)
_TWO_DATA = np.array([0x80 <= status < 0xC0 or 0xE0 <= status < 0xF0 for status in range(256)], dtype=np.uint8)


@dataclass
class Events:
    """All events of all tracks, in file order, as columns of n.

    Attributes:
        tick: int64, from the start of the event's track.
        status, data1, data2: uint8; status is complete even where the file leaves it out, 0xFF for meta events and
            0xF0 for other passed-over bytes.
        first: int64 [tracks + 1], the number of each track's first event, and n.
        meta_places: the places in the columns of the meta events that matter, in file order.
        metas: type and payload of each of them.
        texts: how many lyrics and other texts there were, the short ones among `metas` included.
    """

    tick: NDArray[np.int64]
    status: NDArray[np.uint8]
    data1: NDArray[np.uint8]
    data2: NDArray[np.uint8]
    first: NDArray[np.int64]
    meta_places: NDArray[np.int64]
    metas: list[tuple[int, bytes]]
    texts: int


def read_events(data: bytes, tracks: tuple[tuple[int, int], ...], odd: Oddities) -> Events:
    """Read the events of all tracks.

    Args:
        data: the whole file.
        tracks: (start, end) byte positions of each track.
        odd: is told what was wrong.
    """
    padded = np.frombuffer(data + PADDING, dtype=np.uint8)
    walk = _Walk(data, _event_lengths(padded), odd)
    for start, end in tracks:
        walk.track(start, end)
    return _columns(padded, walk, np.array([start for start, _ in tracks], dtype=np.int64))


def _event_lengths(data: NDArray[np.uint8]) -> bytearray:
    """For each byte: the length of the two-data-byte event beginning there (explicit or running status), or 0."""
    low = (data < 0x80).view(np.uint8)
    channel = _TWO_DATA[data]
    # From the status byte, or from the first data byte under running status:
    message = 3 * (channel[:-2] & low[1:-1] & low[2:]) + 2 * (low[:-2] & low[1:-1])
    short, long = message[1:-1], message[2:]
    table = np.zeros(len(data), dtype=np.uint8)
    table[:-4] = low[:-4] * (short + (short > 0)) + (1 - low[:-4]) * low[1:-3] * (long + 2 * (long > 0))
    return bytearray(table)


class _Walk:
    """Finds where events begin, track by track, and reads those the table cannot."""

    def __init__(self, data: bytes, table: bytearray, odd: Oddities) -> None:
        self.data = data
        self.table = table
        self.odd = odd
        self.begins = bytearray(len(table))  # 1 where an event begins, 2 where one begins that was read by hand
        self.by_hand = array("q")  # six numbers each: position, delta, status, data, data, whether it says its status
        self.meta_begins: list[int] = []
        self.metas: list[tuple[int, bytes]] = []
        self.texts = 0

    def track(self, start: int, end: int) -> None:
        """Walk one track."""
        table, begins = self.table, self.begins
        for at in range(max(start, end - 8), end):
            if at + table[at] > end:
                table[at] = 0
        table[end] = 0  # the walk stops here at the latest
        self.running, self.known, self.troubles = 0, start, 0
        at, self.end = start, end
        while at < end:
            if 0x80 <= self.running < 0xC0 or self.running >= 0xE0:  # the table takes any other byte for two data
                length = table[at]
                while length:
                    begins[at] = 1
                    at += length
                    length = table[at]
                if at >= end:
                    break
            at = self._one(at)
            if self.troubles > _MOST_TROUBLES or len(self.by_hand) > 6 * _MOST_BY_HAND:
                self.odd.add("a track too damaged to be read to its end")
                break

    def _catch_up(self, until: int) -> None:
        """Find the running status, which stretches read by the table may have changed since it was last known."""
        data, begins, at = self.data, self.begins, until
        while (at := begins.rfind(1, self.known, at)) >= 0:
            status = data[at + (2 if data[at] >= 0x80 else 1)]
            if status >= 0x80:
                self.running = status
                break
        self.known = until

    def _one(self, at: int) -> int:
        """Read one event by hand; where the next begins."""
        begin = at
        delta, at = self._number(at)
        if at >= self.end:
            return self.end
        status = self.data[at]
        if status < 0x80:
            if not self.running:
                self.odd.add("bytes that belong to no event were passed over")
                self.troubles += 1
                high = _HIGH.search(self.data, at, self.end)  # a status, and the byte before it its delta time
                return self._keep(begin, delta, 0xF0, max(at + 1, high.start() - 1) if high else self.end)
            self._catch_up(begin)
            return self._message(begin, delta, self.running, at, False)
        if status < 0xF0:
            self.running, self.known = status, begin
            return self._message(begin, delta, status, at + 1, True)
        if status == 0xFF:
            return self._meta(begin, delta, at + 1)
        if status in (0xF0, 0xF7):
            return self._keep(begin, delta, 0xF0, self._after_sysex(at + 1))
        self.odd.add("system messages inside a track were passed over")
        return self._keep(begin, delta, 0xF0, at + 1 + _SYSTEM_DATA.get(status, 0))

    def _keep(self, begin: int, delta: int, status: int, following: int) -> int:
        """Count the time of an event that is passed over."""
        self.by_hand.extend((begin, delta, status, 0, 0, False))
        self.begins[begin] = 2
        return following

    def _message(self, begin: int, delta: int, status: int, at: int, says_status: bool) -> int:
        count = 1 if 0xC0 <= status < 0xE0 else 2
        if at + count > self.end:
            self.odd.add("the last event of a track is cut off")
            return self.end
        first, second = self.data[at], self.data[at + 1] if count == 2 else 0
        if first > 127 or second > 127:
            self.odd.add("data bytes above 127 were read as 127")
            self.troubles += 1
        self.by_hand.extend((begin, delta, status, min(first, 127), min(second, 127), says_status))
        self.begins[begin] = 2
        return at + count

    def _meta(self, begin: int, delta: int, at: int) -> int:
        if at >= self.end:
            return self.end
        kind = self.data[at]
        length, at = self._number(at + 1)
        following = at + length
        if following > self.end:
            self.odd.add("a meta event longer than its track")
            following = self.end
        if kind in _KEPT_METAS or (kind in _TEXTS and following - at <= LONGEST):
            self.meta_begins.append(begin)
            self.metas.append((kind, self.data[at:following]))
        if kind not in _KEPT_METAS and TEXT <= kind <= 0x0F:
            self.texts += 1
        self._keep(begin, delta, 0xFF, following)
        if kind == END_OF_TRACK and following < self.end:
            return self._after_end(following)
        return following

    def _after_end(self, at: int) -> int:
        """Bytes behind the end-of-track: read on if what follows looks like an event, else stop."""
        self.running = 0
        _, status_at = self._number(at)
        if status_at < self.end and (0x80 <= self.data[status_at] < 0xF0 or self.data[status_at] == 0xFF):
            self.odd.add("events behind the end of a track were read as well")
            return at
        self.odd.add("bytes behind the end of a track were passed over")
        return self.end

    def _after_sysex(self, at: int) -> int:
        length, at = self._number(at)
        if at + length <= self.end:
            return at + length
        self.odd.add("a system exclusive message longer than its track")
        stop = self.data.find(b"\xf7", at, self.end)
        return stop + 1 if stop >= 0 else self.end

    def _number(self, at: int) -> tuple[int, int]:
        """A number of variable length, and where it ends."""
        value, begin, end = 0, at, self.end
        if at < end and self.data[at] < 0x80:
            return self.data[at], at + 1
        while at < end:
            byte = self.data[at]
            at += 1
            value = (value << 7 | byte & 0x7F) & 0x0FFFFFFF
            if byte < 0x80:
                break
        if at - begin > 4:
            self.odd.add("a number of more than four bytes")
            self.troubles += 1
        return value, at


def _columns(data: NDArray[np.uint8], walk: _Walk, starts: NDArray[np.int64]) -> Events:
    """Turn positions into columns, all at once; `starts` says where each track begins."""
    position = np.flatnonzero(np.frombuffer(walk.begins, dtype=np.uint8) != 0)
    first = np.append(np.searchsorted(position, starts), len(position))
    delta = data[position].astype(np.int64)
    long = delta >= 0x80
    two = np.flatnonzero(long)
    delta[two] = (delta[two] & 0x7F) << 7 | data[position[two] + 1]
    at = position + 1 + long
    status = data[at]
    says = status >= 0x80
    hand = np.frombuffer(walk.by_hand, dtype=np.int64).reshape(-1, 6).T if walk.by_hand else np.empty((6, 0), np.int64)
    places = np.searchsorted(position, hand[0])
    delta[places], status[places], says[places] = hand[1], hand[2], hand[5]
    at += says
    data1, data2 = data[at], data[at + 1]
    if not says.all():  # each runs under the latest status that was said
        status = status[np.maximum.accumulate(np.where(says, np.arange(len(position)), 0))]
    status[places], data1[places], data2[places] = hand[2], hand[3], hand[4]
    total = np.append(0, np.cumsum(delta))
    tick = total[1:] - np.repeat(total[first[:-1]], np.diff(first))
    found = np.searchsorted(position, walk.meta_begins)
    return Events(tick, status, data1, data2, first, found, walk.metas, walk.texts)
