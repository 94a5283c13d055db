"""Whether the weights of a file are those of its network, found out before any memory is given to them.

The network is built on torch's meta device, where tensors have shapes and no numbers; one that goes on and on is
stopped on the way.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.models.bundle import SCALE, Arrays
from engine.models.checks.container import Refused, Tensor
from engine.models.row import Row

if TYPE_CHECKING:
    from torch import nn

BESIDE = 4 << 20  # numbers that a network may have beside those in its file: tables that it can make itself
PARTS = 12  # modules, weights and wrappers around them that a network may make for each tensor in its file
_WEIGHT = "weight."


class _TooMuch(Exception):
    """The network that is described has more than its file."""


def check_shapes(tensors: Mapping[str, Tensor], row: Row, options: Any) -> None:
    """Names and shapes in a file against those of the network that its options describe.

    Raises:
        Refused: they are not the same.
    """
    import torch

    said = {name.removeprefix(_WEIGHT): tensor for name, tensor in tensors.items() if name.startswith(_WEIGHT)}
    scales = {name.removesuffix(SCALE): said.pop(name) for name in [n for n in said if n.endswith(SCALE)]}
    strange = [name for name in tensors if not name.startswith((_WEIGHT, "extra."))]
    _need(not strange, "has tensors that belong to nothing")
    _packed(said, scales)
    try:
        with torch.device("meta"), _no_more_than(PARTS * len(said) + 8 * PARTS):
            network: nn.Module = getattr(row.load_module(), row.network)(options)
            wanted = {name: tuple(value.shape) for name, value in network.state_dict().items()}
    except _TooMuch as error:
        raise Refused("has options that describe a larger network than the one in it") from error
    except Exception as error:  # whatever a constructor makes of options that were never together before
        raise Refused("has options of which no network can be built") from error
    _need(not wanted.keys() - said.keys(), "lacks some of its network's weights")
    _need(not said.keys() - wanted.keys(), "has weights that its network does not know")
    beside = sum(value.numel() for name, value in network.named_buffers() if name not in wanted)
    _need(beside <= BESIDE, "has options that describe a larger network than the one in it")
    for name, shape in wanted.items():
        single = said[name].shape == (1,) and shape == ()  # written so, as no array has no axis there
        _need(said[name].shape == shape or single, "has weights of other shapes than its network")


def _packed(said: Mapping[str, Tensor], scales: Mapping[str, Tensor]) -> None:
    """Weights are 32 bits wide, or rows of 8 bits with a scale each."""
    for name, tensor in said.items():
        if tensor.dtype == "I8":
            rows = scales.get(name)
            fits = rows is not None and len(tensor.shape) == 2 and rows.shape == (tensor.shape[0], 1)
            _need(fits and rows is not None and rows.dtype == "F32", "has packed weights without their scales")
        else:
            _need(tensor.dtype in ("F32", "I64") and name not in scales, "has weights of a kind that no network has")
    _need(scales.keys() <= said.keys(), "has scales that belong to nothing")


def check_numbers(arrays: Arrays) -> None:
    """Every weight is a number.

    Raises:
        Refused: one is not.
    """
    for value in arrays.values():
        _need(value.dtype.kind != "f" or bool(np.isfinite(value).all()), "has weights that are no numbers")


@contextmanager
def _no_more_than(parts: int) -> Iterator[None]:
    """Modules that are made meanwhile, by this thread, may have so many parts."""
    from torch.nn.modules import module as hooks

    me, left = threading.get_ident(), [parts]

    def count(module: Any, name: str, value: Any) -> None:
        if threading.get_ident() == me:
            left[0] -= 1
            if left[0] < 0:
                raise _TooMuch

    handles = [
        hooks.register_module_parameter_registration_hook(count),
        hooks.register_module_buffer_registration_hook(count),
        hooks.register_module_module_registration_hook(count),
    ]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def _need(holds: bool, why: str) -> None:
    if not holds:
        raise Refused(why)
