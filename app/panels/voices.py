"""Check voices: what a teacher of harmony would underline, as a list that leads there and as marks in the roll."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.i18n import tr
from app.panels.elided import ElidedLabel
from app.theme import GRID, Theme
from app.views.roll.bars import Bars
from app.views.roll.faults import Mark, sign_of
from engine.events import DocumentChanged, Event, VoicesChecked

if TYPE_CHECKING:
    from engine.commands.voices import Found
    from engine.score import Score
    from engine.session import Session

MOST = 500  # lines


class VoicesPanel(QWidget):
    """Looks the piece through whenever it changes, as long as it is switched on.

    Args:
        session: whose piece.

    Signals: `marked` with the marks for the roll; `gone_to(track, tick, pitch)` when the composer wants to see one.
    """

    marked = Signal(object)
    gone_to = Signal(int, int, int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.on = False
        self.found: tuple[Found, ...] = ()
        self.setAccessibleName(tr("Voices"))
        self.words, self.strict, self.list = ElidedLabel(), QCheckBox(tr("Strict")), QListWidget()
        self.words.setProperty("role", "dim")
        self.strict.setToolTip(tr("Hidden fifths and octaves of the outer voices too, and overlaps"))
        self.strict.setAccessibleDescription(self.strict.toolTip())
        self.strict.toggled.connect(lambda on: self._ask())
        self.list.setAccessibleName(tr("Faults of voice leading"))
        self.list.itemClicked.connect(self._go)
        self.list.itemActivated.connect(self._go)
        self.list.currentItemChanged.connect(lambda item, before: self._go(item) if self.list.hasFocus() else None)
        top = QHBoxLayout()
        top.addWidget(self.words, 1)
        top.addWidget(self.strict)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID, GRID // 2, GRID, GRID // 2)
        column.setSpacing(GRID // 2)
        column.addLayout(top)
        column.addWidget(self.list, 1)

    def switch(self, on: bool) -> None:
        """Begin to look, or stop and take the marks away."""
        if on == self.on:
            return
        self.on = on
        if on:
            self._ask()
        else:
            self.marked.emit(())

    def on_event(self, event: Event) -> None:
        """Look again when the piece changed; show what was found."""
        if isinstance(event, DocumentChanged) and event.score:
            self._ask()
        elif isinstance(event, VoicesChecked) and self.on and event.score is self._session.score:
            self._show(event)

    def _ask(self) -> None:
        if self.on:
            self._session.ask.check_voices(self.strict.isChecked())

    def _show(self, event: VoicesChecked) -> None:
        self.found = event.found
        bars = Bars(event.score)
        said = [_words(event.score, bars, fault) for fault in event.found]
        self.words.setText(event.why_not or _summary(len(said)))
        place = self.list.currentRow()
        self.list.blockSignals(True)
        self.list.clear()
        for number, line in enumerate(said[:MOST]):
            item = QListWidgetItem(line)
            item.setData(Qt.ItemDataRole.UserRole, number)
            self.list.addItem(item)
        self.list.setCurrentRow(min(place, self.list.count() - 1))
        self.list.blockSignals(False)
        self.marked.emit([
            Mark(fault.tick, min(fault.pitches), max(fault.pitches), line, sign_of(str(fault.kind)))
            for fault, line in zip(event.found, said, strict=True)
        ])  # fmt: skip

    def _go(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            fault = self.found[item.data(Qt.ItemDataRole.UserRole)]
            self.gone_to.emit(fault.tracks[0], fault.tick, fault.pitches[0])

    def set_theme(self, theme: Theme) -> None:
        """Drawn by the style sheet."""


def _summary(count: int) -> str:
    if not count:
        return tr("No parallels, no crossings, all in range.")
    return tr("One fault.") if count == 1 else tr("{count} faults.").format(count=count)


def _words(score: Score, bars: Bars, fault: Found) -> str:
    """`Bar 3 beat 2: parallel fifth, Soprano and Bass`."""
    bar, beat = bars.place(fault.tick)
    names = [score.tracks[track].name or tr("track {n}").format(n=track + 1) for track in fault.tracks]
    words = tr("Bar {bar} beat {beat}: {fault}, {voices}")
    return words.format(bar=bar, beat=beat, fault=tr(str(fault.kind)), voices=tr(" and ").join(names))
