"""The one file that names a device: which chip computes, what people call it, and seeds."""

from __future__ import annotations

import os
import platform
import sys
from dataclasses import dataclass
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
    # the chip of this very process: all processes on the first one would take its memory
    where = f"cuda:{place().here % max(1, torch.cuda.device_count())}" if kind == "cuda" else kind
    try:
        return float(torch.ones(2, device=where).sum()) == 2.0
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
    """Precision to train in, as lightning-fabric calls it: bfloat16 where the chip computes in it, else full.

    Half precision (float16) is never taken: it needs its losses scaled, which gradients of gradients (the penalties of
    games) and the fused optimiser that clips do not go with.
    """
    import torch

    if device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False):
        return "bf16-mixed"
    # on processors without AVX-512 BF16 or AMX, bfloat16 is emulated and slower than float32
    quick = (
        device.type == "cpu" and torch.backends.mkldnn.is_available() and torch.ops.mkldnn._is_mkldnn_bf16_supported()
    )
    return "bf16-mixed" if quick else "32-true"


def told(device: torch.device, precision: str, processes: int = 1) -> str:
    """What computes, in words: the chip, how exactly, and how many of them."""
    words = f"{name(device)}, {'bfloat16' if precision.startswith('bf16') else '32 bits'}"
    return words if processes < 2 else f"{processes} processes on {words}"


@dataclass(frozen=True)
class Place:
    """Which process of a training this is; without torchrun, the only one.

    Attributes:
        rank, of: its number among all processes, and how many there are.
        here, of_here: the same among those on this machine.
        machine: the number of this machine.
    """

    rank: int = 0
    of: int = 1
    here: int = 0
    of_here: int = 1
    machine: int = 0


def place() -> Place:
    """Which process this is, as torchrun says."""
    names = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE", "GROUP_RANK")
    return Place(*(int(os.environ.get(said, default)) for said, default in zip(names, "01010", strict=True)))


def is_first_process() -> bool:
    """Whether this process writes and speaks: the only one or, under torchrun, the first of many."""
    return place().rank == 0


def is_only_process() -> bool:
    """Whether nobody else takes part in this training."""
    return place().of == 1


def processes(device: torch.device) -> int:
    """How many processes can train here at once without standing in each other's way: one for each chip or core."""
    import torch

    if device.type == "cuda":
        return torch.cuda.device_count()
    return 1 if device.type == "mps" else cores()


def cores() -> int:
    """How many this process may use, which need not be all that the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def use_cores(but: int = 0) -> None:
    """Let torch use every core `but` so many, shared fairly with the other processes of a training under torchrun."""
    import torch

    torch.set_num_threads(max(1, (cores() - but) // place().of_here))


def memory() -> int:
    """Bytes of memory in this machine; a gigabyte where it does not say."""
    try:
        if sys.platform == "win32":
            return _windows_memory()
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (OSError, ValueError, AttributeError):
        return 1 << 30


def _windows_memory() -> int:
    import ctypes

    kilobytes = ctypes.c_ulonglong()
    if not ctypes.windll.kernel32.GetPhysicallyInstalledSystemMemory(ctypes.byref(kilobytes)):  # type: ignore[attr-defined,unused-ignore]
        raise OSError
    return kilobytes.value * 1024
