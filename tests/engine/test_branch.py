"""And then? A tree of continuations: paths that begin with mine, sisters that differ, tips as files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.codecs import melody
from engine.commands.ask_verb import asked, ideas
from engine.commands.place import place_idea
from engine.errors import Cancelled
from engine.export_ideas import write_ideas
from engine.jobs.job import silent
from engine.models.registry import REGISTRY
from engine.models.shelf import Shelf
from engine.score import Note, Score, Track
from engine.score.midi_read import read_midi
from engine.score.midi_write import write_midi
from engine.verbs import branch
from engine.verbs.idea import Idea, ends
from engine.verbs.verb import Passage
from tests.engine.test_verbs import small_bundle

BAR = 1920
SCALE = (60, 62, 64, 65, 67, 69, 71, 72)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    folder = tmp_path_factory.mktemp("bundles")
    small_bundle(REGISTRY["conditional_gan"], folder)
    return Shelf([folder])


def piece() -> Score:
    """Four bars of eighths up and down a scale."""
    line = [*range(8), *range(7, -1, -1)] * 2
    return Score((Track.of([Note(i * 240, SCALE[step], 240) for i, step in enumerate(line)], "Melody"),))


def grown(shelf: Shelf, at: int = 0, **wanted: Any) -> tuple[Any, list[Idea]]:
    score = piece()
    passage = Passage(score, at)
    window = melody.MELODY4.read(score.tracks, 480, at)
    about = asked(shelf, "branch", "conditional_gan", branch.Options(**wanted), (window,), passage=passage)
    return about, ideas(about, "branch", silent)


def test_every_idea_is_a_whole_path_that_begins_with_mine(shelf: Shelf) -> None:
    _, found = grown(shelf, branches=3, depth=2)
    assert [idea.parent for idea in found] == [None, 0, 0, 0, *(p for p in (1, 2, 3) for _ in range(3))]
    assert [idea.caption for idea in found[:6]] == ["mine", "1", "2", "3", "1.1", "1.2"]
    mine = [n for n in piece().tracks[0].notes if n.start >= 2 * BAR]
    for idea in found:
        assert idea.at == 2 * BAR and idea.fresh == (2 * BAR, idea.ticks)
        begins = [(n.start + 2 * BAR, n.pitch) for n in idea.voices[0].notes if n.start < 2 * BAR]
        assert begins == [(n.start, n.pitch) for n in mine]
        if idea.parent is not None:
            before = found[idea.parent]
            assert idea.ticks == before.ticks + 2 * BAR
            known = [n for n in idea.voices[0].notes if n.start < before.ticks]
            assert known == list(before.voices[0].notes), "its path is its parent's"
    assert ends(found) == found[4:]


def test_a_path_is_written_behind_my_music_and_mine_stays(shelf: Shelf) -> None:
    _, found = grown(shelf, depth=2)
    score, path = piece(), found[-1]
    placed = place_idea(score, path, 0, 4 * BAR, 0).score.tracks[0]
    assert [n for n in placed.notes if n.start < 4 * BAR] == list(score.tracks[0].notes)
    new = [(n.start, n.pitch) for n in placed.notes if n.start >= 4 * BAR]
    assert new == [(n.start + 2 * BAR, n.pitch) for n in path.voices[0].notes if n.start >= 2 * BAR]


def test_sisters_differ_and_the_tree_stops_dividing(shelf: Shelf) -> None:
    _, found = grown(shelf, branches=4, depth=4)
    tips = ends(found)
    assert len(tips) == 64 and len(found) == 1 + 4 + 16 + 64 + 64
    last = [tuple(n for n in idea.voices[0].notes if n.start >= found[idea.parent or 0].ticks) for idea in found]
    for parent in range(5):
        sisters = [last[i] for i, idea in enumerate(found) if idea.parent == parent]
        assert len(set(sisters)) == 4


def test_the_anchor_answers_mine_again(shelf: Shelf) -> None:
    _, found = grown(shelf, branches=2, depth=2, anchor=1, noise=0.2)
    _, chained = grown(shelf, branches=2, depth=2, noise=0.2)
    assert found[:3] == chained[:3] and found[3:] != chained[3:]


def test_a_stopped_tree_keeps_what_has_grown(shelf: Shelf) -> None:
    kept: list[Idea] = []
    about, whole = grown(shelf, depth=3)

    def stop(done: float, total: float, text: str = "") -> None:
        if len(kept) > 4:
            raise Cancelled

    import dataclasses

    with pytest.raises(Cancelled):
        ideas(dataclasses.replace(about, keep=kept.append), "branch", stop)
    assert kept == whole[: len(kept)] and all(idea.parent is None or idea.parent < len(kept) for idea in kept)


def test_files_are_the_paths(shelf: Shelf, tmp_path: Path) -> None:
    write_midi(piece(), tmp_path / "mine.mid")
    wanted = branch.Options(branches=2, depth=2)
    made = write_ideas(shelf, "branch", "conditional_gan", wanted, [tmp_path / "mine.mid"], out=tmp_path / "out")
    assert [path.name for path in made] == [f"branch-conditional_gan-0{i}-{c}.mid" for i, c in enumerate(
        ("1.1", "1.2", "2.1", "2.2"), 1)]  # fmt: skip
    notes = read_midi(made[0])[0].tracks[0].notes
    assert np.array_equal([n.pitch for n in notes[:32]], [n.pitch for n in piece().tracks[0].notes])
    assert notes[32].start >= 4 * BAR and notes[-1].end <= 8 * BAR
