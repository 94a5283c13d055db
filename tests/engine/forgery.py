"""Files that look like bundles: written byte by byte, so that anything in them can be wrong, seal and all."""

from __future__ import annotations

import dataclasses
import json
import sys
import time
import tracemalloc
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.errors import UserError
from engine.models import bundle as bundles
from engine.models.bundle import Arrays, Bundle
from engine.models.checks import check
from engine.models.registry import row
from engine.training.dials import dials

NAMES = {"f2": "F16", "f4": "F32", "f8": "F64", "i1": "I8", "u1": "U8", "i4": "I32", "i8": "I64"}
DOTS = 12
SECOND, MEMORY = 1.0, 64 << 20  # what a refusal may cost


def genuine(folder: Path, name: str = "vae~My reels") -> Path:
    """A whole bundle of a small untrained VAE: weights, a map, dials, figures."""
    import torch

    torch.manual_seed(4)
    known = row("vae")
    module = known.load_module()
    sizes = {"latent": 6, "width": 40, "blocks": 1, "embedding": 8, "features": 24, "mixers": 1}
    options = module.Options(**sizes)
    network = getattr(module, known.network)(options).eval()
    codes = network.draw(DOTS, module.SampleOptions()).numpy()
    windows = np.tile(np.array([[40, *[1] * 15, 42, *[1] * 15]], np.uint8), (DOTS, 1))
    vectors = {"map.vector.density": codes[0], "map.vector.height": codes[1], "map.value.density": codes[:, 0]}
    extras = {"map.codes": codes.astype(np.float16), "map.melodies": windows, **vectors, **dials(codes)}
    header = {
        "options": dataclasses.asdict(options),
        "codec": "melody",
        "corpus": {"name": "reels", "title": "a folder of the composer's own", "terms": "yours", "train_tunes": 40},
        "recipe": {"steps": 30, "corpus": "folder", "start": ""},
        "map": {"titles": [f"Tune {n}" for n in range(DOTS)]},
        "evaluation": {"figures": {"onset_accuracy": 0.5}, "gates": []},
        "curves": {"loss": {"steps": [1.0, 2.0], "this one": [3.0, 2.5]}},
    }
    weights = {key: value.detach().float().numpy() for key, value in network.state_dict().items()}
    path = folder / f"{name}.safetensors"
    bundles.write(Bundle("vae", header, weights, extras), path)
    return path


def parts(path: Path) -> tuple[dict[str, Any], Arrays]:
    """Header and tensors of a bundle, as they lie in it."""
    found = bundles.container.opened(path)
    return json.loads(found.text), found.read()


def forged(
    path: Path,
    header: Mapping[str, Any],
    arrays: Arrays,
    table: Callable[[dict[str, Any]], object] = lambda table: None,
    sealed: bool = True,
    behind: bytes = b"",
) -> Path:
    """Write a file by hand, with a checksum that fits whatever is in it; `table` may spoil the table."""
    about = {key: value for key, value in header.items() if key != "checksum"}
    about["checksum"] = bundles.checksum(arrays, about) if sealed else header.get("checksum")
    made: dict[str, Any] = {"__metadata__": {"melomorph": json.dumps(about, ensure_ascii=False)}}
    content = b""
    for name, value in arrays.items():
        raw = np.ascontiguousarray(value).tobytes()
        kind = NAMES[value.dtype.str[1:]]
        made[name] = {
            "dtype": kind,
            "shape": list(value.shape),
            "data_offsets": [len(content), len(content) + len(raw)],
        }
        content += raw
    table(made)
    return raw_file(path, json.dumps(made, ensure_ascii=False).encode("utf-8", "surrogatepass"), content + behind)


def raw_file(path: Path, table: bytes, content: bytes = b"") -> Path:
    """A file of a table and what lies behind it."""
    path.write_bytes(len(table).to_bytes(8, "little") + table + content)
    return path


def refused(path: Path) -> UserError:
    """What is said of a file that must not be loaded: in words, and within a second of work."""
    begin = time.thread_time()
    with pytest.raises(UserError) as said:
        check.proved(path)
    assert time.thread_time() - begin < SECOND
    words = str(said.value)
    assert said.value.remedy and path.name in words and "Traceback" not in words and "Error" not in words
    return said.value


def refused_cheaply(path: Path) -> None:
    """The same, without much memory."""
    tracemalloc.start()
    try:
        with pytest.raises(UserError):
            check.proved(path)
        assert tracemalloc.get_traced_memory()[1] < MEMORY
    finally:
        tracemalloc.stop()


def resident() -> int:
    """The most bytes that this process has had so far, or 0 where nobody says."""
    try:
        import resource
    except ImportError:  # Windows
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def same(one: bundles.Bundle, other: bundles.Bundle) -> bool:
    """Whether two bundles hold the same."""
    if one.header != other.header or one.weights.keys() != other.weights.keys() or one.extras.keys() != other.extras:
        return False
    pairs = [(one.weights[n], other.weights[n]) for n in one.weights]
    pairs += [(one.extras[n], other.extras[n]) for n in one.extras]
    return all(a.dtype == b.dtype and np.array_equal(a, b) for a, b in pairs)


def changed_array(name: str, change: Callable[[Any], Any]) -> Callable[[Arrays], Arrays]:
    """A change of one tensor."""
    return lambda arrays: {**arrays, name: np.ascontiguousarray(change(arrays[name].copy()))}


def put(value: float) -> Callable[[Any], Any]:
    """Another number in the last place."""

    def change(array: Any) -> Any:
        array.reshape(-1)[-1] = value
        return array

    return change


def without(name: str) -> Callable[[Arrays], Arrays]:
    """One tensor less."""
    return lambda arrays: {key: value for key, value in arrays.items() if key != name}
