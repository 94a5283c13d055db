"""The book: every brick with what it would sound like in one place, to choose from."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QCloseEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QLabel,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.i18n import tr
from app.panels.bricks.row import PER_BAR, colour_of
from app.panels.ideas.cards import REST_MS
from app.theme import GRID, RADIUS, Theme, font
from app.views.mini_roll import Frame, paint_melody
from engine.codecs.codec import Voice
from engine.score import Note

CARD = QSize(92, 60)  # px
ACROSS, DOWN = 6, 4  # cards in sight
Index = QModelIndex | QPersistentModelIndex


class _Book(QAbstractListModel):
    """The bricks and their notes in the bar around one place; those not heard yet are empty."""

    def __init__(self, count: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.count = count
        self.bars: dict[int, tuple[Note, ...]] = {}

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else self.count

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if index.isValid() and role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return tr("Brick {n}").format(n=index.row())
        return None


class _Painter(QStyledItemDelegate):
    """Number on its colour, and the bar below it."""

    def __init__(self, palette: BrickPalette) -> None:
        super().__init__(palette)
        self._palette = palette

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return CARD

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One brick."""
        palette, brick = self._palette, index.row()
        theme = palette.theme
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        card = QRectF(option.rect).adjusted(1, 1, -1, -1)
        lit, present = palette.view.currentIndex() == index, brick == palette.present
        painter.setPen(QPen(theme.accent if lit or present else theme.line_strong, 2 if lit or present else 1))
        painter.setBrush(theme.raised)
        painter.drawRoundedRect(card, RADIUS, RADIUS)
        badge = QRectF(card.left() + 4, card.top() + 4, 30, 16)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour_of(brick, theme))
        painter.drawRoundedRect(badge, 4, 4)
        painter.setPen(theme.text)
        painter.setFont(font(0.85, bold=True))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, str(brick))
        area = card.adjusted(5, 22, -5, -5)
        beat = palette.place % PER_BAR
        step = area.width() / PER_BAR
        painter.fillRect(QRectF(area.left() + beat * step, area.top(), step, area.height()), theme.accent_soft)
        paint_melody(painter, area, palette.book.bars.get(brick, ()), palette.frame, theme.generated)
        painter.restore()


class BrickPalette(QFrame):
    """A popup.

    Args:
        book: how many bricks there are.
        place: for which place of the row.
        present: the brick that stands there now.
        bar: the bar around that place: first tick and length.
        theme: colours.

    Signals: `heard(brick)` when one is to be listened to; `chosen(brick)`; `closed` without a choice.
    """

    heard = Signal(int)
    chosen = Signal(int)
    closed = Signal()

    def __init__(
        self, book: int, place: int, present: int, bar: tuple[int, int], theme: Theme, parent: QWidget
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("role", "panel")
        self.theme, self.place, self.present = theme, place, present
        self._over, self._done = -1, False
        self.frame = Frame(bar[0], bar[1], 1)
        self.book = _Book(book, self)
        self._build()

    def _build(self) -> None:
        self.view = QListView()
        self.view.setModel(self.book)
        self.view.setItemDelegate(_Painter(self))
        self.view.setFlow(QListView.Flow.LeftToRight)
        self.view.setWrapping(True)
        self.view.setUniformItemSizes(True)
        self.view.setGridSize(CARD + QSize(GRID // 2, GRID // 2))
        self.view.setResizeMode(QListView.ResizeMode.Adjust)
        self.view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setAccessibleName(tr("The book of bricks"))
        grid = self.view.gridSize()
        self.view.setFixedSize(ACROSS * grid.width() + 16, min(DOWN, -(-self.book.count // ACROSS)) * grid.height() + 4)
        self.view.clicked.connect(lambda index: self._choose(index.row()))
        self.view.activated.connect(lambda index: self._choose(index.row()))  # by Enter
        self.view.setMouseTracking(True)
        self.view.entered.connect(self._rest_on)
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(lambda: self.heard.emit(self._over))
        self.view.setCurrentIndex(self.book.index(self.present))
        self.view.selectionModel().currentChanged.connect(lambda now, _: self.heard.emit(now.row()))
        self._lay_out()

    def _lay_out(self) -> None:
        words = QLabel(
            tr("What each brick sounds like in bar {bar}, beat {beat}. Arrows hear, Enter or a click takes it.")
        )
        words.setText(words.text().format(bar=self.place // PER_BAR + 1, beat=self.place % PER_BAR + 1))
        words.setProperty("role", "dim")
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID, GRID, GRID, GRID)
        column.setSpacing(GRID // 2)
        column.addWidget(words)
        column.addWidget(self.view)
        self.view.setFocus()
        QTimer.singleShot(0, self.view, lambda: self.view.scrollTo(self.view.currentIndex()))

    def show_voices(self, choices: tuple[int, ...], voices: tuple[tuple[Voice, ...], ...]) -> None:
        """What some of the bricks sound like here."""
        start, end = self.frame.start, self.frame.start + self.frame.ticks
        for brick, made in zip(choices, voices, strict=True):
            notes = (note for voice in made for note in voice.notes)
            self.book.bars[brick] = tuple(note for note in notes if start <= note.start < end)
        self.view.viewport().update()

    def _rest_on(self, index: QModelIndex) -> None:
        self._over = index.row()
        self._rest.start()

    def leaveEvent(self, event: QEvent) -> None:
        self._rest.stop()

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self._rest.stop()
        if not self._done:
            self._done = True
            self.closed.emit()

    def _choose(self, brick: int) -> None:
        if not self._done:
            self._done = True
            self.close()
            self.chosen.emit(brick)
