"""Where training stands, as one safetensors file: written atomically, resumed after a kill at any moment."""

from __future__ import annotations

import contextlib
import errno
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from engine.errors import UserError
from engine.training.undisturbed import undisturbed

_FULL = ("os error 28", "os error 112")  # as safetensors says it: on Linux and macOS, on Windows


def save(
    path: Path, model: nn.Module, average: nn.Module, best: dict[str, Tensor],
    optimizers: Mapping[str, torch.optim.Optimizer], rng: np.random.Generator, state: dict[str, Any],
) -> None:  # fmt: skip
    """Model, its running average now and at its best, optimisers, random states and the trainer's `state` (JSON).

    Raises:
        UserError: the disk is full, or the folder may not be written; what was there before is still there.
    """
    tensors: dict[str, Tensor] = {f"model.{k}": v for k, v in model.state_dict().items()}
    # what no bundle holds: the chains of Boltzmann machines, which go on from step to step
    tensors |= {f"buffer.{k}": v for k, v in model.named_buffers() if f"model.{k}" not in tensors}
    tensors |= {f"average.{k}": v for k, v in average.state_dict().items()}
    tensors |= {f"best.{k}": v for k, v in best.items()}
    for name, optimizer in optimizers.items():
        for index, slots in optimizer.state_dict()["state"].items():
            tensors |= {f"optimizer.{name}.{index}.{k}": torch.as_tensor(v) for k, v in slots.items()}
    tensors["random.torch"] = torch.get_rng_state()
    header = {"state": json.dumps(state), "numpy": json.dumps(rng.bit_generator.state)}
    part = path.with_suffix(".part")  # one name: what a kill cuts off is written over by the next
    try:
        with undisturbed():
            save_file({k: v.detach().cpu().contiguous().clone() for k, v in tensors.items()}, part, metadata=header)
            with part.open("rb+") as file:
                os.fsync(file.fileno())  # else a machine that loses its power may keep the new name and the old bytes
            os.replace(part, path)
    except (OSError, SafetensorError) as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise UserError(
            f"What is learnt cannot be kept in {path.parent}: {_reason(error)}.",
            "Free some space, or mend the folder's rights; it is tried again.",
        ) from error


def _reason(error: Exception) -> str:
    """In plain words."""
    words = str(error)
    if (
        (isinstance(error, OSError) and error.errno == errno.ENOSPC)
        or "os error 28" in words
        or "os error 112" in words
    ):
        return "the disk is full"
    return "it may not be written"


def load(
    path: Path,
    model: nn.Module,
    average: nn.Module,
    optimizers: Mapping[str, torch.optim.Optimizer],
    rng: np.random.Generator,
) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Put everything back as `save` found it and return the trainer's state, and the best average if one was kept.

    Raises:
        UserError: the file is damaged or belongs to another network.
    """
    try:
        with safe_open(path, "pt") as file:
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
            header = file.metadata() or {}
        model.load_state_dict(_under("model.", tensors))
        average.load_state_dict(_under("average.", tensors))
        kept = _under("buffer.", tensors)
        for name, buffer in model.named_buffers():
            if name in kept:
                buffer.copy_(kept[name])
        for player, optimizer in optimizers.items():
            slots: dict[int, dict[str, Tensor]] = {}
            for key, value in _under(f"optimizer.{player}.", tensors).items():
                index, name = key.split(".")
                slots.setdefault(int(index), {})[name] = value
            optimizer.load_state_dict({**optimizer.state_dict(), "state": slots})
        torch.set_rng_state(tensors["random.torch"])
        rng.bit_generator.state = json.loads(header["numpy"])
        return dict(json.loads(header["state"])), _under("best.", tensors)
    except (OSError, SafetensorError, KeyError, RuntimeError, ValueError) as error:
        raise UserError(
            f"The unfinished training in {path.name} cannot be continued.",
            "Delete that file to start over, or resume with the options it was started with.",
        ) from error


def _under(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {key.removeprefix(prefix): value for key, value in tensors.items() if key.startswith(prefix)}
