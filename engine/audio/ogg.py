"""One correction to Ogg files: the random stream number that libsndfile draws, so that equal music is equal bytes."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

_MIRRORED = bytes(int(f"{value:08b}"[::-1], 2) for value in range(256))
_HEADER = 27  # bytes of a page header before its segment table


def set_serial(path: Path, serial: int = 1) -> None:
    """Give the only stream of an Ogg file a fixed number, in place.

    Raises:
        OSError: the file cannot be read or written.
        ValueError: it is not a whole Ogg file.
    """
    data = bytearray(path.read_bytes())
    at = 0
    while at < len(data):
        if data[at : at + 4] != b"OggS" or at + _HEADER > len(data):
            raise ValueError(f"{path.name} is not a whole Ogg file")
        segments = data[at + 26]
        end = at + _HEADER + segments + sum(data[at + _HEADER : at + _HEADER + segments])
        struct.pack_into("<I", data, at + 14, serial)
        struct.pack_into("<I", data, at + 22, 0)  # the checksum is taken with itself as zero
        struct.pack_into("<I", data, at + 22, _checksum(bytes(data[at:end])))
        at = end
    path.write_bytes(data)


def _checksum(page: bytes) -> int:
    """Ogg's CRC-32 (most significant bit first, no inversion), by way of zlib's mirrored and inverted one."""
    mirrored = zlib.crc32(page.translate(_MIRRORED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{mirrored:032b}"[::-1], 2)
