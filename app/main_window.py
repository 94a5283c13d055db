"""The window: assembles bars, docks and views. What they do is in their own files."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QIcon,
    QKeyEvent,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDockWidget,
    QMainWindow,
    QVBoxLayout,
    QWidget,
)

from app.bars import tool_bar, transport_bar
from app.bridge import Bridge
from app.conditions import conditions
from app.desks.evaluate import EvaluateDesk
from app.desks.generate import GenerateDesk
from app.desks.midi import MidiDesk
from app.desks.models import ModelsDesk
from app.desks.window import WindowDesk
from app.dock_room import DOCKS
from app.errors import ErrorDoor
from app.files import Files
from app.gestures.carry import KIND
from app.i18n import tr
from app.menus import Menus, heard_as_text, presses_button
from app.music_given import Place
from app.panels.candidates import CandidatesStrip
from app.panels.event_list import EventList
from app.panels.jobs import JobsPanel, JobStrip
from app.panels.message_bar import MessageBar
from app.panels.models.panel import ModelsPanel
from app.panels.sliders.panel import SlidersPanel
from app.panels.tracks import TracksBar
from app.routing import Routing
from app.settings import Settings, UserPaths
from app.theme import ICONS, Theme, pad_spin_boxes, palette, stylesheet
from app.training.desk import TrainingDesk
from app.views.map.latent_map import LatentMapView
from app.views.roll.editor import RollEditor
from app.views.transport import TransportView
from app.workshop import Workshop
from engine.events import Event

if TYPE_CHECKING:
    from engine.session import Session


class Part(Protocol):
    """What every view and panel can do."""

    def on_event(self, event: Event) -> None:
        """Hear the engine."""

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""


class MainWindow(QMainWindow):
    """One open piece.

    Args:
        session: the engine, owned by this window from now on.
        settings: preferences in force.
        paths: where this user's files are.
        theme: colours to start with.

    Signals: `first_painted` once, after the window was painted for the first time.
    """

    first_painted = Signal()

    def __init__(self, session: Session, settings: Settings, paths: UserPaths, theme: Theme) -> None:
        super().__init__()
        self.session, self.settings, self.paths, self.theme = session, settings, paths, theme
        self._painted = False
        self.setWindowIcon(QIcon(str(ICONS / "app.svg")))
        self.setAcceptDrops(True)
        self.setDockNestingEnabled(True)
        self.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea)
        self.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)
        self.resize(1280, 800)
        self.setMinimumSize(900, 560)
        self._make_parts()
        self._make_desks()
        self._lay_out()
        self.routing = Routing(self)
        self.set_theme(theme)
        self.fill_recent()
        self.transport.set_volume(settings.preferences.volume)
        self.transport.set_metronome(settings.preferences.metronome)
        self.desk.apply_hover()
        self.desk.remember_first_layout()
        self.desk.restore()
        self.menus.refresh()

    # ------------------------------------------------------------------------------------------------------- making

    def _make_parts(self) -> None:
        session, theme = self.session, self.theme
        self.bridge = Bridge(session.events, self)
        self.bar = MessageBar(theme)
        self.roll = RollEditor(session, theme)
        self.map = LatentMapView(session, theme)
        self.sliders = SlidersPanel(session, theme)
        self.candidates = CandidatesStrip(session, theme)
        self.transport = TransportView(session, theme)
        self.tracks = TracksBar(session, theme)
        self.jobs = JobsPanel(session, theme)
        self.strip = JobStrip(theme)
        self.parts: tuple[Part, ...] = (
            self.roll, self.map, self.sliders, self.candidates, self.transport, self.tracks, self.jobs,
        )  # fmt: skip

    def _make_desks(self) -> None:
        self.desk = WindowDesk(self)
        self.files = Files(self.session, self.settings, self.bar, self)
        self.verbs = GenerateDesk(self.session, self.place, self.candidates.generate, self.map.put_my_melody)
        self.training = TrainingDesk(self)
        self.door = ErrorDoor(self._say_error, partial(self.files.autosave, wait=True), self.paths.log, self)
        self.docks: dict[str, QDockWidget] = {}
        desks: dict[str, object] = {"files": self.files, "window": self.desk, "roll": self.roll, "tracks": self.tracks}
        desks |= {"verbs": self.verbs, "training": self.training, "transport": self.transport}
        self.evaluate, self.own_models, self.midi = EvaluateDesk(self), ModelsDesk(self), MidiDesk(self)
        desks |= {"evaluate": self.evaluate, "own_models": self.own_models, "midi": self.midi}
        for name, title in DOCKS.items():
            self.docks[name] = self._dock(name, tr(title))
        self.menus = Menus(self, desks, conditions(self), self.door.show)
        self.models = ModelsPanel(self.menus.actions, self.verbs, self.theme, self.settings)
        self.workshop = Workshop(self)
        self.parts = (*self.parts, self.models, *self.workshop.panels)

    def place(self) -> Place:
        """Where the composer is."""
        state = self.roll.state
        return Place(state.playhead, state.track, state.table.columns[:, state.mask], state.loop)

    def _dock(self, name: str, title: str) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(name)
        later = Qt.ConnectionType.QueuedConnection  # docks hide while a window is torn down, too: nobody listens then
        dock.visibilityChanged.connect(self._docks_changed, later)
        return dock

    def _docks_changed(self, shown: bool) -> None:
        self.desk.tidy_tabs()
        self.menus.refresh()

    def _lay_out(self) -> None:
        areas = Qt.DockWidgetArea
        for name, widget, area in (
            ("model", self.models, areas.LeftDockWidgetArea),
            ("map", self.map, areas.RightDockWidgetArea),
            ("sliders", self.sliders, areas.RightDockWidgetArea),
            ("jobs", self.jobs, areas.BottomDockWidgetArea),
            ("events", EventList(self.roll.state), areas.LeftDockWidgetArea),
        ):
            self.docks[name].setWidget(_on_panel(widget))
            self.addDockWidget(area, self.docks[name])
        self.workshop.lay_out(_on_panel)
        for name in ("jobs", "events"):
            self.docks[name].hide()
        self.tabifyDockWidget(self.docks["model"], self.docks["events"])
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(_on_panel(self.candidates))
        column.addWidget(self.roll, 1)
        self.setCentralWidget(centre)
        self.addToolBar(Qt.ToolBarArea.TopToolBarArea, tool_bar(self))
        self.addToolBar(Qt.ToolBarArea.BottomToolBarArea, transport_bar(self))
        self.statusBar().setSizeGripEnabled(False)
        self.statusBar().addPermanentWidget(self.strip)
        pad_spin_boxes(self)
        self.roll.setFocus()

    def fill_recent(self) -> None:
        """The submenu of recent files."""
        menu = self.menus.menu("&File|Open recent")
        menu.clear()
        for name in self.settings.preferences.recent:
            action = menu.addAction(Path(name).name)
            action.setStatusTip(name)
            action.triggered.connect(partial(self._trying, partial(self.files.open_recent, name)))
        menu.setEnabled(not menu.isEmpty())

    # -------------------------------------------------------------------------------------------------------- theme

    def set_theme(self, theme: Theme) -> None:
        """Show everything in another theme."""
        self.theme = theme
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.setPalette(palette(theme))
        app.setStyleSheet(stylesheet(theme))
        self.menus.set_theme(theme)
        for part in self.parts:
            part.set_theme(theme)
        for still in (self.strip, self.bar):
            still.set_theme(theme)

    # ------------------------------------------------------------------------------------------------------- errors

    def _say_error(self, what: str, remedy: str) -> None:
        self.bar.say(f"{what} {remedy}".strip(), "error")

    def _trying(self, call: Callable[[], object], *ignored: object) -> None:
        try:
            call()
        except Exception as error:
            self.door.show(error)

    # ---------------------------------------------------------------------------------------------------- Qt's events

    def event(self, event: QEvent) -> bool:
        """Text boxes keep their keys; Enter presses the focused button."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and heard_as_text(event):
            event.accept()
            return True
        done = super().event(event)
        if event.type() == QEvent.Type.MouseButtonRelease:  # the edge between two panels may have been dragged
            self.desk.room.note()
        return done

    def keyPressEvent(self, event: QKeyEvent) -> None:
        focus = QApplication.focusWidget()
        if presses_button(event) and isinstance(focus, QAbstractButton):
            focus.click()
            return
        super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._painted:  # its size is known now
            (self.desk.room.resume if self.settings.preferences.docks else self.desk.room.begin)()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.isVisible() and self._painted:
            self.desk.room.keep()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self.first_painted.emit)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        data = event.mimeData()  # music dragged out of a panel is a file for others, not for the window it comes from
        if not data.hasFormat(KIND) and any(url.isLocalFile() for url in data.urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            QTimer.singleShot(0, partial(self._trying, partial(self.files.take, paths)))

    def closeEvent(self, event: QCloseEvent) -> None:
        try:
            close = self.workshop.may_stop() and self.files.may_lose()
        except Exception as error:  # a save that failed: the window stays, and says so
            self.door.show(error)
            close = False
        if not close:
            event.ignore()
            return
        self.desk.keep()
        self.files.stop()
        self.hide()  # a training may take seconds to keep its checkpoint; nobody need watch
        self.bridge.close()
        self.session.close()
        self.training.room.locks.free_all()
        event.accept()


def _on_panel(widget: QWidget) -> QWidget:
    """The widget with the background of a panel."""
    widget.setProperty("role", "panel")
    widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    return widget
