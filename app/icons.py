"""Our own icons: line drawings of one style, drawn in the colours of the theme at whatever size is asked."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from app.theme import ICONS, Theme, mix


class _Drawn(QIconEngine):
    """Draws one SVG in a colour per state, sharp at every scale."""

    def __init__(self, source: str, normal: QColor, active: QColor, off: QColor) -> None:
        super().__init__()
        self._source, self._normal, self._active, self._off = source, normal, active, off

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        colour = self._active if state == QIcon.State.On else self._normal
        if mode == QIcon.Mode.Disabled:
            colour = self._off
        text = self._source.replace("currentColor", colour.name())
        QSvgRenderer(QByteArray(text.encode())).render(painter, QRectF(rect))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return QPixmap.fromImage(image)

    def clone(self) -> _Drawn:
        return _Drawn(self._source, self._normal, self._active, self._off)


def icon(name: str, theme: Theme, colour: QColor | None = None) -> QIcon:
    """The icon `name` of resources/icons in the theme's colours.

    Args:
        name: file name without `.svg`.
        theme: whose text colour (accent when checked, pale when disabled) it takes.
        colour: instead of the text colour.
    """
    source = (ICONS / f"{name}.svg").read_text(encoding="utf-8")
    off = mix(theme.text_dim, theme.panel, 0.5)
    return QIcon(_Drawn(source, colour or theme.text, colour or theme.accent, off))
