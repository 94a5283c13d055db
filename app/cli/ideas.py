"""Verbs of the command line that ask a model for ideas: one for every verb of the engine, made from its options."""

from __future__ import annotations

import argparse
from dataclasses import fields
from functools import partial
from pathlib import Path

from app.cli.common import model_name, progress, shelf
from engine import options
from engine.models.registry import REGISTRY
from engine.verbs.verb import Verb


def flags(verb: Verb, parser: argparse.ArgumentParser) -> None:
    """The flags of an engine verb: which model, which music, where to, and its own options."""
    offering = [name for name, row in REGISTRY.items() if verb.offered_by(row)]
    parser.add_argument(
        "--model",
        type=model_name,
        default="",
        metavar="MODEL",
        help=f"one of {', '.join(offering)}, or one of yours (default: the first of them that is trained)",
    )
    takes = {0: "if it works on music", 1: "one file", 2: "two files or more"}[min(2, verb.windows)]
    parser.add_argument(
        "--in",
        dest="files",
        type=Path,
        nargs="+",
        action="extend",
        default=[],
        metavar="FILE",
        help=f"MIDI files, each gives one passage of the model's length ({takes})",
    )
    parser.add_argument("--bar", type=int, default=0, help="bar where the passage begins (default: where music does)")
    parser.add_argument("--out", type=Path, default=Path(), help="folder the MIDI files go to, one for each idea")
    parser.add_argument("--compound", action="store_true", help="without --in: bars of 12 sixteenths (6/8), not 16")
    counted = any(field.name == "count" for field in fields(verb.options))
    if counted:  # as `generate` calls it
        add_count(parser, verb.options().count)
    options.add_flags(parser, verb.options, skip=("count",) if counted else ())
    parser.set_defaults(act=partial(_act, verb))


def add_count(parser: argparse.ArgumentParser, usual: int) -> None:
    """The flag for how many ideas are wanted."""
    parser.add_argument("-n", "--count", type=int, default=usual, help=f"how many ideas (default: {usual})")


def _first_trained(verb: Verb) -> str:
    offering = [entry for entry in shelf().entries() if verb.offered_by(entry.row)]
    return next((entry for entry in offering if entry.path), offering[0]).row.name


def _act(verb: Verb, a: argparse.Namespace) -> int:
    from engine.export_ideas import write_ideas

    wanted: object = options.from_flags(verb.options, a)
    made = write_ideas(
        shelf(),
        verb.name,
        a.model or _first_trained(verb),
        wanted,
        a.files,
        max(0, a.bar),
        a.out,
        progress(verb.title),
        a.compound,
    )
    for path in made:
        print(path)
    return 0
