"""The verb of the command line about chords: tell those of a piece, find them, write them out as notes."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.cli.common import say
from engine.commands.accompany import STYLES, play_chords
from engine.commands.chords import EVERY, bar_spans, chords_end, find_chords
from engine.commands.document import Document
from engine.score import Score


def chords_flags(parser: argparse.ArgumentParser) -> None:
    """Flags of `chords`."""
    parser.add_argument("file", type=Path, metavar="FILE", help="a MIDI file or a project")
    parser.add_argument("--find", action="store_true", help="find chords where none are written, even if some are")
    parser.add_argument("--every", choices=EVERY, default="bar", help="how often they may change (default: bar)")
    played = f"also write them as notes on a track of their own (default: {STYLES[0]})"
    parser.add_argument("--play", nargs="?", choices=STYLES, const=STYLES[0], help=played)
    parser.add_argument("--out", type=Path, help="MIDI, MusicXML or project file for the piece with its chords")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(act=_chords)


def _chords(a: argparse.Namespace) -> int:
    from engine.commands.project import load_any

    document, _ = load_any(a.file)
    score = document.score
    found = a.find or not score.chords
    if found:
        score = find_chords(score, every=a.every)
    told = _told(score)
    if a.play:
        score = play_chords(score, a.play).score
    if a.out:
        _write(replace(document, score=score), a.out)
    say({"found": found, "chords": told}, a.json, lambda: "\n".join(_lines(told)))
    return 0


def _write(document: Document, out: Path) -> None:
    from engine.commands.project import SUFFIX
    from engine.commands.versions import save_with_versions
    from engine.export_score import write_score

    if out.suffix.lower() == SUFFIX:
        save_with_versions(document, out)
    else:
        write_score(document.score, out)


def _told(score: Score) -> list[dict[str, Any]]:
    """Every chord with its bar and beat, both from 1; beats count the meter's own unit."""
    bars = bar_spans(score, chords_end(score))
    told = []
    for chord in score.chords:
        number = next(i for i in range(len(bars) - 1, -1, -1) if bars[i][0] <= chord.tick)
        unit = score.ticks_per_quarter * 4 / score.meter_at(chord.tick).denominator
        beat = 1 + (chord.tick - bars[number][0]) / unit
        told.append({"bar": number + 1, "beat": round(beat, 3), "tick": chord.tick, "chord": _name(score, chord.tick)})
    return told


def _name(score: Score, tick: int) -> str:
    chord = score.chord_at(tick)
    return chord.name(score.fifths_at(tick)) if chord else ""


def _lines(told: list[dict[str, Any]]) -> list[str]:
    """One line for every bar that has chords: `bar 3: Am, D7 on 3`."""
    bars: dict[int, list[str]] = {}
    for one in told:
        beat = "" if one["beat"] == 1 else f" on {one['beat']:g}"
        bars.setdefault(one["bar"], []).append(one["chord"] + beat)
    return [f"bar {bar}: {', '.join(names)}" for bar, names in bars.items()]
