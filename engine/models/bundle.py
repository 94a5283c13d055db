"""A trained model as one file: safetensors with a JSON header. Nothing is ever unpickled.

Large matrices are kept as 8-bit rows with a scale each, which keeps a bundle under 16 MiB; the figures in the
header are measured on the weights as they come back from the file.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from engine.errors import UserError

FORMAT = 1
_SCALE = ".row_scale"
_BIG = 100_000  # elements from which a matrix is kept in 8 bits

Arrays = dict[str, NDArray[np.generic]]


@dataclass
class Bundle:
    """What a file holds.

    Attributes:
        model: registry name.
        header: options, corpus and its terms, recipe, figures, whatever belongs to the model and is text.
        weights: the network's tensors by name, float32.
        extras: other arrays, e.g. the codes of the map's dots.
    """

    model: str
    header: dict[str, Any]
    weights: Arrays
    extras: Arrays = field(default_factory=dict)


def write(bundle: Bundle, path: Path) -> None:
    """Save atomically: the file is whole or not there."""
    arrays: Arrays = {f"extra.{name}": np.ascontiguousarray(value) for name, value in bundle.extras.items()}
    for name, value in bundle.weights.items():
        arrays.update(_packed(f"weight.{name}", np.asarray(value)))
    header = {**bundle.header, "format": FORMAT, "model": bundle.model, "checksum": _checksum(arrays)}
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.part")
    temporary.touch()
    mode = temporary.stat().st_mode  # safetensors writes files that only their owner may read
    try:
        save_file(arrays, temporary, metadata={"melomorph": json.dumps(header, ensure_ascii=False, sort_keys=True)})
        temporary.chmod(mode)
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def read_header(path: Path) -> dict[str, Any]:
    """Only the header: quick, for lists.

    Raises:
        UserError: not a bundle of ours, or of a newer version.
    """
    try:
        with safe_open(path, "numpy") as file:
            header = json.loads((file.metadata() or {})["melomorph"])
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise UserError(f"{path.name} is not a Melomorph model.", "Choose a file written by training.") from error
    if not isinstance(header, dict) or header.get("format", 0) > FORMAT:
        raise UserError(f"{path.name} was made by a newer Melomorph.", "Update Melomorph to use it.")
    return header


def read(path: Path, weights: bool = True) -> Bundle:
    """The whole bundle; without `weights`, only header and extras.

    Raises:
        UserError: not a bundle, of a newer version, or damaged.
    """
    header = read_header(path)
    with safe_open(path, "numpy") as file:
        wanted = [key for key in file.keys() if weights or key.startswith("extra.")]  # noqa: SIM118
        arrays: Arrays = {key: file.get_tensor(key) for key in wanted}
    if weights and _checksum(arrays) != header.get("checksum"):
        raise UserError(f"{path.name} is damaged.", "Make it again with training, or install Melomorph again.")
    extras = {key.removeprefix("extra."): value for key, value in arrays.items() if key.startswith("extra.")}
    names = [key for key in arrays if key.startswith("weight.") and not key.endswith(_SCALE)]
    loaded = {name.removeprefix("weight."): _unpacked(name, arrays) for name in names}
    return Bundle(str(header["model"]), header, loaded, extras)


def _packed(name: str, value: NDArray[np.generic]) -> Arrays:
    if value.ndim != 2 or value.size < _BIG:
        return {name: np.ascontiguousarray(value)}
    rows = value.astype(np.float32)
    scale = np.maximum(np.abs(rows).max(1, keepdims=True), 1e-12) / 127
    return {name: np.round(rows / scale).astype(np.int8), name + _SCALE: scale.astype(np.float32)}


def _unpacked(name: str, arrays: Arrays) -> NDArray[np.generic]:
    if name + _SCALE not in arrays:
        return arrays[name]
    return arrays[name].astype(np.float32) * arrays[name + _SCALE].astype(np.float32)


def _checksum(arrays: Arrays) -> str:
    digest = hashlib.sha256()
    for name in sorted(arrays):
        digest.update(name.encode())
        digest.update(np.ascontiguousarray(arrays[name]).tobytes())
    return digest.hexdigest()
