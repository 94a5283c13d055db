"""The pages about models: every placeholder is filled, what is missing is left out, what falls short is said."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QTextTable
from pytestqt.qtbot import QtBot

from app import studio
from app.panels.models.help_page import HelpPage
from app.panels.models.verb_fields import TITLES
from app.theme import DARK, LIGHT
from engine.evaluation.words import WORDS, meaning, written
from engine.models.bundle import read_header
from engine.models.help import MISSING, filled, page
from engine.models.registry import REGISTRY, row
from engine.resources import root

FOLDER = root() / "help"
LONGEST = 120  # lines


def header(**changes: Any) -> dict[str, Any]:
    figures = {"token_accuracy": 0.984, "onset_accuracy": 0.9, "compound_prior_fd": 7.25, "dream_distinct": 81.0}
    gates = [
        {"name": "token_accuracy", "value": 0.984, "gate": ">= 0.97", "holds": True},
        {"name": "onset_accuracy", "value": 0.9, "gate": ">= 0.93", "holds": False},
    ]
    made: dict[str, Any] = {
        "options": {"latent": 64, "batch": 32, "beta": 0.3},
        "corpus": {
            "title": "Old airs",
            "terms": "Public domain.",
            "train_tunes": 3327,
            "train_windows": 9,
            "held_out_tunes": 593,
        },
        "recipe": {"steps": 9000},
        "evaluation": {"figures": figures, "gates": gates},
        "twins": {"flat": {"token_accuracy": 0.5}},
        "curves": {"loss": {"steps": [1.0, 2.0, 3.0], "this one": [9.0, 5.0, 4.0], "flat": [9.0, 7.0, 6.5]}},
    }
    return made | changes


@pytest.mark.parametrize("name", list(REGISTRY))
def test_every_model_has_a_page_whose_placeholders_are_known(name: str) -> None:
    text = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST
    assert re.findall(r"^## (?:The idea|What it does for you|How to use it|What it cannot do)$", text, re.M)[0]
    figures = re.findall(r"\{(?:figure|twin:[a-z ]+):([a-z_]+)\}", text)
    assert [figure for figure in figures if figure not in WORDS] == []
    known = set(_options(name))
    assert [option for option in re.findall(r"\{option:([a-z_]+)\}", text) if option not in known] == []
    twins = {twin.name for twin in REGISTRY[name].recipe.twins}
    assert set(re.findall(r"\{twin:([a-z ]+):", text)) <= twins


def _options(name: str) -> set[str]:
    """Names of a network's options, read from the source: no torch here."""
    return _options_of(REGISTRY[name].module)


def _options_of(module: str) -> set[str]:
    source = Path(root().parent / (module.replace(".", "/") + ".py")).read_text(encoding="utf-8")
    inside = source[source.index("class Options") :].split("\nclass ", 1)[0]
    above = re.match(r"class Options\((\w+)\.Options\)", inside)  # those of another network, and more
    return set(re.findall(r"^    ([a-z_]+):", inside, re.M)) | (
        _options_of(f"engine.models.{above[1]}") if above else set()
    )


@pytest.mark.parametrize("name", list(REGISTRY))
def test_no_page_shows_a_placeholder(name: str) -> None:
    for told in (header(), {}):
        text = page(REGISTRY[name], told)
        assert "{" not in text and not re.search(r"^\? ", text, re.M)
    assert "Not trained yet" in page(REGISTRY[name], {}) and f"melomorph train {name}" in page(REGISTRY[name], {})


def test_paragraphs_without_their_numbers_are_left_out() -> None:
    parts = [
        "? {steps} steps on {corpus}.",
        "{figure:token_accuracy} and {figure:prior_fd}.",
        "? Twin: {twin:flat:token_accuracy}.",
    ]
    row, text = REGISTRY["vae"], "\n\n".join(parts)
    full = ["9\N{NARROW NO-BREAK SPACE}000 steps on Old airs.", f"98.4 % and {MISSING}.", "Twin: 50.0 %."]
    assert filled(text, row, header()).split("\n\n") == full
    assert filled(text, row, {}) == f"{MISSING} and {MISSING}."


def test_gates_say_what_holds_and_twins_stand_beside() -> None:
    text = page(REGISTRY["melody_vae"], header())
    assert "| Steps given back as they were | 98.4 % | at least 97.0 % | holds |" in text
    assert "| Notes given back as they were | 90.0 % | at least 93.0 % | **falls short** |" in text
    assert "| Steps given back as they were | 98.4 % | 50.0 % |" in text
    assert "| New melodies: distance from real ones, in 6/8 and 3/4 | 7.2 |" in text


def test_models_are_compared_with_those_they_are_best_compared_with() -> None:
    other = header(evaluation={"figures": {"token_accuracy": 0.7, "prior_fd": 60.0}})
    text = page(REGISTRY["vae"], header(), {"autoencoder": other, "vae": header(), "deephear": other})
    table = text[text.index("## Beside other models") :].split("\n\n")[1]
    assert table.splitlines() == [
        "| Figure | This one | Autoencoder |",
        "|---|--:|--:|",
        "| Steps of training | 9000 | 9000 |",
        "| Steps given back as they were | 98.4 % | 70.0 % |",
    ]
    assert "Beside other models" not in page(REGISTRY["vae"], header(), {"autoencoder": {}})


def test_what_sliders_move_is_one_table() -> None:
    names = ("density", "height")
    moved = {f"slider_{one}_moves_{other}": 0.9 if one == other else -0.05 for one in names for other in names}
    text = page(REGISTRY["vae"], header(evaluation={"figures": moved | {"density_slider_monotone": 0.9}}))
    assert "| density | +0.90 | -0.05 |" in text and "| height | -0.05 | +0.90 |" in text
    assert text.count("moves") == 2 and "| Melodies the density slider moves the right way | 90.0 % |" in text


def test_figures_are_written_as_they_are_read() -> None:
    assert written("held_out_tunes", 1234.0) == "1\N{NARROW NO-BREAK SPACE}234" and written("kl_nats", 35.04) == "35.0"
    assert written("latent_middle_nats", 0.4567) == "0.457" and written("compound_token_accuracy", 0.5) == "50.0 %"
    assert meaning("some_new_figure") == "Some new figure"


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_the_window_of_the_page(theme: Any, qtbot: QtBot) -> None:
    studio.make_application()
    made = HelpPage(REGISTRY["melody_vae"], header(), theme)
    qtbot.addWidget(made)
    made.show()
    assert "Melody VAE" in made.windowTitle() and "Old airs" in made.text.toPlainText()
    tables = [frame for frame in made.text.document().rootFrame().childFrames() if isinstance(frame, QTextTable)]
    assert len(tables) == 3
    assert made.curves is not None
    plots = made.curves.widget().plots  # type: ignore[attr-defined]
    assert list(plots) == ["loss"] and len(plots["loss"].listDataItems()) == 2
    assert "Flat: 9 … 6.5" in plots["loss"].accessibleDescription()
    assert made.text.verticalScrollBar().value() == 0


def test_a_page_without_curves_plots_nothing(qtbot: QtBot) -> None:
    made = HelpPage(REGISTRY["vae"], {}, LIGHT)
    qtbot.addWidget(made)
    assert made.curves is None and "Not trained yet" in made.text.toPlainText()
    broken = HelpPage(REGISTRY["vae"], {"curves": {"loss": "lost", "units": {"on": [1.0]}}}, LIGHT)
    qtbot.addWidget(broken)
    assert broken.curves is not None and broken.curves.widget().plots == {}  # type: ignore[attr-defined]


def test_what_a_file_says_is_shown_as_letters(qtbot: QtBot) -> None:
    """A model from elsewhere cannot put pictures, links or marks on its page."""
    nasty = "![x](file:///etc/passwd) <img src='file:///etc/passwd'> [y](http://x) **z** real_midi"
    header = {
        "options": {"kinds": nasty},
        "corpus": {"name": nasty, "title": nasty, "terms": nasty, "train_tunes": 3, "train_windows": 4},
        "twins": {nasty: {"asked_fd": 1.0}},
        "evaluation": {"figures": {"asked_fd": 2.0, nasty: 1.0}, "gates": []},
    }
    shown = HelpPage(row("label_gan~Mine"), header, DARK)
    qtbot.addWidget(shown)
    text, marked = shown.text.toPlainText(), shown.text.toHtml()
    assert "<img src='file:///etc/passwd'>" in text and "**z** real_midi" in text
    assert "<img" not in marked and 'href="http://x' not in marked and ">z<" not in marked


@pytest.mark.parametrize("name", list(REGISTRY))
def test_a_page_calls_options_as_the_form_does(name: str) -> None:
    text = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    said = set(re.findall(r"(?<!\*)\*([A-Z][a-z ]+)\*(?!\*)", text))
    assert said & {field.replace("_", " ").capitalize() for field in TITLES} - set(TITLES.values()) == set()


def test_a_page_with_tables_is_no_wider_than_its_window(qtbot: QtBot) -> None:
    studio.make_application()
    bundle = read_header(root() / "bundles" / "vae.safetensors")
    made = HelpPage(row("vae"), bundle, LIGHT)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    assert made.text.verticalScrollBar().maximum() > 0 == made.text.horizontalScrollBar().maximum()
