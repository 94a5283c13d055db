"""Verbs of the command line about models: models, help, train, evaluate."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from app.cli.common import model_name, progress, say, shelf
from app.cli.compare import compare, compare_flags, written
from app.settings import user_paths
from engine.errors import UserError
from engine.models import registry
from engine.models.checks import check
from engine.models.shelf import SUFFIX, Entry


def models_flags(parser: argparse.ArgumentParser) -> None:
    """Flags of `models`."""
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write a page with the figures of all of them")
    parser.set_defaults(act=_models)


def _models(a: argparse.Namespace) -> int:
    if a.markdown is not None:
        return _page_of_all(a.markdown)
    listed = [_told(entry) for entry in shelf().entries()]
    wide = max(len(m["name"]) for m in listed)
    lines: list[str] = []
    for group in dict.fromkeys(m["group"] for m in listed):
        lines += ["", group] if lines else [group]
        for m in (m for m in listed if m["group"] == group):
            state = "ready" if m["bundle"] else m["wrong"] or "not trained"
            whose = registry.REGISTRY[m["system"]].title if m["own"] else m["year"]
            lines.append(f"  {m['name']:<{wide}}  {m['title']} ({whose}), {state}")
            lines.append(f"  {'':<{wide}}  {', '.join(m['verbs'])}")
    say(listed, a.json, lambda: "\n".join(lines))
    return 0


def _page_of_all(path: Path) -> int:
    from engine.evaluation.table import table

    written(path, table(entry for entry in shelf().entries() if not entry.row.own))
    print(path)
    return 0


def _told(entry: Entry) -> dict[str, Any]:
    from engine.codecs.catalog import codec
    from engine.evaluation.words import gates
    from engine.verbs.catalog import verbs_of

    row, evaluation = entry.row, entry.header.get("evaluation", {})
    return {
        "name": row.name,
        "title": row.title,
        "year": row.year,
        "paper": row.paper,
        "promise": row.promise,
        "group": row.group,
        "codec": row.codec,
        "bars": codec(row.codec).bars,
        "capabilities": list(row.capabilities),
        "verbs": [verb.name for verb in verbs_of(row)],
        "map": bool(entry.header.get("map")),
        "bundle": str(entry.path) if entry.path else None,
        "own": row.own,
        "system": row.system,
        "wrong": entry.wrong,
        "corpus": entry.header.get("corpus"),
        "figures": evaluation.get("figures", {}),
        "gates": gates(entry.header),
    }


def help_flags(parser: argparse.ArgumentParser) -> None:
    """Flags of `help`."""
    parser.add_argument("model", type=model_name, metavar="MODEL", help="which system, or a model of yours")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(act=_help)


def _help(a: argparse.Namespace) -> int:
    from engine.models.help import page

    headers = {entry.row.name: entry.header for entry in shelf().entries()}
    text = page(registry.row(a.model), headers[a.model], headers)
    say({"model": a.model, "markdown": text}, a.json, text.rstrip)
    return 0


def train_flags(parser: argparse.ArgumentParser) -> None:
    """Flags of `train`: those of `python -m engine.train`, which needs nothing of the interface."""
    from engine import train

    train.flags(parser)
    parser.set_defaults(act=_train)


def _train(a: argparse.Namespace) -> int:
    from engine import train

    return train.run(a, user_paths().models)


def evaluate_flags(parser: argparse.ArgumentParser) -> None:
    """Flags of `evaluate`."""
    parser.add_argument("model", nargs="?", default="", help="a model's name, or the path of a bundle")
    parser.add_argument("--corpus", default="", help="measure on this corpus instead of the one it was trained on")
    parser.add_argument("--keep", action="store_true", help="write the figures into the bundle (not with --corpus)")
    parser.add_argument(
        "--bench", type=Path, metavar="FOLDER",
        help="train a network of this kind on the sets of 2012 in a folder, and set it beside what was published",
    )  # fmt: skip
    parser.add_argument("--minutes", type=float, default=0.0, help="of one core for each set of --bench")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the page of --bench or --compare")
    parser.add_argument("--json", action="store_true", help="print JSON")
    compare_flags(parser)
    parser.set_defaults(act=_evaluate)


def _bundle(model: str) -> Path:
    """Where a bundle is that was given by its model's name or by its path."""
    if not model.endswith(SUFFIX):
        return shelf().path(model_name(model))
    path = Path(model)
    if not path.is_file():
        raise UserError(f"There is no file {path}.", "Give a model's name or the path of a trained bundle.")
    check.proved(path)  # it may come from anywhere
    return path


def chart_flags(parser: argparse.ArgumentParser) -> None:
    """Flags of `chart`."""
    parser.add_argument("model", help="a model's name, or the path of a bundle")
    parser.add_argument(
        "--corpus", default="", help="the music it shows, if that was a folder: a collection or a folder"
    )
    parser.set_defaults(act=_chart)


def _chart(a: argparse.Namespace) -> int:
    from engine.training.chart import rechart

    print(rechart(_bundle(a.model), progress("Charting"), a.corpus))
    return 0


def _bench(a: argparse.Namespace) -> int:
    from engine.evaluation import bench

    found = bench.compare(a.model, a.bench, a.minutes, report=progress(f"Comparing {a.model}"))
    if a.markdown is not None:
        written(a.markdown, bench.page([found]))
    say(found, a.json, lambda: f"{bench.table([found])}\n\n{bench.budgets([found])}")
    return 0


def _evaluate(a: argparse.Namespace) -> int:
    if a.compare is not None:
        return compare(a, [model_name(name) for name in (a.model, *a.compare) if name])
    if not a.model:
        raise UserError("Which model?", "Name one, or several behind --compare.")
    if a.bench is not None:
        return _bench(a)
    from engine.evaluation.evaluate import evaluate
    from engine.evaluation.words import by_the_book
    from engine.models.bundle import read_header
    from engine.training.make import remeasure

    if a.keep and a.corpus:
        raise UserError("Figures of another corpus are not kept.", "Leave out --corpus or --keep.")
    path = _bundle(a.model)
    found = remeasure(path, progress("Measuring")) if a.keep else evaluate(path, a.corpus, progress("Measuring"))
    meant = found["gates"] if by_the_book(read_header(path)) else []  # aims set for other music say nothing of it
    gates = [f"{'holds' if g['holds'] else 'FAILS':<6} {g['name']}: {g['value']:g} ({g['gate']})" for g in meant]
    figures = [f"       {name}: {value:g}" for name, value in found["figures"].items()]
    say(found, a.json, lambda: "\n".join([*gates, *figures]))
    return 0
