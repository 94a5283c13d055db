"""The music that a training learns from: read once on each machine, however many processes learn there.

It lies on disk, beside the bundle in the making, when it is more than the budget of memory or when several processes
draw from it. There it stays until the training is over, so that one that goes on need not read it all again.
"""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from engine import __version__, device
from engine.codecs.codec import Codec
from engine.corpus import corpora
from engine.corpus.dataset import Dataset, build
from engine.corpus.folder import files_of
from engine.corpus.shards import Room
from engine.jobs.job import Report, silent
from engine.training.options import Order

PATIENCE = 0.2  # seconds between two looks at whether the first process here has read it all
SHARE = 4  # of the machine's memory, one part in so many is for music if nothing else is said


def supply(order: Order, codec: Codec, report: Report = silent) -> Dataset:
    """The data set of an order, the same for all its processes.

    Raises:
        UserError: no such corpus, too little music, or no room for it.
        Cancelled: by the report.
    """
    where, folder, key = device.place(), _folder(order), _key(order, codec)
    while where.here:  # another process here reads; if it dies, torchrun ends this one as well
        report(0.0, 1.0, "another process reads the music")
        if (found := Dataset.load(folder, key)) is not None:
            return found
        time.sleep(PATIENCE)
    if (known := Dataset.load(folder, key)) is not None:
        return known
    cleared(order)
    room = Room(int(order.memory * 2**30) or budget(), folder)
    made = build(corpora.pieces(order.corpus, codec, report), codec, room=room)
    if made.on_disk or where.of > 1:
        made.save(folder, key)
    return made


def budget() -> int:
    """Bytes of memory for music, if nothing else is said."""
    return device.memory() // SHARE


def cleared(order: Order) -> None:
    """Remove what lies on disk for an order, if this is the process that put it there."""
    if not device.place().here:
        shutil.rmtree(_folder(order), ignore_errors=True)


def _folder(order: Order) -> Path:
    """Each machine has its own, also where they share a disk."""
    number = device.place().machine
    name = f"{order.out.stem}.{number}.shards" if number else f"{order.out.stem}.shards"
    return (order.scratch or order.out.parent) / name


def _key(order: Order, codec: Codec) -> str:
    """Changes when the music does, or how it is read."""
    said = hashlib.sha256(f"{__version__} {codec.name} {order.corpus}".encode())
    if order.corpus not in corpora.CORPORA:
        for line in _files(Path(order.corpus)):
            said.update(line.encode())
    return said.hexdigest()


def _files(folder: Path) -> Iterator[str]:
    for file in files_of(folder):
        facts = file.stat()
        yield f"\n{file.relative_to(folder).as_posix()} {facts.st_size} {facts.st_mtime_ns}"
