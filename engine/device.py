"""The one file that names a device: which chip computes, what people call it, and seeds."""

from __future__ import annotations

import os
import platform
from typing import TYPE_CHECKING

from engine.errors import UserError

if TYPE_CHECKING:
    import torch

CHOICES = ("auto", "cuda", "mps", "cpu")


def choose(wanted: str = "auto") -> torch.device:
    """The device to compute on: as asked, or the first of cuda, mps, cpu that proves able to hold a number.

    Raises:
        UserError: the device asked for is not there.
    """
    import torch

    if wanted not in CHOICES:
        raise UserError(f"There is no device called {wanted}.", f"Choose one of: {', '.join(CHOICES)}.")
    for kind in CHOICES[1:] if wanted == "auto" else (wanted,):
        if _works(kind):
            return torch.device(kind)
    raise UserError(f"This machine cannot compute on {wanted}.", "Choose auto or cpu.")


def _works(kind: str) -> bool:
    """Proved by an allocation and a sum, not by asking: drivers answer yes and then fail."""
    import torch

    if kind == "cuda" and not torch.cuda.is_available():
        return False
    if kind == "mps" and not torch.backends.mps.is_available():
        return False
    try:
        return float(torch.ones(2, device=kind).sum()) == 2.0
    except Exception:  # a broken driver raises whatever it likes; the answer is no
        return False


def name(device: torch.device) -> str:
    """What people call it."""
    import torch

    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    if device.type == "mps":
        return "Apple GPU"
    cores = os.cpu_count() or 1
    return f"CPU ({platform.machine()}, {cores} {'core' if cores == 1 else 'cores'})"


def precision(device: torch.device) -> str:
    """Precision to train in, as lightning-fabric calls it: bfloat16 where it pays, else full."""
    import torch

    if device.type == "cuda" and torch.cuda.is_bf16_supported():
        return "bf16-mixed"
    # on processors without AVX-512 BF16 or AMX, bfloat16 is emulated and slower than float32
    quick = (
        device.type == "cpu" and torch.backends.mkldnn.is_available() and torch.ops.mkldnn._is_mkldnn_bf16_supported()
    )
    return "bf16-mixed" if quick else "32-true"


def is_first_process() -> bool:
    """Whether this process writes and speaks: the only one or, under torchrun, the first of many."""
    return os.environ.get("RANK", "0") == "0"


def use_cores(but: int = 0) -> None:
    """Let torch use every core `but` so many, shared fairly with the other processes of a training under torchrun."""
    import torch

    workers = int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
    ours = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    torch.set_num_threads(max(1, (ours - but) // workers))
