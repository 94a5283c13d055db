"""The keys at the left of the roll: names, a sound at a click, all notes of a pitch at Shift+click."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from app.i18n import tr
from app.theme import Theme, font, mix
from app.views.roll.grid import called, is_black, note_name, rows_in
from app.views.roll.note_table import PITCH
from app.views.roll.state import RollState
from engine.score.drum_names import drum_name

WIDTH = 64
BLACK_PART = 0.6  # of the width that a black key covers
NAMES_FROM_ROW = 9
EVERY_NAME_FROM_ROW = 15
INK = QColor("#1c2427")  # white keys are light in every theme


class Keyboard(QWidget):
    """One key per row of the roll.

    Args:
        roll: the shared state.
        theme: colours.
    """

    def __init__(self, roll: RollState, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._roll = roll
        self._theme = theme
        self._down: int | None = None
        self._chosen: set[int] = set()  # pitches of the selection
        self._under = -1
        self.setFixedWidth(WIDTH)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(tr("Keys"))
        self.setAccessibleDescription(tr("Click to hear a pitch, Shift and click to select all its notes"))
        roll.geometry.rows_changed.connect(self.update)
        roll.selection_changed.connect(self.update)
        for signal in (roll.scale.changed, roll.track_changed, roll.notes_changed):
            signal.connect(self.update)

    def set_theme(self, theme: Theme) -> None:
        """Other colours."""
        self._theme = theme
        self.update()

    def point_at(self, pitch: int) -> None:
        """Mark the key of the row the mouse is in; -1 marks none."""
        if pitch != self._under:
            for touched in (pitch, self._under):
                if touched >= 0:
                    self.update(0, self._roll.geometry.y_of(touched) - 1, WIDTH, self._roll.geometry.row + 2)
            self._under = pitch

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        geometry, theme, rect = self._roll.geometry, self._theme, event.rect()
        painter.fillRect(rect, theme.key_white)
        self._chosen = set(self._roll.table.columns[PITCH, self._roll.selected[:4096]].tolist())
        pitches = rows_in(geometry, rect, more=1)
        if self._roll.current.drums:
            self._paint_drums(painter, pitches)
        else:
            self._paint_keys(painter, pitches)
            self._paint_names(painter, pitches)
        below = geometry.foot
        painter.fillRect(0, below, WIDTH, max(0, self.height() - below), theme.window)
        painter.fillRect(WIDTH - 1, rect.top(), 1, rect.height(), theme.line_strong)
        painter.end()

    def _paint_keys(self, painter: QPainter, pitches: tuple[int, ...]) -> None:
        geometry, theme = self._roll.geometry, self._theme
        row, cut, folded = geometry.row, round(WIDTH * BLACK_PART), geometry.rows.folded
        edge = mix(theme.key_white, theme.key_black, 0.24)
        for pitch in pitches:
            y = geometry.y_of(pitch)
            lit = self._lit(pitch, theme.key_black if is_black(pitch) else theme.key_white)
            if is_black(pitch):
                painter.fillRect(0, y, cut, row, lit or theme.key_black)
                if not folded:
                    painter.fillRect(cut, y + row // 2, WIDTH - cut, 1, edge)  # where the two white keys meet
            else:
                if lit:
                    painter.fillRect(0, y, WIDTH, row, lit)
                if pitch % 12 in (0, 5) and not folded:
                    painter.fillRect(0, y + row - 1, WIDTH, 1, edge)
            if folded:
                painter.fillRect(0, y + row - 1, WIDTH, 1, edge)

    def _lit(self, pitch: int, base: QColor) -> QColor | None:
        """What a key of some colour becomes under the hand, or while notes of its pitch are selected."""
        if pitch == self._down:
            return self._theme.accent
        if pitch == self._under:
            return mix(base, self._theme.accent, 0.4)
        return mix(base, self._theme.accent, 0.28) if pitch in self._chosen else None

    def _paint_drums(self, painter: QPainter, pitches: tuple[int, ...]) -> None:
        """A drum track has no keys: every row says which drum it is."""
        geometry, theme = self._roll.geometry, self._theme
        edge = mix(theme.key_white, theme.key_black, 0.24)
        painter.setFont(font(0.74))
        metrics = QFontMetricsF(painter.font())
        for pitch in pitches:
            y, row = geometry.y_of(pitch), geometry.row
            lit = self._lit(pitch, theme.key_white)
            painter.fillRect(0, y, WIDTH, row, lit or theme.key_white)
            painter.fillRect(0, y + row - 1, WIDTH, 1, edge)
            if row >= NAMES_FROM_ROW:
                painter.setPen(theme.on_accent if pitch == self._down else INK)
                name = metrics.elidedText(drum_name(pitch), Qt.TextElideMode.ElideRight, WIDTH - 8)
                box = QRectF(5, y, WIDTH - 8, row - 1)
                painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)

    def _paint_names(self, painter: QPainter, pitches: tuple[int, ...]) -> None:
        row, folded = self._roll.geometry.row, self._roll.geometry.rows.folded
        fifths = self._roll.scale.key.fifths if folded else 0
        for pitch in pitches:
            named = row >= 5 if pitch % 12 == 0 else row >= EVERY_NAME_FROM_ROW and not is_black(pitch)
            named = named or (folded and row >= NAMES_FROM_ROW)
            if not named and not (pitch == self._under and row >= NAMES_FROM_ROW and not is_black(pitch)):
                continue
            ink = INK
            if pitch % 12:
                ink = mix(self._theme.key_white, ink, 0.5)
            painter.setPen(ink if pitch != self._down else self._theme.on_accent)
            painter.setFont(font(0.78, bold=pitch % 12 == 0))
            tall = max(row, 11)
            box = QRectF(0, self._roll.geometry.y_of(pitch) + (row - tall) / 2, WIDTH - 6, tall - 1)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, note_name(pitch, fifths))

    def _pitch(self, at: QPointF) -> int:
        return self._roll.geometry.pitch_at(at.y())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._press(self._pitch(event.position()), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        pitch = self._pitch(event.position())
        self.point_at(pitch)
        if self._down is not None and pitch != self._down:
            self._press(pitch, False)

    def _press(self, pitch: int, select: bool) -> None:
        self._down = pitch
        self._roll.sound(pitch)
        self._roll.say(called(self._roll, pitch))
        if select:
            self._roll.select(np.flatnonzero(self._roll.table.columns[PITCH] == pitch))
            self._roll.say(self._roll.count_text())
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._down = None
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self.point_at(-1)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & (Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ControlModifier):
            turn = event.angleDelta().y() or event.angleDelta().x()
            self._roll.geometry.zoom_rows((turn > 0) - (turn < 0), event.position().y())
        else:
            self._roll.geometry.scroll_by(dy=-event.angleDelta().y() * 0.4)
        event.accept()
