"""What a network makes while it learns: a row of cards for each hearing, the newest above the earlier ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app.i18n import tr
from app.panels.elided import ElidedLabel
from app.panels.ideas.sound import IdeaSound
from app.panels.ideas.writing import Marker, written
from app.panels.training.samples import SampleRow
from app.theme import GRID, Theme
from app.training.queue import Training
from engine.score import Note
from engine.training.hearings import Hearing

if TYPE_CHECKING:
    from engine.session import Session

SCROLL_BAR = 10  # px


class TrainingMusic(QWidget):
    """The hearings of the training that is looked at.

    Args:
        session: what sounds and is written to.
        theme: colours.
        place: where a sample is written, asked when it is: tick and edited track.

    Attributes:
        rows: hearing -> its row, the newest first.
        written: the notes that were written last.

    Signals: `used` after a sample was written into the piece.
    """

    used = Signal()

    def __init__(
        self, session: Session, theme: Theme, place: Callable[[], Marker], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._theme, self._place = session, theme, place
        self.rows: dict[Hearing, SampleRow] = {}
        self.written: tuple[Note, ...] = ()
        self._shown: Training | None = None
        self._sounds: tuple[SampleRow, list[int]] | None = None
        self._chosen: tuple[SampleRow, int] | None = None
        self.sound = IdeaSound(session, self)
        self.sound.moved.connect(self._show_sounding)
        self.sound.ended.connect(self._show_silence)
        self.says, self.use = ElidedLabel(), QPushButton(tr("Use"))
        self.says.setProperty("role", "dim")
        self.use.setProperty("role", "quiet")
        self.use.setToolTip(tr("Writes the chosen music into the piece, at the map's bars"))
        self.use.setAccessibleDescription(self.use.toolTip())
        self.use.clicked.connect(self.write)
        self._scroll, self._column = QScrollArea(), QVBoxLayout()
        self._lay_out()

    def _lay_out(self) -> None:
        inside = QWidget()
        inside.setProperty("role", "panel")
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GRID // 2)
        self._column.addStretch(1)
        self._scroll.setWidget(inside)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setAccessibleName(tr("What it makes by now"))
        top = QHBoxLayout()
        top.setSpacing(GRID)
        top.addWidget(self.says, 1)
        top.addWidget(self.use)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(top)
        column.addWidget(self._scroll, 1)

    # ------------------------------------------------------------------------------------------------------- showing

    def show_training(self, training: Training) -> None:
        """Show what a training made; rows that stand already stay as they are."""
        if training is not self._shown:
            self.sound.stop()
            self._drop(list(self.rows))
            self._shown = training
        wanted = training.hearings[::-1]
        self._drop([hearing for hearing in self.rows if hearing not in wanted])
        wanted = [hearing for hearing in wanted if hearing.heard.samples]
        rows = {}
        for place, hearing in enumerate(wanted):
            rows[hearing] = self.rows.get(hearing) or self._row(training, hearing)
            self._column.insertWidget(place, rows[hearing])
        self.rows = rows
        self._fit()
        self._hint()

    def _row(self, training: Training, hearing: Hearing) -> SampleRow:
        row = SampleRow(training.order.row.system, hearing, self._theme)
        row.cards.heard.connect(partial(self.hear, row))
        row.cards.chosen.connect(partial(self._write, row))
        row.cards.stopped.connect(self.sound.stop)
        row.cards.crossed.connect(partial(self._cross, row))
        row.path_asked.connect(partial(self.hear_row, row))
        return row

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        for row in self.rows.values():
            row.fit(self.width() - SCROLL_BAR)

    def _drop(self, gone: Sequence[Hearing]) -> None:
        for hearing in gone:
            row = self.rows.pop(hearing)
            if self._sounds is not None and self._sounds[0] is row:
                self.sound.stop()
            if self._chosen is not None and self._chosen[0] is row:
                self._chosen = None
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()

    def _hint(self) -> None:
        self.use.setEnabled(self._chosen is not None)
        if self._chosen is None:
            words = tr("Usual ones, mostly by the same dice: so one hears it learn. Click to hear; Enter writes it.")
        else:
            row, card = self._chosen
            idea = row.cards.ideas.idea(card)
            words = " · ".join(part for part in (row.words, tr("dice {n}").format(n=idea.caption), idea.remark) if part)
        self.says.setText(words)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme = theme
        for row in self.rows.values():
            row.set_theme(theme)

    # ------------------------------------------------------------------------------------------------------- hearing

    def hear(self, row: SampleRow, card: int) -> None:
        """Let one be heard; the one that sounds already falls silent."""
        again = self._sounds is not None and self._sounds[0] is row and self._sounds[1] == [card]
        row.cards.go_to(card)
        self._choose(row, card)
        if again and self.sound.sounding:
            self.sound.stop()
        else:
            self._play(row, [card])

    def hear_row(self, row: SampleRow) -> None:
        """Hear a whole hearing, one card after the other; a second time stops it."""
        if self._sounds is not None and self._sounds[0] is row and len(self._sounds[1]) > 1:
            self.sound.stop()
        else:
            self._play(row, list(range(row.cards.ideas.rowCount())))

    def _play(self, row: SampleRow, cards: list[int]) -> None:
        self.sound.stop(quiet=False)
        resolution = self._session.score.ticks_per_quarter
        result = row.cards.ideas.result
        self._sounds = (row, cards)
        row.show_path(len(cards) > 1)
        self.sound.play([result.voices(card, resolution) for card in cards], result.span(resolution), self._place()[1])
        if not self.sound.sounding:
            self._show_silence()

    def _choose(self, row: SampleRow, card: int) -> None:
        self._chosen = (row, card)
        self._hint()

    def _cross(self, row: SampleRow, way: int) -> None:
        """From a card to what the same dice made before or after."""
        rows = list(self.rows.values())
        there = rows.index(row) + way
        if 0 <= there < len(rows):
            card = min(max(0, row.cards.current), rows[there].cards.ideas.rowCount() - 1)
            rows[there].cards.setFocus(Qt.FocusReason.TabFocusReason)
            self._scroll.ensureWidgetVisible(rows[there])
            self.hear(rows[there], card)

    def _show_sounding(self, number: int, fraction: float) -> None:
        if self._sounds is not None:
            row, cards = self._sounds
            row.cards.show_sounding(cards[number], fraction)

    def _show_silence(self) -> None:
        if self._sounds is not None:
            row, _ = self._sounds
            self._sounds = None
            row.show_path(False)
            row.cards.show_sounding(-1, None)

    # ------------------------------------------------------------------------------------------------------- writing

    def write(self) -> None:
        """Write the chosen sample into the piece."""
        if self._chosen is not None:
            self._write(*self._chosen)

    def _write(self, row: SampleRow, card: int) -> None:
        assert self._shown is not None
        self._choose(row, card)
        self.sound.stop()
        placed = written(self._session.score, row.cards.ideas.result, [card], self._place())
        self.written = placed.notes
        label = tr("music by “{title}”").format(title=self._shown.order.title)
        self._session.history.do(label, score=placed.score, initiator=self)
        self.used.emit()
