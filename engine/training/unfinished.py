"""Trainings that were begun: what was ordered is kept beside where the result will be, until it is there.

A bundle `NAME.safetensors` in the making has `NAME.training` (JSON) and, from its first minute on, `NAME.checkpoint`.
With both it goes on after a pause, a crash, or when the studio is next opened.
"""

from __future__ import annotations

import dataclasses
import json
import os
from pathlib import Path
from typing import Any

from engine.errors import UserError
from engine.models.registry import row
from engine.options import changed
from engine.training.options import Order, TrainOptions

SUFFIX, CHECKPOINT = ".training", ".checkpoint"


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


def _order(path: Path) -> Order:
    said: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    known = row(str(said["model"]))
    start = Path(said["start"]) if said.get("start") else None
    options = changed(TrainOptions(), said["options"])
    out = path.with_suffix(".safetensors")
    return Order(known, str(said["corpus"]), out, options, True, dict(said["network"]), start=start)


def forget(out: Path) -> None:
    """Remove what is kept beside a bundle: it is finished, or nobody wants it any more."""
    for leftover in (out.with_suffix(SUFFIX), *out.parent.glob(f"{out.stem}.*checkpoint")):
        leftover.unlink(missing_ok=True)
