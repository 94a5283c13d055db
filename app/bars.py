"""The two fixed bars: tools and track above the pianoroll, transport below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QSizePolicy, QToolBar, QWidget

from app.gestures.drag_out import DragOut
from app.i18n import tr
from app.views.roll.key_menu import KeyButton

if TYPE_CHECKING:
    from app.main_window import MainWindow

TOOLS = (
    "edit.undo",
    "edit.redo",
    "",
    "tool.select",
    "tool.pencil",
    "tool.knife",
    "",
    "notes.quantize",
    "view.ghosts",
    "view.fit",
)  # ids of actions; an empty one is a gap


def tool_bar(window: MainWindow) -> QToolBar:
    """Undo, tools and the track that is edited."""
    bar = _bar("tools", tr("Tools"))
    for name in TOOLS:
        if name:
            _add(bar, window, name)
        else:
            bar.addSeparator()
    switches = (window.menus.actions[name] for name in ("view.scale", "view.fold", "view.fold_scale"))
    bar.addWidget(KeyButton(window.roll, switches))
    space = QWidget()
    space.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    bar.addWidget(space)
    for name in ("track.mute", "track.solo", "view.tracks", "track.add"):
        window.tracks.add_button(window.menus.actions[name])
    bar.addWidget(window.tracks)
    bar.addWidget(DragOut(window, window.paths.cache / "dragged"))
    _add(bar, window, "help.keys")
    return bar


def transport_bar(window: MainWindow) -> QToolBar:
    """Play, position, tempo, volume."""
    bar = _bar("transport", tr("Transport"))
    window.transport.add_buttons(window.menus)
    window.transport.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    bar.addWidget(window.transport)
    return bar


def _add(bar: QToolBar, window: MainWindow, name: str) -> None:
    action = window.menus.actions[name]
    bar.addAction(action)
    button = bar.widgetForAction(action)
    if button is not None:
        button.setAccessibleName(action.text())
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)


def _bar(name: str, title: str) -> QToolBar:
    bar = QToolBar(title)
    bar.setObjectName(name)
    bar.setMovable(False)
    bar.setIconSize(QSize(20, 20))
    bar.toggleViewAction().setVisible(False)
    return bar
