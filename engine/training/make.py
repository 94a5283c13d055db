"""From a corpus to a shipped bundle: read, split, train, put the map together, measure, write."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import nn

from engine import device
from engine.jobs.job import Report, silent, stretch
from engine.latent.map import LatentMap
from engine.models import bundle as bundles
from engine.options import changed
from engine.training import corpora, dataset
from engine.training.chart import chart
from engine.training.options import Order
from engine.training.trainer import Batches, Trainer

READ, LEARNT = 0.01, 0.97  # of the whole work, when the corpus is read and when the network is trained


def read_data(corpus: str, report: Report = silent) -> dataset.Dataset:
    """The split data set of a corpus or folder."""
    return dataset.build(corpora.read(corpus, report))


def train(order: Order, report: Report = silent) -> Path:
    """Train and write the bundle; an unfinished training stays beside it as `.checkpoint` and can be resumed.

    Raises:
        UserError: no such corpus or option, too little music, or the checkpoint does not fit.
        Cancelled: stopped; the checkpoint stays.
    """
    from engine.evaluation.evaluate import measure

    module = order.row.load_module()
    options = changed(module.Options(), order.network)
    data = read_data(order.corpus, stretch(report, 0.0, READ))
    # a notebook or a script may have torch's own generator anywhere: the weights start from the seed
    network = _seeded(getattr(module, order.row.network), options, order.options.seed)
    checkpoint = order.out.with_suffix(".checkpoint")
    order.out.parent.mkdir(parents=True, exist_ok=True)
    if not order.resume:
        checkpoint.unlink(missing_ok=True)
    trainer = Trainer(network, _batches(data.train, options.batch), order.options, checkpoint)
    losses = _run(trainer, stretch(report, READ, LEARNT))
    if not device.is_first_process():
        return order.out
    best = trainer.average.cpu().eval()
    header = _header(order, options, data, losses)
    extras = chart(best, data, header)
    made = bundles.Bundle(order.row.name, header, _arrays(best), extras)
    bundles.write(made, order.out)
    from engine.models.shelf import load_network

    # measured on what comes back from the file, 8-bit rows and all
    measured = measure(
        order.row.name, load_network(order.out), data, LatentMap.from_bundle(made), stretch(report, LEARNT, 1.0)
    )
    made.header["evaluation"] = measured
    bundles.write(made, order.out)
    checkpoint.unlink(missing_ok=True)
    return order.out


def _run(trainer: Trainer, report: Report) -> dict[str, float]:
    try:
        return trainer.run(report)
    except BaseException:
        trainer.keep()  # cancelled, killed by Ctrl+C or failed: hours of training are not lost
        raise


def _seeded(network: type[nn.Module], options: Any, seed: int) -> nn.Module:
    import torch

    torch.manual_seed(seed)
    return network(options)


def _batches(split: dataset.Split, size: int) -> Batches:
    """Windows in random keys. Early in training some of them take their second bar from elsewhere in the tune:
    a corpus of tunes holds many more pairs of bars than neighbours, and codes learnt on them carry over better.
    """

    def draw(rng: np.random.Generator, progress: float) -> NDArray[np.uint8]:
        chosen = rng.integers(0, len(split.windows), size)
        mixed = dataset.mix_bars(split, chosen, rng, share=0.3 * max(0.0, 1 - progress / 0.6))
        return dataset.transpose_randomly(mixed, rng)

    return draw


def _arrays(network: nn.Module) -> bundles.Arrays:
    return {name: value.detach().float().numpy() for name, value in network.state_dict().items()}


def _header(order: Order, options: Any, data: dataset.Dataset, losses: dict[str, float]) -> dict[str, Any]:
    known = corpora.CORPORA.get(order.corpus)
    return {
        "options": dataclasses.asdict(options),
        "codec": order.row.codec,
        "corpus": {
            "name": order.corpus if known else Path(order.corpus).name,
            "title": known.title if known else "a folder of the composer's own",
            "terms": known.terms if known else "yours",
            "train_tunes": data.train.tune_count,
            "train_windows": len(data.train.windows),
            "held_out_tunes": data.held_out.tune_count,
            "held_out_windows": len(data.held_out.windows),
            "duplicates_left_out": data.duplicates,
        },
        "recipe": dataclasses.asdict(order.options) | {"corpus": order.corpus if known else "folder"},
        "training": {name: round(value, 4) for name, value in losses.items()},
    }
