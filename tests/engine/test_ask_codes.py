"""Dials and bricks of small untrained models: what is asked comes back as music, with its code."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.codecs.catalog import codec
from engine.commands.ask_codes import OPEN
from engine.events import BrickChoices, BricksHeard, DialsHeard, Event, Failed, MotifsCounted
from engine.latent.dials import Dials
from engine.models import bundle as bundles
from engine.models.bundle import Bundle
from engine.score import Note, Score, Track
from engine.session import Session, SessionPaths
from engine.training.dials import dials
from tests.small_bundles import SMALL, keep_small


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("models")
    for name in SMALL:
        keep_small(name, made)
    return made


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for another thread."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "nothing came"
        time.sleep(0.002)


class Asker:
    """A session that remembers what it was told."""

    def __init__(self, folder: Path) -> None:
        self.session = Session(SessionPaths(bundles=folder), audio=False)
        self.heard: list[Event] = []
        self.session.events.subscribe(self.heard.append)

    def answer(self, kind: type, ask: Callable[[], Any]) -> Any:
        self.heard.clear()
        ask()
        until(lambda: any(isinstance(e, kind | Failed) for e in self.heard))
        found = next(e for e in self.heard if isinstance(e, kind | Failed))
        assert not isinstance(found, Failed), repr(found.error)
        return found


@pytest.fixture
def asker(folder: Path) -> Iterator[Asker]:
    made = Asker(folder)
    yield made
    made.session.close()


def music(bars: int) -> Score:
    return Score((Track.of([Note(i * 480, 60 + i % 5, 480) for i in range(4 * bars)]),))


def test_a_code_comes_back_as_it_was_asked_and_the_same_twice(asker: Asker) -> None:
    ask = asker.session.ask
    drawn = asker.answer(DialsHeard, lambda: ask.dials("vae", (), {"seed": 3}))
    assert len(drawn.code) == 6 and drawn.voices[0].notes
    again = asker.answer(DialsHeard, lambda: ask.dials("vae", drawn.code, {"seed": 3}))
    assert again.code == pytest.approx(drawn.code) and again.voices == drawn.voices and again.request > drawn.request
    other = asker.answer(DialsHeard, lambda: ask.dials("vae", (), {"seed": 4}))
    assert other.code != drawn.code


def test_the_laws_of_the_lecture_reach_the_model(asker: Asker) -> None:
    ask = asker.session.ask
    wide = asker.answer(DialsHeard, lambda: ask.dials("sparse_ae", (), {"law": "wide"})).code
    fitted = asker.answer(DialsHeard, lambda: ask.dials("sparse_ae", (), {"law": "fitted"})).code
    full = [sum(unit in (0.0, 1.0) for unit in code) for code in (wide, fitted)]
    assert full[0] > len(wide) * 0.7 > full[1]  # units lie in 0..1: U(-10, 10) switches nearly all fully on or off


def test_my_bars_have_a_code(asker: Asker) -> None:
    window = codec("melody").read(music(2).tracks, 480)
    found = asker.answer(DialsHeard, lambda: asker.session.ask.dials_of("vae", window))
    assert len(found.code) == 6 and all(np.isfinite(found.code))


def test_motifs_are_counted_unit_by_unit(asker: Asker) -> None:
    counted = asker.answer(MotifsCounted, lambda: asker.session.ask.count_motifs("sparse_ae"))
    assert len(counted.often) == 40


def test_only_open_bricks_are_drawn(asker: Asker) -> None:
    ask = asker.session.ask
    mine = asker.answer(BricksHeard, lambda: ask.bricks_of("vq_vae", codec("melody4").read(music(4).tracks, 480)))
    assert len(mine.ids) == 17 and max(mine.ids[:16]) < 12 and mine.voices[0].notes
    keep = [i % 2 == 0 for i in range(17)]
    drawn = asker.answer(BricksHeard, lambda: ask.bricks("vq_vae", mine.ids, keep, {"seed": 9}))
    assert drawn.ids[::2] == mine.ids[::2] and OPEN not in drawn.ids
    same = asker.answer(BricksHeard, lambda: ask.bricks("vq_vae", drawn.ids))
    assert same.ids == drawn.ids and same.voices == drawn.voices


def test_a_place_is_heard_with_other_bricks(asker: Asker) -> None:
    ask = asker.session.ask
    ids = asker.answer(BricksHeard, lambda: ask.bricks("vq_vae", [OPEN] * 17)).ids
    choices = (1, 5, ids[3])
    found = asker.answer(BrickChoices, lambda: ask.brick_choices("vq_vae", ids, 3, choices))
    assert found.place == 3 and found.choices == choices and len(found.voices) == 3
    assert found.voices[2] == asker.answer(BricksHeard, lambda: ask.bricks("vq_vae", ids)).voices


def test_dials_of_units_and_of_directions(folder: Path) -> None:
    units = Dials.of(bundles.read(folder / "vae.safetensors", weights=False))
    code = tuple(float(i) for i in range(6))
    assert units.count == 6 and units.directions is None
    assert units.turned(code, {2: 9.0}) == (0.0, 1.0, 9.0, 3.0, 4.0, 5.0)
    rng = np.random.default_rng(0)
    codes = rng.normal(size=(500, 50)) * np.linspace(3, 0.1, 50)
    ways = Dials.of(Bundle("vae", {}, {}, dials(codes)))
    assert ways.count == 16 and ways.rest == pytest.approx(np.zeros(16), abs=1e-5)
    start = tuple(codes[7].tolist())
    moved = ways.turned(start, {0: 1.5, 3: -1.0})
    before, after = ways.values(start), ways.values(moved)
    assert after[[0, 3]] == pytest.approx([1.5, -1.0], abs=1e-4)
    assert np.delete(after, [0, 3]) == pytest.approx(np.delete(before, [0, 3]), abs=1e-3)
    assert (ways.low < 0).all() and (ways.high > 0).all()
    back = ways.turned(moved, {0: float(before[0]), 3: float(before[3])})
    assert back == pytest.approx(start, abs=1e-4)  # what no dial shows stayed


def test_an_older_bundle_has_dials_by_its_map() -> None:
    codes = np.random.default_rng(1).normal(size=(100, 40)).astype(np.float32)
    assert Dials.of(Bundle("vae", {}, {}, {"map.codes": codes})).count == 16
    switches = Dials.switches(Bundle("sparse_ae", {}, {}, dials(codes)))
    assert switches.count == 40 and switches.low.max() == 0 and switches.high.min() == 1
