"""Keyboard and screen reader: every control has a name, Tab reaches all of them, Escape closes what opened."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QScrollBar,
    QSlider,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app import studio
from app.main_window import MainWindow
from app.panels.help_sheet import HelpSheet
from app.panels.preferences import PreferencesDialog
from app.settings import Preferences
from app.views.map.canvas import MapCanvas
from engine.events import CandidatesReady

CONTROLS = (
    QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit, QProgressBar, QSlider,
)  # fmt: skip
TAB = Qt.FocusPolicy.TabFocus


def nameless(root: QWidget) -> list[str]:
    """Controls inside a widget that a screen reader could not name."""
    found = []
    for widget in root.findChildren(QWidget):
        inner = widget.objectName().startswith("qt_") or isinstance(widget, QScrollBar) or widget.focusProxy()
        popup = isinstance(widget, QAbstractItemView) and isinstance(widget.parent().parent(), QComboBox)
        clears = isinstance(widget, QAbstractButton) and isinstance(widget.parent(), QLineEdit)  # Qt's own cross
        scrolls = type(widget.parent()).__name__ == "QTabBar"  # Qt's own arrows
        if inner or popup or clears or scrolls:
            continue
        if isinstance(widget, CONTROLS) or widget.focusPolicy() & TAB:
            said = widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "")
            if not said:
                found.append(f"{type(widget).__name__} in {type(widget.parent()).__name__}")
    return found


@pytest.fixture
def awake(window: MainWindow, qtbot: QtBot) -> MainWindow:
    """The window with map and candidates."""
    heard: list[object] = []
    window.bridge.heard.connect(heard.append)
    studio.wake(window)
    qtbot.waitUntil(lambda: window.verbs.playable, timeout=20_000)
    window.candidates.generate()
    qtbot.waitUntil(lambda: any(isinstance(event, CandidatesReady) for event in heard))
    return window


def test_every_control_has_a_name(awake: MainWindow) -> None:
    assert nameless(awake) == []


@pytest.mark.parametrize("kind", ["help", "preferences"])
def test_every_control_of_the_dialogs_has_a_name(kind: str, qtbot: QtBot) -> None:
    dialog: QDialog = HelpSheet() if kind == "help" else PreferencesDialog(Preferences(), [])
    qtbot.addWidget(dialog)
    assert nameless(dialog) == []


def test_tab_goes_round_the_whole_window(awake: MainWindow, qtbot: QtBot) -> None:
    awake.roll.select_all()  # past the last note, Tab leaves the roll
    start = awake.candidates.generate_button
    start.setFocus()
    reached: set[QWidget] = set()
    for _ in range(200):
        here = QApplication.focusWidget()
        assert here is not None
        if here is start and reached:
            break
        reached.add(here)
        qtbot.keyClick(here, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is start, "Tab came round"
    canvas = awake.map.findChild(MapCanvas)
    wanted = [
        canvas,
        awake.sliders.rows["density"].slider,
        awake.sliders.seed,
        awake.candidates.cards[3],
        awake.roll.roll,
        awake.tracks.chooser,
        awake.transport.play_button,
        awake.transport.volume,
        awake.strip.list,
        *awake.models.cards["melody_vae"].buttons.values(),
        awake.models.search,
    ]
    missed = [type(widget).__name__ + " " + widget.accessibleName() for widget in wanted if widget not in reached]
    assert missed == []


def test_keys_go_to_map_and_sliders(awake: MainWindow) -> None:
    awake.desk.focus_on("map")
    assert isinstance(QApplication.focusWidget(), MapCanvas)
    awake.desk.focus_on("sliders")
    assert QApplication.focusWidget() is awake.sliders.rows["density"].slider


def test_escape_closes_sheets(window: MainWindow, qtbot: QtBot) -> None:
    for show, kind in ((window.desk.show_help, HelpSheet), (window.desk.show_preferences, PreferencesDialog)):
        show()
        dialog = window.findChild(kind)
        assert isinstance(dialog, QDialog) and dialog.isVisible()
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
        qtbot.waitUntil(lambda kind=kind: window.findChild(kind) is None)  # type: ignore[misc]


def test_the_sheet_says_when_nothing_is_found(qtbot: QtBot) -> None:
    sheet = HelpSheet()
    qtbot.addWidget(sheet)
    sheet.show()
    sheet.search.setText("no such thing at all")
    assert sheet._none.isVisible()
    sheet.search.setText("puck")
    assert not sheet._none.isVisible()
