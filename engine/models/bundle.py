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
from safetensors.numpy import save_file

from engine.errors import UserError
from engine.models.checks import container
from engine.models.checks.container import Container, Refused, no_bundle
from engine.models.checks.plain import LONGEST, as_name, plainly
from engine.models.row import OWN

FORMAT = 2
TENSORS_ONLY = 1  # the format whose checksum says nothing of the header
SCALE = ".row_scale"
_BIG = 100_000  # elements from which a matrix is kept in 8 bits
_NAMES = {"corpus": ("name",), "recipe": ("corpus", "start")}  # what may never lead anywhere

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
    own = path.stem.partition(OWN)[2]  # the title of a composer's own network is in its name, and goes with it
    _save(arrays, {**bundle.header, "model": bundle.model} | ({"title": own} if own else {}), path)


def rewrite(path: Path, to: Path, changes: dict[str, Any]) -> None:
    """The same model with some of its header changed, as a file of its own; its tensors stay what they are.

    Raises:
        UserError: the file is no bundle, or is damaged.
        OSError: the other cannot be written.
    """
    found = container.opened(path)
    header, arrays = _header(found), found.read()
    if header.get("checksum") != checksum(arrays, header):
        raise damaged(path)
    _save(arrays, {**header, **changes}, to)


def _save(arrays: Arrays, about: dict[str, Any], path: Path) -> None:
    header = _as_written({name: value for name, value in about.items() if name != "checksum"} | {"format": FORMAT})
    header["checksum"] = checksum(arrays, header)
    text = json.dumps(header, ensure_ascii=False, sort_keys=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.part")
    temporary.touch()
    mode = temporary.stat().st_mode  # safetensors writes files that only their owner may read
    try:
        save_file(arrays, temporary, metadata={"melomorph": text})
        temporary.chmod(mode)
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _as_written(about: dict[str, Any]) -> dict[str, Any]:
    """A header of plain text and finite numbers, without names that are a way to somewhere; as JSON gives it back."""
    made: dict[str, Any] = json.loads(json.dumps(plainly(about)))
    for part, names in _NAMES.items():
        inner = made.get(part)
        if isinstance(inner, dict):
            inner.update({name: as_name(inner[name]) for name in names if isinstance(inner.get(name), str)})
    return made


def read_header(path: Path) -> dict[str, Any]:
    """Only the header: quick, for lists.

    Raises:
        UserError: not a bundle of ours, or of a newer version.
    """
    return _header(container.opened(path))


def _header(found: Container) -> dict[str, Any]:
    try:
        header = container.parsed(found.text, LONGEST)
    except Refused as why:
        raise no_bundle(found.path, str(why)) from why
    kept = header.get("format")
    if type(kept) is not int or kept < TENSORS_ONLY:
        raise no_bundle(found.path, "does not say of which format it is")
    if kept > FORMAT:
        raise UserError(f"{found.path.name} was made by a newer Melomorph.", "Update Melomorph to use it.")
    if not isinstance(header.get("model"), str):
        raise no_bundle(found.path, "does not say which model it is")
    return header


def read(path: Path, weights: bool = True) -> Bundle:
    """The whole bundle; without `weights`, only header and extras.

    Raises:
        UserError: not a bundle, of a newer version, or damaged.
    """
    found = container.opened(path)
    header = _header(found)
    arrays = found.read(key for key in found.tensors if weights or key.startswith("extra."))
    if weights and checksum(arrays, header) != header.get("checksum"):
        raise damaged(path)
    return made_of(header, arrays)


def made_of(header: dict[str, Any], arrays: Arrays) -> Bundle:
    """A bundle of a file's header and tensors."""
    extras = {key.removeprefix("extra."): value for key, value in arrays.items() if key.startswith("extra.")}
    names = [key for key in arrays if key.startswith("weight.") and not key.endswith(SCALE)]
    loaded = {name.removeprefix("weight."): _unpacked(name, arrays) for name in names}
    return Bundle(str(header["model"]), header, loaded, extras)


def damaged(path: Path) -> UserError:
    """The words in which a file is refused that is no longer what was written."""
    return UserError(f"{path.name} is damaged.", "Make it again with training, or install Melomorph again.")


def checksum(arrays: Arrays, header: dict[str, Any]) -> str:
    """SHA-256 of the tensors and, but for the first format, of what they are and of all that the header says."""
    digest, all_of_it = hashlib.sha256(), header.get("format") != TENSORS_ONLY
    for name in sorted(arrays):
        digest.update(name.encode())
        if all_of_it:
            digest.update(f" {arrays[name].dtype.str} {list(arrays[name].shape)} ".encode())
        digest.update(np.ascontiguousarray(arrays[name]).tobytes())
    if all_of_it:
        said = {name: value for name, value in header.items() if name != "checksum"}
        digest.update(json.dumps(said, ensure_ascii=True, sort_keys=True).encode())
    return digest.hexdigest()


def _packed(name: str, value: NDArray[np.generic]) -> Arrays:
    if value.ndim != 2 or value.size < _BIG:
        return {name: np.ascontiguousarray(value)}
    rows = value.astype(np.float32)
    scale = np.maximum(np.abs(rows).max(1, keepdims=True), 1e-12) / 127
    return {name: np.round(rows / scale).astype(np.int8), name + SCALE: scale.astype(np.float32)}


def _unpacked(name: str, arrays: Arrays) -> NDArray[np.generic]:
    if name + SCALE not in arrays:
        return arrays[name]
    return arrays[name].astype(np.float32) * arrays[name + SCALE].astype(np.float32)
