"""What was chosen in a verb's form comes back in the next session, as far as it still makes sense."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QSpinBox
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from app.panels.models.remembered import Remembered
from app.panels.models.verb_form import VerbForm
from app.settings import Preferences, Settings
from app.theme import LIGHT
from engine.models.registry import REGISTRY
from engine.verbs.catalog import VERBS

VAE, DRAW, HARMONIZE = REGISTRY["vae"], VERBS["draw"], VERBS["harmonize"]


def settings(tmp_path: Path, *lines: str) -> Settings:
    made = Settings(tmp_path / "settings.json")
    made.put(replace(Preferences(), options=lines))
    return made


def test_what_was_chosen_is_there_in_the_next_session_and_only_what_differs_is_written(tmp_path: Path) -> None:
    first = Remembered(Settings(tmp_path / "settings.json"))
    first.keep(VAE, DRAW, replace(DRAW.options(), count=9, temperature=0.25))
    first.keep(REGISTRY["mini_bach"], HARMONIZE, replace(HARMONIZE.options(), voice="bass", everyone=True))
    first.flush()
    assert len(json.loads((tmp_path / "settings.json").read_text(encoding="utf-8"))["options"]) == 4
    again = Remembered(Settings(tmp_path / "settings.json"))
    assert again.options(VAE, DRAW) == replace(DRAW.options(), count=9, temperature=0.25)
    assert again.options(REGISTRY["gan"], DRAW) == DRAW.options()
    assert again.options(REGISTRY["mini_bach"], HARMONIZE) == replace(HARMONIZE.options(), voice="bass", everyone=True)
    again.keep(VAE, DRAW, DRAW.options())
    again.flush()
    assert Remembered(Settings(tmp_path / "settings.json")).options(VAE, DRAW) == DRAW.options()


def test_another_session_goes_on_with_the_next_seed(tmp_path: Path) -> None:
    Remembered(kept := Settings(tmp_path / "settings.json")).ran(VAE, DRAW, replace(DRAW.options(), seed=4))
    assert Remembered(kept).options(VAE, DRAW).seed == 5


@pytest.mark.parametrize(
    "line",
    ["vae draw count=900", "vae draw count=many", "vae draw nonsense=3", "vae draw law=none", "vae draw", "", "=",
     "vae draw temperature=nan", "vae draw count=3=4"],
)  # fmt: skip
def test_what_makes_no_sense_any_more_is_as_usual(tmp_path: Path, line: str) -> None:
    kept = settings(tmp_path, line, "vae draw seed=7")
    assert Remembered(kept).options(VAE, DRAW) == replace(DRAW.options(), seed=7)


def test_what_a_form_does_not_show_is_as_usual(tmp_path: Path) -> None:
    kept = settings(tmp_path, "vae draw law=wide")
    assert Remembered(kept).options(VAE, DRAW).law == "wide"
    assert Remembered(kept).options(VAE, DRAW, {"law"}) == DRAW.options()


def test_the_usual_is_one_button_away_and_keeps_the_seed(qtbot: QtBot) -> None:
    form = VerbForm(DRAW, replace(DRAW.options(), count=9, seed=6), LIGHT)
    qtbot.addWidget(form)
    form.show()
    form.button.click()
    assert form.usual.isVisible() and form.options.count == 9
    with qtbot.waitSignal(form.changed):
        form.usual.click()
    assert form.options == replace(DRAW.options(), seed=6) and not form.usual.isVisible() and form.folded_out
    box = form._form.editors["count"]  # type: ignore[union-attr]
    assert isinstance(box, QSpinBox)
    box.setValue(2)
    assert form.usual.isVisible()
    form.run()
    form.run()
    box.setValue(DRAW.options().count)
    assert not form.usual.isVisible(), "a seed that has counted on is nothing to be put back"


def test_the_window_keeps_what_was_only_chosen_when_it_closes(window: MainWindow) -> None:
    window.models.remembered.keep(VAE, DRAW, replace(DRAW.options(), count=2))
    window.desk.keep()
    assert window.settings.preferences.options == ("vae draw count=2",)
