"""The dials over small untrained models: turned, drawn, locked, encoded, heard and used."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.bridge import Bridge
from app.music_given import Place
from app.panels.dials.model import Chosen
from app.panels.dials.panel import DialsPanel
from app.theme import DARK, LIGHT
from app.views.slider_row import STEPS
from engine.commands.document import Document
from engine.events import DialsHeard, Failed
from engine.latent.dials import Dials
from engine.latent.naming import DialName
from engine.models.registry import REGISTRY
from engine.score import Note, Origin, Score, Track
from engine.session import Session, SessionPaths
from tests.small_bundles import keep_small

BAR = 1920


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("models")
    for name in ("vae", "sparse_ae"):
        keep_small(name, made)
    return made


class Desk:
    """A shown panel over a session; waits for what was asked."""

    def __init__(self, qtbot: QtBot, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        melody = Track.of([Note(i * 480, 60 + i % 5, 440) for i in range(16)], "Melody")
        self.qtbot = qtbot
        self.session = Session(SessionPaths(bundles=folder), audio=False, document=Document(Score((melody,))))
        self.heard: list[bool] = []
        self.failed: list[Failed] = []
        self.session.player.available = None
        monkeypatch.setattr(self.session.player, "preview_voices", lambda *how: self.heard.append(how[3]))
        self.bridge = Bridge(self.session.events)
        self.panel = DialsPanel(self.session, LIGHT, lambda: (BAR, 0), Place)
        self.bridge.heard.connect(self.panel.on_event)
        self.bridge.heard.connect(lambda event: self.failed.append(event) if isinstance(event, Failed) else None)
        qtbot.addWidget(self.panel)
        self.panel.resize(320, 480)

    def show(self, model: str) -> None:
        self.panel.show_model(model)
        self.panel.show()
        self.qtbot.waitUntil(lambda: bool(self.panel.bench.voices), timeout=20_000)

    def answered(self, act: Callable[[], object]) -> None:
        """Do something and wait until the newest answer is shown."""
        seen: list[DialsHeard] = []
        listen = self.session.events.subscribe(lambda e: seen.append(e) if isinstance(e, DialsHeard) else None)
        act()
        chosen = self.panel.chosen
        assert chosen is not None
        self.qtbot.waitUntil(lambda: bool(seen) and seen[-1].request == chosen.asked)
        self.qtbot.waitUntil(lambda: self.panel.bench.voices == seen[-1].voices)
        listen()

    @property
    def code(self) -> tuple[float, ...]:
        assert self.panel.chosen is not None
        return self.panel.chosen.code


@pytest.fixture
def desk(qtbot: QtBot, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    made = Desk(qtbot, folder, monkeypatch)
    yield made
    made.panel.bench.sound.stop()
    made.bridge.close()
    made.session.close()
    assert not made.failed


def test_a_dial_moves_its_unit_alone_and_is_heard(desk: Desk) -> None:
    desk.show("vae")
    before, row = desk.code, desk.panel.rack.rows[2]
    assert desk.heard == []  # coming up is silent
    desk.answered(lambda: row.slider.setValue(STEPS))
    assert desk.code[2] == pytest.approx(row.spec.high) and desk.heard
    assert [v for i, v in enumerate(desk.code) if i != 2] == pytest.approx([v for i, v in enumerate(before) if i != 2])
    assert desk.session.history.labels == []


def test_the_hand_on_a_dial_follows_the_beat(desk: Desk) -> None:
    desk.show("vae")
    row = desk.panel.rack.rows[0]
    row.slider.setSliderDown(True)
    for steps in (100, 300, 500):
        desk.answered(lambda steps=steps: row.slider.setValue(steps))  # type: ignore[misc]
    assert desk.heard == [True, True, True]
    desk.answered(lambda: row.slider.resting.emit())
    row.slider.setSliderDown(False)
    assert desk.code[0] == pytest.approx(row.spec.rest)


def test_random_leaves_locked_dials(desk: Desk) -> None:
    desk.show("vae")
    desk.answered(desk.panel.draw)
    desk.panel.rack.rows[1].lock.setChecked(True)
    kept = desk.code
    desk.panel.draw()
    desk.qtbot.waitUntil(lambda: desk.code[0] != kept[0])
    desk.qtbot.waitUntil(lambda: desk.panel.chosen is not None and desk.panel.chosen.drawing == 0)
    assert desk.code[1] == pytest.approx(kept[1]) and desk.code[3] != kept[3]
    assert desk.panel.rack.rows[1].value == pytest.approx(kept[1])
    assert "seed" in desk.panel.says.text()


def test_my_bars_set_the_dials_and_reset_puts_them_back(desk: Desk) -> None:
    desk.show("vae")
    rest = desk.code
    desk.answered(desk.panel.head.encode.click)
    assert desk.code != rest and "bar" in desk.panel.says.text().lower()
    assert desk.panel.rack.rows[4].value == pytest.approx(desk.code[4])
    desk.answered(desk.panel.head.reset.click)
    assert desk.code == pytest.approx(rest)


def test_use_it_is_one_undo_step(desk: Desk) -> None:
    desk.show("vae")
    before = desk.session.document
    desk.panel.bench.use.click()
    written = [n for n in desk.session.score.tracks[0].notes if BAR <= n.start < 3 * BAR]
    assert written == list(desk.panel.bench.written) and written
    assert all(note.origin is Origin.GENERATED for note in written)
    assert desk.session.history.labels == ["dials"]
    desk.session.history.undo()
    assert desk.session.document == before


def test_a_dictionary_has_switches_the_most_used_first(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    often = torch.linspace(0, 1, 40)
    network: Any = desk.session.shelf.network("sparse_ae")
    network.often.copy_(often)
    desk.show("sparse_ae")
    desk.qtbot.waitUntil(lambda: desk.panel.chosen is not None and bool(desk.panel.chosen.often))
    order = list(desk.panel.rack.rows)
    assert order[0] == 40 and order[1:4] == [39, 38, 37] and len(order) == 32  # the register, then by use
    switch = desk.panel.rack.rows[39].switch
    assert switch is not None and desk.panel.rack.rows[40].switch is None
    desk.answered(lambda: switch.setChecked(True))
    assert desk.code[39] == 1.0
    desk.answered(lambda: switch.setChecked(False))
    assert desk.code[39] == 0.0


def test_the_law_is_asked_of_those_who_have_one(desk: Desk) -> None:
    desk.show("sparse_ae")
    assert desk.panel.head.law.isEnabled()
    desk.panel.head.law.setCurrentIndex(desk.panel.head.law.findData("wide"))
    desk.answered(desk.panel.draw)
    assert sum(v in (0.0, 1.0) for v in desk.code) > len(desk.code) / 2


def test_a_model_without_dials_says_so_in_one_line(desk: Desk) -> None:
    desk.panel.show_model("vq_vae")  # not trained here
    desk.panel.show()
    assert "not trained" in desk.panel._why.text() and desk.panel.bench.isHidden()
    assert {desk.panel.models.itemData(i) for i in range(desk.panel.models.count())} == {"vae", "sparse_ae"}


def test_dragging_keeps_the_frame(desk: Desk) -> None:
    desk.show("vae")
    slider = desk.panel.rack.rows[0].slider
    slider.setSliderDown(True)
    began = time.thread_time()  # of this thread: a busy machine is not a slow panel
    for steps in range(0, STEPS, 12):
        slider.setValue(steps)
        QApplication.processEvents()
        desk.panel.grab()
    assert (time.thread_time() - began) / 50 < 0.016
    slider.setSliderDown(False)


def test_a_code_from_elsewhere_is_taken(desk: Desk) -> None:
    code = (0.5, -1.0, 0.0, 0.25, 1.0, 2.0)
    desk.panel.take("vae", code)
    desk.panel.show()
    desk.qtbot.waitUntil(lambda: bool(desk.panel.bench.voices), timeout=20_000)
    assert desk.code == pytest.approx(code) and desk.heard
    desk.answered(lambda: desk.panel.take("vae", code[::-1]))
    assert desk.panel.rack.rows[5].value == pytest.approx(0.5)


def test_themes_and_names(desk: Desk) -> None:
    desk.show("vae")
    desk.panel.set_theme(DARK)
    assert all(row.slider.accessibleName() and row.lock.accessibleName() for row in desk.panel.rack.rows.values())
    assert not desk.panel.grab().isNull()
    assert desk.panel.rack.rows[0].slider.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_found_dials_are_called_what_they_were_measured_to_do() -> None:
    names = (
        DialName("calmer", "busier", (), 0.71, "density"),
        DialName(strength=0.1),
        DialName(also=("higher", "leaping"), strength=0.9, quality="height"),
        DialName(strength=0.2),
    )
    low, high = np.array([-1.0, -1, 0, 0]), np.array([1.0, 1, 1.5, 1.5])
    chosen = Chosen(REGISTRY["info_gan"], Dials(np.zeros(5), low, high, np.eye(4, 5), names))
    specs = chosen.specs()
    assert [spec.name for spec in specs] == ["calmer \N{EN DASH} busier", "Slider 2", "1: higher", "Family 2"]
    assert "0.71" in specs[0].hint and "nothing" in specs[1].hint
    assert "higher and leaping" in specs[2].hint and "Like the others" in specs[3].hint
    assert (specs[0].low, specs[0].high, specs[0].rest) == (-1, 1, 0)
