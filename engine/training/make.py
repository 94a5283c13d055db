"""From a corpus to a bundle: read, split, train, put the map together, measure, write."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from torch import nn

from engine import device
from engine.codecs.bits import packed
from engine.codecs.catalog import codec as codec_of
from engine.codecs.codec import Codec
from engine.corpus import corpora, dataset
from engine.corpus import supply as supplies
from engine.corpus.corpus_of import corpus_of
from engine.corpus.shards import Room
from engine.errors import UserError
from engine.jobs.generate import encode
from engine.jobs.job import Report, silent, stretch
from engine.models import bundle as bundles
from engine.models.registry import row as row_of
from engine.models.row import Twin
from engine.options import changed
from engine.training import hearings, unfinished
from engine.training.batches import Source, with_kinds
from engine.training.chart import chart, enough
from engine.training.dials import dials
from engine.training.found_dials import found_dials
from engine.training.options import Order
from engine.training.progress import News, Tell, TrainingProgress, nobody
from engine.training.single import SETTLE, train_one
from engine.training.trainer import Curve, Trainer

CODES = 4_000  # of training windows, that tell what is usual
READ, LEARNT, DRAWN = 0.02, 0.96, 0.975  # of the whole work: the corpus is read, it has learnt, its map is drawn


def read_data(corpus: str, codec: Codec, report: Report = silent) -> dataset.Dataset:
    """The split data set of a corpus or folder, as windows of a codec; of one larger than memory, a part."""
    return dataset.build(corpora.pieces(corpus, codec, report), codec, room=Room(supplies.budget())).near


def train(order: Order, report: Report = silent, tell: Tell = nobody) -> Path:
    """Train and write the bundle; an unfinished training stays beside it as `.checkpoint` and can be resumed.

    `tell` hears how it goes; when it answers that this is enough, what is best so far is kept.

    Raises:
        UserError: no such corpus or option, too little music, or the checkpoint does not fit.
        Cancelled: stopped; the checkpoint stays.
    """
    from engine.evaluation import evaluate, steering  # noqa: F401  (at hand, as what follows)

    evaluate.at_hand(order.row)
    codec = codec_of(order.row.codec)
    changed(order.row.load_module().Options(), order.network)  # a wrong option is said before the corpus is read
    first, measuring = device.is_first_process(), order.resume and unfinished.waits_to_be_measured(order.out)
    if first:
        order.out.parent.mkdir(parents=True, exist_ok=True)
        (unfinished.sweep if order.resume else unfinished.begin_anew)(order.out)
    if first or not measuring:
        _made(order, codec, measuring, report, hearings.kept(order.out, tell) if first else tell)
    supplies.cleared(order)
    if first:
        unfinished.forget(order.out)
    return order.out


def _made(order: Order, codec: Codec, measuring: bool, report: Report, tell: Tell) -> None:
    """Learn and write the bundle, or only measure what was written already."""
    data = supplies.supply(order, codec, stretch(report, 0.0, READ))
    if measuring:
        made = bundles.read(order.out)
    else:
        made, network = _learn(with_kinds(order, data), data, codec, report, tell)
        if not device.is_first_process():
            return
        _complete(made, network, data.near, codec, stretch(report, LEARNT, DRAWN))
        _write(made, order.out)
    # measured on what comes back from the file, 8-bit rows and all
    made.header["evaluation"], curves = _measured(order.out, data.near, stretch(report, DRAWN, 1.0))
    made.header["curves"] |= curves
    _write(made, order.out)


def _write(made: bundles.Bundle, out: Path) -> None:
    """Write the bundle.

    Raises:
        UserError: the disk is full; what was learnt is still kept.
    """
    try:
        bundles.write(made, out)
    except (OSError, SafetensorError) as error:
        raise UserError(
            f"{out} cannot be written.", "Free some space, or mend the folder's rights, and let it go on."
        ) from error


def remeasure(path: Path, report: Report = silent) -> dict[str, Any]:
    """Measure a bundle again, without training, and write its new figures into it; returns them.

    Raises:
        UserError: the bundle is damaged, or its corpus is not here.
    """
    made = bundles.read(path)
    codec = codec_of(row_of(made.model).codec)
    data = read_data(corpus_of(made.header, path.stem), codec, stretch(report, 0.0, READ))
    made.header["evaluation"], curves = _measured(path, data, stretch(report, READ, 1.0))
    made.header["curves"] = {**made.header.get("curves", {}), **curves}
    bundles.write(made, path)
    found: dict[str, Any] = made.header["evaluation"]
    return found


def _measured(path: Path, data: dataset.Dataset, report: Report) -> tuple[dict[str, Any], dict[str, Any]]:
    from engine.evaluation.evaluate import measure

    return measure(path, data, report)


def _learn(
    order: Order, data: dataset.Dataset, codec: Codec, report: Report, tell: Tell
) -> tuple[bundles.Bundle, nn.Module]:
    """The network that is kept, and its twins for comparison."""
    twins = order.twins
    shares = [1.0, *(twin.share for twin in twins)]
    ends = READ + (LEARNT - READ) * np.cumsum([0.0, *shares]) / sum(shares)
    network, trainer = train_one(order, None, data, codec, stretch(report, ends[0], ends[1]), tell)
    options: Any = network.options
    made = bundles.Bundle(order.row.name, _header(order, options, data, trainer), _arrays(network))
    curve = trainer.curve
    lines = {"steps": curve["steps"]} | ({"this one": curve["loss"]} if "loss" in curve else _game(curve))
    for twin, low, high in zip(twins, ends[1:], ends[2:], strict=False):
        figures, line = _twin(order, twin, data, codec, stretch(report, low, high), tell)
        made.header.setdefault("twins", {})[twin.name] = figures
        if "loss" in line:  # the losses of games say nothing of one another
            lines[twin.name] = _at(lines["steps"], line)
    made.header["curves"] = {"loss": lines}
    return made, network


def _game(curve: Curve) -> Curve:
    """What the players of a game paid."""
    return {name: curve[name] for name in ("critic", "generator")}


def _at(steps: list[float], twin: Curve) -> list[float]:
    """A twin's loss at the steps of the network that is kept, as far as the twin was trained."""
    inside = [step for step in steps if step <= twin["steps"][-1]]
    return [round(float(value), 5) for value in np.interp(inside, twin["steps"], twin["loss"])]


def _twin(
    order: Order, twin: Twin, data: dataset.Dataset, codec: Codec, report: Report, tell: Tell
) -> tuple[dict[str, float], Curve]:
    from engine.evaluation.evaluate import figures_of

    network, trainer = train_one(order, twin, data, codec, report, lambda now: tell(_of_twin(now, twin)))
    figures = figures_of(order.row, network, data.near, codec)[0] if device.is_first_process() else {}
    return figures | {f"training_{name}": round(value, 4) for name, value in trainer.losses.items()}, trainer.curve


def _of_twin(now: News, twin: Twin) -> News:
    return dataclasses.replace(now, network=twin.name) if isinstance(now, TrainingProgress) else now


def _complete(
    made: bundles.Bundle, network: nn.Module, data: dataset.Dataset, codec: Codec, report: Report = silent
) -> None:
    """Add what the studio shows besides the network: the map's dots, the dials, the music nearest to a result."""
    report(0.0, 1.0, "putting its map together")
    if hasattr(network, "encode"):
        if hasattr(network, "dialled"):
            found, made.header["dials"] = found_dials(network)
            made.extras |= found
        else:
            usual = Source(data.train, codec).many(SETTLE)[: enough(len(data.train.windows), CODES)]
            made.extras |= dials(encode(network, usual))
        if len(codec.shape) == 1:
            made.extras |= chart(network, data, codec, made.header, report)
    if len(codec.shape) > 1:
        made.extras |= {"corpus.windows": packed(data.train.windows, codec), "corpus.tunes": data.train.tunes}
        made.header["corpus_titles"] = list(data.train.titles)


def _arrays(network: nn.Module) -> bundles.Arrays:
    return {name: value.detach().float().numpy() for name, value in network.state_dict().items()}


def _header(order: Order, options: Any, data: dataset.Dataset, trainer: Trainer) -> dict[str, Any]:
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
        }
        | ({"measured_on_windows": len(data.near.train.windows)} if data.near is not data else {}),
        "recipe": dataclasses.asdict(order.options)
        | {"corpus": order.corpus if known else "folder", "start": order.start.stem if order.start else ""},
        "training": {name: round(value, 4) for name, value in trainer.losses.items()},
        "took": trainer.took(),
    }
