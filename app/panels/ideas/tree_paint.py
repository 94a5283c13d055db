"""How a tree of ideas looks: branches, and on each card the bars that are its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from app.icons import icon
from app.panels.ideas.paint import STAR, IdeaDelegate, star_box
from app.panels.ideas.tree_shape import GAP
from app.theme import RADIUS, font, mix
from app.views.mini_roll import Frame, paint_voices

if TYPE_CHECKING:
    from app.panels.ideas.tree import IdeaTree

MARGIN = 6.0  # px inside a card


class TreeDelegate(IdeaDelegate):
    """Paints one card of a tree, and the branches between all.

    Attributes:
        tree: whose cards.
    """

    tree: IdeaTree

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """One card: on the way to the one that is chosen, it is outlined."""
        place, theme = index.row(), self._theme
        chosen, on_path = self._view.currentIndex().row() == place, place in self.tree.path
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        card = QRectF(option.rect).adjusted(1, 1, -1, -1)
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        painter.setPen(QPen(theme.accent if on_path else theme.line_strong, 2.5 if chosen else 1.5 if on_path else 1))
        painter.setBrush(mix(theme.raised, theme.accent, 0.12 if chosen and focused else 0.06 * (place == self.over)))
        painter.drawRoundedRect(card, RADIUS, RADIUS)
        left = self._number(painter, card, place)
        roll = QRectF(left, card.top() + 3, card.right() - MARGIN - left, card.height() - 6)
        self._roll(painter, roll, place)
        self._ear(painter, roll, place)
        self._star(painter, card, place)
        painter.restore()

    def frame_of(self, place: int) -> Frame:
        """The stretch of its path that is an idea's own."""
        ideas = self._ideas.result.ideas
        parent = ideas[place].parent
        start = 0 if parent is None else ideas[parent].ticks
        whole = self._ideas.result.frame
        ticks = max(1, ideas[place].ticks - start)
        return Frame(start, ticks, max(1, round(whole.bars * ticks / whole.ticks)))

    def _number(self, painter: QPainter, card: QRectF, place: int) -> float:
        """Which of its sisters it is; returns where the notes may begin."""
        idea = self._ideas.idea(place)
        painter.setFont(font(0.82, bold=True))
        painter.setPen(self._theme.accent if place in self.tree.path else self._theme.text_dim)
        text = idea.caption if idea.parent is None else idea.caption.rpartition(".")[2]
        room = QRectF(card.left() + MARGIN, card.top(), QFontMetricsF(painter.font()).horizontalAdvance(text) + 1, 0)
        room.setHeight(min(card.height(), 22.0))
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), text)
        return max(room.right() + 5, card.left() + 20)

    def _ear(self, painter: QPainter, roll: QRectF, place: int) -> None:
        """The marker, if this is the card whose bars are being heard."""
        if self.sounding is None:
            return
        tip, fraction = self.sounding
        frame = self.frame_of(place)
        part = (fraction * self._ideas.result.ticks - frame.start) / frame.ticks
        if place in self.tree.shape_of.path(tip) and 0 <= part < 1:
            x = roll.left() + roll.width() * part
            painter.fillRect(QRectF(x - 0.75, roll.top() - 1, 1.5, roll.height() + 2), self._theme.playhead)

    def _star(self, painter: QPainter, card: QRectF, place: int) -> None:
        kept = self._ideas.starred(place)
        if not kept and place != self.over:
            return
        theme, box = self._theme, star_box(card.toRect())
        ground = mix(theme.raised, theme.accent, 0.06 if place == self.over else 0.0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)  # the notes must not shine through
        painter.drawRoundedRect(box.adjusted(3, 2, -3, -2), 4, 4)
        drawn = icon("star_kept" if kept else "star", theme, theme.accent if kept else theme.text_dim)
        middle = box.center().toPoint()
        drawn.paint(painter, middle.x() - STAR // 2 + 1, middle.y() - STAR // 2 + 1, STAR - 2, STAR - 2)

    def _drawn(self, size: QSize, ratio: float, row: int) -> QPixmap:
        made = QPixmap(size * ratio)
        made.setDevicePixelRatio(ratio)
        made.fill(Qt.GlobalColor.transparent)
        frame, idea = self.frame_of(row), self._ideas.idea(row)
        painter = QPainter(made)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.line, 1))
        for bar in range(1, frame.bars):
            x = round(size.width() * bar / frame.bars) + 0.5
            painter.drawLine(QPointF(x, 0), QPointF(x, size.height()))
        end = frame.start + frame.ticks
        own = [[note for note in voice.notes if frame.start <= note.start < end] for voice in idea.voices]
        theme = self._theme if idea.parent is not None else self.tree.theme_of_mine
        paint_voices(painter, QRectF(0, 1, size.width(), size.height() - 2), own, frame, theme)
        painter.end()
        return made

    def branches(self, painter: QPainter, boxes: Sequence[QRectF]) -> None:
        """From every parent to its children; those on the way to the chosen card are painted last."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        path = self.tree.path
        for chosen in (False, True):
            colour: QColor = self._theme.accent if chosen else self._theme.line_strong
            painter.setPen(QPen(colour, 2.0 if chosen else 1.2))
            for place, parent in enumerate(self.tree.shape_of.parents):
                if parent is not None and (place in path) == chosen:
                    painter.drawPath(_branch(boxes[parent], boxes[place]))


def _branch(parent: QRectF, child: QRectF) -> QPainterPath:
    start = QPointF(parent.right(), parent.center().y())
    end = QPointF(child.left(), child.center().y())
    path = QPainterPath(start)
    bend = QPointF(GAP * 0.55, 0)
    path.cubicTo(start + bend, end - bend, end)
    return path
