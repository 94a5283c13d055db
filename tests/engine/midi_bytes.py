"""MIDI files made byte by byte, for tests."""

from __future__ import annotations

import struct

ON, OFF = b"\x00\x90\x3c\x40", b"\x60\x80\x3c\x00"  # C4 for 96 ticks
END = b"\x00\xff\x2f\x00"
TEMPO = b"\x00\xff\x51\x03\x0f\x42\x40"  # 60 quarter notes a minute


def header(tracks: int = 1, division: int = 96, kind: int = 1) -> bytes:
    return b"MThd" + struct.pack(">IHHH", 6, kind, tracks, division)


def chunk(events: bytes, length: int | None = None) -> bytes:
    return b"MTrk" + struct.pack(">I", len(events) if length is None else length) + events


def one(events: bytes, **head: int) -> bytes:
    return header(**head) + chunk(events)


CLEAN = one(TEMPO + b"\x00\xff\x58\x04\x03\x02\x18\x08" + ON + OFF + END)


def number(value: int, width: int = 0) -> bytes:
    """A number of variable length, padded to a width in bytes."""
    out = [value & 0x7F]
    while value := value >> 7:
        out.append(0x80 | value & 0x7F)
    out += [0x80] * (width - len(out))
    return bytes(reversed(out))
