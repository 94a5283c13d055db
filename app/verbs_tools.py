"""Verbs of the command line about the installation: bench, doctor."""

from __future__ import annotations

import argparse
import sys

from app.verbs_common import progress, say
from engine.errors import UserError
from engine.resources import root


def bench_flags(parser: argparse.ArgumentParser) -> None:
    """Flags of `bench`."""
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


def doctor_flags(parser: argparse.ArgumentParser) -> None:
    """Flags of `doctor`."""
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(act=_doctor)


def _doctor(a: argparse.Namespace) -> int:
    from dataclasses import asdict

    from engine.doctor import examine

    checks = examine()
    lines = (f"{'ok ' if c.ok else '-- '} {c.name}: {c.found}{'' if c.ok else '  ' + c.remedy}" for c in checks)
    say([asdict(check) for check in checks], a.json, lambda: "\n".join(lines))
    return 0
