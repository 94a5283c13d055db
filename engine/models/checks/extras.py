"""What a bundle holds beside its weights: the map's dots, dials, windows of the corpus. Names, shapes and values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.codecs import melody
from engine.codecs.catalog import MELODIC
from engine.codecs.catalog import codec as codec_of
from engine.codecs.codec import Codec
from engine.latent.qualities import AXES
from engine.models.bundle import Arrays
from engine.models.checks.container import Refused
from engine.models.row import Row

_REAL, _TOKENS = ("f2", "f4", "f8"), ("u1",)
MOST_DOTS, MOST_DIALS = 100_000, 4_096
PLANES = {"tsne", "isomap"}


def check_extras(extras: Arrays, header: Mapping[str, Any], row: Row) -> int:
    """The length of the codes that map and dials are about; 0 if there are none.

    Raises:
        Refused: something is unknown, of the wrong shape or kind, or does not fit the rest.
    """
    codec, left = codec_of(row.codec), dict(extras)
    lengths = {_map(left, header, row, codec), _dials(left, header)} - {0}
    _windows(left, header, codec)
    _need(not left, f"holds something unknown beside its weights ({', '.join(sorted(left))[:80]})")
    _need(len(lengths) < 2, "has a map and dials of different codes")
    _need(not lengths or "encodes" in row.capabilities, "has codes, but its system knows none")
    return lengths.pop() if lengths else 0


def _map(left: Arrays, header: Mapping[str, Any], row: Row, codec: Codec) -> int:
    there = {name for name in left if name.startswith("map.")}
    if not there and "map" not in header:
        return 0
    _need({"map.codes", "map.melodies"} <= there and "map" in header, "has half a map")
    _need("encodes" in row.capabilities and row.codec in MELODIC, "has a map, but its system has none")
    codes = _take(left, "map.codes", (-1, -1), _REAL)
    dots, size = codes.shape
    _need(0 < dots <= MOST_DOTS and size > 0, "has a map without dots")
    _tokens(_take(left, "map.melodies", (dots, *codec.shape), _TOKENS), codec)
    _need(len(header["map"].get("titles", [])) == dots, "has another number of titles than of dots")
    for name in sorted(there - {"map.codes", "map.melodies"}):
        kind, _, which = name.removeprefix("map.").partition(".")
        _need(which in {"places": PLANES}.get(kind, set(AXES)), "has something unknown on its map")
        shapes = {"places": (dots, 2), "value": (dots,), "vector": (size,)}
        _need(kind in shapes, "has something unknown on its map")
        _take(left, name, shapes[kind], _REAL)
    return size


def _dials(left: Arrays, header: Mapping[str, Any]) -> int:
    there = {name for name in left if name.startswith("dials.")}
    if not there:
        return 0
    low = _take(left, "dials.low", (-1,), _REAL)
    count = len(low)
    high = _take(left, "dials.high", (count,), _REAL)
    _need(0 < count <= MOST_DIALS and bool((low <= high).all()), "has dials without a range")
    names = header.get("dials", [])
    _need(len(names) in (0, count), "has another number of dials than of their names")
    if "dials.directions" not in there:
        return count
    directions = _take(left, "dials.directions", (count, -1), _REAL)
    _take(left, "dials.mean", (directions.shape[1],), _REAL)
    return directions.shape[1]


def _windows(left: Arrays, header: Mapping[str, Any], codec: Codec) -> None:
    titles = header.get("corpus_titles", [])
    if "corpus.windows" not in left and "corpus.tunes" not in left:
        return
    tunes = _take(left, "corpus.tunes", (-1,), ("i4",))
    shape = codec.shape if codec.vocabulary != 2 else (*codec.shape[:-1], -(-codec.shape[-1] // 8))
    windows = _take(left, "corpus.windows", (len(tunes), *shape), _TOKENS)
    _need(len(tunes) > 0, "has no windows of its music")
    _need(bool(((tunes >= 0) & (tunes < len(titles))).all()), "has music without a title")
    if codec.vocabulary > 2:  # zeros and ones, eight in a byte, may be anything
        _tokens(windows, codec)


def _tokens(windows: NDArray[Any], codec: Codec) -> None:
    """No note that does not exist; of melodies, slots left empty where short bars leave them and nowhere else."""
    wrong = windows >= codec.vocabulary
    if codec.name in MELODIC:
        empty = np.ones(windows.shape[1], bool)
        empty[melody.slots(True, codec.bars)] = False
        wrong = (windows > melody.PAD) | ((windows == melody.PAD) != (melody.is_compound(windows)[:, None] & empty))
    _need(not wrong.any(), "holds music with notes that do not exist")


def _take(left: Arrays, name: str, shape: tuple[int, ...], kinds: tuple[str, ...]) -> NDArray[Any]:
    """An array out of those that are left, -1 standing for any length."""
    _need(name in left, f"lacks {name}")
    found = left.pop(name)
    fits = len(found.shape) == len(shape) and all(b in (a, -1) for a, b in zip(found.shape, shape, strict=True))
    _need(fits, f"has {name} of the wrong shape")
    _need(found.dtype.str[1:] in kinds, f"has {name} of the wrong kind")
    _need(found.dtype.kind != "f" or bool(np.isfinite(found).all()), f"has numbers in {name} that are none")
    return found


def _need(holds: bool, why: str) -> None:
    if not holds:
        raise Refused(why)
