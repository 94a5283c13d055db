"""A pad between four melodies."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.codecs.catalog import codec as codec_of
from engine.commands.ask_verb import asked
from engine.errors import UserError
from engine.jobs.job import silent
from engine.models.registry import REGISTRY
from engine.models.shelf import Shelf
from engine.verbs import pad
from engine.verbs.catalog import VERBS, verbs_of

ROW = REGISTRY["contractive_ae"]


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    return Shelf([Path(__file__).parents[2] / "resources" / "bundles"])


@pytest.fixture(scope="module")
def melodies(shelf: Shelf) -> np.ndarray:
    return shelf.bundle(ROW.name).extras["map.melodies"].astype(np.uint8)


def test_every_cell_draws_its_own_and_the_corners_are_mine(shelf: Shelf, melodies: np.ndarray) -> None:
    mine = tuple(melodies[[3, 50, 200, 400]])
    about = asked(shelf, "pad", ROW.name, pad.Options(size=4), windows=mine)
    made = VERBS["pad"].run(about, silent)
    assert len(made) == 16 and list(dict.fromkeys(idea.row for idea in made)) == [f"Line {n}" for n in (1, 2, 3, 4)]
    corners = {idea.caption: idea.voices for idea in made if idea.caption in pad.CORNERS}
    write = codec_of(ROW.codec).write
    assert corners == {name: write(window, 480) for name, window in zip(pad.CORNERS, mine, strict=True)}
    assert [made[place].caption for place in (0, 3, 12, 15)] == list(pad.CORNERS)
    assert len({tuple((n.start, n.pitch) for n in idea.voices[0].notes) for idea in made}) >= 12
    assert all(idea.code for idea in made), "each can be taken to its place on the map"


def test_corners_that_are_left_open_are_filled_by_the_seed(shelf: Shelf, melodies: np.ndarray) -> None:
    def corners(seed: int) -> list[object]:
        about = asked(shelf, "pad", ROW.name, pad.Options(size=2, seed=seed), windows=(melodies[7],))
        return [idea.voices for idea in VERBS["pad"].run(about, silent)]

    assert corners(1) == corners(1) and corners(1)[0] == corners(2)[0] and corners(1)[1:] != corners(2)[1:]


def test_it_is_offered_where_there_is_a_map() -> None:
    assert VERBS["pad"] in verbs_of(ROW) and VERBS["pad"] in verbs_of(REGISTRY["music_vae_16"])
    assert VERBS["pad"] not in verbs_of(REGISTRY["deephear"])


def test_without_melodies_it_says_what_is_missing(shelf: Shelf, melodies: np.ndarray) -> None:
    class Bare:
        def bundle(self, name: str) -> object:
            return type("Kept", (), {"extras": {}})()

    about = asked(shelf, "pad", ROW.name, pad.Options(), windows=(melodies[7],))
    with pytest.raises(UserError, match="corners"):
        pad._corners(type(about)(**{**about.__dict__, "shelf": Bare()}))
