"""Trainings that were begun: what was ordered is kept beside where the result will be, until it is there.

A bundle `NAME.safetensors` in the making has `NAME.training` (JSON) and, from its first minute on, `NAME.checkpoint`.
With both it goes on after a pause, a crash, or when the studio is next opened. What it let hear is `NAME.heard`.
"""

from __future__ import annotations

import contextlib
import dataclasses
import glob
import json
import os
import shutil
from pathlib import Path
from typing import Any

from engine.errors import UserError
from engine.models import bundle as bundles
from engine.models.registry import row
from engine.options import changed
from engine.training import hearings
from engine.training.options import Order, TrainOptions
from engine.training.progress import Look

SUFFIX, CHECKPOINT = ".training", ".checkpoint"
LONGEST_HEADER = 20_000_000  # bytes


def keep(order: Order) -> None:
    """Write down what is ordered; whole or not at all.

    Raises:
        UserError: the folder cannot be written.
    """
    said = {
        "model": order.row.system,
        "corpus": order.corpus,
        "options": dataclasses.asdict(order.options),
        "network": dict(order.network),
        "start": str(order.start) if order.start else "",
    }
    path = order.out.with_suffix(SUFFIX)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps(said, ensure_ascii=False, indent=1), encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise UserError(f"{path.parent} cannot be written.", "Free some space, or mend the folder's rights.") from error


def orders(folder: Path) -> list[Order]:
    """All that can go on in a folder, the oldest first; what cannot be read is passed over, and stays."""
    found = []
    for path in sorted(folder.glob(f"*{SUFFIX}"), key=lambda path: path.stat().st_mtime):
        try:
            found.append(_order(path))
        except (UserError, OSError, ValueError, KeyError, TypeError, AttributeError):
            continue
    return found


def read(path: Path) -> Order:
    """The order of one unfinished training.

    Raises:
        UserError: there is no such file, or it says nothing of a training.
    """
    try:
        return _order(path)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(f"{path} is no unfinished training.", f"Give a file that ends with {SUFFIX}.") from error


def _order(path: Path) -> Order:
    said: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    known = row(str(said["model"]))
    start = Path(said["start"]) if said.get("start") else None
    options = changed(TrainOptions(), said["options"])
    out = path.with_suffix(".safetensors")
    return Order(known, str(said["corpus"]), out, options, True, dict(said["network"]), start=start)


def looks(out: Path) -> tuple[Look, ...]:
    """How an unfinished training went, as far as it is kept; nothing if that is damaged or not there."""
    try:
        with out.with_suffix(CHECKPOINT).open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            header = json.loads(file.read(length)) if length <= LONGEST_HEADER else {}
        state = json.loads(header["__metadata__"]["state"])
        return tuple(
            Look(int(step), float(fraction), {str(name): float(value) for name, value in figures.items()})
            for step, fraction, figures in state["looks"]
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return ()


def forget(out: Path) -> None:
    """Remove what is kept beside a bundle: it is finished, or nobody wants it any more."""
    begin_anew(out)
    out.with_suffix(SUFFIX).unlink(missing_ok=True)
    for music in out.parent.glob(f"{glob.escape(out.stem)}.*shards"):  # what did not fit into memory
        shutil.rmtree(music, ignore_errors=True)


def begin_anew(out: Path) -> None:
    """Remove what was learnt for a bundle; what was ordered stays."""
    sweep(out)
    for leftover in out.parent.glob(f"{glob.escape(out.stem)}.*checkpoint"):
        leftover.unlink(missing_ok=True)
    out.with_suffix(hearings.SUFFIX).unlink(missing_ok=True)


def sweep(out: Path) -> None:
    """Remove what a kill cut off in the middle of being written."""
    for leftover in out.parent.glob(f"{glob.escape(out.stem)}.*part"):
        with contextlib.suppress(OSError):
            leftover.unlink(missing_ok=True)


def waits_to_be_measured(out: Path) -> bool:
    """Whether a training had written its bundle already when it was interrupted: only figures are missing."""
    if os.environ.get("WORLD_SIZE", "1") != "1":  # of many processes some may not see it
        return False
    checkpoint = out.with_suffix(CHECKPOINT)
    try:
        if out.stat().st_mtime_ns < checkpoint.stat().st_mtime_ns:  # an older one of the same name
            return False
        return not {"evaluation", "changed"} & set(bundles.read_header(out))
    except (OSError, UserError):
        return False
