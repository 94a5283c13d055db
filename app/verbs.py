"""The verbs of the command line: a second door to the same engine."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.settings import user_paths
from engine import export, options
from engine.errors import UserError
from engine.jobs.job import Report
from engine.models import registry
from engine.models.shelf import SUFFIX, Shelf
from engine.resources import root


def run(argv: list[str]) -> int:
    """Parse and run one verb; returns the exit status."""
    parser = argparse.ArgumentParser(prog="melomorph", description="Melomorph without a window.")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for name, (build, text) in _VERBS.items():
        verb = verbs.add_parser(name, help=text, description=text)
        build(verb)
    arguments = parser.parse_args(argv)
    act: Callable[[argparse.Namespace], int] = arguments.act
    return act(arguments)


def shelf() -> Shelf:
    """The composer's own models before the shipped ones."""
    return Shelf([user_paths().models, root() / "bundles"])


def progress(title: str) -> Report:
    """A bar on standard error, at most ten times a second; nothing where nobody looks."""
    if not sys.stderr.isatty() or os.environ.get("RANK", "0") != "0":
        return lambda done, total, text="": None
    last = 0.0
    started = time.monotonic()

    def report(done: float, total: float, text: str = "") -> None:
        nonlocal last
        now = time.monotonic()
        if now - last < 0.1 and done < total:
            return
        last = now
        part = min(1.0, done / total) if total else 0.0
        left = f"{(now - started) * (1 - part) / part:5.0f} s left" if part > 0.02 else ""
        bar = "#" * round(24 * part)
        end = "\n" if done >= total else ""
        print(f"\r{title} [{bar:<24}] {part:4.0%} {left} {text[:70]:<70}", end=end, file=sys.stderr, flush=True)

    return report


def say(data: Any, as_json: bool, words: Callable[[], str]) -> None:
    """Print data as JSON or in words."""
    print(json.dumps(data, ensure_ascii=False, indent=2) if as_json else words())


# generate, morph, render, info ------------------------------------------------------------------------------------


def _generate_flags(parser: argparse.ArgumentParser) -> None:
    from engine.commands.document import SteerOptions

    parser.add_argument("--model", default="melody_vae", help="which model draws (see: melomorph models)")
    parser.add_argument("--bars", type=int, default=2, help="length of each melody in bars (even)")
    parser.add_argument("-n", "--count", type=int, default=4, help="how many melodies")
    parser.add_argument("--out", type=Path, default=Path(), help="folder the MIDI files go to")
    options.add_flags(parser, SteerOptions)
    parser.set_defaults(act=_generate)


def _generate(a: argparse.Namespace) -> int:
    from engine.commands.document import SteerOptions

    wanted = options.from_flags(SteerOptions, a)
    for path in export.generate(shelf(), a.model, wanted, a.bars, a.count, a.out, progress("Generating")):
        print(path)
    return 0


def _morph_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("a", type=Path, metavar="A.mid", help="where the morph starts")
    parser.add_argument("b", type=Path, metavar="B.mid", help="where it ends")
    parser.add_argument("--model", default="melody_vae", help="whose latent space is walked through")
    parser.add_argument("--steps", type=int, default=8, help="number of files, both ends included")
    parser.add_argument("--out", type=Path, default=Path(), help="folder the MIDI files go to")
    parser.set_defaults(act=_morph)


def _morph(a: argparse.Namespace) -> int:
    for path in export.morph(shelf(), a.model, a.a, a.b, a.steps, a.out, progress("Morphing")):
        print(path)
    return 0


def _render_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="IN", help="a MIDI file or a project")
    parser.add_argument("-o", "--out", type=Path, required=True, help="sound file: .wav, .flac, .ogg or .mp3")
    parser.add_argument("--soundfont", type=Path, help="an .sf2 or .sf3 file instead of the one that is found")
    parser.set_defaults(act=_render)


def _render(a: argparse.Namespace) -> int:
    from engine.audio.render import render_score
    from engine.commands.project import load_any

    document, _ = load_any(a.file)
    render_score(document.score, a.out, a.soundfont, progress("Rendering"))
    print(a.out)
    return 0


def _info_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="a MIDI file or a project")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(act=_info)


def _info(a: argparse.Namespace) -> int:
    from engine.commands.project import load_any
    from engine.score.report import describe, words

    document, report = load_any(a.file)
    found = describe(document.score, report)
    say(found, a.json, lambda: words(found))
    return 0


# models, train, evaluate ------------------------------------------------------------------------------------------


def _models_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(act=_models)


def _models(a: argparse.Namespace) -> int:
    listed = []
    for entry in shelf().entries():
        known = entry.row
        listed.append(
            {
                "name": known.name,
                "title": known.title,
                "year": known.year,
                "paper": known.paper,
                "promise": known.promise,
                "capabilities": list(known.capabilities),
                "bundle": str(entry.path) if entry.path else None,
                "corpus": entry.header.get("corpus"),
                "figures": entry.header.get("evaluation", {}).get("figures", {}),
            }
        )
    lines = (f"{m['name']:<16} {m['title']} ({m['year']})  {'ready' if m['bundle'] else 'not trained'}" for m in listed)
    say(listed, a.json, lambda: "\n".join(lines))
    return 0


def _train_flags(parser: argparse.ArgumentParser) -> None:
    from engine.training.options import TrainOptions

    parser.add_argument("model", choices=sorted(registry.REGISTRY), metavar="MODEL", help="which system")
    parser.add_argument("--corpus", default="", help="a named corpus (folk, oneill, ryan, aird, essen) or a folder")
    parser.add_argument("--out", type=Path, help="the bundle to write")
    parser.add_argument("--resume", action="store_true", help="go on with an unfinished training")
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="an option of the network, e.g. latent=32"
    )
    options.add_flags(parser, TrainOptions, given_only=True)
    parser.set_defaults(act=_train)


def _train(a: argparse.Namespace) -> int:
    from engine import device
    from engine.training.make import train
    from engine.training.options import TrainOptions, order

    known = registry.row(a.model)
    out = a.out or user_paths().models / (a.model + SUFFIX)
    device.use_cores()
    network = dict(options.pair(text) for text in a.set)
    wanted = order(known, out, a.corpus, options.given(TrainOptions, a), network, a.resume)
    made = train(wanted, progress("Training"))
    if device.is_first_process():
        print(made)
    return 0


def _evaluate_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", help="a model's name, or the path of a bundle")
    parser.add_argument("--corpus", default="", help="measure on this corpus instead of the one it was trained on")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(act=_evaluate)


def _evaluate(a: argparse.Namespace) -> int:
    from engine.evaluation.evaluate import evaluate

    path = Path(a.model) if a.model.endswith(SUFFIX) else shelf().path(a.model)
    if not path.is_file():
        raise UserError(f"There is no file {path}.", "Give a model's name or the path of a trained bundle.")
    found = evaluate(path, a.corpus, progress("Measuring"))
    gates = [
        f"{'holds' if g['holds'] else 'FAILS':<6} {g['name']}: {g['value']:g} ({g['gate']})" for g in found["gates"]
    ]
    figures = [f"       {name}: {value:g}" for name, value in found["figures"].items()]
    say(found, a.json, lambda: "\n".join([*gates, *figures]))
    return 0


# bench, doctor ----------------------------------------------------------------------------------------------------


def _bench_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--only", default="", help="names of benchmarks, separated by commas")
    parser.set_defaults(act=_bench)


def _bench(a: argparse.Namespace) -> int:
    source = root().parent
    if (source / "benchmarks").is_dir() and str(source) not in sys.path:
        sys.path.append(str(source))  # they lie beside the packages, and are not installed with them
    try:
        from benchmarks.run import measure, words
    except ImportError as error:
        raise UserError("The benchmarks are not installed.", "Run `make bench` in the source folder.") from error
    found = measure([name for name in a.only.split(",") if name], progress("Measuring"))
    say(found, a.json, lambda: words(found))
    return 0


def _doctor_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(act=_doctor)


def _doctor(a: argparse.Namespace) -> int:
    from dataclasses import asdict

    from engine.doctor import examine

    checks = examine()
    lines = (f"{'ok ' if c.ok else '-- '} {c.name}: {c.found}{'' if c.ok else '  ' + c.remedy}" for c in checks)
    say([asdict(check) for check in checks], a.json, lambda: "\n".join(lines))
    return 0


_VERBS: dict[str, tuple[Callable[[argparse.ArgumentParser], None], str]] = {
    "generate": (_generate_flags, "Draw new melodies and write them as MIDI files."),
    "morph": (_morph_flags, "Turn the first two bars of one melody into another's, step by step."),
    "render": (_render_flags, "Render a piece to a sound file."),
    "info": (_info_flags, "Tell what a file holds and what was odd about it."),
    "models": (_models_flags, "List the systems and their trained models."),
    "train": (_train_flags, "Train a model on a corpus or on a folder of your own music."),
    "evaluate": (_evaluate_flags, "Measure a model on tunes it has never seen."),
    "bench": (_bench_flags, "Measure speed."),
    "doctor": (_doctor_flags, "Check this installation."),
}
