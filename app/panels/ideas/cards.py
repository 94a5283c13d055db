"""A row of ideas as cards: painted when seen, moved through with the arrow keys, heard under the hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget

from app.gestures.carry import far_enough
from app.i18n import tr
from app.panels.elided import plain_tip
from app.panels.ideas.paint import (
    BAR_WIDTH,
    CARD_HEIGHT,
    LEAST_HEIGHT,
    LEAST_WIDTH,
    MOST_WIDTH,
    IdeaDelegate,
    star_box,
    why_box,
)
from app.panels.ideas.results import Result
from app.theme import GRID, Theme

if TYPE_CHECKING:
    from engine.verbs.verb import Idea

REST_MS = 280  # the mouse rests this long on a card before it is heard
WHY = Qt.Key.Key_W
KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Home, Qt.Key.Key_End, WHY)  # that would be shortcuts
Index = QModelIndex | QPersistentModelIndex


class IdeaModel(QAbstractListModel):
    """Some ideas of a result."""

    def __init__(self, result: Result, places: Sequence[int], parent: QWidget) -> None:
        super().__init__(parent)
        self.result, self.places = result, list(places)

    def idea(self, row: int) -> Idea:
        """The idea on a card."""
        return self.result.ideas[self.places[row]]

    def starred(self, row: int) -> bool:
        """Whether it is kept."""
        return self.places[row] in self.result.starred

    def turn_star(self, row: int) -> None:
        """Keep it, or no longer."""
        self.result.starred ^= {self.places[row]}
        self.dataChanged.emit(self.index(row), self.index(row))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.places)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        idea = self.idea(index.row())
        if role == Qt.ItemDataRole.ToolTipRole:
            why = tr("The question mark, or W, shows why.") if idea.pictures else ""
            return plain_tip("\n".join(part for part in (idea.remark, why) if part)) or None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            notes = tr("{n} notes").format(n=sum(len(voice.notes) for voice in idea.voices))
            kept = tr("kept") if self.starred(index.row()) else ""
            behind = (
                "" if idea.parent is None else tr("after {idea}").format(idea=self.result.ideas[idea.parent].caption)
            )
            why = tr("W shows why") if idea.pictures else ""
            return ", ".join(part for part in (idea.row, idea.caption, behind, notes, idea.remark, kept, why) if part)
        return None


class IdeaList(QListView):
    """Cards of one row.

    Args:
        result: whose ideas.
        places: which of them.
        wraps: fills its height with lines of cards where there is room for two; else one line that scrolls sideways.
        theme: colours.

    Signals, each with the number of the card: `heard` (click, arrow keys), `rested` (the mouse, or -1 when it left),
    `chosen` (double click, Enter), `dragged` (away), `starred`, `menu_asked` (with a point of the screen), `why_asked`
    (the sign of a card with pictures, or W). `crossed(-1 or 1)`: an arrow key led to the row above or below; `stopped`:
    Escape.
    """

    heard = Signal(int)
    rested = Signal(int)
    chosen = Signal(int)
    dragged = Signal(int)
    starred = Signal(int)
    crossed = Signal(int)
    stopped = Signal()
    why_asked = Signal(int)
    menu_asked = Signal(int, QPoint)

    def __init__(
        self, result: Result, places: Sequence[int], wraps: bool, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.ideas = IdeaModel(result, places, self)
        self.painter = IdeaDelegate(self.ideas, theme, self)
        self._over, self._wraps = -1, wraps
        self._held: tuple[int, QPoint] | None = None  # the card under the pressed button, and where
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(lambda: self.rested.emit(self._over))
        self.setModel(self.ideas)
        self.setItemDelegate(self.painter)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self._fit(CARD_HEIGHT)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self._flow(False)
        self.horizontalScrollBar().setSingleStep(GRID * 3)
        self.verticalScrollBar().setSingleStep(GRID * 3)
        self.setAccessibleName(result.ideas[places[0]].row or result.title)

    @property
    def current(self) -> int:
        """The card the keyboard stands on, or -1."""
        return self.currentIndex().row()

    def picture(self, row: int) -> QPixmap:
        """A card as it is seen."""
        return self.viewport().grab(self.visualRect(self.ideas.index(row)))

    def go_to(self, row: int) -> None:
        """Stand on a card and show it."""
        self.setCurrentIndex(self.ideas.index(row))
        self.scrollTo(self.ideas.index(row))

    def show_sounding(self, row: int, fraction: float | None) -> None:
        """The marker on the card that is heard: 0..1 of its length, or None."""
        before = self.painter.sounding
        self.painter.sounding = (row, fraction) if fraction is not None else None
        for changed in {row, before[0] if before else row}:
            self.update(self.ideas.index(changed))

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self.painter.set_theme(theme)
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        lines = self._wraps and event.size().height() >= 2 * CARD_HEIGHT
        if lines != self.isWrapping():
            self._flow(lines)
        self._fit(CARD_HEIGHT if lines else min(CARD_HEIGHT, max(LEAST_HEIGHT, event.size().height())))
        super().resizeEvent(event)

    def _fit(self, height: int) -> None:
        """Cards of this height: more bars, wider."""
        width = min(MOST_WIDTH, max(LEAST_WIDTH, 100 + BAR_WIDTH * self.ideas.result.bars))
        self.painter.card = QSize(width, height)
        self.setGridSize(QSize(width + GRID, height + GRID))

    def _flow(self, lines: bool) -> None:
        off, needed = Qt.ScrollBarPolicy.ScrollBarAlwaysOff, Qt.ScrollBarPolicy.ScrollBarAsNeeded
        self.setWrapping(lines)
        self.setVerticalScrollBarPolicy(needed if lines else off)
        self.setHorizontalScrollBarPolicy(off if lines else needed)

    # ---------------------------------------------------------------------------------------------------- the hand

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self._at(event.position().toPoint())
        if event.button() != Qt.MouseButton.LeftButton or index < 0:
            super().mousePressEvent(event)
            return
        self._rest.stop()
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.go_to(index)
        card = self.visualRect(self.ideas.index(index))
        if star_box(card).contains(event.position()):
            self.ideas.turn_star(index)
            self.starred.emit(index)
        elif self.ideas.idea(index).pictures and why_box(card).contains(event.position()):
            self.why_asked.emit(index)
        else:
            self._held = index, event.position().toPoint()
            self.heard.emit(index)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._held = None
        super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self._at(event.position().toPoint())
        card = self.visualRect(self.ideas.index(index))
        on_sign = any(box(card).contains(event.position()) for box in (star_box, why_box))
        if event.button() == Qt.MouseButton.LeftButton and index >= 0 and not on_sign:
            self.chosen.emit(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held is not None and event.buttons() & Qt.MouseButton.LeftButton:
            (card, pressed), now = self._held, event.position().toPoint()
            if far_enough(pressed, now):
                self._held = None
                self._move_over(-1)
                self.dragged.emit(card)
            return
        over = self._at(event.position().toPoint())
        if over != self._over:
            self._move_over(over)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._move_over(-1)

    def _move_over(self, over: int) -> None:
        for row in (self._over, over):
            if row >= 0:
                self.update(self.ideas.index(row))
        self._over = self.painter.over = over
        self._rest.stop()
        if over >= 0:
            self._rest.start()
        else:
            self.rested.emit(-1)

    def _at(self, point: QPoint) -> int:
        return self.indexAt(point).row()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        card = self.current if by_key else self._at(event.pos())
        if card >= 0:
            self.go_to(card)
            middle = self.viewport().mapToGlobal(self.visualRect(self.ideas.index(card)).center())
            self.menu_asked.emit(card, middle if by_key else event.globalPos())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """A line of cards goes sideways under an ordinary wheel."""
        turn = event.angleDelta()
        bar = self.horizontalScrollBar()
        if self.isWrapping() or turn.x() or not bar.maximum():
            super().wheelEvent(event)
            return
        bar.setValue(bar.value() - turn.y())
        event.accept()

    # ---------------------------------------------------------------------------------------------------- the keys

    def event(self, event: QEvent) -> bool:
        """Enter, Home and End are meant for the cards, not for the transport."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in KEYS:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.current >= 0:
                self.chosen.emit(self.current)
            return
        if event.key() == Qt.Key.Key_Escape:
            self.stopped.emit()
            return
        if event.key() == WHY and not event.modifiers():
            if self.current >= 0 and self.ideas.idea(self.current).pictures:
                self.why_asked.emit(self.current)
            return
        if event.key() == Qt.Key.Key_Asterisk and self.current >= 0:
            self.ideas.turn_star(self.current)
            self.starred.emit(self.current)
            return
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down) and not self.isWrapping():
            self.crossed.emit(1 if event.key() == Qt.Key.Key_Down else -1)
            return
        before = self.current
        super().keyPressEvent(event)
        if self.current != before:
            self.heard.emit(self.current)

    def keyboardSearch(self, search: str) -> None:
        """Letters are shortcuts of the window, not the beginnings of captions."""
