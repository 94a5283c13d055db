"""Compose through my notes: what is pinned is in every idea exactly."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.codecs.codec import Tokens
from engine.codecs.melody import PHRASE
from engine.commands.ask_verb import asked, ideas
from engine.errors import UserError
from engine.jobs.job import silent
from engine.models.registry import REGISTRY
from engine.models.shelf import Shelf
from engine.score import Note, Score, Track
from engine.verbs import pins
from engine.verbs.idea import Idea
from engine.verbs.verb import Passage
from tests.engine.test_verbs import mine, small_bundle

ROW = REGISTRY["anticipation_rnn"]
TICKS = 480


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    folder: Path = tmp_path_factory.mktemp("bundles")
    small_bundle(ROW, folder)
    return Shelf([folder])


def found(shelf: Shelf, window: Tokens, options: pins.Options, passage: Passage | None = None) -> list[Idea]:
    compound = bool(window[15] == 62)
    about = asked(shelf, "pins", ROW.name, options, (window,), compound, passage=passage)
    return ideas(about, "pins", silent)


def onsets(idea: Idea) -> set[tuple[int, int]]:
    return {(note.start, note.pitch) for note in idea.voices[0].notes}


def played(idea: Idea) -> set[tuple[int, int, int]]:
    return {(note.start, note.length, note.pitch) for note in idea.voices[0].notes}


@pytest.mark.parametrize("compound", [False, True])
def test_every_pin_is_in_every_idea(shelf: Shelf, compound: bool) -> None:
    window = mine(ROW, compound)[0]
    given, *others = found(shelf, window, pins.Options(count=3, which=pins.FIRST_BEATS))
    bar = TICKS * (3 if compound else 4)
    wanted = {(start, pitch) for start, pitch in onsets(given) if start % bar == 0}
    assert len(others) == 3 and wanted
    for idea in others:
        assert wanted <= onsets(idea) and played(idea) != played(given)
        assert "the pins fit" in idea.remark and idea.fresh == (0, PHRASE.span_ticks(TICKS, compound))
    assert len({frozenset(played(idea)) for idea in others}) == 3


def test_lengths_are_pinned_too_if_wanted(shelf: Shelf) -> None:
    window = np.zeros(128, dtype=np.uint8)
    window[[0, 4, 32, 40, 72, 90]] = [30, 1, 34, 1, 32, 35]
    given, *others = found(shelf, window, pins.Options(count=3, what=pins.LENGTHS))
    for idea in others:
        assert played(given) <= played(idea)


def test_only_locked_notes_are_pinned_if_wanted(shelf: Shelf) -> None:
    window = mine(ROW)[0]
    notes = PHRASE.write(window, TICKS)[0].notes
    score = Score(tracks=(Track(notes, "Melody"),), ticks_per_quarter=TICKS)
    stranger = Note(0, 37, 100, 80)
    passage = Passage(score, 0, locked=(notes[2], notes[-1], stranger))
    for idea in found(shelf, window, pins.Options(count=2, which=pins.LOCKED), passage)[1:]:
        assert {(notes[2].start, notes[2].pitch), (notes[-1].start, notes[-1].pitch)} <= onsets(idea)
        assert not {(note.start, note.pitch) for note in notes} <= onsets(idea)
    with pytest.raises(UserError, match="No note is pinned"):
        found(shelf, window, pins.Options(which=pins.LOCKED))


def test_the_meter_of_pins_has_words() -> None:
    words = [pins.natural(surprise) for surprise in (1.5, 2.5, 3.5, 6.0)]
    assert [word.split(" (")[0].removeprefix("the pins fit ") for word in words] == [
        "well", "fairly well", "hardly", "badly",
    ]  # fmt: skip
