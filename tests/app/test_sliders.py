"""The sliders over a real engine: live while they move, one undo step when let go."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from pytestqt.qtbot import QtBot

from app.bridge import Bridge
from app.main_window import MainWindow
from app.panels.sliders.panel import SlidersPanel, attribute_words, read_amount, read_surprise
from app.theme import DARK, LIGHT
from app.views.slider_row import STEPS, CentreSlider
from engine.events import Failed, MapReady, MelodyMorphed
from engine.session import Session

LEFT = Qt.MouseButton.LeftButton


class Desk:
    """A shown panel over a session whose decoder is warm."""

    def __init__(self, qtbot: QtBot, session: Session) -> None:
        self.qtbot, self.session = qtbot, session
        self.heard: list[object] = []
        self.bridge = Bridge(session.events)
        self.panel = SlidersPanel(session, LIGHT)
        qtbot.addWidget(self.panel)
        self.panel.resize(320, 220)
        self.panel.show()
        self.bridge.heard.connect(self.panel.on_event)
        self.bridge.heard.connect(self.heard.append)
        assert not self.panel.isEnabled()  # nothing to steer yet
        session.ask.load_map()
        qtbot.waitUntil(lambda: any(isinstance(e, MapReady) and e.playable for e in self.heard), timeout=20_000)

    def slider(self, name: str) -> CentreSlider:
        return self.panel.rows[name].slider

    def drag(self, name: str, *shares: float, release: bool = True) -> None:
        slider = self.slider(name)
        places = [QPoint(round(8 + (slider.width() - 16) * share), slider.height() // 2) for share in shares]
        self.qtbot.mousePress(slider, LEFT, pos=places[0])
        for place in places[1:]:
            self.qtbot.mouseMove(slider, place)
        if release:
            self.qtbot.mouseRelease(slider, LEFT, pos=places[-1])


@pytest.fixture
def desk(qtbot: QtBot, map_session: Session) -> Iterator[Desk]:
    made = Desk(qtbot, map_session)
    yield made
    made.bridge.close()
    assert not [event for event in made.heard if isinstance(event, Failed)]


def test_a_drag_is_live_and_one_undo_step(desk: Desk) -> None:
    before, score = desk.session.steering, desk.session.score
    desk.drag("density", 0.5, 0.6, 0.7, 0.8, release=False)
    desk.qtbot.waitUntil(lambda: any(isinstance(event, MelodyMorphed) for event in desk.heard))
    assert desk.session.score is score
    slider = desk.slider("density")
    desk.qtbot.mouseRelease(slider, LEFT, pos=QPoint(slider.width() - 60, 12))
    assert desk.session.history.labels == ["density"]
    assert desk.session.steering.sliders["density"] == pytest.approx(1.8, abs=0.1)
    assert desk.session.score != score
    desk.session.history.undo()
    assert desk.session.steering == before and slider.value() == STEPS // 2


def test_double_click_puts_it_back(desk: Desk) -> None:
    desk.drag("height", 0.5, 0.1)
    assert desk.panel.rows["height"].readout.startswith("much lower")
    desk.qtbot.mouseDClick(desk.slider("height"), LEFT, pos=QPoint(100, 12))
    assert desk.session.steering.sliders["height"] == 0.0
    assert desk.panel.rows["height"].readout == "as it is"
    assert desk.session.history.labels == ["height", "height"]


def test_escape_takes_it_back(desk: Desk) -> None:
    desk.drag("surprise", 0.1, 0.7, release=False)
    with desk.qtbot.waitSignal(desk.panel.cancelled):
        desk.qtbot.keyClick(desk.slider("surprise"), Qt.Key.Key_Escape)
    assert desk.slider("surprise").value() == 0 and desk.session.history.labels == []
    desk.qtbot.mouseRelease(desk.slider("surprise"), LEFT)
    assert desk.session.history.labels == []


def test_arrow_keys_become_one_step(desk: Desk) -> None:
    for _ in range(4):
        desk.qtbot.keyClick(desk.slider("density"), Qt.Key.Key_Right)
    desk.qtbot.waitUntil(lambda: desk.session.history.labels == ["density"], timeout=3000)
    assert desk.session.steering.sliders["density"] > 0


def test_another_dial_is_another_step(desk: Desk) -> None:
    desk.qtbot.keyClick(desk.slider("density"), Qt.Key.Key_Right)
    desk.qtbot.keyClick(desk.slider("height"), Qt.Key.Key_Left)
    desk.qtbot.waitUntil(lambda: desk.session.history.labels == ["density", "height"], timeout=3000)
    assert desk.session.steering.sliders["density"] > 0 > desk.session.steering.sliders["height"]
    assert desk.slider("height").value() < STEPS // 2 < desk.slider("density").value()


def test_seed_dice_and_meter(desk: Desk) -> None:
    desk.panel.seed.setValue(77)
    desk.qtbot.waitUntil(lambda: desk.session.steering.seed == 77, timeout=3000)
    desk.panel.dice.click()
    desk.qtbot.waitUntil(lambda: desk.session.steering.seed != 77, timeout=3000)
    button = desk.panel.meters.button(1)
    assert button is not None
    button.click()
    assert desk.session.steering.compound and desk.session.history.undo_label == "meter"
    desk.session.history.undo()
    assert desk.panel.meters.checkedId() == 0


def test_words() -> None:
    assert attribute_words("density") == ("Density", "calmer", "busier")
    assert read_amount(0, "calmer", "busier") == "as it is"
    assert read_amount(0.5, "calmer", "busier") == "a little busier  +0.5"
    assert read_amount(-2.5, "calmer", "busier") == "much calmer  −2.5"
    assert read_surprise(0) == "the most likely" and read_surprise(0.4) == "noticeable  40 %"


def test_every_control_has_a_name(desk: Desk) -> None:
    for row in desk.panel.rows.values():
        assert row.slider.accessibleName() and row.slider.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert desk.panel.seed.accessibleName() and desk.panel.dice.accessibleName()
    desk.panel.set_theme(DARK)
    assert not desk.panel.grab().isNull()


def test_undo_under_a_drag_ends_it_until_the_hand_presses_again(desk: Desk) -> None:
    desk.drag("density", 0.5, 0.9)
    desk.drag("height", 0.5, 0.7, release=False)
    desk.session.history.undo()
    desk.qtbot.waitUntil(lambda: desk.panel.rows["density"].value == 0)
    slider = desk.slider("height")
    desk.qtbot.mouseMove(slider, QPoint(slider.width() - 20, slider.height() // 2))
    desk.qtbot.mouseRelease(slider, LEFT, pos=QPoint(slider.width() - 20, slider.height() // 2))
    assert not desk.session.history.labels and desk.session.history.redo_label == "density"
    assert desk.panel.rows["height"].value == 0


def test_nothing_is_cut_off_in_a_window_of_the_first_start(window: MainWindow, qtbot: QtBot) -> None:
    assert window.size() == QSize(1280, 800)
    qtbot.waitUntil(lambda: window.sliders.verticalScrollBar().maximum() == 0)
    assert window.docks["map"].height() > window.docks["sliders"].height() + 80, "the map is the living room"
