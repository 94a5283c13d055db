"""Verbs of the command line that make or read music: generate, morph, render, info."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.cli.common import model_name, progress, say, shelf
from engine import export, options
from engine.errors import UserError
from engine.models import registry

MAPPED = "melody"  # codec of the models whose maps `generate` and `morph` walk on


def generate_flags(parser: argparse.ArgumentParser) -> None:
    """Flags of `generate`."""
    from engine.commands.document import SteerOptions

    which = "which model draws (see: melomorph models)"
    parser.add_argument("--model", type=model_name, default="melody_vae", help=which)
    parser.add_argument("--bars", type=int, default=0, help="length of each piece in bars (default: the model's own)")
    parser.add_argument("-n", "--count", type=int, default=4, help="how many pieces")
    parser.add_argument("--out", type=Path, default=Path(), help="folder the MIDI files go to")
    options.add_flags(parser, SteerOptions)
    parser.set_defaults(act=_generate)


def _generate(a: argparse.Namespace) -> int:
    from engine.commands.document import SteerOptions

    wanted, row = options.from_flags(SteerOptions, a), registry.row(a.model)
    if row.codec == MAPPED:
        made = export.generate(shelf(), a.model, wanted, a.bars or 2, a.count, a.out, progress("Generating"))
    else:
        made = _draw(a, row)
    for path in made:
        print(path)
    return 0


def _draw(a: argparse.Namespace, row: registry.Row) -> list[Path]:
    """New pieces of a model that writes one window at a time."""
    from engine.codecs.catalog import TUNES, codec
    from engine.export_ideas import write_ideas
    from engine.verbs.catalog import VERBS

    if row.codec in TUNES:
        wished = VERBS["tune"].options(count=a.count, seed=a.seed, temperature=a.temperature, bars=a.bars or 16)
        made = options.checked(wished)
        return write_ideas(
            shelf(), "tune", row.name, made, out=a.out, report=progress("Generating"), compound=a.compound
        )
    bars = codec(row.codec).bars
    if a.bars not in (0, bars):
        raise UserError(f"{row.title} cannot write {a.bars} bars.", f"It always writes {bars}.")
    if a.density or a.height:
        raise UserError(f"{row.title} has no sliders for density and height.", "Leave --density and --height out.")
    drawn = options.checked(VERBS["draw"].options(count=a.count, seed=a.seed, temperature=a.temperature))
    return write_ideas(shelf(), "draw", row.name, drawn, out=a.out, report=progress("Generating"), compound=a.compound)


def morph_flags(parser: argparse.ArgumentParser) -> None:
    """Flags of `morph`."""
    parser.add_argument("a", type=Path, metavar="A.mid", help="where the morph starts")
    parser.add_argument("b", type=Path, metavar="B.mid", help="where it ends")
    whose = "whose latent space is walked through"
    parser.add_argument("--model", type=model_name, default="melody_vae", help=whose)
    parser.add_argument("--steps", type=int, default=8, help="number of files, both ends included")
    parser.add_argument("--out", type=Path, default=Path(), help="folder the MIDI files go to")
    parser.set_defaults(act=_morph)


def _morph(a: argparse.Namespace) -> int:
    from engine.export_ideas import write_ideas
    from engine.verbs.catalog import VERBS

    row = registry.row(a.model)
    if row.codec == MAPPED:
        made = export.morph(shelf(), a.model, a.a, a.b, a.steps, a.out, progress("Morphing"))
    else:
        way = options.checked(VERBS["interpolate"].options(steps=a.steps, crossfade=False))
        made = write_ideas(shelf(), "interpolate", row.name, way, (a.a, a.b), out=a.out, report=progress("Morphing"))
    for path in made:
        print(path)
    return 0


def render_flags(parser: argparse.ArgumentParser) -> None:
    """Flags of `render`."""
    parser.add_argument("file", type=Path, metavar="IN", help="a MIDI or MusicXML file, or a project")
    kinds = ".wav, .flac, .ogg or .mp3 (played), .mid or .musicxml (written)"
    parser.add_argument("-o", "--out", type=Path, required=True, help=f"file to write: {kinds}")
    parser.add_argument("--stems", action="store_true", help="a file for each track: OUT-1-Flute.wav and so on")
    parser.add_argument("--soundfont", type=Path, help="an .sf2 or .sf3 file instead of the one that is found")
    parser.set_defaults(act=_render)


def _render(a: argparse.Namespace) -> int:
    from engine.commands.project import load_any
    from engine.export_score import write_score, write_stems

    document, _ = load_any(a.file)
    if a.stems:
        made = write_stems(document.score, a.out, a.soundfont, progress("Rendering"))
    else:
        made = [write_score(document.score, a.out, a.soundfont, progress("Rendering"))]
    for path in made:
        print(path)
    return 0


def info_flags(parser: argparse.ArgumentParser) -> None:
    """Flags of `info`."""
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


def check_flags(parser: argparse.ArgumentParser) -> None:
    """Flags of `check`."""
    parser.add_argument("file", type=Path, metavar="FILE", help="a MIDI file or a project with four voices")
    parser.add_argument("--strict", action="store_true", help="hidden fifths and octaves and overlaps count too")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(act=_check)


def _check(a: argparse.Namespace) -> int:
    from engine.commands.project import load_any
    from engine.score.voice_report import checked, words

    document, _ = load_any(a.file)
    found = checked(document.score, a.strict)
    say(found, a.json, lambda: words(found))
    return 0
