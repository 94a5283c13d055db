"""Every verb of every row: ideas come, they fit the codec, the same seed gives the same, bad input is told in words."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine.codecs import melody
from engine.codecs.catalog import codec as codec_of
from engine.codecs.codec import Tokens
from engine.commands.ask_verb import asked, ideas
from engine.corpus.dataset import Dataset, Split
from engine.errors import Cancelled, UserError
from engine.jobs.job import silent
from engine.models import bundle as bundles
from engine.models.registry import REGISTRY, Row
from engine.models.shelf import Shelf
from engine.options import changed
from engine.training import make
from engine.verbs import dream, harmonize, repair
from engine.verbs.catalog import VERBS, verbs_of
from engine.verbs.verb import Idea
from tests.engine.made_up import corpus
from tests.engine.small import QUICK, SMALL
from tests.engine.test_every_model import music

CASES = [
    pytest.param(row, verb.name, id=f"{row.name}-{verb.name}") for row in REGISTRY.values() for verb in verbs_of(row)
]


def small_bundle(row: Row, folder: Path) -> None:
    """An untrained network of a row with all that a bundle carries."""
    module, codec = row.load_module(), codec_of(row.codec)
    torch.manual_seed(3)
    options = changed(module.Options(), {**row.recipe.network, **SMALL[row.name]})
    network: Any = getattr(module, row.network)(options).eval()
    windows = corpus(row.codec, 48).numpy().astype(np.uint8)
    side = Split(windows, np.arange(len(windows), dtype=np.int32) // 4, tuple(f"Tune {n}" for n in range(12)))
    data = Dataset(side, side, 0)
    if hasattr(network, "settle"):
        network.settle(music(row, 48))
    header = {"options": dataclasses.asdict(options), "codec": row.codec, "corpus": {"title": "made up"}}
    made = bundles.Bundle(row.name, header, make._arrays(network))
    make._complete(made, network, data, codec)
    if "map.codes" in made.extras:  # untrained, it knows no quality for certain
        direction = np.ones(made.extras["map.codes"].shape[1], dtype=np.float32)
        made.extras.setdefault("map.vector.density", direction)
    bundles.write(made, folder / f"{row.name}.safetensors")


@pytest.fixture(scope="module")
def shelf(untrained: Callable[[str], Path]) -> Shelf:
    return Shelf([{untrained(name).parent for name in REGISTRY}.pop()])


def mine(row: Row, compound: bool = False) -> tuple[Tokens, ...]:
    """Two windows of music that no model has seen."""
    windows = corpus(row.codec, 4, seed=99).numpy().astype(np.uint8)
    return tuple(windows[1::2] if compound else windows[::2])


def quick(name: str) -> Any:
    """Options of a verb with which it is done in a moment; None: its own defaults."""
    return changed(VERBS[name].options(), QUICK[name]) if name in QUICK else None


@pytest.mark.parametrize(("row", "name"), CASES)
def test_a_verb_gives_ideas(shelf: Shelf, row: Row, name: str) -> None:
    for compound in (False, True) if row.codec in {"melody", "phrase", "period"} else (False,):
        about = asked(shelf, name, row.name, quick(name), mine(row, compound), compound)
        found = ideas(about, name, silent)
        assert found and all(idea.caption and idea.voices for idea in found)
        for idea in found:
            span = idea.ticks or about.span
            notes = [note for voice in idea.voices for note in voice.notes]
            assert all(0 <= note.start < note.end <= span for note in notes)
        assert found == ideas(asked(shelf, name, row.name, quick(name), mine(row, compound), compound), name, silent)


def test_every_row_can_be_asked_for_something_and_every_verb_is_offered() -> None:
    assert all(verbs_of(row) for row in REGISTRY.values())
    offered = {verb.name for row in REGISTRY.values() for verb in verbs_of(row)}
    assert offered == set(VERBS)


def test_what_cannot_be_done_is_said(shelf: Shelf) -> None:
    with pytest.raises(UserError, match="cannot do this"):
        asked(shelf, "dream", "vrae")
    with pytest.raises(UserError, match="nothing called"):
        asked(shelf, "sing", "vrae")
    with pytest.raises(UserError, match="needs one piece of 2 bars"):
        asked(shelf, "vary", "vrae")
    with pytest.raises(UserError, match="needs 2 pieces of 8 bars"):
        asked(shelf, "interpolate", "music_vae_hierarchical", windows=mine(REGISTRY["music_vae_hierarchical"])[:1])
    with pytest.raises(UserError, match="rounds is 99"):
        asked(shelf, "dream", "denoising_ae", dream.Options(rounds=99))


def test_a_verb_can_be_stopped(shelf: Shelf) -> None:
    def stop(done: float, total: float, text: str = "") -> None:
        raise Cancelled

    row = REGISTRY["denoising_ae"]
    with pytest.raises(Cancelled):
        ideas(asked(shelf, "repair", row.name, windows=mine(row)), "repair", stop)


def test_a_repair_leaves_the_rest_alone(shelf: Shelf) -> None:
    row = REGISTRY["denoising_ae"]
    about = asked(shelf, "repair", row.name, repair.Options(where="last bar"), mine(row))
    kept = about.codec.span_ticks(480) // 2
    given, _, *repairs = ideas(about, "repair", silent)
    first = [note for note in given.voices[0].notes if note.end <= kept]
    for idea in repairs:
        assert [note for note in idea.voices[0].notes if note.end <= kept] == first


def test_a_harmony_keeps_the_melody(shelf: Shelf) -> None:
    row = REGISTRY["deephear"]
    given, *others = ideas(asked(shelf, "harmonize", row.name, windows=mine(row)), "harmonize", silent)
    sounding = {(step, n.pitch) for n in given.voices[0].notes for step in range(n.start // 120, n.end // 120)}
    for idea in others:
        found = {(step, n.pitch) for n in idea.voices[0].notes for step in range(n.start // 120, n.end // 120)}
        assert sounding <= found


def test_a_harmony_that_is_stopped_leaves_what_was_found_by_then(shelf: Shelf) -> None:
    kept: list[Idea] = []
    sketched: list[Idea] = []
    about = asked(shelf, "harmonize", "deephear", harmonize.Options(count=2, iterations=60), mine(REGISTRY["deephear"]))
    watched = dataclasses.replace(about, keep=kept.append, sketch=sketched.append)

    def stop(done: float, total: float, text: str = "") -> None:
        if sketched:
            raise Cancelled

    with pytest.raises(Cancelled):
        ideas(watched, "harmonize", stop)
    assert [idea.caption for idea in kept] == ["1", "2"] and sketched[0].voices == kept[0].voices
    assert all(idea.voices[0].notes for idea in kept)


@pytest.mark.parametrize("start", dream.STARTS)
def test_dreams_begin_as_asked(shelf: Shelf, start: str) -> None:
    row = REGISTRY["denoising_ae"]
    about = asked(shelf, "dream", row.name, dream.Options(start=start, rounds=3), mine(row))
    window = dream.beginning(about, start, 1)
    assert window.shape == (32,) and window[0] != melody.HOLD
    found = ideas(about, "dream", silent)
    assert 2 <= len(found) <= 4 and found[0].caption == start


def test_an_end_of_a_walk_is_what_was_put_there(shelf: Shelf) -> None:
    row = REGISTRY["vae"]
    a, b = mine(row)
    found = ideas(asked(shelf, "interpolate", row.name, windows=(a, b)), "interpolate", silent)
    rows = {idea.row for idea in found}
    assert len(rows) == 2, "through the model, and notes mixed"
    for name in rows:
        line = [idea for idea in found if idea.row == name]
        codec = codec_of(row.codec)
        assert line[0].voices == codec.write(a, 480) and line[-1].voices == codec.write(b, 480)
