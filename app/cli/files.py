"""Verbs of the command line about models as files: import, export."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.cli.common import model_name, say, shelf


def import_flags(parser: argparse.ArgumentParser) -> None:
    """Flags of `import`."""
    parser.add_argument("file", type=Path, metavar="FILE", help="a .safetensors file that Melomorph has written")
    parser.add_argument("--title", default="", help="what it is to be called (default: the title it has)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(act=_import)


def _import(a: argparse.Namespace) -> int:
    kept = shelf()
    name = kept.import_(a.file, a.title)
    say({"model": name, "bundle": str(kept.path(name))}, a.json, lambda: name)
    return 0


def export_flags(parser: argparse.ArgumentParser) -> None:
    """Flags of `export`."""
    parser.add_argument("model", type=model_name, metavar="MODEL", help="a model's name, or the title of one of yours")
    parser.add_argument("file", type=Path, metavar="FILE", help="the file to write; a folder: there, by its name")
    parser.set_defaults(act=_export)


def _export(a: argparse.Namespace) -> int:
    from engine.models.shelf import SUFFIX

    print(shelf().export(a.model, a.file / (a.model + SUFFIX) if a.file.is_dir() else a.file))
    return 0
