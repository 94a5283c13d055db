"""How a card of an idea looks: caption and star, a mini-roll, what is to be said about it with its meter."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.icons import icon
from app.theme import GRID, RADIUS, Theme, font, mix
from app.views.mini_roll import Frame, paint_melody, paint_voices

if TYPE_CHECKING:
    from app.panels.ideas.cards import IdeaModel
    from engine.score import Note
    from engine.verbs.idea import Idea

CARD_HEIGHT, LEAST_HEIGHT = 100, 72  # px
BAR_WIDTH, LEAST_WIDTH, MOST_WIDTH = 30, 136, 300  # px of a card
CAPTION, REMARK = 20, 26  # px
STAR = 16
COPIED = 80  # percent from which the copy meter warns
METER = re.compile(r"(\d{1,3})\s*%( of its notes are in)?")


def meter(remark: str) -> tuple[int, bool] | None:
    """The share (percent) a remark begins with, and whether it is a copy's: "84 % of its notes are in ..."."""
    found = METER.match(remark)
    return None if found is None else (min(100, int(found[1])), bool(found[2]) and int(found[1]) >= COPIED)


def star_box(card: QRect) -> QRectF:
    """Where the star of a card is, with some room for the finger."""
    return QRectF(card.right() - STAR - 12, card.top() + 1, STAR + 10, STAR + 8)


def why_box(card: QRect) -> QRectF:
    """Where the sign of a card that has pictures is, beside the star."""
    return star_box(card).translated(-STAR - 8, 0)


def is_mine(idea: Idea, note: Note) -> bool:
    """Whether a note of an idea is the composer's own: all where nothing would be written, else what is not new."""
    if idea.written == () or (idea.caption == "mine" and idea.written is None):
        return True
    return idea.fresh is not None and not idea.fresh[0] <= note.start < idea.fresh[1]


class IdeaDelegate(QStyledItemDelegate):
    """Paints cards.

    Attributes:
        card: size of one.
        over: the card under the mouse, or -1.
        sounding: the card that is heard and how far it is (0..1), or None.
    """

    def __init__(self, ideas: IdeaModel, theme: Theme, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._ideas, self._theme, self._view = ideas, theme, view
        self._rolls: dict[tuple[int, int, int, float], QPixmap] = {}
        self.card = QSize(LEAST_WIDTH, CARD_HEIGHT)
        self.over = -1
        self.sounding: tuple[int, float] | None = None
        self._remarks = any(idea.remark for idea in ideas.result.ideas)

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._theme = theme
        self._rolls.clear()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return self.card

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """One card."""
        row = index.row()
        current = bool(option.state & QStyle.StateFlag.State_HasFocus)
        chosen = self._view.currentIndex() == index
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        card = QRectF(option.rect).adjusted(1, 1, -1, -1)
        self._frame(painter, card, row == self.over, chosen, current)
        inside = card.adjusted(GRID, 2, -GRID, -5)
        self._caption(painter, inside, row)
        low = REMARK if self._remarks else 0
        roll = inside.adjusted(0, CAPTION, 0, -low)
        self._roll(painter, roll, row)
        if self.sounding is not None and self.sounding[0] == row:
            x = roll.left() + roll.width() * self.sounding[1]
            painter.fillRect(QRectF(x - 0.75, roll.top() - 2, 1.5, roll.height() + 4), self._theme.playhead)
        if self._remarks:
            below = QRectF(inside.left(), inside.bottom() - REMARK + 2, inside.width(), REMARK - 2)
            self._remark(painter, below, self._ideas.idea(row).remark)
        painter.restore()

    def _frame(self, painter: QPainter, card: QRectF, over: bool, chosen: bool, current: bool) -> None:
        theme = self._theme
        lit = chosen or current
        painter.setPen(QPen(theme.accent if lit else theme.line_strong, 2 if lit else 1))
        painter.setBrush(mix(theme.raised, theme.accent, 0.06) if over else theme.raised)
        painter.drawRoundedRect(card, RADIUS, RADIUS)

    def _caption(self, painter: QPainter, inside: QRectF, row: int) -> None:
        theme, kept = self._theme, self._ideas.starred(row)
        sounds = self.sounding is not None and self.sounding[0] == row
        painter.setFont(font(0.9, bold=True))
        painter.setPen(theme.playhead if sounds else theme.text)
        idea = self._ideas.idea(row)
        room = QRectF(inside.left(), inside.top(), inside.width() - (STAR + 4) * (2 if idea.pictures else 1), CAPTION)
        text = QFontMetricsF(painter.font()).elidedText(idea.caption, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), text)
        if idea.pictures:
            left = round(inside.right()) - 2 * STAR - 5
            drawn = icon("help", theme, theme.accent if row == self.over else theme.text_dim)
            drawn.paint(painter, QRect(left, round(inside.top()) + 3, STAR - 2, STAR - 2))
        if kept or row == self.over:
            colour = theme.accent if kept else theme.text_dim
            drawn = icon("star_kept" if kept else "star", theme, colour)
            drawn.paint(painter, QRect(round(inside.right()) - STAR + 3, round(inside.top()) + 3, STAR - 2, STAR - 2))

    def _roll(self, painter: QPainter, area: QRectF, row: int) -> None:
        """The mini-roll, drawn once and kept: a page of dense cards must scroll."""
        ratio = painter.device().devicePixelRatioF()
        size = QSize(int(area.width()), int(area.height()))
        key = (row, size.width(), size.height(), ratio)
        if key not in self._rolls:
            self._rolls[key] = self._drawn(size, ratio, row)
        painter.drawPixmap(QPointF(area.left(), area.top()), self._rolls[key])

    def _drawn(self, size: QSize, ratio: float, row: int) -> QPixmap:
        made = QPixmap(size * ratio)
        made.setDevicePixelRatio(ratio)
        made.fill(Qt.GlobalColor.transparent)
        frame: Frame = self._ideas.result.frame
        area = QRectF(0, 2, size.width(), size.height() - 4)
        painter = QPainter(made)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if (fresh := self._ideas.idea(row).fresh) is not None and fresh != (0, frame.ticks):
            left, right = (area.width() * tick / frame.ticks for tick in fresh)
            painter.fillRect(QRectF(left, 0, right - left, size.height()), self._theme.accent_soft)
        painter.setPen(QPen(self._theme.line, 1))
        for bar in range(1, frame.bars):
            x = round(area.width() * bar / frame.bars) + 0.5
            painter.drawLine(QPointF(x, 0), QPointF(x, size.height()))
        idea = self._ideas.idea(row)
        voices = [voice.notes for voice in idea.voices]
        if len(voices) == 1:
            mine = (self._theme.mine, partial(is_mine, idea))
            paint_melody(painter, area, voices[0], frame, self._theme.generated, mine)
        else:
            paint_voices(painter, area, voices, frame, self._theme)
        if not any(voices):
            painter.setPen(self._theme.text_dim)
            painter.setFont(font(0.85))
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, "–")
        painter.end()
        return made

    def _remark(self, painter: QPainter, area: QRectF, remark: str) -> None:
        """The share as a meter and a figure, then the words as far as they fit; all of them are the tool tip."""
        if not remark:
            return
        theme, share = self._theme, meter(remark)
        painter.setFont(font(0.82))
        line = QRectF(area.left(), area.bottom() - 15, area.width(), 15)
        if share is None:
            painter.setPen(theme.text_dim)
        else:
            part, warns = share
            colour = theme.warning if warns else theme.text_dim
            track = QRectF(area.left(), area.top() + 2, area.width(), 4)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.line_strong if theme.dark else theme.line)
            painter.drawRoundedRect(track, 2, 2)
            painter.setBrush(colour)
            painter.drawRoundedRect(QRectF(track.left(), track.top(), track.width() * part / 100, 4), 2, 2)
            painter.setPen(colour if warns else theme.text)
        text = QFontMetricsF(painter.font()).elidedText(remark, Qt.TextElideMode.ElideRight, line.width())
        painter.drawText(line, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), text)
