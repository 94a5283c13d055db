"""A small sheet at a place of the chord lane: type a chord, or choose one; those of the key come first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QCloseEvent, QFocusEvent, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.i18n import tr
from app.theme import GRID
from app.views.roll.chords import shown, shown_degree
from engine.commands.chords import chords_of_key, degree
from engine.errors import UserError
from engine.score import Chord, Key, Quality
from engine.score.chords import parse_chord

ACROSS = 7  # buttons in a row: the triads of a key, then its seventh chords
WIDTH = 64  # pixels of a button
USED = 6  # chords of the piece from outside the key that are offered as well


@dataclass(frozen=True)
class Asked:
    """What is asked for.

    Attributes:
        tick: where.
        place: the same in words.
        key: the one written in there.
        present: what stands there now.
        used: other chords of the piece.
    """

    tick: int
    place: str
    key: Key
    present: Chord | None
    used: Sequence[Chord] = ()


class ChordButton(QPushButton):
    """A chord to choose: its name, and its numeral in the key. Reached by the arrows it is heard."""

    reached = Signal()
    walked = Signal(int, int)  # across, down

    def __init__(self, name: str, numeral: str, spoken: str) -> None:
        super().__init__(f"{name}\n{numeral}" if numeral else name)
        self.setAccessibleName(f"{spoken}, {numeral}" if numeral else spoken)
        self.setAutoDefault(False)
        self.setProperty("role", "chord")

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() == Qt.FocusReason.OtherFocusReason:
            self.reached.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, step = Qt.Key, {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0)}
        step |= {key.Key_Up: (0, -1), key.Key_Down: (0, 1)}
        if (to := step.get(Qt.Key(event.key()))) is not None:
            self.walked.emit(*to)
        elif event.key() in (key.Key_Return, key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)


class ChordBox(QFrame):
    """Enter or a click keeps what is chosen, Tab goes on to the next bar, Escape leaves everything as it was.

    Signals: `chosen(tick, text)`, empty text for nothing; `heard(chord)`; `moved(by)` when the next place (1) or the
    one before (-1) is to be asked for; `closed`.
    """

    chosen = Signal(int, str)
    heard = Signal(object)
    moved = Signal(int)
    closed = Signal()

    asked: Asked

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("role", "sheet")
        self.setAccessibleName(tr("Chord"))
        self._fifths, self._before, self._done = 0, "", False
        self._head = QLabel()
        self._head.setProperty("role", "dim")
        self.edit = QLineEdit()
        self.edit.setPlaceholderText(tr("C, F♯m, B♭7, Gmaj7, C/E, N.C."))
        self.edit.setAccessibleDescription(tr("Enter keeps it, Tab goes on to the next bar, Down chooses from a list"))
        self.edit.setMaxLength(24)
        self.edit.textChanged.connect(self._say)
        self.edit.installEventFilter(self)
        self.words = QLabel()
        self.words.setProperty("role", "dim")
        self.words.setWordWrap(True)
        self.buttons: dict[tuple[int, int], ChordButton] = {}  # by row and column
        self._grid = QGridLayout()
        self._grid.setSpacing(GRID // 2)
        for number in range(ACROSS):
            self._grid.setColumnStretch(number, 1)
            self._grid.setColumnMinimumWidth(number, WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID, GRID, GRID, GRID)
        column.setSpacing(GRID // 2)
        for part in (self._head, self.edit, self.words):
            column.addWidget(part)
        column.addLayout(self._grid)

    def ask(self, asked: Asked, typed: str = "") -> None:
        """Ask for a chord; `typed` are letters that were typed already."""
        self.asked, self._fifths = asked, asked.key.fifths
        self._before = shown(asked.present.name(self._fifths)) if asked.present else ""
        self._head.setText(asked.place)
        self.edit.setAccessibleName(tr("Chord at {place}").format(place=asked.place))
        self._offer()
        self.edit.setText(typed or self._before)
        self._say(self.edit.text())
        if not typed:
            self.edit.selectAll()
        self.edit.setFocus()

    def _offer(self) -> None:
        """A button for every chord of the key, and for others of the piece."""
        for button in self.buttons.values():
            self._grid.removeWidget(button)
            button.deleteLater()
        self.buttons = {}
        own = chords_of_key(self.asked.key)
        known = {(chord.root, chord.quality, chord.bass) for chord in own}
        others = {(c.root, c.quality, c.bass): c for c in self.asked.used if c.quality is not Quality.NONE}
        used = [chord for key, chord in others.items() if key not in known][:USED]
        rows = (own[:ACROSS], own[ACROSS:], (*used, Chord(0, quality=Quality.NONE)))
        for row, chords in enumerate(rows):
            for column, chord in enumerate(chords):
                self._add(row, column, chord)

    def _add(self, row: int, column: int, chord: Chord) -> None:
        name = chord.name(self._fifths)
        numeral = shown_degree(degree(chord, self.asked.key))
        button = ChordButton(shown(name), numeral, chord.spoken(self._fifths))
        button.clicked.connect(partial(self._take, name))
        button.reached.connect(partial(self._reach, chord))
        button.walked.connect(partial(self._walk, row, column))
        self._grid.addWidget(button, row, column)
        self.buttons[row, column] = button

    def open_at(self, corner: QPoint) -> None:
        """Show it with its upper left corner at a place of the screen, as far as there is room."""
        self.adjustSize()
        screen = QGuiApplication.screenAt(corner) or QGuiApplication.primaryScreen()
        room = screen.availableGeometry()
        left = max(room.left(), min(corner.x(), room.right() - self.width()))
        self.move(left, max(room.top(), min(corner.y(), room.bottom() - self.height())))
        self.show()
        self.edit.setFocus()  # what is not shown cannot have it

    def _say(self, text: str) -> None:
        """What was typed in words, or why it is no chord."""
        words, wrong = tr("Type a chord, or choose one of the key"), False
        if text.strip():
            try:
                words = parse_chord(text).spoken(self._fifths)
            except UserError as error:
                words, wrong = error.remedy, True
        self._tell(words, wrong)

    def _tell(self, words: str, wrong: bool) -> None:
        self.words.setText(words)
        self.words.setProperty("role", "danger" if wrong else "dim")
        self.words.style().unpolish(self.words)
        self.words.style().polish(self.words)

    def _reach(self, chord: Chord) -> None:
        self._tell(chord.spoken(self._fifths), False)
        self.heard.emit(chord)

    def _walk(self, row: int, column: int, across: int, down: int) -> None:
        """From one button to its neighbour; up from the first row back into the text."""
        to = (row + down, column + across)
        if down:
            last = max((c for r, c in self.buttons if r == to[0]), default=0)
            to = (to[0], min(to[1], last))
        if to in self.buttons:
            self.buttons[to].setFocus(Qt.FocusReason.OtherFocusReason)
        elif to[0] < 0:
            self.edit.setFocus()
            self._say(self.edit.text())

    def _take(self, text: str, by: int = 0) -> None:
        """Keep a choice, and go on to another place."""
        if self._done:
            return
        if not by:
            self.close()
        if text.strip() != self._before:
            self.chosen.emit(self.asked.tick, text)
        if by:
            self.moved.emit(by)

    def _keep(self, by: int = 0) -> None:
        """Keep what was typed, if it is a chord or nothing."""
        text = self.edit.text()
        try:
            if text.strip():
                parse_chord(text)
        except UserError as error:
            self._tell(str(error), True)
            self.edit.selectAll()
            return
        self._take(text, by)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys of the text box that mean more than text."""
        if watched is self.edit and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            keys: dict[int, Callable[[], None]] = {
                Qt.Key.Key_Return: self._keep,
                Qt.Key.Key_Enter: self._keep,
                Qt.Key.Key_Tab: partial(self._keep, 1),
                Qt.Key.Key_Backtab: partial(self._keep, -1),
                Qt.Key.Key_Down: lambda: self.buttons[0, 0].setFocus(Qt.FocusReason.OtherFocusReason),
            }
            if (call := keys.get(event.key())) is not None:
                call()
                return True
        return super().eventFilter(watched, event)

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        if not self._done:
            self._done = True
            self.closed.emit()
