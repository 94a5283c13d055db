"""A verb without a window: music out of MIDI files, ideas into MIDI files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from engine.codecs.catalog import codec as codec_of
from engine.codecs.codec import Codec, Tokens
from engine.commands.ask_verb import asked
from engine.commands.ask_verb import ideas as ideas_of
from engine.commands.place import place_idea
from engine.errors import UserError
from engine.jobs.job import Report, silent
from engine.models.registry import REGISTRY, find
from engine.models.row import Row
from engine.models.shelf import Shelf
from engine.score import Meter, Score, Tempo, Track
from engine.score.midi_read import read_midi
from engine.score.midi_write import write_midi
from engine.verbs.catalog import verb as verb_of
from engine.verbs.harmonize import AS_WRITTEN
from engine.verbs.idea import ends
from engine.verbs.verb import Idea, Passage, Verb

COMPOUND = {(6, 8), (3, 4)}
TEXTURES = ("chorale", "roll", "frames", "stream")  # codecs that hear all tracks at once


@dataclass(frozen=True)
class Music:
    """One window of a file's music.

    Attributes:
        score: the file's.
        tokens: the window.
        compound: its bars have twelve sixteenths.
        title: the file's name.
        passage: where in the file the window stands.
    """

    score: Score
    tokens: Tokens
    compound: bool
    title: str
    passage: Passage


def write_ideas(
    shelf: Shelf,
    verb: str,
    model: str,
    options: Any = None,
    files: Sequence[Path] = (),
    bar: int = 0,
    out: Path = Path(),
    report: Report = silent,
    compound: bool = False,
) -> list[Path]:
    """Run a verb and write one MIDI file per idea (of a tree, per path): `VERB-MODEL-NUMBER-CAPTION.mid`, in its piece.

    Args:
        shelf: where the models are.
        verb: a name in verbs.catalog.
        model: a row of the registry.
        options: of the verb; None: its own defaults.
        files: MIDI files, each gives one window.
        bar: the window's first bar, from 1; 0: where the music begins (to go on: what leads to its end).
        out: folder of the files, made if it is not there.
        report: progress and cancel point.
        compound: bars of 12 sixteenths where no file says of which kind they are.

    Raises:
        UserError: the model cannot do it or is not trained, a file holds too little music, the folder is closed.
    """
    known, row = verb_of(verb), _row(verb, model)
    _check_files(known, row, files)
    music = [read_window(path, row, known, bar, getattr(options, "voice", "") == AS_WRITTEN) for path in files]
    if len({one.compound for one in music}) > 1:
        raise UserError("Some of the music has bars of 12 sixteenths, some of 16.", "Choose one kind of meter.")
    stage = _stage(music[0] if music else None, compound)
    twelve = music[0].compound if music else compound
    windows, titles = zip(*((one.tokens, one.title) for one in music), strict=True) if music else ((), ())
    passage = music[0].passage if music else None
    about = asked(shelf, verb, model, options, windows, twelve, stage.ticks_per_quarter, titles, passage)
    shelf.path(model)  # a model that is not trained is told before a folder is made
    found = ends(ideas_of(about, verb, report))
    return _write(found, stage, passage, out, f"{verb}-{model}")


def _write(found: Sequence[Idea], stage: Score, passage: Passage | None, out: Path, name: str) -> list[Path]:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"The folder {out} cannot be made.", "Choose another with --out.") from error
    paths = [out / f"{name}-{number:02d}{_slug(idea)}.mid" for number, idea in enumerate(found, 1)]
    for idea, path in zip(found, paths, strict=True):
        write_midi(score_of(idea, stage, passage), path)
    return paths


def read_window(path: Path, row: Row, verb: Verb, bar: int = 0, everyone: bool = False) -> Music:
    """The window of a file that a verb of a model is given; `everyone`: a harmony is around all that is written.

    Raises:
        UserError: the file cannot be read, or nothing sounds in those bars.
    """
    score, _ = read_midi(path)
    numbers = [number for number, track in enumerate(score.tracks) if track.notes and not track.drums]
    pitched = [score.tracks[number] for number in numbers]
    if not pitched:
        raise UserError(f"{path.name} holds no melody.", "Choose a file with a track that is not drums.")
    meter, codec = score.meters[0], codec_of(row.codec)
    compound = (meter.numerator, meter.denominator) in COMPOUND and row.codec not in TEXTURES
    texture = row.codec in TEXTURES and (everyone or verb.capability != "harmonizes")
    heard = pitched if texture else pitched[:1]
    length = score.bar_ticks(meter)
    at = (bar - 1) * length if bar else min(track.notes[0].start for track in heard) // length * length
    if verb.capability == "continues" and not bar:  # what leads to the bar line behind the last note
        end = max(track.end for track in heard) - score.ticks_per_quarter // 8
        at = -(-end // length) * length - codec.span_ticks(score.ticks_per_quarter, compound)
    passage = Passage(score, at, numbers[0], texture)
    try:
        return Music(score, _read(codec, heard, score, at, compound), compound, path.stem, passage)
    except UserError as error:
        raise UserError(f"{path.name}, bar {at // length + 1}: {error.what}", error.remedy) from error


def score_of(idea: Idea, stage: Score, passage: Passage | None = None) -> Score:
    """An idea at its place in the piece, if it has one; else as a score of its own, on an empty one with its meter."""
    name = " · ".join(part for part in (idea.row, idea.caption, idea.remark) if part)
    if idea.at is not None and passage is not None:
        ticks = idea.ticks or max((note.end for voice in idea.voices for note in voice.notes), default=0)
        placed = place_idea(passage.score, idea, idea.at, ticks, passage.track)
        return replace(placed.score, name=name)
    tracks = tuple(
        Track.of(voice.notes, voice.name or "Melody", voice.program) for voice in idea.voices if voice.notes
    ) or (Track(name="Melody"),)
    meters = (Meter(0, *idea.meter),) if idea.meter else stage.meters
    return replace(stage, tracks=tracks, name=name, meters=meters)


def _row(verb: str, model: str) -> Row:
    known, asked_for = find(model), verb_of(verb)
    if known is None or not asked_for.offered_by(known):
        offering = [name for name, row in REGISTRY.items() if asked_for.offered_by(row)]
        no = f"There is no model called {model}." if known is None else f"{known.title} cannot do this."
        raise UserError(no, f"Choose one of: {', '.join(offering)}.")
    return known


def _check_files(verb: Verb, row: Row, files: Sequence[Path]) -> None:
    if len(files) < verb.windows:
        many = "one piece" if verb.windows == 1 else f"{verb.windows} pieces"
        what = f"“{verb.title}” works on {many} of {codec_of(row.codec).bars} bars."
        raise UserError(what, f"Give {'it' if verb.windows == 1 else 'them'} with --in{' FILE' * verb.windows}.")


def _read(codec: Codec, tracks: Sequence[Track], score: Score, at: int, compound: bool) -> Tokens:
    return codec.read(tracks, score.ticks_per_quarter, at, compound)


def _stage(music: Music | None, compound: bool) -> Score:
    """An empty score with tempo, meter and resolution of the music, or the usual ones."""
    if music is None:
        return Score(tempos=(Tempo(0, 500_000),), meters=(_meter(compound),))
    score = music.score
    return Score(tempos=score.tempos[:1], meters=(_meter(music.compound),), ticks_per_quarter=score.ticks_per_quarter)


def _meter(compound: bool) -> Meter:
    return Meter(0, 6, 8) if compound else Meter(0, 4, 4)


def _slug(idea: Idea) -> str:
    """`-round-3` of a caption, so that files can be told apart; nothing of one that is only a number."""
    text = re.sub(r"[^\w.]+", "-", f"{idea.row} {idea.caption}".strip().lower()).strip("-.")
    return f"-{text}" if text and not text.isdigit() else ""
