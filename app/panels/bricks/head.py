"""What is done with all bricks at once, and the buttons between A and B."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QSpinBox, QVBoxLayout, QWidget

from app.i18n import tr
from app.theme import GRID
from engine.codecs.melody import HIGHEST, LOWEST
from engine.score.general_midi import pitch_name

BARS = 4


class _NoteBox(QSpinBox):
    """A pitch by its name."""

    def __init__(self) -> None:
        super().__init__()
        self.setRange(LOWEST, HIGHEST)
        self.setKeyboardTracking(False)

    def textFromValue(self, value: int) -> str:
        return pitch_name(value)

    def valueFromText(self, text: str) -> int:
        names = {pitch_name(pitch).casefold(): pitch for pitch in range(LOWEST, HIGHEST + 1)}
        return names.get(text.strip().casefold(), self.value())

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        return QValidator.State.Acceptable, text, position


class BrickHead(QWidget):
    """A column of buttons.

    Attributes:
        bars: a line of one button per bar that swaps it between A and B; stands between their rows.

    Signals: `mine_asked`, `draw_asked`, `again_asked`, `aside_asked`; `bar_asked(bar)` from 0 on; `first_asked(note)`
    from the lowest note on.
    """

    mine_asked = Signal()
    draw_asked = Signal()
    again_asked = Signal()
    aside_asked = Signal()
    bar_asked = Signal(int)
    first_asked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)

        def button(text: str, hint: str, then: Callable[[], None]) -> QPushButton:
            made = QPushButton(text)
            made.setToolTip(hint)
            made.setAccessibleName(text)
            made.setAccessibleDescription(hint)
            made.clicked.connect(then)
            column.addWidget(made)
            return made

        self.mine = button(tr("My bars"), tr("Lay the music at the marker in bricks"), self.mine_asked.emit)
        self.draw = button(tr("Draw new"), tr("Draw a whole new row"), self.draw_asked.emit)
        self.again = button(tr("Draw open ones"), tr("Draw all but the locked bricks again"), self.again_asked.emit)
        self.aside = button(
            tr("Keep as B"), tr("Put it aside as B, to mix it with the next row"), self.aside_asked.emit
        )
        column.addLayout(self._starting_note())
        column.addStretch(1)
        self.bars = QWidget()
        line = QHBoxLayout(self.bars)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        for bar in range(BARS):
            swap = QPushButton(tr("\N{UP DOWN ARROW} bar {n}").format(n=bar + 1))
            swap.setProperty("role", "quiet")
            swap.setToolTip(tr("Swap this bar of A and B; a click on a brick of B copies it alone"))
            swap.setAccessibleName(tr("Swap bar {n} of A and B").format(n=bar + 1))
            swap.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            swap.clicked.connect(partial(self.bar_asked.emit, bar))
            line.addWidget(swap, 1)

    def _starting_note(self) -> QHBoxLayout:
        """Bricks tell a melody from its first note on: which one that is."""
        self.first = _NoteBox()
        self.first.setAccessibleName(tr("First note"))
        self.first.setToolTip(tr("The first note: all others are told from it"))
        self.first.valueChanged.connect(lambda pitch: self.first_asked.emit(pitch - LOWEST))
        label = QLabel(tr("From"))
        label.setBuddy(self.first)
        line = QHBoxLayout()
        line.setSpacing(GRID)
        line.addWidget(label)
        line.addWidget(self.first, 1)
        return line

    def show_first(self, register: int) -> None:
        """The first note, counted from the lowest there is, without telling anyone."""
        self.first.blockSignals(True)
        self.first.setValue(register + LOWEST)
        self.first.blockSignals(False)

    def show_state(self, laid: bool, aside: bool, open_: bool) -> None:
        """What can be done now: there are bricks, there is a B, some bricks are not locked."""
        self.again.setEnabled(laid and open_)
        self.aside.setEnabled(laid)
        self.first.setEnabled(laid)
        self.bars.setVisible(laid and aside)
