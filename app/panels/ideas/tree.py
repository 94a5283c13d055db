"""A tree of ideas: what could come after my bars, and after that. Each card is heard as the whole path to it."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QSizeF,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyleOptionViewItem, QWidget

from app.i18n import tr
from app.panels.ideas.cards import IdeaList
from app.panels.ideas.results import Result
from app.panels.ideas.tree_paint import TreeDelegate
from app.panels.ideas.tree_shape import TreeShape
from app.theme import Theme

Index = QModelIndex | QPersistentModelIndex
ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class IdeaTree(IdeaList):
    """Cards of one tree, from my bars at the left to the tips at the right; otherwise used like a row of cards.

    Left goes back to what a card goes on from, right to the answer heard last (or the first), up and down to its
    neighbours.

    Args:
        result: whose ideas are a tree.
        theme: colours.

    Signals: `sounds` when a path begins or ceases to be heard.
    """

    sounds = Signal(bool)

    def __init__(self, result: Result, theme: Theme, parent: QWidget | None = None) -> None:
        self.shape_of = TreeShape(result.ideas)
        self._boxes: list[QRectF] = []
        self._room = QSizeF()
        self.path: list[int] = []
        self._visited: dict[int, int] = {}  # idea -> its child that was chosen last
        super().__init__(result, range(len(result.ideas)), False, theme, parent)
        self._branches = TreeDelegate(self.ideas, theme, self)
        self._branches.tree = self
        self.painter = self._branches
        self.theme_of_mine = _as_mine(theme)
        self.setItemDelegate(self.painter)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setAccessibleName(tr("{title}, a tree of {n} paths").format(title=result.title, n=self.shape_of.rows))
        self.setAccessibleDescription(
            tr("Right goes on, left goes back, up and down to the neighbours; Enter places the path behind my music.")
        )

    # where the cards are ------------------------------------------------------------------------------------------

    def _fit(self, height: int) -> None:
        """The room decides, in `updateGeometries`."""

    def _flow(self, lines: bool) -> None:
        """A tree is no row of cards."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.updateGeometries()

    def updateGeometries(self) -> None:
        """Lay the tree out in the room there is; what does not fit is scrolled to."""
        room = QSizeF(self.maximumViewportSize())
        _, whole = self.shape_of.laid_out(room, QPointF())
        if whole.height() > room.height() + 0.5:
            room.setWidth(room.width() - self.verticalScrollBar().sizeHint().width())
            _, whole = self.shape_of.laid_out(room, QPointF())
        if whole.width() > room.width() + 0.5:
            room.setHeight(room.height() - self.horizontalScrollBar().sizeHint().height())
            _, whole = self.shape_of.laid_out(room, QPointF())
        self._room = room
        for bar, size, seen in (
            (self.horizontalScrollBar(), whole.width(), room.width()),
            (self.verticalScrollBar(), whole.height(), room.height()),
        ):
            bar.setRange(0, max(0, round(size - seen)))
            bar.setPageStep(round(seen))
            bar.setSingleStep(24)
        self._lay_out()

    def _lay_out(self) -> None:
        scrolled = QPointF(self.horizontalOffset(), self.verticalOffset())
        self._boxes, _ = self.shape_of.laid_out(self._room, scrolled)

    def scrollContentsBy(self, across: int, down: int) -> None:
        """Cards do not all move alike: those that lead to what is seen stay in sight."""
        self._lay_out()
        self.viewport().update()

    def horizontalOffset(self) -> int:
        return self.horizontalScrollBar().value()

    def verticalOffset(self) -> int:
        return self.verticalScrollBar().value()

    def visualRect(self, index: Index) -> QRect:
        """The card of an idea, in the viewport."""
        if not index.isValid() or index.row() >= len(self._boxes):
            return QRect()
        return self._boxes[index.row()].toRect()

    def indexAt(self, point: QPoint) -> QModelIndex:
        """The card there, if any."""
        found = (row for row, box in enumerate(self._boxes) if box.contains(QPointF(point)))
        return self.ideas.index(next(found, -1))

    def scrollTo(
        self, index: Index, hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible
    ) -> None:
        """Bring a card into sight."""
        card, seen = self.visualRect(index), self.viewport().rect()
        for bar, low, high, first, last in (
            (self.horizontalScrollBar(), card.left(), card.right(), seen.left(), seen.right()),
            (self.verticalScrollBar(), card.top(), card.bottom(), seen.top(), seen.bottom()),
        ):
            if low < first:
                bar.setValue(bar.value() + low - first - 4)
            elif high > last:
                bar.setValue(bar.value() + high - last + 4)

    # what is seen -------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Branches, then the cards that are in sight."""
        painter, seen = QPainter(self.viewport()), self.viewport().rect()
        self._branches.branches(painter, self._boxes)
        option = QStyleOptionViewItem()
        for row in range(len(self._boxes)):
            option.rect = self.visualRect(self.ideas.index(row))
            if not option.rect.intersects(seen):
                continue
            here = self.hasFocus() and row == self.current
            option.state = QStyle.StateFlag.State_HasFocus if here else QStyle.StateFlag.State_None
            self.painter.paint(painter, option, self.ideas.index(row))

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Another path is chosen."""
        super().currentChanged(current, previous)
        self.path = self.shape_of.path(current.row()) if current.isValid() else []
        self._visited |= dict(zip(self.path, self.path[1:], strict=False))
        self.viewport().update()

    def show_sounding(self, row: int, fraction: float | None) -> None:
        """Where on the path to a card the ear is: 0..1 of the longest path, or None."""
        before, now = self.painter.sounding, (row, fraction) if fraction is not None else None
        self.painter.sounding = now
        if (before is None) != (now is None):
            self.sounds.emit(now is not None)
        self.viewport().update()

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self.theme_of_mine = _as_mine(theme)
        super().set_theme(theme)

    # the hand and the keys ----------------------------------------------------------------------------------------

    def wheelEvent(self, event: QWheelEvent) -> None:
        QAbstractItemView.wheelEvent(self, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows walk in the tree; all else is as in a row of cards."""
        way = ARROWS.get(Qt.Key(event.key()))
        if way is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
            return
        there = 0
        if self.current >= 0:
            there = self.shape_of.step(self.current, *way, self._visited.get(self.current))
        if there != self.current:
            self.go_to(there)
            self.heard.emit(there)

    def go_to(self, row: int) -> None:
        """Stand on a card and show it."""
        self.selectionModel().setCurrentIndex(self.ideas.index(row), QItemSelectionModel.SelectionFlag.NoUpdate)
        self.scrollTo(self.ideas.index(row))


def _as_mine(theme: Theme) -> Theme:
    """Notes in the colour of what the composer wrote."""
    return replace(theme, generated=theme.mine)
