"""One network from its first weights to what is kept of it; interrupted at any moment, it goes on from where it was."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from engine import device
from engine.codecs.codec import Codec
from engine.corpus import dataset
from engine.corpus.corpora import CORPORA
from engine.errors import UserError
from engine.jobs.job import Report, stretch
from engine.models.row import Twin
from engine.models.shelf import load_network
from engine.options import changed
from engine.training import hearings
from engine.training.batches import Source, names_of
from engine.training.best import Unheard, judge_of
from engine.training.fabric import spoken
from engine.training.options import Order
from engine.training.progress import Said, Tell
from engine.training.proof import proved
from engine.training.stages import kept
from engine.training.trainer import Judge, Trainer
from engine.training.undisturbed import undisturbed
from engine.training.watch.hearing import Hearing
from engine.training.watch.monitors import monitor_of

REHEARSAL = 0.6  # of the learning of a network that goes on learning without music
SETTLE = 20_000  # training windows a network looks back on when it has learnt


def train_one(
    order: Order, twin: Twin | None, data: dataset.Dataset, codec: Codec, report: Report, tell: Tell
) -> tuple[nn.Module, Trainer]:
    """Train one network to the end: what is kept of it, and who trained it.

    Raises:
        UserError: what was kept of it does not fit, or cannot be kept when it is left.
        Cancelled: by the report; what was learnt is kept.
    """
    module = order.row.load_module()
    options = changed(module.Options(), {**order.network, **(twin.network if twin else {})})
    # a notebook or a script may have torch's own generator anywhere: the weights start from the seed
    torch.manual_seed(order.options.seed)
    network: nn.Module = getattr(module, order.row.network)(options)
    checkpoint = order.out.with_suffix(f".{twin.name.replace(' ', '-')}.checkpoint" if twin else ".checkpoint")
    source, place, first = Source(data.train, codec, names_of(options)), device.place(), device.is_first_process()
    if first and not checkpoint.exists():  # the others are given its weights
        _begin(order, network, source, None if twin else order.start, checkpoint, report)
    if first and not twin:
        sample, chip = source.draw(np.random.default_rng(9), options.batch), device.choose(order.options.device)
        for words in proved(network, sample, chip, order.row.title):
            tell(Said(words))
    steps = max(1, round(order.options.steps * (twin.share if twin else 1.0)))
    heard = order.options.hear_minutes if first and not twin else 0.0
    with spoken():  # the processes meet here
        trainer = Trainer(
            network, source.share(place.rank, place.of).batches(options.batch, order.options.mix),
            dataclasses.replace(order.options, steps=steps), checkpoint,
            _judge(order, network, source, data, codec) if first else None,
            monitor_of(network, data.near, codec) if first else None,
            Hearing(order.row, network, data.near, codec, heard, before=_places(order.out)) if heard else None,
        )  # fmt: skip
    if first:
        if not checkpoint.exists():
            trainer.keep()  # what came before the first step is not done twice
        _prepared(checkpoint).unlink(missing_ok=True)
    rehearses = hasattr(network, "rehearse")
    _run(trainer, stretch(report, 0.0, 1 - REHEARSAL) if rehearses else report, tell)
    best = trainer.best().cpu()
    return (_finished(best, source, checkpoint, order, report) if first else best), trainer


def _places(out: Path) -> NDArray[np.float32] | None:
    """Where the dots of its map were when it was last heard; None if it never was."""
    return next((one.heard.places for one in reversed(hearings.read(out)) if one.heard.places is not None), None)


def _judge(order: Order, network: Any, source: Source, data: dataset.Dataset, codec: Codec) -> Judge | None:
    """Who chooses the stage that is kept; what ships ends with its recipe."""
    ships = order.corpus in CORPORA and order.start is None
    by_music = hasattr(network, "players") or hasattr(network, "encode")
    if by_music or ships or not len(data.near.held_out.windows):
        return judge_of(network, source, codec)
    return Unheard(Source(data.near.held_out, codec, names_of(network.options)))


def _begin(order: Order, network: Any, source: Source, start: Path | None, checkpoint: Path, report: Report) -> None:
    """What a network knows before its first step: what another one learnt, or what it has to learn layer by layer."""
    if start is not None:
        try:
            network.load_state_dict(load_network(start).state_dict())
        except RuntimeError as error:  # layers of another size
            remedy = "Leave the options of the network as they are, or begin with nothing."
            raise UserError(f"{start.stem} does not fit the network that is to be trained.", remedy) from error
    elif hasattr(network, "prepare"):
        rng = np.random.default_rng([order.options.seed, 77])

        def draw(n: int) -> Tensor:
            return torch.from_numpy(source.draw(rng, n).astype(np.int64))

        seconds = order.options.checkpoint_seconds
        kept(lambda part: network.prepare(draw, part), network, _prepared(checkpoint), seconds, rng, report)


def _finished(best: Any, source: Source, checkpoint: Path, order: Order, report: Report) -> nn.Module:
    """What a network learns when the steps are done."""
    best = best.cpu().eval()
    if hasattr(best, "settle"):
        report(1 - REHEARSAL if hasattr(best, "rehearse") else 1.0, 1.0, "looking back on its music")
        best.settle(torch.from_numpy(source.many(SETTLE).astype(np.int64)))
    if hasattr(best, "rehearse"):
        part, seconds = stretch(report, 1 - REHEARSAL, 1.0), order.options.checkpoint_seconds
        rehearsed = checkpoint.with_suffix(".rehearsed.checkpoint")
        kept(best.rehearse, best, rehearsed, seconds, np.random.default_rng(0), part)
    made: nn.Module = best
    return made


def _prepared(checkpoint: Path) -> Path:
    """Where a network is kept that is being prepared for its first step."""
    return checkpoint.with_suffix(".prepared.checkpoint")


def _run(trainer: Trainer, report: Report, tell: Tell) -> None:
    try:
        with spoken():
            trainer.run(report, tell)
    except BaseException as error:
        with undisturbed():
            trainer.keep()  # cancelled, killed by Ctrl+C or failed: hours of training are not lost
            if trainer.trouble:
                raise UserError(trainer.trouble, "What was kept of it before that is still there.") from error
            raise
