"""Small things around the map: the card that shows the melody under the mouse, and the legend of the dots."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QLinearGradient, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.theme import GRID, RADIUS, Theme, font, mix
from app.views.mini_roll import Frame, MiniRoll
from engine.score import Note

CARD = QSize(184, 80)
SHADES = 9  # of the dots: few, so that each is rendered once and then copied
AWAY = 18  # px from the mouse, so that the hand does not hide it


def shade_colours(theme: Theme) -> list[QColor]:
    """The shades of the dots, from little of a quality (pale) to much of it (deep)."""
    low, high = mix(theme.dot, theme.panel, 0.55), mix(theme.dot, theme.accent, 0.7)  # never as loud as the puck
    half = SHADES // 2
    return [
        mix(low, theme.dot, i / half) if i <= half else mix(theme.dot, high, (i - half) / half) for i in range(SHADES)
    ]


class HoverCard(QWidget):
    """The melody of one dot, near the mouse. Lies inside the map, takes no mouse events."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._map, self._theme, self._title = parent, theme, ""
        self.roll = MiniRoll(theme)
        self.setFixedSize(CARD)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 26, 10, 8)
        column.addWidget(self.roll)
        self.hide()

    def show_melody(self, title: str, notes: tuple[Note, ...], frame: Frame, near: QPoint) -> None:
        """Show a melody beside a point of the parent, wholly inside it."""
        self._title = title
        self.roll.set_notes(notes, frame, self._theme.mine)
        room_x, room_y = self._map.width() - self.width() - 4, self._map.height() - self.height() - 4
        x = near.x() + AWAY if near.x() + AWAY <= room_x else near.x() - AWAY - self.width()
        y = near.y() + AWAY if near.y() + AWAY <= room_y else near.y() - AWAY - self.height()
        self.move(max(4, min(x, room_x)), max(4, min(y, room_y)))
        self.show()
        self.raise_()
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme = theme
        self.roll.set_theme(theme)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A raised card with the tune's title."""
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.line_strong, 1))
        painter.setBrush(theme.raised)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        painter.setPen(theme.text)
        painter.setFont(font(0.9))
        box = QRectF(10, 6, self.width() - 20, 20)
        text = QFontMetricsF(painter.font()).elidedText(self._title, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)


class Legend(QWidget):
    """What the shade of the dots says: two words and the ramp between them."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._words = "", ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_scale(self, low: str, high: str) -> None:
        """Name the ramp's ends."""
        self._words = low, high
        self.setAccessibleName(f"{low} – {high}")
        self.updateGeometry()
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetricsF(font(0.88))
        words = sum(metrics.horizontalAdvance(word) for word in self._words)
        return QSize(round(words) + 5 * GRID + 24, round(metrics.height()) + 4)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Word, ramp, word."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font(0.88))
        veil = QColor(self._theme.row_white)
        veil.setAlpha(225)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(veil)
        painter.drawRoundedRect(QRectF(self.rect()), 4, 4)
        metrics, area = QFontMetricsF(painter.font()), QRectF(self.rect()).adjusted(6, 0, -6, 0)
        low, high = self._words
        painter.setPen(self._theme.text_dim)
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, low)
        painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, high)
        left = area.left() + metrics.horizontalAdvance(low) + 6
        right = area.right() - metrics.horizontalAdvance(high) - 6
        ramp = QLinearGradient(left, 0, right, 0)
        for i, colour in enumerate(shade_colours(self._theme)):
            ramp.setColorAt(i / (SHADES - 1), colour)
        painter.setPen(QPen(mix(self._theme.line, self._theme.line_strong, 0.5), 0.5))
        painter.setBrush(ramp)
        painter.drawRoundedRect(QRectF(left, area.center().y() - 3.5, max(8.0, right - left), 7), 3.5, 3.5)
