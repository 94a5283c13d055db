"""Verbs of the command line about what is on this machine: bench, doctor, survey."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from app.cli.common import progress, say
from app.settings import user_paths
from engine.errors import UserError
from engine.resources import root

if TYPE_CHECKING:
    from engine.corpus.survey import Survey


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


def survey_flags(parser: argparse.ArgumentParser) -> None:
    """Flags of `survey`."""
    parser.add_argument("folder", metavar="FOLDER", help="of MIDI, MusicXML or ABC files, sub-folders and all")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(act=_survey)


def _survey(a: argparse.Namespace) -> int:
    from dataclasses import asdict

    from engine.corpus.survey import survey

    found = survey(a.folder, user_paths().cache, progress("Looking"))
    say(asdict(found), a.json, lambda: "\n".join(_survey_words(found)))
    return 0


def _survey_words(found: Survey) -> list[str]:
    lines = [
        f"{found.files} files, {found.read} read, {len(found.skipped)} skipped, {len(found.copies)} there twice; "
        f"{found.hours:.1f} hours of music",
        "meters: " + ", ".join(f"{name} ({count})" for name, count in found.meters.items()),
        "keys: " + (", ".join(f"{name} ({count})" for name, count in found.keys.items()) or "none is said"),
    ]
    lines += [f"kinds: {', '.join(found.kinds)}"] if found.kinds else []
    for name, count in found.windows.items():
        worries = " ".join(f"{worry.what} {worry.remedy}" for worry in found.worries[name])
        lines.append(f"{name:<8} {count:>7,} windows of {found.pieces[name]:,} pieces  {worries}".rstrip())
    lines += [f"skipped  {one.file}: {one.words}" for one in found.skipped]
    return lines + [f"copy     {one.file}: {one.words}" for one in found.copies]
