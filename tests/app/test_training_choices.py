"""What the sheet of a training proposes and says, without a window: music, lengths, times, the report in words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from app.panels.options_form import OptionsForm
from app.panels.training.survey_words import WINDOWS, about, counted, head, hours, learns, verdict
from app.training.choices import LONGEST, OWN, SHORTEST, TOLD_APART, collections, sensible, terms, warning, why_not
from app.training.duration import ROUGH, Pace, in_all, pace_of, steps, time_words
from engine.codecs.catalog import NAMES
from engine.corpus.survey import Survey, Told, Worry
from engine.models.registry import REGISTRY, row
from engine.models.shelf import Shelf
from engine.resources import root
from engine.training.options import TrainOptions, by_recipe
from engine.training.times import Times

NONE = Worry("Nothing in this folder can be learnt by this model.", "It needs four voices.")
FEW = Worry("This is little music.", "Begin with the shipped model, or add more files.")
CHIP = "CPU (x86_64, 2 cores)"


def found(folder: str, **more: object) -> Survey:
    """A folder in which there is much to learn for melodies, little for whole tunes, nothing for choirs."""
    windows = {name: 3_240 for name in NAMES} | {"chorale": 0, "tune": 41, "period": 12}
    worries = {"chorale": (NONE,), "tune": (FEW,)}
    made = Survey(
        folder, 52, 50, skipped=tuple(Told(f"old/{n}.mid", "it is cut off") for n in range(2)), hours=3.25,
        repaired=(Told("a.mid", "a note that never ends"),), meters={"4/4": 30, "6/8": 20}, keys={"G major": 50},
        pieces=dict.fromkeys(NAMES, 50), windows=windows, worries=worries,
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


# choices -----------------------------------------------------------------------------------------------------------


def test_what_a_model_can_learn_from() -> None:
    melodies, voices = collections(row("vae")), collections(row("mini_bach"))
    assert next(iter(melodies)) == row("vae").recipe.corpus and list(melodies)[-1] == OWN
    assert {"oneill", "essen"} <= set(melodies) and "chorales" not in melodies
    assert "chorales" in voices and "oneill" not in voices
    assert "never shipped" in terms("essen") and "Nothing leaves" in terms(OWN)
    assert "give it away" in warning("essen") and not warning("oneill") and not warning(OWN)
    for known in REGISTRY.values():
        assert list(collections(known))[-1] == OWN


def test_how_long_is_proposed() -> None:
    known = row("vae")
    assert sensible(known, None, 34_088, fine=False) == by_recipe(known.recipe)
    assert sensible(known, 20_000, 34_088, fine=False).minutes == LONGEST
    assert sensible(known, 30, 34_088, fine=False).minutes == SHORTEST
    middle = sensible(known, 3_240, 34_088, fine=False)
    assert SHORTEST < middle.minutes < LONGEST and middle.learning_rate == by_recipe(known.recipe).learning_rate
    gentle = sensible(known, 3_240, 34_088, fine=True, device="cpu")
    assert gentle.minutes < middle.minutes and gentle.device == "cpu"
    assert gentle.learning_rate == pytest.approx(by_recipe(known.recipe).learning_rate / 3, rel=0.02)
    assert sensible(known, None, 34_088, fine=True).steps == by_recipe(known.recipe).steps // 3


def test_models_that_tell_kinds_apart_are_known() -> None:
    """Their networks have an option of that name; the sheet does not open them to look."""
    asking = {known.name for known in REGISTRY.values() if hasattr(known.load_module().Options(), "kinds")}
    assert asking == set(TOLD_APART)


def test_why_nothing_can_be_learnt() -> None:
    melodies = found("x")
    assert why_not(row("vae"), melodies, {}) == "" and why_not(row("celtic_lstm"), melodies, {}) == ""
    assert why_not(row("mini_bach"), melodies, {}) == f"{NONE.what} {NONE.remedy}"
    assert "too little" in why_not(row("music_vae_16"), melodies, {})
    assert "at least two sub-folders" in why_not(row("label_gan"), melodies, {})
    kinds = replace(melodies, kinds=("jig", "reel", "waltz"))
    assert not why_not(row("label_gan"), kinds, {})
    assert "exactly two sub-folders" in why_not(row("cycle_gan"), kinds, {})
    assert "hymn, march" in why_not(row("label_gan"), kinds, {"options": {"kinds": "hymn,march"}})
    assert not why_not(row("label_gan"), kinds, {"options": {"kinds": "hymn,reel"}})


# times -------------------------------------------------------------------------------------------------------------


def test_how_fast_a_model_will_learn() -> None:
    took = {"took": {"steps": 900, "seconds": 100.0, "chip": CHIP}}
    assert pace_of(row("vae"), took, {"vae": 3.0}, CHIP, {}) == Pace(3.0)
    assert pace_of(row("vae~Mine"), took, {"vae": 3.0}, CHIP, {}) == Pace(3.0)
    assert pace_of(row("vae"), took, {}, CHIP, {}) == Pace(9.0)
    assert pace_of(row("vae"), took, {}, "NVIDIA", {}) == Pace(9.0, guess=True)
    for entry in Shelf([root() / "bundles"]).entries():
        assert entry.row.name in ROUGH or entry.header["took"]["seconds"] > 0, entry.row.name
        assert pace_of(entry.row, {}, {}, "", {}).guess


def test_what_was_timed_on_this_computer_is_believed() -> None:
    times = {"vae": Times(7.0, 8.0, 20.0, f"{CHIP}, bfloat16"), "vrae": Times(0.0, 10.0, 30.0)}
    assert pace_of(row("vae"), {}, {}, CHIP, times) == Pace(7.0, False, 28.0, True)
    assert pace_of(row("vae"), {}, {}, "NVIDIA", times).guess, "another chip"
    assert pace_of(row("vrae"), {}, {}, CHIP, times) == Pace(ROUGH["vrae"], True, 40.0, True)
    assert pace_of(row("gan"), {}, {}, CHIP, times).around == 9.0 + 25.0, "as others took"
    words = time_words(TrainOptions(steps=6_000), pace_of(row("vae"), {}, {}, CHIP, times))
    assert words == "About 14 min, and 28 s for reading and measuring, as last time."


def test_how_long_it_takes_in_words() -> None:
    known, guess = Pace(10.0), Pace(10.0, guess=True)
    words = time_words(TrainOptions(steps=6_000), known, CHIP)
    besides = "and perhaps 2 min for reading and measuring: that was not timed here yet."
    assert words == f"About 10 min on {CHIP}, {besides}"
    assert "guessed from another computer" in time_words(TrainOptions(steps=6_000), guess)
    assert "another size" in time_words(TrainOptions(steps=6_000), known, network=True)
    assert time_words(TrainOptions(minutes=20.0), known).startswith("It learns for 20 min: about 12,000 steps")
    timed = replace(known, around=60.0, timed=True)
    assert (
        in_all(TrainOptions(minutes=8.0), guess) == in_all(TrainOptions(minutes=8.0), known) == "Perhaps 10 min in all."
    )
    assert in_all(TrainOptions(minutes=8.0), replace(timed, guess=True)) == "About 9 min in all."
    assert in_all(TrainOptions(steps=6_000), timed) == "About 11 min in all."
    assert in_all(TrainOptions(steps=6_000), replace(timed, guess=True)) == "Perhaps 11 min in all."
    assert (steps(12_345), steps(7), steps(0.2)) == ("12,000", "7", "0")


# words -------------------------------------------------------------------------------------------------------------


def test_a_report_in_words() -> None:
    known = found("x", kinds=tuple("abcdefghij"))
    assert head(known) == "50 of 52 files were read: 3.2 h of music."
    assert head(replace(known, files=50)).startswith("All 50 files were read")
    assert head(replace(known, files=1, read=1)).startswith("One file was read: ")
    twice = replace(known, copies=(Told("b.mid", "the same as a.mid"),) * 2)
    assert head(twice) == "All 52 files were read, 2 of them copies of others: 3.2 h of music."
    once = replace(known, copies=twice.copies[:1])
    assert head(once).startswith("51 of 52 files were read, one of them a copy of another: ")
    assert "None of the 3" in head(Survey("x", 3, 0)) and "no music" in head(Survey("x", 0, 0))
    assert (hours(0.001), hours(0.5), hours(12)) == ("1 min", "30 min", "12.0 h")
    assert about(known).splitlines()[0] == "Meters: 4/4 (30), 6/8 (20)" and about(known).endswith("h and 2 more")
    assert counted({str(n): 9 - n for n in range(5)}).endswith("3 (6) and one other")
    assert counted({str(n): 9 - n for n in range(6)}).endswith("3 (6) and 2 others")
    assert learns(row("vae"), known) == "VAE would learn from 3,240 windows, two bars of melody each, of 50 melodies."
    assert learns(row("vae"), replace(known, pieces={"melody": 1})).endswith("of one melody.")
    choir = replace(known, windows={"chorale": 9}, pieces={"chorale": 2})
    assert learns(row("mini_bach"), choir).endswith("of 2 pieces.")
    assert "nothing" in learns(row("mini_bach"), known)
    said = [verdict(row(name), known) for name in ("vae", "mini_bach", "celtic_lstm")]
    assert said == ["Enough.", NONE.remedy, FEW.what]
    assert set(WINDOWS) == set(NAMES)


def test_a_form_shows_small_numbers_whole(qtbot: QtBot) -> None:
    made = OptionsForm(TrainOptions(learning_rate=5e-5, average=0.998))
    qtbot.addWidget(made)
    assert made.options == TrainOptions(learning_rate=5e-5, average=0.998)


def test_a_form_tells_ranges_and_what_is_usual(qtbot: QtBot) -> None:
    made = OptionsForm(TrainOptions(), usual=TrainOptions(steps=9_000))
    qtbot.addWidget(made)
    said = {name: editor.accessibleDescription() for name, editor in made.editors.items()}
    assert said["steps"] == "Optimiser steps · at least 1 · usually 9000"
    assert said["average"].endswith("0 to 1 · usually 0.999") and "usually" not in said["device"]
