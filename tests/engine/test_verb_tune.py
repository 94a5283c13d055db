"""New tune: what is asked for is what comes, as long as it is, in the meter of the piece, with its copies told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.codecs import tune
from engine.commands.ask_verb import asked, ideas
from engine.errors import UserError
from engine.export_ideas import score_of
from engine.jobs.job import silent
from engine.models.registry import REGISTRY
from engine.models.shelf import Shelf
from engine.score import Meter, Note, Score, Track
from engine.verbs import fill, go_on
from engine.verbs.nearest import remark
from engine.verbs.tune import Options
from engine.verbs.verb import Asked, Passage
from tests.engine.made_up import corpus
from tests.engine.test_verbs import small_bundle

ROW = "celtic_lstm"


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    folder: Path = tmp_path_factory.mktemp("bundles")
    small_bundle(REGISTRY[ROW], folder)
    return Shelf([folder])


def about(shelf: Shelf, options: Options, score: Score | None = None, compound: bool = False) -> Asked:
    passage = None if score is None else Passage(score, 0)
    return asked(shelf, "tune", ROW, options, (), compound, passage=passage)


def test_tunes_are_as_they_are_ordered(shelf: Shelf) -> None:
    wanted = Options(count=3, meter="9/8", mode="mixolydian", key="A", bars=4)
    found = ideas(about(shelf, wanted), "tune", silent)
    assert len(found) == 3
    for idea in found:
        assert idea.ticks == 4 * 9 * 240 and idea.meter == (9, 8)
        assert idea.remark.startswith("9/8 in A mixolydian")
        assert score_of(idea, Score()).meters == (Meter(0, 9, 8),)


@pytest.mark.parametrize(("meter", "compound", "expected"), [
    ((3, 4), False, "3/4"), ((5, 4), False, "4/4"), ((5, 4), True, "6/8"), (None, True, "6/8"),
])  # fmt: skip
def test_as_mine_is_the_meter_of_the_piece(
    shelf: Shelf, meter: tuple[int, int] | None, compound: bool, expected: str
) -> None:
    score = Score(meters=(Meter(0, *meter),)) if meter else None
    (idea,) = ideas(about(shelf, Options(count=1, bars=2), score, compound), "tune", silent)
    assert idea.remark.startswith(expected)


def test_a_tune_learnt_from_is_told(shelf: Shelf) -> None:
    window = corpus("tune", 48).numpy().astype(np.uint8)[9]
    notes = len(tune.decode(window))
    assert remark(about(shelf, Options()), window) == f"{notes} notes in a row are in Tune 2"


def test_drawing_is_what_others_do(shelf: Shelf) -> None:
    with pytest.raises(UserError, match="cannot do this"):
        asked(shelf, "draw", ROW)


def scale(bars: int) -> Score:
    notes = [Note(240 * n, 62 + (0, 2, 4, 5, 7, 5, 4, 2)[n % 8], 240) for n in range(8 * bars)]
    return Score(tracks=(Track.of(notes),))


def test_what_follows_belongs_behind_the_passage(shelf: Shelf) -> None:
    score = scale(8)
    window = tune.TUNE.read(score.tracks, 480)
    order = asked(shelf, "continue", ROW, go_on.Options(count=1, bars=12), (window,), passage=Passage(score, 0))
    (idea,) = ideas(order, "continue", silent)
    assert idea.at == 8 * 1920 and idea.ticks == 12 * 1920
    assert max(note.end for note in idea.voices[0].notes) == 12 * 1920


def test_a_locked_note_in_a_stretch_that_is_filled_stays(shelf: Shelf) -> None:
    score = scale(8)
    window, kept = tune.TUNE.read(score.tracks, 480), score.tracks[0].notes[20]
    passage = Passage(score, 0, marked=(2 * 1920, 4 * 1920), locked=(kept,))
    order = asked(shelf, "fill", ROW, fill.Options(count=2), (window,), passage=passage)
    for idea in ideas(order, "fill", silent):
        notes = {(n.start, n.pitch, n.length) for n in idea.voices[0].notes}
        assert (kept.start, kept.pitch, kept.length) in notes
        around = [n for n in score.tracks[0].notes if not 2 * 1920 <= n.start < 4 * 1920]
        assert {(n.start, n.pitch, n.length) for n in around} <= notes


def test_gaps_are_rests(shelf: Shelf) -> None:
    score = scale(8)
    notes = [note for note in score.tracks[0].notes if note.start // 1920 != 5]
    gapped = replace(score, tracks=(Track.of(notes),))
    window = tune.TUNE.read(gapped.tracks, 480)
    order = asked(shelf, "fill", ROW, fill.Options("the gaps", count=1), (window,), passage=Passage(gapped, 0))
    *_, idea = ideas(order, "fill", silent)
    made = {(n.start, n.pitch, n.length) for n in idea.voices[0].notes}
    assert {(n.start, n.pitch, n.length) for n in notes} <= made
