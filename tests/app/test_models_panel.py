"""The list of models: cards in groups, verbs as buttons with their forms, reasons instead of grey silence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QComboBox, QLabel
from pytestqt.qtbot import QtBot

from app import studio
from app.actions import ACTIONS
from app.desks.generate import GenerateDesk
from app.main_window import MainWindow
from app.music_given import Place, given
from app.panels.models.panel import ModelsPanel
from app.panels.models.verb_fields import unused
from app.panels.options_form import OptionsForm
from app.theme import DARK
from engine.commands.document import Document, Pin, Steering
from engine.errors import UserError
from engine.events import IdeasReady, JobChanged
from engine.models.registry import REGISTRY
from engine.models.shelf import Entry
from engine.options import option
from engine.score import Meter, Note, Score, Track
from engine.verbs.catalog import VERBS, verbs_of

BAR = 1920


def tune(bars: int, pitch: int = 60) -> Track:
    return Track.of([Note(480 * i, pitch + i % 5, 480) for i in range(4 * bars)], "Tune")


# which music is given --------------------------------------------------------------------------------------------


def test_one_window_is_the_selection_else_the_marker_else_the_playhead() -> None:
    score = Score((tune(8), Track.of([], "Empty")))
    steering, notes = Steering(at_tick=2 * BAR), score.tracks[0].columns
    chosen = given(score, steering, Place(0.0, 0, notes[:, 17:21]), "melody", 1)
    assert chosen.words == "Works on the selected notes in bars 5 to 6 of Tune."
    at_marker = given(score, steering, Place(0.0, 0, notes[:, :1]), "melody", 1)  # one note is no selection
    assert at_marker.words == "Works on bars 3 to 4 of Tune."
    elsewhere = given(score, replace(steering, at_tick=20 * BAR), Place(5 * BAR + 7, 0), "melody", 1)
    assert elsewhere.words == "Works on bars 6 to 7 of Tune."
    nothing = given(score, replace(steering, track=1), Place(0.0, 1), "melody4", 1)
    assert not nothing.sources and "four bars of your music" in nothing.why_not


def test_the_selected_notes_alone_are_given() -> None:
    score = Score((tune(2),))
    (window,) = given(score, Steering(), Place(0.0, 0, score.tracks[0].columns[:, :2]), "melody", 1).windows(
        _codec(), 480
    )
    assert (window >= 2).sum() == 2


def _codec() -> Any:
    from engine.codecs.catalog import codec

    return codec("melody")


def test_two_windows_are_pins_else_marker_and_selection() -> None:
    score, steering = Score((tune(8),)), Steering(at_tick=0)
    selected = Place(0.0, 0, score.tracks[0].columns[:, 16:24])
    assert (
        "bars 1 to 2 of Tune and the selected notes in bars 5 to 6"
        in given(score, steering, selected, "melody", 2).words
    )
    assert "set pins A and B" in given(score, steering, Place(), "melody", 2).why_not
    pins = tuple(Pin(label, (0.0,), score.tracks[0].notes[:8]) for label in "BAC")
    pinned = replace(steering, pins=pins)
    assert given(score, pinned, selected, "melody", 2).titles == ("Pin A", "Pin B")
    assert given(score, pinned, selected, "melody", 2, more=True).titles == ("Pin A", "Pin B", "Pin C")
    assert "passages of four bars" in given(score, pinned, Place(), "melody4", 2).why_not, "pins hold two bars only"


def test_bars_of_twelve_sixteenths_are_told_by_the_meter() -> None:
    score = Score((tune(4),), meters=(Meter(0, 6, 8),))
    found = given(score, Steering(at_tick=50 * BAR), Place(0.0, 0), "melody", 1)
    assert found.sources[0].compound and found.words == "Works on bars 1 to 2 of Tune."
    assert not given(score, Steering(at_tick=50 * BAR), Place(), "chorale", 1, texture=True).sources[0].compound


def test_chorales_hear_all_tracks() -> None:
    score = Score((tune(4), tune(4, 48), Track.of([Note(0, 36, 480)], drums=True)))
    (source,) = given(score, Steering(), Place(), "chorale", 1, texture=True).sources
    assert len(source.tracks) == 2 and source.words == "bars 1 to 4 of all tracks"


# the panel --------------------------------------------------------------------------------------------------------


class Asking:
    """Remembers what was asked of the engine."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []

    def verb(self, *words: Any) -> int:
        self.asked.append(words)
        return len(self.asked)

    def choose_map(self, name: str) -> None:
        self.asked.append(("map", name))


@dataclass
class Desk:
    """A session as far as the panel needs one."""

    document: Document
    ask: Asking

    @property
    def score(self) -> Score:
        return self.document.score

    @property
    def steering(self) -> Steering:
        return self.document.steering


@pytest.fixture
def made(qtbot: QtBot) -> Iterator[tuple[ModelsPanel, Desk, list[str]]]:
    """A panel of its own over a session that only remembers; every model trained but deephear."""
    session = Desk(Document(Score((tune(8),))), Asking())
    shown: list[str] = []
    desk = GenerateDesk(session, lambda: Place(), lambda: None, lambda: None)  # type: ignore[arg-type]
    desk.playable = True
    studio.make_application()
    panel = ModelsPanel({action.id: QAction(action.title) for action in ACTIONS}, desk, DARK)
    panel.help_asked.connect(shown.append)
    panel.failed.connect(lambda error: shown.append(str(error)))
    qtbot.addWidget(panel)
    panel.set_on_map("melody_vae")
    panel.show_entries([entry(name) for name in REGISTRY], verbs_of)
    panel.resize(260, 700)
    panel.show()
    yield panel, session, shown


def entry(name: str) -> Entry:
    header = {"map": {"titles": ["One"]}} if REGISTRY[name].codec == "melody" else {"options": {}}
    trained = name != "deephear"
    return Entry(REGISTRY[name], Path(f"{name}.safetensors") if trained else None, header if trained else {})


Made = tuple[ModelsPanel, Desk, list[str]]


def test_every_model_has_a_card_and_only_that_of_the_map_is_open(made: Made) -> None:
    panel, _, _ = made
    assert list(panel.cards) == list(REGISTRY)
    assert [name for name, card in panel.cards.items() if card.is_open] == ["melody_vae"]
    assert panel.cards["vae"].body is None, "what is not looked at is not made"
    heads = [label.text() for label in panel.findChildren(QLabel) if label.property("role") == "group"]
    assert heads == list(dict.fromkeys(row.group for row in REGISTRY.values()))
    panel.open("vae")
    assert panel.cards["vae"].is_open and not panel.cards["melody_vae"].is_open
    panel.cards["vae"].head.click()
    assert not panel.cards["vae"].is_open


def test_verbs_are_those_of_the_model(made: Made) -> None:
    panel, _, _ = made
    for name, card in panel.cards.items():
        panel.open(name)
        assert list(card.forms) == [verb.name for verb in verbs_of(REGISTRY[name])]


def test_a_model_without_weights_says_how_to_get_them(made: Made) -> None:
    panel, _, _ = made
    panel.open("deephear")
    card = panel.cards["deephear"]
    assert "melomorph train deephear" in card.reason.text() and card.reason.isVisible()
    assert "not trained" in card.head.accessibleName()
    form = card.forms["draw"]
    assert not form.button.isEnabled() and form.button.toolTip() == card.reason.text()


def test_running_asks_the_engine_with_the_music_at_hand(made: Made) -> None:
    panel, session, _ = made
    panel.open("denoising_ae")
    form = panel.cards["denoising_ae"].forms["repair"]
    form.button.click()
    assert form.fold.isVisible() and form.music.text() == "Works on bars 1 to 2 of Tune."
    form.go.click()
    verb, model, options, windows, compound, titles, passage = session.ask.asked[0]
    assert (verb, model, compound, titles) == ("repair", "denoising_ae", False, ("Bars 1 to 2 of Tune",))
    assert options == VERBS["repair"].options() and len(windows) == 1 and passage.at_tick == 0
    assert not form.go.isEnabled() and "at work" in form.music.text()
    panel.on_event(JobChanged(1, "Repair", "done"))
    assert form.go.isEnabled()


def test_the_same_again_is_drawn_with_the_next_seed(made: Made) -> None:
    panel, session, _ = made
    form = panel.cards["melody_vae"].forms["draw"]
    form.button.click()
    for _ in range(2):
        form.run()
    form._form.editors["count"].setValue(3)  # type: ignore[union-attr,attr-defined]
    form.run()
    assert [(a[2].seed, a[2].count) for a in session.ask.asked] == [(1, 4), (2, 4), (2, 3)]


def test_options_are_remembered_and_only_one_form_is_open(made: Made) -> None:
    panel, _, _ = made
    card = panel.cards["melody_vae"]
    card.forms["draw"].button.click()
    card.forms["draw"]._form.editors["count"].setValue(9)  # type: ignore[union-attr,attr-defined]
    card.forms["vary"].button.click()
    assert not card.forms["draw"].folded_out and card.forms["vary"].folded_out
    card.forms["draw"].run()
    panel.show_entries([entry(name) for name in REGISTRY], verbs_of)
    assert panel.cards["melody_vae"].forms["draw"].options.count == 9


def test_music_that_is_missing_is_asked_for_in_words(made: Made) -> None:
    panel, session, shown = made
    session.document = Document(Score((Track.of([], "Tune"),)))
    panel.refresh()
    form = panel.cards["melody_vae"].forms["vary"]
    form.button.click()
    assert not form.go.isEnabled() and "two bars of your music" in form.music.text()
    form.run()
    assert session.ask.asked == [] or shown, "and nothing happens by another door"


def test_a_dream_of_mine_needs_music_and_one_of_noise_does_not(made: Made) -> None:
    panel, session, _ = made
    session.document = Document(Score((Track.of([], "Tune"),)))
    panel.open("denoising_ae")
    form = panel.cards["denoising_ae"].forms["dream"]
    form.button.click()
    assert form.go.isEnabled() and not form.music.isVisible()
    box = form._form.editors["start"]  # type: ignore[union-attr]
    assert isinstance(box, QComboBox)
    box.setCurrentText("Mine")
    box.activated.emit(box.currentIndex())
    assert not form.go.isEnabled() and "two bars of your music" in form.music.text()


def test_show_on_map_for_models_that_have_one(made: Made) -> None:
    panel, session, _ = made
    panel.open("vae")
    card = panel.cards["vae"]
    assert card.show_map.isVisible() and not card.buttons["generate.four"].isVisible()
    card.show_map.click()
    assert session.ask.asked == [("map", "vae")]
    panel.set_on_map("vae")
    assert not card.show_map.isVisible() and card.buttons["generate.four"].isVisible()
    panel.open("auto_bach")
    assert not panel.cards["auto_bach"].show_map.isVisible()


def test_a_card_leads_to_what_is_worked_on_by_hand(made: Made) -> None:
    panel, _, _ = made
    asked: list[tuple[str, str]] = []
    panel.panel_asked.connect(lambda name, where: asked.append((name, where)))
    panel.open("vq_vae")
    for button in panel.cards["vq_vae"].by_hand:
        button.click()
    assert asked == [("vq_vae", "dials"), ("vq_vae", "bricks")]
    panel.open("deephear")
    assert not any(button.isEnabled() for button in panel.cards["deephear"].by_hand)


def test_search_keeps_what_fits(made: Made) -> None:
    panel, _, _ = made
    panel.search.setText("repair")
    shown = [name for name, card in panel.cards.items() if not card.isHidden()]
    assert "denoising_ae" in shown and "auto_bach" not in shown
    panel.search.setText("no such model")
    assert panel._none.isVisible()
    panel.search.setText("")
    assert not panel._none.isVisible() and all(not card.isHidden() for card in panel.cards.values())


def test_up_and_down_go_from_head_to_head(made: Made, qtbot: QtBot) -> None:
    panel, _, _ = made
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    heads = [card.head for card in panel.cards.values()]
    heads[0].setFocus()
    qtbot.keyClick(heads[0], Qt.Key.Key_Down)
    assert QApplication.focusWidget() is heads[1]
    assert [bool(head.focusPolicy() & Qt.FocusPolicy.TabFocus) for head in heads[:3]] == [False, True, False]
    qtbot.keyClick(heads[1], Qt.Key.Key_Right)
    assert panel.cards[list(panel.cards)[1]].is_open
    qtbot.keyClick(heads[1], Qt.Key.Key_Left)
    assert not panel.cards[list(panel.cards)[1]].is_open


def test_what_fails_is_said(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    panel, session, shown = made

    def refuse(*words: object) -> int:
        raise UserError("Too little music.", "Draw more.")

    monkeypatch.setattr(session.ask, "verb", refuse)
    panel.cards["melody_vae"].forms["draw"].run()
    assert shown == ["Too little music. Draw more."]
    panel.cards["melody_vae"].about.click()
    assert shown[-1] == "melody_vae"


# forms --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choosing:
    law: str = option("small_steps", "a law", choices=("small_steps", "box"))
    plain: str = option("x", "any text")


def test_choices_make_a_box(qtbot: QtBot) -> None:
    form = OptionsForm(Choosing(), narrow=True)
    qtbot.addWidget(form)
    box = form.editors["law"]
    assert isinstance(box, QComboBox) and [box.itemText(i) for i in range(2)] == ["Small steps", "Box"]
    box.setCurrentIndex(1)
    assert form.options == Choosing("box") and not isinstance(form.editors["plain"], QComboBox)
    assert box.toolTip() == "A law" == box.accessibleDescription()


# in the window ------------------------------------------------------------------------------------------------------


def test_the_window_asks_and_the_engine_answers(window: MainWindow, qtbot: QtBot) -> None:
    heard: list[Any] = []
    window.bridge.heard.connect(heard.append)
    studio.wake(window)
    qtbot.waitUntil(lambda: window.verbs.playable, timeout=20_000)
    form = window.models.cards["melody_vae"].forms["vary"]
    form.button.click()
    assert form.music.text() == "Works on bars 1 to 2 of Melody."
    form.go.click()
    qtbot.waitUntil(lambda: any(isinstance(event, IdeasReady) for event in heard), timeout=60_000)
    ready = next(event for event in heard if isinstance(event, IdeasReady))
    assert (ready.verb, ready.model) == ("vary", "melody_vae") and len(ready.ideas) == 8
    qtbot.waitUntil(form.go.isEnabled)


def test_options_a_model_has_no_use_for_are_not_shown(made: Made) -> None:
    panel, _, _ = made
    for name, shown in (("vae", True), ("melody_vae", False)):
        panel.open(name)
        form = panel.cards[name].forms["draw"]
        form.button.click()
        assert form._form is not None and ("law" in form._form.editors) is shown and "spread" in form._form.editors
        assert form.options == VERBS["draw"].options()


@pytest.mark.parametrize("name", REGISTRY)
def test_what_is_hidden_is_what_the_model_does_not_know(name: str) -> None:
    row = REGISTRY[name]
    known = {field.name for field in fields(row.load_module().SampleOptions)}
    if VERBS["draw"].offered_by(row):
        hidden = unused(row, VERBS["draw"])
        assert hidden == {"kind", "law", "spread", "density", "throws"} - known
    for verb in verbs_of(row):
        assert unused(row, verb) < {field.name for field in fields(verb.options)}
