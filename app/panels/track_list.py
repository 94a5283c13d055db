"""All tracks below one another: choose one, call it otherwise, mute and solo at a click."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.i18n import tr
from app.icons import icon
from app.panels.elided import plain_tip
from app.theme import Theme
from engine.events import DocumentChanged, Event
from engine.score.general_midi import instrument_name

if TYPE_CHECKING:
    from app.panels.tracks import TracksBar
    from engine.session import Session

NAME, MUTE, SOLO = range(3)
SWITCH_WIDTH, LEAST_WIDTH = 34, 168  # px of a column that is switched, of all


class TrackTable(QTableWidget):
    """Enter switches the cell it stands on, or edits a name; the arrows walk."""

    def event(self, event: QEvent) -> bool:
        """Claim Enter, Home and End, which elsewhere move the playhead."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _claimed(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enters = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enters and self.state() == QAbstractItemView.State.EditingState:
            event.accept()  # what the editor let through
        elif enters and self.currentColumn() == NAME:
            self.edit(self.currentIndex())
        elif enters and self.currentIndex().isValid():
            self.cellClicked.emit(self.currentRow(), self.currentColumn())
        else:
            super().keyPressEvent(event)


def _claimed(event: QKeyEvent) -> bool:
    plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    return plain and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Home, Qt.Key.Key_End)


class TrackList(QWidget):
    """The list; what it does is done by the bar that chooses the track.

    Args:
        session: whose tracks.
        bar: chooses, renames, mutes.
        theme: colours of what is switched.
    """

    def __init__(self, session: Session, bar: TracksBar, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._bar, self._theme = session, bar, theme
        self._busy = False
        self._seen: object = None
        self.table = TrackTable(0, 3)
        self._make_table()
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 0, 4, 4)
        column.addWidget(self.table)
        self.setFocusProxy(self.table)
        bar.shown.connect(self.refresh)

    def showEvent(self, event: QShowEvent) -> None:
        """Now the tracks are looked at."""
        super().showEvent(event)
        self.refresh()

    def _make_table(self) -> None:
        table = self.table
        table.setAccessibleName(tr("Tracks"))
        table.setAccessibleDescription(tr("Arrows choose a track. Enter edits its name, or mutes and solos it."))
        table.setHorizontalHeaderLabels([tr("Track"), tr("M"), tr("S")])
        for place, words in ((MUTE, tr("Mute: only for the ear")), (SOLO, tr("Hear it alone: only for the ear"))):
            table.model().setHeaderData(place, Qt.Orientation.Horizontal, words, Qt.ItemDataRole.ToolTipRole)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # what tells two names apart is at their ends
        table.setMinimumWidth(LEAST_WIDTH)
        table.setTabKeyNavigation(False)
        table.setIconSize(QSize(16, 16))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked)
        table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 12)
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head = table.horizontalHeader()
        head.setHighlightSections(False)
        head.setMinimumSectionSize(SWITCH_WIDTH)
        head.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        for place in (MUTE, SOLO):
            head.setSectionResizeMode(place, QHeaderView.ResizeMode.Fixed)
            table.setColumnWidth(place, SWITCH_WIDTH)
        table.currentCellChanged.connect(self._choose)
        table.cellClicked.connect(self._switch)
        table.itemChanged.connect(self._rename)

    # ------------------------------------------------------------------------------------------------ what it does

    def _choose(self, row: int, column: int, *before: int) -> None:
        if not self._busy and row >= 0 and row != self._bar.index:
            self._bar.choose(row)

    def _switch(self, row: int, column: int) -> None:
        if column == MUTE:
            self._bar.mute(row)
        elif column == SOLO:
            self._bar.solo(row)

    def _rename(self, item: QTableWidgetItem) -> None:
        if not self._busy and item.column() == NAME:
            self._bar.choose(item.row())
            self._bar.rename_to(item.text())

    # ---------------------------------------------------------------------------------------------- what it shows

    def on_event(self, event: Event) -> None:
        """Follow the score."""
        if isinstance(event, DocumentChanged) and event.score:
            self.refresh()

    def set_theme(self, theme: Theme) -> None:
        """Other colours."""
        self._theme = theme
        self.refresh()

    def refresh(self) -> None:
        """Show the tracks as they are."""
        tracks, hearing, table = self._session.score.tracks, self._session.hearing, self.table
        now = [(track.name, track.program, track.drums) for track in tracks], hearing, self._bar.index, self._theme
        if not self.isVisible() or now == self._seen:  # most edits change no name
            return
        self._seen = now
        self._busy = True
        table.setRowCount(len(tracks))
        for row, track in enumerate(tracks):
            name = track.name or tr("Track {number}").format(number=row + 1)
            played = instrument_name(track.program, track.drums)
            ink = self._theme.text if hearing.hears(row) else self._theme.text_dim
            self._write(row, NAME, name, ink).setToolTip(plain_tip(f"{name} · {played}"))
            self._show_switch(row, MUTE, "silence", row in hearing.muted, tr("muted"), tr("not muted"))
            self._show_switch(row, SOLO, "solo", row in hearing.solo, tr("heard alone"), tr("not heard alone"))
        if tracks and table.currentRow() != self._bar.index:
            table.setCurrentCell(self._bar.index, max(0, table.currentColumn()))
        self._busy = False

    def _write(self, row: int, column: int, text: str, ink: QColor) -> QTableWidgetItem:
        item = self.table.item(row, column)
        if item is None:
            item = QTableWidgetItem()
            if column != NAME:
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEditable)
            self.table.setItem(row, column, item)
        item.setText(text)
        item.setForeground(ink)
        return item

    def _show_switch(self, row: int, column: int, name: str, on: bool, yes: str, no: str) -> None:
        theme = self._theme
        item = self._write(row, column, "", theme.text)
        item.setIcon(icon(name, theme, theme.on_accent if on else theme.text_dim))
        item.setBackground(theme.accent if on else QColor(Qt.GlobalColor.transparent))
        item.setData(Qt.ItemDataRole.AccessibleTextRole, yes if on else no)
        item.setToolTip(yes if on else no)
