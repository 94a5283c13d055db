"""The latent map as it forms: training melodies as dots that glide from where they were to where they are now."""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.i18n import tr
from app.theme import GRID, Theme, font
from engine.training.hearings import Hearing

GLIDE = 0.45  # seconds from one hearing to the next
FRAME_MS = 33
DOT = 7.0  # px across
SHAPES = ("disc", "square", "triangle", "diamond", "cross", "ring")
Places = NDArray[np.float32]


def fitted(places: Places) -> Places:
    """Places [n, 2] inside -1..1, both axes alike; the outermost hundredth may lie outside."""
    if not len(places):
        return places
    centred = places - np.median(places, axis=0)
    reach = float(np.quantile(np.abs(centred).max(axis=1), 0.99)) or 1.0
    return (centred / reach).astype(np.float32)


def colours(theme: Theme) -> tuple[QColor, ...]:
    """One for each shape."""
    return (theme.accent, theme.playhead, theme.pin, theme.warning, theme.text_dim, theme.generated)


class FormingMap(QWidget):
    """Paints the newest places; a change takes half a second, and only while somebody can see it.

    Args:
        theme: colours.

    Attributes:
        now: the places that are painted, fitted, [n, 2].
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.now: Places = np.zeros((0, 2), np.float32)
        self._before = self._goal = self.now
        self._kinds: NDArray[np.uint8] = np.zeros(0, np.uint8)
        self._names: tuple[str, ...] = ()
        self._step, self._began = 0, 0.0
        self._stamps: list[QPixmap] = []
        self._clock = QTimer(self, interval=FRAME_MS)
        self._clock.timeout.connect(self._glide)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("The map as it forms"))
        self.setToolTip(
            tr("Each dot is a training melody; like ones draw together as it learns. Colour and shape tell their kind.")
        )

    @property
    def gliding(self) -> bool:
        """Dots are on their way."""
        return self._clock.isActive()

    def show_hearing(self, hearing: Hearing, glide: bool) -> None:
        """Show the places of a hearing; `glide` from those that are painted, if they are of the same melodies."""
        heard = hearing.heard
        assert heard.places is not None
        self._goal, self._step = fitted(heard.places), heard.step
        kinds = heard.kinds if heard.kinds is not None else np.zeros(len(self._goal), np.uint8)
        same = len(kinds) == len(self._kinds) and bool((kinds == self._kinds).all())
        self._kinds, self._names = kinds, tuple(tr(name) for name in heard.kind_names)
        words = tr("{n} melodies, at step {step}").format(n=len(self._goal), step=self._step)
        self.setAccessibleDescription(", ".join((words, *self._names)))
        self._clock.stop()
        if glide and same and len(self.now) and self.isVisible():
            self._before, self._began = self.now, time.monotonic()
            self._clock.start()
        else:
            self.now = self._goal
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme, self._stamps = theme, []
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(220, 180)

    def minimumSizeHint(self) -> QSize:
        return QSize(96, 72)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._clock.stop()
        self.now = self._goal

    def _glide(self) -> None:
        part = min(1.0, (time.monotonic() - self._began) / GLIDE)
        if part >= 1.0:
            self._clock.stop()
            self.now = self._goal
        else:
            ease = part * part * (3 - 2 * part)
            self.now = self._before + (self._goal - self._before) * np.float32(ease)
        self.update()

    # ------------------------------------------------------------------------------------------------------- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Axes as hairlines, the dots kind by kind, the step."""
        theme, painter = self._theme, QPainter(self)
        area = QRectF(self.rect()).adjusted(GRID, GRID, -GRID, -GRID)
        middle, reach = area.center(), min(area.width() * 0.8, area.height()) / 2 - DOT
        painter.setPen(QPen(theme.line, 1))
        painter.drawLine(QPointF(area.left(), middle.y()), QPointF(area.right(), middle.y()))
        painter.drawLine(QPointF(middle.x(), area.top()), QPointF(middle.x(), area.bottom()))
        if not self._stamps:
            self._stamps = [self._stamp(kind) for kind in range(len(SHAPES))]
        across = max(0.0, area.width() / 2 - DOT)  # what lies further out than that stands at the edge
        x = middle.x() + np.clip(self.now[:, 0] * reach, -across, across) - DOT / 2 - 1
        y = middle.y() - np.clip(self.now[:, 1] * reach, -reach, reach) - DOT / 2 - 1
        for place_x, place_y, kind in zip(x.tolist(), y.tolist(), self._kinds.tolist(), strict=True):
            painter.drawPixmap(QPointF(place_x, place_y), self._stamps[kind % len(SHAPES)])
        self._legend(painter, area)

    def _legend(self, painter: QPainter, area: QRectF) -> None:
        """The step, and from the top down what the kinds are called."""
        painter.setPen(self._theme.text_dim)
        painter.setFont(font(0.85))
        corner = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom
        painter.drawText(area, int(corner), tr("step {n}").format(n=self._step))
        high = painter.fontMetrics().height()
        present = set(np.unique(self._kinds).tolist())
        for line, kind in enumerate(kind for kind in range(len(self._names)) if kind in present):
            top = area.top() + line * high
            painter.drawPixmap(QPointF(area.left(), top + (high - DOT) / 2 - 1), self._stamps[kind % len(SHAPES)])
            words = QRectF(area.left() + DOT + 6, top, area.width() / 3, high)
            cut = painter.fontMetrics().elidedText(self._names[kind], Qt.TextElideMode.ElideRight, int(words.width()))
            painter.drawText(words, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), cut)

    def _stamp(self, kind: int) -> QPixmap:
        """The dot of a kind, drawn once and then copied."""
        ratio, size = self.devicePixelRatioF(), int(DOT) + 2
        made = QPixmap(QSize(size, size) * ratio)
        made.setDevicePixelRatio(ratio)
        made.fill(Qt.GlobalColor.transparent)
        colour = QColor(colours(self._theme)[kind])
        colour.setAlpha(215)
        painter = QPainter(made)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _paint_shape(painter, QRectF(1, 1, DOT, DOT), SHAPES[kind], colour)
        painter.end()
        return made


def _paint_shape(painter: QPainter, box: QRectF, shape: str, colour: QColor) -> None:
    lines = shape in ("cross", "ring")
    painter.setPen(QPen(colour, 1.6) if lines else Qt.PenStyle.NoPen)
    painter.setBrush(Qt.BrushStyle.NoBrush if lines else colour)
    middle = box.center()
    if shape in ("disc", "ring"):
        painter.drawEllipse(box.adjusted(1, 1, -1, -1))
    elif shape == "square":
        painter.drawRect(box.adjusted(1, 1, -1, -1))
    elif shape == "triangle":
        painter.drawPolygon(QPolygonF([QPointF(middle.x(), box.top()), box.bottomRight(), box.bottomLeft()]))
    elif shape == "diamond":
        sides = (middle.x(), box.top()), (box.right(), middle.y()), (middle.x(), box.bottom()), (box.left(), middle.y())
        painter.drawPolygon(QPolygonF([QPointF(*side) for side in sides]))
    else:
        painter.drawLine(box.topLeft(), box.bottomRight())
        painter.drawLine(box.topRight(), box.bottomLeft())
