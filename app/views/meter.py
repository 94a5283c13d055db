"""Time signature and tempo from the playhead on: the button in the transport that says the one, and what both ask."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QInputDialog, QMenu, QToolButton, QWidget

from app.i18n import tr
from app.views.roll.bars import Bars
from engine.commands.arrange import FASTEST, SLOWEST, tempo_at
from engine.commands.map_bars import in_meter_of
from engine.commands.measures import bar_of, read_meter, with_meter, with_tempo_from
from engine.errors import UserError

if TYPE_CHECKING:
    from engine.session import Session

COMMON = ("2/4", "3/4", "4/4", "5/4", "6/4", "2/2", "3/8", "6/8", "7/8", "9/8", "12/8")


class MeterButton(QToolButton):
    """Says the time signature at the playhead, and writes another one from its bar on.

    Args:
        session: whose piece is meant.
    """

    failed = Signal(object)  # the UserError of what was typed

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._tick = 0.0
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip(tr("Time signature of the bar under the playhead: choose another from there on"))
        menu = QMenu(self)
        self._head = menu.addAction("")
        self._head.setEnabled(False)
        self._common: dict[str, QAction] = {}
        for text in COMMON:
            action = menu.addAction(text)
            action.setCheckable(True)
            action.triggered.connect(partial(self._write, text))
            self._common[text] = action
        menu.addSeparator()
        menu.addAction(tr("Other…")).triggered.connect(self.ask)
        menu.aboutToShow.connect(self._show_where)
        self.setMenu(menu)
        self.show_place(0.0)

    def show_place(self, tick: float) -> None:
        """Say what is in force at a tick, where a choice would begin."""
        self._tick = tick
        meter = self._session.score.meter_at(int(tick))
        text = f"{meter.numerator}/{meter.denominator}"
        if self.text() != f"{text} ▾":
            self.setText(f"{text} ▾")
            self.setAccessibleName(tr("Time signature: {text}").format(text=text))

    def _show_where(self) -> None:
        self._head.setText(_from_bar(self._session, self._tick))
        for text, action in self._common.items():
            action.setChecked(f"{text} ▾" == self.text())

    def _write(self, text: str, *ignored: object) -> None:
        session = self._session
        try:
            score = with_meter(session.score, *read_meter(text), self._tick)
        except UserError as error:
            self.failed.emit(error)
            return
        steering = in_meter_of(score, session.score, session.steering)
        session.history.do(tr("change time signature"), score=score, steering=steering)

    def ask(self) -> None:
        """Ask for a time signature by typing."""
        dialog = QInputDialog(self.window())
        dialog.setWindowTitle(tr("Time signature"))
        dialog.setLabelText(_from_bar(self._session, self._tick))
        dialog.setComboBoxItems(list(COMMON))
        dialog.setComboBoxEditable(True)
        dialog.setTextValue(self.text().split()[0])
        dialog.textValueSelected.connect(self._write)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()


def ask_tempo(session: Session, tick: float, parent: QWidget) -> None:
    """Ask for the tempo from the beat around a tick on."""
    bars = Bars(session.score)
    at = bars.beat_start(int(tick))
    bar, beat = bars.place(at)

    def write(bpm: float) -> None:
        session.history.do(tr("change tempo"), score=with_tempo_from(session.score, bpm, at))

    dialog = QInputDialog(parent)
    dialog.setWindowTitle(tr("Tempo"))
    dialog.setInputMode(QInputDialog.InputMode.DoubleInput)
    dialog.setDoubleDecimals(1)
    dialog.setDoubleRange(SLOWEST, FASTEST)
    dialog.setDoubleValue(tempo_at(session.score, at).bpm)
    words = tr("Quarter notes per minute from bar {bar}, beat {beat} on")
    dialog.setLabelText(words.format(bar=bar, beat=beat))
    dialog.doubleValueSelected.connect(write)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()


def _from_bar(session: Session, tick: float) -> str:
    """Where a change would begin, in words."""
    bar, _ = Bars(session.score).place(bar_of(session.score, tick))
    return tr("From bar {bar} on").format(bar=bar) if bar > 1 else tr("From the beginning")
