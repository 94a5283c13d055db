"""Two pictures of a comparison: one figure as bars, and how much is music against how much of music there is."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QHelpEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.i18n import tr
from app.panels.evaluate.table import BEST, Heading, best_of, real_figure
from app.theme import GRID, Theme, font
from engine.evaluation.comparison_table import MODEL, MUSIC, Column, Comparison, Line

ROW, BAR = 20, 10  # px
NAMES = 0.42  # of the width
MARK = 5.0  # px, half of a mark's size
LABEL = 15.0  # px, height of a label
Row = Line | Heading


def _brush(kind: str, theme: Theme) -> tuple[QPen, QBrush]:
    """How a row's bar or mark is drawn: full for models, hatched for real music, hollow for spoilt music."""
    if kind == MODEL:
        return QPen(Qt.PenStyle.NoPen), QBrush(theme.accent)
    if kind == MUSIC:
        return QPen(theme.playhead, 1), QBrush(theme.playhead, Qt.BrushStyle.BDiagPattern)
    return QPen(theme.text_dim, 1, Qt.PenStyle.DashLine), QBrush(Qt.BrushStyle.NoBrush)


class Bars(QWidget):
    """One figure of all rows as bars; a dashed line where real music stands."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.rows: tuple[Row, ...] = ()
        self.column: Column | None = None
        self._comparison: Comparison | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

    def show_figure(self, comparison: Comparison, rows: Sequence[Row], column: Column) -> None:
        """Draw a figure of some rows, in their order."""
        self._comparison, self.rows, self.column = comparison, tuple(rows), column
        self.setMinimumHeight(self.sizeHint().height())
        self.setAccessibleName(tr("{figure} as bars").format(figure=tr(column.title)))
        said = (f"{r.title}: {column.written(r.figures.get(column.name))}" for r in self.rows if isinstance(r, Line))
        self.setAccessibleDescription("; ".join(said))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """A line for each row."""
        return QSize(280, ROW * len(self.rows) + GRID)

    def set_theme(self, theme: Theme) -> None:
        """Redraw in another theme."""
        self._theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Names, bars, numbers."""
        if self.column is None or self._comparison is None:
            return
        painter, column = QPainter(self), self.column
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font(0.9))
        values = [r.figures[column.name] for r in self.rows if isinstance(r, Line) and column.name in r.figures]
        most = max([abs(v) for v in values if not math.isnan(v)] or [1.0]) or 1.0
        left = NAMES * self.width()
        room = self.width() - left - painter.fontMetrics().horizontalAdvance(f"{BEST} 100.0 %") - GRID
        corpora = list(dict.fromkeys(line.corpus for line in self._comparison.lines))
        best = {corpus: best_of(self._comparison, corpus, column) for corpus in corpora}
        for number, row in enumerate(self.rows):
            box = QRectF(0, GRID / 2 + number * ROW, self.width(), ROW)
            if isinstance(row, Heading):
                painter.setPen(self._theme.text_dim)
                self._text(painter, box, row.words)
                continue
            self._bar(painter, box, row, left, room / most, row.name in best[row.corpus] and row.kind == MODEL)
        self._real_lines(painter, left, room / most, corpora)

    def _bar(self, painter: QPainter, box: QRectF, row: Line, left: float, scale: float, best: bool) -> None:
        assert self.column is not None
        painter.setPen(self._theme.text if row.kind == MODEL else self._theme.text_dim)
        self._text(painter, QRectF(0, box.top(), left - GRID, ROW), row.title)
        value = row.figures.get(self.column.name)
        written = self.column.written(value)
        length = 0.0 if value is None or math.isnan(value) else max(1.0, abs(value) * scale)
        painter.drawText(
            QRectF(left + length + GRID / 2, box.top(), box.width(), ROW),
            int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter),
            f"{BEST} {written}" if best else written,
        )
        if length:
            pen, brush = _brush(row.kind, self._theme)
            painter.setPen(pen)
            painter.setBrush(brush)
            painter.drawRoundedRect(QRectF(left, box.top() + (ROW - BAR) / 2, length, BAR), 2, 2)

    def _real_lines(self, painter: QPainter, left: float, scale: float, corpora: Sequence[str]) -> None:
        """Where real music stands, beside the rows of its corpus."""
        assert self.column is not None and self._comparison is not None
        painter.setPen(QPen(self._theme.playhead, 1, Qt.PenStyle.DashLine))
        for corpus in corpora:
            value = real_figure(self._comparison, corpus, self.column.name)
            places = [n for n, row in enumerate(self.rows) if isinstance(row, Line) and row.corpus == corpus]
            if value is not None and not math.isnan(value) and places:
                x = left + abs(value) * scale
                top, bottom = GRID / 2 + places[0] * ROW, GRID / 2 + (places[-1] + 1) * ROW
                painter.drawLine(QPointF(x, top), QPointF(x, bottom))

    def _text(self, painter: QPainter, box: QRectF, words: str) -> None:
        cut = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, int(box.width()))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), cut)


class Field(QWidget):
    """Precision upwards, recall to the right: each row a mark of its own shape with its name.

    Args:
        theme: colours.
    """

    SIDES = ("recall", "precision")

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.lines: tuple[Line, ...] = ()
        self.title = ""
        self.setMinimumSize(240, 180)
        self.setAccessibleName(tr("Precision and recall"))

    def show_rows(self, rows: Sequence[Row], title: str = "") -> None:
        """Draw the rows of which both is known, under a title."""
        self.title = title
        lines = (row for row in rows if isinstance(row, Line))
        self.lines = tuple(line for line in lines if not any(math.isnan(v) for v in self._place(line)))
        said = (tr("{who}: precision {p:.0%}, recall {r:.0%}").format(
            who=line.title, p=self._place(line)[1], r=self._place(line)[0]) for line in self.lines)  # fmt: skip
        self.setAccessibleDescription("; ".join(said))
        self.update()

    def sizeHint(self) -> QSize:
        """Nearly a square."""
        return QSize(300, 240)

    def set_theme(self, theme: Theme) -> None:
        """Redraw in another theme."""
        self._theme = theme
        self.update()

    def _place(self, line: Line) -> tuple[float, float]:
        across, up = (line.figures.get(side, math.nan) for side in self.SIDES)
        return across, up

    def event(self, event: QEvent) -> bool:
        """The name of a mark under the mouse, where it found no room."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            near = [line for line in self.lines if _far(self._spot(line), event.pos().toPointF()) < 2 * MARK]
            QToolTip.showText(event.globalPos(), "\n".join(line.title for line in near), self)
            return True
        return super().event(event)

    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(40, 10 + (LABEL if self.title else 0), -12, -34)

    def _spot(self, line: Line) -> QPointF:
        area, (across, up) = self._area(), self._place(line)
        return QPointF(area.left() + across * area.width(), area.bottom() - up * area.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Axes, marks, names."""
        painter, theme = QPainter(self), self._theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font(0.85))
        area = self._area()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for part in (0.0, 0.25, 0.5, 0.75, 1.0):
            x, y = area.left() + part * area.width(), area.bottom() - part * area.height()
            painter.setPen(QPen(theme.line, 1))
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(theme.text_dim)
            middle = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            painter.drawText(QRectF(0, y - LABEL / 2, area.left() - 4, LABEL), middle, f"{part:.0%}")
            box = QRectF(x - 24, area.bottom() + 2, 48, LABEL)
            painter.drawText(box, int(Qt.AlignmentFlag.AlignHCenter), f"{part:.0%}")
        low = QRectF(area.left(), area.bottom() + LABEL + 1, area.width(), LABEL)
        painter.drawText(low, int(Qt.AlignmentFlag.AlignHCenter), tr("recall: how much of real music it reaches"))
        painter.save()
        painter.translate(9, area.center().y())
        painter.rotate(-90)
        up = QRectF(-area.height() / 2, -8, area.height(), LABEL)
        painter.drawText(up, int(Qt.AlignmentFlag.AlignHCenter), tr("precision: how much is music"))
        painter.restore()
        title = painter.fontMetrics().elidedText(self.title, Qt.TextElideMode.ElideRight, int(area.width()))
        painter.drawText(QRectF(area.left(), 2, area.width(), LABEL), int(Qt.AlignmentFlag.AlignHCenter), title)
        self._marks(painter, area)

    def _marks(self, painter: QPainter, area: QRectF) -> None:
        taken: list[QRectF] = []
        spots = []
        for number, line in enumerate(self.lines):
            spot = self._spot(line)
            spots.append(spot)
            taken.append(QRectF(spot.x() - MARK, spot.y() - MARK, 2 * MARK, 2 * MARK))
            pen, brush = _brush(line.kind, self._theme)
            painter.setPen(pen if line.kind != MODEL else QPen(self._theme.panel, 1))
            painter.setBrush(brush)
            painter.drawPolygon(_shape(spot, number if line.kind == MODEL else -1))
        for line, spot in zip(self.lines, spots, strict=True):
            box = self._free(painter, area, spot, line.title, taken)
            if box is not None:
                taken.append(box)
                painter.setPen(self._theme.text if line.kind == MODEL else self._theme.text_dim)
                painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), line.title)

    def _free(
        self, painter: QPainter, area: QRectF, spot: QPointF, title: str, taken: Sequence[QRectF]
    ) -> QRectF | None:
        """Where a name finds room beside its mark; None: nowhere."""
        wide = painter.fontMetrics().horizontalAdvance(title) + 4.0
        inside = area.adjusted(-2, -8, 10, 2)
        for x, y in ((8, -8), (-8 - wide, -8), (-wide / 2, -22), (-wide / 2, 7), (8, 4), (8, -20), (-8 - wide, 4)):
            box = QRectF(spot.x() + x, spot.y() + y, wide, LABEL)
            if inside.contains(box) and not any(box.intersects(other) for other in taken):
                return box
        return None


def _far(a: QPointF, b: QPointF) -> float:
    return math.hypot(a.x() - b.x(), a.y() - b.y())


def _shape(spot: QPointF, number: int) -> QPolygonF:
    """Corners of a mark: a circle for real and spoilt music, and by turns four shapes for models."""
    corners, turn = ((24, 0.0), (4, 0.5), (3, -0.25), (4, 0.0), (5, -0.1))[0 if number < 0 else 1 + number % 4]
    size = MARK * (1.0 if corners > 5 else 1.25)
    angles = [2 * math.pi * (n + turn) / corners for n in range(corners)]
    return QPolygonF([QPointF(spot.x() + size * math.cos(a), spot.y() + size * math.sin(a)) for a in angles])
