"""The processes of a training and the chip each computes on, by lightning-fabric; what is said when one is lost."""

from __future__ import annotations

import contextlib
import logging
import traceback
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import torch
from lightning_fabric import Fabric
from lightning_fabric.strategies import DDPStrategy

from engine import device as devices
from engine.errors import UserError

PATIENCE = timedelta(minutes=30)  # that processes wait for one another: the first one measures and writes alone
LOST = (
    *("connection closed", "connection reset", "connection refused", "timed out", "pair closure", "broken pipe"),
    *("gloo", "nccl"),
)


def make_fabric(wanted: str, precision: str = "auto") -> Fabric:
    """Fabric for one process, or for all that torchrun started.

    Raises:
        UserError: the chip is not here, or there are more processes than chips.
    """
    logging.getLogger("lightning_fabric").setLevel(logging.WARNING)  # its remarks would break up the progress bar
    device, place = devices.choose(wanted), devices.place()
    if device.type != "cpu" and place.of_here > devices.processes(device):
        raise UserError(
            f"{place.of_here} processes cannot share {devices.processes(device)} of {devices.name(device)}.",
            f"Start {devices.processes(device)} on this machine, or choose --device cpu.",
        )
    many: Any = DDPStrategy(find_unused_parameters=True, timeout=PATIENCE)  # players of games stand still in turn
    fabric = Fabric(
        accelerator=device.type,
        devices=place.of_here,
        num_nodes=max(1, place.of // place.of_here),
        strategy=many if place.of > 1 else "auto",
        precision="32-true" if precision == "full" else devices.precision(device),  # type: ignore[arg-type]
    )
    fabric.launch()
    return fabric


def one_checkpoint(fabric: Fabric, step: int) -> None:
    """Make sure that all processes go on from the same step.

    Raises:
        UserError: they do not.
    """
    if fabric.world_size > 1:
        steps: Any = fabric.all_gather(torch.tensor(step))
        if int(steps.min()) != int(steps.max()):
            raise UserError(
                "The machines do not see the same unfinished training.",
                "Put --out into a folder that all of them share, or copy the .checkpoint file to each.",
            )


@contextlib.contextmanager
def spoken() -> Iterator[None]:
    """Inside, the loss of another process is told in words.

    Raises:
        UserError: another process of this training is gone; any other error passes as it is.
    """
    try:
        yield
    except RuntimeError as error:
        if devices.is_only_process() or not _means_lost(error):
            raise
        raise UserError(
            "Another process of this training has ended, or did not answer.",
            "See above what it said; start all of them again with --resume: what was learnt is kept.",
        ) from error


def _means_lost(error: RuntimeError) -> bool:
    """Whether it was raised where processes talk to one another, or in words of those that talk for them."""
    said, trace = str(error).lower(), traceback.extract_tb(error.__traceback__)
    talking = bool(trace) and "distributed" in Path(trace[-1].filename).with_suffix("").parts
    return talking or isinstance(error, torch.distributed.DistError) or any(word in said for word in LOST)
