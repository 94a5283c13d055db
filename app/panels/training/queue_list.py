"""The trainings as a list: a sign for the state, the title, where it stands, and a bar for the one that learns."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.i18n import tr
from app.icons import icon
from app.panels.training.said import in_short
from app.theme import GRID, RADIUS, Theme, font, mix
from app.training.queue import DONE, FAILED, RESTING, RUNNING, WAITING, Training

ROW, SIGN = 40, 16  # px
SIGNS = {RUNNING: "play", WAITING: "more", RESTING: "pause", DONE: "check", FAILED: "warning"}
Index = QModelIndex | QPersistentModelIndex


class TrainingRows(QAbstractListModel):
    """The list as a model; one training a row."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.trainings: list[Training] = []
        self.befores: list[int] = []
        self._said: list[tuple[object, ...]] = []

    def show_trainings(self, trainings: Sequence[Training]) -> bool:
        """Show these; returns whether others are there than before, or in another order."""
        new = list(trainings) != self.trainings
        if new:
            self.beginResetModel()
        self.trainings = list(trainings)
        ahead, self.befores = 0, []
        for training in self.trainings:
            self.befores.append(ahead)
            ahead += training.active
        before, self._said = self._said, [self._says(row) for row in range(len(self.trainings))]
        if new:
            self.endResetModel()
        else:
            for row, said in enumerate(self._said):
                if said != before[row]:
                    self.dataChanged.emit(self.index(row), self.index(row))
        return new

    def _says(self, row: int) -> tuple[object, ...]:
        training = self.trainings[row]
        return training.order.title, training.state, self.short(row), round(300 * self.fraction(row))

    def short(self, row: int) -> str:
        """Where a training stands, in a few words."""
        return in_short(self.trainings[row], self.befores[row])

    def fraction(self, row: int) -> float:
        """How much of it is done, 0..1."""
        job = self.trainings[row].job
        return job.fraction if job is not None else 0.0

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.trainings)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return f"{self.trainings[index.row()].order.title}: {self.short(index.row())}"
        return None


class _Painter(QStyledItemDelegate):
    """Paints the rows."""

    def __init__(self, rows: TrainingRows, theme: Theme, view: QListView) -> None:
        super().__init__(view)
        self._rows, self.theme, self._view = rows, theme, view

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(120, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One training."""
        theme, row = self.theme, index.row()
        training = self._rows.trainings[row]
        chosen = self._view.currentIndex().row() == row
        over = bool(option.state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(option.rect).adjusted(1, 1, -1, -1)
        if chosen or over:
            painter.setPen(theme.accent if chosen and self._view.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(theme.accent_soft if chosen else mix(theme.panel, theme.accent, 0.08))
            painter.drawRoundedRect(area, RADIUS, RADIUS)
        colour = {RUNNING: theme.accent, DONE: theme.accent, FAILED: theme.danger}.get(training.state, theme.text_dim)
        sign = QRect(round(area.left()) + 6, round(area.center().y()) - SIGN // 2, SIGN, SIGN)
        icon(SIGNS[training.state], theme, colour).paint(painter, sign)
        words = area.adjusted(SIGN + 6 + GRID, 3, -GRID, -4)
        middle = words.top() + words.height() * 0.52
        upper = QRectF(words.left(), words.top(), words.width(), middle - words.top())
        lower = QRectF(words.left(), middle, words.width(), words.bottom() - middle)
        self._line(painter, upper, training.order.title, True)
        self._line(painter, lower, self._rows.short(row), False)
        if training.state == RUNNING:
            self._bar(painter, QRectF(words.left(), area.bottom() - 4, words.width(), 2), self._rows.fraction(row))
        painter.restore()

    def _line(self, painter: QPainter, area: QRectF, text: str, bold: bool) -> None:
        painter.setFont(font(0.95 if bold else 0.85, bold))
        painter.setPen(self.theme.text if bold else self.theme.text_dim)
        cut = QFontMetricsF(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), cut)

    def _bar(self, painter: QPainter, area: QRectF, fraction: float) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.theme.line_strong)
        painter.drawRoundedRect(area, 1, 1)
        painter.setBrush(self.theme.accent)
        painter.drawRoundedRect(QRectF(area.left(), area.top(), area.width() * min(1.0, fraction), 2), 1, 1)


class TrainingList(QListView):
    """The list. Arrow keys and clicks choose.

    Signals: `chosen` with the training the composer wants to look at.
    """

    chosen = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows, self._most = TrainingRows(self), 4
        self._painter = _Painter(self.rows, theme, self)
        self.setModel(self.rows)
        self.setItemDelegate(self._painter)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setAccessibleName(tr("Trainings"))
        self.setAccessibleDescription(tr("What learns, what waits, what can go on, and what is done"))
        self.selectionModel().currentChanged.connect(self._tell)

    def show_trainings(self, trainings: Sequence[Training], chosen: Training | None) -> None:
        """Show these; one of them is looked at."""
        self.selectionModel().blockSignals(True)
        if self.rows.show_trainings(trainings):
            self.updateGeometry()
        place = self.rows.trainings.index(chosen) if chosen in self.rows.trainings else -1
        if place != self.currentIndex().row():
            self.setCurrentIndex(self.rows.index(place) if place >= 0 else QModelIndex())
            self.scrollTo(self.currentIndex())
        self.selectionModel().blockSignals(False)
        self.viewport().update()

    def set_most(self, most: int) -> None:
        """So many trainings it would like to show at most."""
        if most != self._most:
            self._most = most
            self.updateGeometry()

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._painter.theme = theme
        self.viewport().update()

    def sizeHint(self) -> QSize:
        """As many trainings as there are, up to a few."""
        return QSize(180, ROW * max(1, min(self._most, self.rows.rowCount())) + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, ROW + 2)

    def keyboardSearch(self, search: str) -> None:
        """Letters are shortcuts of the window, not the beginnings of titles."""

    def _tell(self, now: QModelIndex, before: QModelIndex) -> None:
        if now.isValid():
            self.chosen.emit(self.rows.trainings[now.row()])
