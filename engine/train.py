"""Train a model from a terminal, on one machine or many: the same training as in the window.

    python -m engine.train gan --corpus tunes/ --name "My reels"
    torchrun --nproc-per-node 4 -m engine.train gan --corpus tunes/ --out bundles/

Needs nothing of the interface. `melomorph train` runs the same lines; there the bundle goes to the composer's folder.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from engine import device, options
from engine.corpus.corpora import CORPORA
from engine.errors import Cancelled, UserError
from engine.models import registry
from engine.models.own import free_name, title_from
from engine.models.row import OWN, Row
from engine.models.shelf import SUFFIX, Shelf
from engine.options import Value
from engine.resources import root
from engine.terminal import judging, progress
from engine.training import unfinished
from engine.training.options import Order, TrainOptions, by_recipe, order

ALL, JUDGE = "all", "judge"
PROGRAM = "python -m engine.train"


def flags(parser: argparse.ArgumentParser) -> None:
    """What can be said of a training."""
    add = parser.add_argument
    add("model", nargs="?", metavar="MODEL", help=f"which system ({', '.join(sorted(registry.REGISTRY))}); `all`: each "
        "by its own recipe; `judge`: the network that tells kinds of tunes apart")  # fmt: skip
    add("--corpus", default="", help="a named corpus (folk, chorales, rags ...) or a folder (default: the recipe's)")
    add("--name", default="", help="what the result is called (default: as its folder of music)")
    add("--out", type=Path, help="the bundle to write, or the folder for it")
    add("--order", type=Path, metavar="FILE", help="go on with a training that was begun elsewhere: its .training file,"
        " with the .checkpoint beside it; --corpus says where its music is here")  # fmt: skip
    add("--resume", action="store_true", help="go on with an unfinished training; with `all`, keep what is finished")
    add("--start", default="", metavar="BUNDLE", help="begin with what this model of the same kind has learnt")
    add("--set", action="append", default=[], metavar="NAME=VALUE", help="an option of the network, e.g. latent=32")
    add("--memory", type=float, default=0.0, metavar="GB", help="for the music; what does not fit is read from disk "
        "(default: a quarter of the machine's)")  # fmt: skip
    add("--scratch", type=Path, metavar="FOLDER", help="where that lies on disk (default: beside the bundle)")
    options.add_flags(parser, TrainOptions, given_only=True)


def run(a: argparse.Namespace, folder: Path) -> int:
    """Train as said; bundles go to `folder` if nothing else is said.

    Raises:
        UserError: it cannot be done as said.
        Cancelled, KeyboardInterrupt: stopped; what was learnt is kept.
    """
    if a.model == JUDGE:
        return _teach_judge(a)  # so small that a second core would only wait
    device.use_cores()
    with _stoppable():
        if a.model == ALL:
            _train_all(a, folder)
        else:
            _train(ordered(a, folder))
    return 0


@contextlib.contextmanager
def _stoppable() -> Iterator[None]:
    """Inside, the way torchrun and clusters end a training is the same as Ctrl+C: what was learnt is kept."""

    def stop(number: int, frame: Any) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def ordered(a: argparse.Namespace, folder: Path) -> Order:
    """The order that flags stand for: the same as the window gives.

    Raises:
        UserError: there is no such model, file or option.
    """
    changes, network = options.given(TrainOptions, a), dict(options.pair(text) for text in a.set)
    named = a.corpus in ("", *CORPORA) or not Path(a.corpus).is_dir()
    corpus = a.corpus if named else str(Path(a.corpus).resolve())
    if a.order is not None:
        if a.model or a.name or a.out or a.set or a.start:
            raise UserError(f"{a.order.name} says what is trained.", "Leave out what it is called, and --set.")
        found = unfinished.read(a.order)
        found = dataclasses.replace(
            found, corpus=corpus or found.corpus, options=options.changed(found.options, changes)
        )
    else:
        if not a.model:
            raise UserError("Which model?", "Name a system, or give --order.")
        known = registry.row(a.model)
        if network:
            meant = options.changed(known.load_module().Options(), network)
            network = {name: getattr(meant, name) for name in network}
        start = _start(a.start, folder) if a.start else None
        found = order(known, _out(a, known, folder), corpus, changes, network, a.resume, start)
    return dataclasses.replace(found, memory=a.memory, scratch=a.scratch)


def _start(text: str, folder: Path) -> Path:
    """A bundle by its file or by the model's name."""
    if text.endswith(SUFFIX):
        return Path(text)
    return Shelf([folder, root() / "bundles"], folder).path(text)


def _out(a: argparse.Namespace, known: Row, folder: Path) -> Path:
    """Where the bundle goes: a name of its own if it has one, or is of somebody's own music."""
    if a.out is not None and a.out.suffix == SUFFIX:
        if a.name:
            raise UserError("--out and --name both say what it is called.", "Let --out be a folder.")
        return Path(a.out)
    into = a.out or folder
    own = "" if not a.corpus or a.corpus in CORPORA else Path(a.corpus).resolve().name
    title = a.name or (known.title if known.own else own)
    if not title:
        return Path(into / (known.system + SUFFIX))
    plain = f"{known.system}{OWN}{title_from(title)}"
    if a.resume or not device.is_only_process():  # many processes look at different moments: they cannot count
        taken = (into / (plain + SUFFIX)).exists() and device.is_first_process() and not a.resume
        if taken:
            raise UserError(f"There is a model called {plain} already.", "Choose another --name, or --resume it.")
        return Path(into / (plain + SUFFIX))
    return Path(into / (free_name(known.system, title, into) + SUFFIX))


def _train(wanted: Order) -> None:
    """Train; an order that is stopped is written down beside its checkpoint, so that the studio knows it as well."""
    from engine.training.make import train

    try:
        made = train(wanted, progress(f"Training {wanted.title}"), judging())
    except BaseException:
        if device.is_first_process() and wanted.out.with_suffix(unfinished.CHECKPOINT).exists():
            unfinished.keep(wanted)
        raise
    if device.is_first_process():
        print(made, flush=True)


def _train_all(a: argparse.Namespace, folder: Path) -> None:
    if a.corpus or a.set or a.name or a.start or a.order:
        raise UserError(
            "Every model has a corpus and options of its own.",
            "Leave out what belongs to one: --corpus, --set and so on.",
        )
    into = a.out or folder
    for name in registry.REGISTRY:
        out = into / (name + SUFFIX)
        begun = any(into.glob(f"{out.stem}.*checkpoint"))
        if not (a.resume and out.is_file() and not begun):
            _train(ordered(argparse.Namespace(**{**vars(a), "model": name, "out": out}), folder))


def _teach_judge(a: argparse.Namespace) -> int:
    """The network that tells kinds of tunes apart, taught anew."""
    from engine.evaluation import kinds, kinds_training

    if a.corpus or a.set:
        raise UserError("The judge is taught on the tunes of the books.", "Leave --corpus and --set out.")
    judge = kinds_training.shipped(progress("Teaching the judge"))
    out = a.out or root() / "judges" / kinds.FILE
    kinds.write(judge, out, "kinds")
    print(out, flush=True)
    return 0


def command(wanted: Order, program: str = PROGRAM) -> str:
    """The command line that trains what an order says, for a bigger machine; its folders are those of this one."""
    usual = by_recipe(wanted.row.recipe)
    words: list[str] = [wanted.row.system, "--out", str(wanted.out)]
    if not wanted.twins or wanted.corpus != wanted.row.recipe.corpus:
        words += ["--corpus", wanted.corpus]
    if wanted.resume:
        words.append("--resume")
    if wanted.start is not None:
        words += ["--start", str(wanted.start)]
    for name, value in _differing(wanted.options, usual).items():
        words += ["--" + name.replace("_", "-"), str(value)]
    for name, value in wanted.network.items():
        if wanted.row.recipe.network.get(name) != value or wanted.start is not None:
            words += ["--set", f"{name}={value}"]
    if wanted.memory:
        words += ["--memory", str(wanted.memory)]
    if wanted.scratch is not None:
        words += ["--scratch", str(wanted.scratch)]
    quoted: Callable[[list[str]], str] = subprocess.list2cmdline if sys.platform == "win32" else shlex.join
    return f"{program} {quoted(words)}"


def _differing(wanted: TrainOptions, usual: TrainOptions) -> dict[str, Value]:
    given = dataclasses.asdict(wanted)
    return {name: value for name, value in given.items() if value != getattr(usual, name)}


def main(argv: list[str] | None = None) -> int:
    """Run the command; returns the exit status (2: can be mended, told in one line; 130: stopped)."""
    parser = argparse.ArgumentParser(
        prog=PROGRAM, description="Train a model, on one process or under torchrun.",
        epilog="The bundle goes to the current folder if --out does not say otherwise.",
    )  # fmt: skip
    flags(parser)
    place = device.place()
    who = "melomorph" if place.of == 1 else f"melomorph, process {place.rank + 1} of {place.of}"
    try:
        return run(parser.parse_args(argv), Path.cwd())
    except UserError as error:
        print(f"{who}: {error}", file=sys.stderr, flush=True)
        return 2
    except (Cancelled, KeyboardInterrupt):
        print(f"{who}: stopped; what was learnt is kept, --resume goes on", file=sys.stderr, flush=True)
        return 130


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # a process that lost the others must not wait for them while torch takes itself down
