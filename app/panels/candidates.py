"""Four melodies to hear before one is chosen."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from app.gestures.carry import Carried, alone, carry
from app.gestures.steer import Code
from app.i18n import tr
from app.icons import icon
from app.panels.candidate import Candidate
from app.panels.candidate_card import CandidateCard
from app.theme import GRID, Theme
from engine.codecs.codec import Voice
from engine.commands.document import Steering
from engine.events import CandidatesReady, DocumentChanged, Event, Failed, MapReady, MelodyMorphed

if TYPE_CHECKING:
    from engine.session import Session

COUNT = 4
REST_MS = 280  # the mouse rests this long on a card before it is heard
FRAME_MS = 33  # of the small playhead


def order_words() -> tuple[str, ...]:
    """What the button says with no, one, two and three cards kept."""
    return tr("Generate four"), tr("Generate three"), tr("Generate two"), tr("Generate one")


class CandidatesStrip(QWidget):
    """The `Generate four` button and four cards.

    Args:
        session: what generates, sounds and is written to.
        theme: colours.

    Attributes:
        hover_sounds: a card under the resting mouse is heard while nothing plays (a click always is).

    Signals: `chosen` after a candidate was written into the piece.
    """

    chosen = Signal()

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._theme = session, theme
        self._candidates: list[Candidate] = []
        self._asked: Steering | None = None
        self._next_seed: int | None = None
        self._picked = -1
        self._heard: tuple[int, float, float] | None = None  # card, when it began, how long it is (s)
        self.hover_sounds = True
        self._resting = -1
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(lambda: self.hear(self._resting))
        self._clock = QTimer(self)
        self._clock.setInterval(FRAME_MS)
        self._clock.timeout.connect(self._move_playhead)
        self._build()
        self.set_theme(theme)
        self._show()

    def _build(self) -> None:
        self.setAccessibleName(tr("Candidates"))
        self.generate_button = QPushButton(tr("Generate four"))
        self.generate_button.setProperty("role", "primary")
        self.generate_button.clicked.connect(self.generate)
        self._says = QLabel()
        self._says.setProperty("role", "dim")
        self._says.setWordWrap(True)
        self._busy = QProgressBar()
        self._busy.setTextVisible(False)
        self._busy.setRange(0, 0)
        self._busy.setAccessibleName(tr("Generating"))
        policy = self._busy.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._busy.setSizePolicy(policy)
        self._side = QWidget()
        side = QVBoxLayout(self._side)
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(GRID // 2)
        side.addWidget(self.generate_button)
        side.addWidget(self._busy)
        side.addWidget(self._says)
        side.addStretch(1)
        self.cards = [CandidateCard(number + 1, self._theme) for number in range(COUNT)]
        line = QHBoxLayout(self)
        line.setContentsMargins(GRID, GRID, GRID, GRID)
        line.setSpacing(GRID)
        line.addWidget(self._side)
        for index, card in enumerate(self.cards):
            card.picked.connect(partial(self.hear, index))
            card.chosen.connect(partial(self.choose, index))
            card.dragged.connect(partial(self._carry, index))
            card.starred.connect(partial(self._keep, index))
            card.rested.connect(partial(self._rest_on, index))
            card.left.connect(self._rest.stop)
            line.addWidget(card, 1)
        self.setFixedHeight(12 * GRID)

    def _fit_side(self) -> None:
        """The button's text changes, the cards stay where they are: room for the longest."""
        metrics, button = self.generate_button.fontMetrics(), self.generate_button
        present = metrics.horizontalAdvance(button.text())
        longest = max(metrics.horizontalAdvance(word) for word in order_words())
        self._side.setFixedWidth(button.sizeHint().width() + longest - present)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit_side()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange) and self.isVisible():
            QTimer.singleShot(0, self._fit_side)  # once the children have the new style too

    # ------------------------------------------------------------------------------------------------------ acting

    def generate(self) -> None:
        """Ask for new melodies in every place that is not starred."""
        self._ask(self._session.steering, 1.0)

    def generate_around(self, code: Code, radius: float) -> None:
        """The same around a place of the map; a radius of 0 is that very place, 1 is anywhere."""
        self._ask(replace(self._session.steering, code=code), radius)

    def _ask(self, steering: Steering, radius: float) -> None:
        room = COUNT - sum(candidate.kept for candidate in self._candidates)
        if self._asked is not None or room == 0 or self._session.map is None:
            return
        seed = steering.seed if self._next_seed is None else self._next_seed
        self._asked = replace(steering, seed=seed)
        self._next_seed = seed + 1
        self._session.ask.candidates(self._asked, room, radius)
        self._show()

    def hear(self, index: int) -> None:
        """Let a candidate be heard, and mark it."""
        if not 0 <= index < len(self._candidates):
            return
        self._picked = index
        self._stop_playhead()
        notes = self._candidates[index].notes
        self._session.ask.audition(notes)
        if notes and self._session.player.available is None:
            score = self._session.score
            quarters = max(note.end for note in notes) / score.ticks_per_quarter
            self._heard = (index, time.monotonic(), quarters * 60 / score.tempos[0].bpm)
            self._clock.start()
        self._show_marks()

    def choose(self, index: int) -> None:
        """Write a candidate into the piece and go to its place on the map: one undo step."""
        if not 0 <= index < len(self._candidates):
            return
        candidate = self._candidates[index]
        self._picked = index
        self._stop_playhead()
        self._session.player.stop_preview()
        steering = candidate.on_map(self._session.steering)
        self._session.ask.write(candidate.notes, steering, tr("candidate {n}").format(n=index + 1), self)
        self._show_marks()
        self.chosen.emit()

    def _carry(self, index: int) -> None:
        candidate, score, steering = self._candidates[index], self._session.score, self._session.steering
        name, ticks = tr("candidate {n}").format(n=index + 1), candidate.frame(score.ticks_per_quarter).ticks
        music = Carried(name, (Voice("", 0, candidate.notes),), ticks, score.ticks_per_quarter)
        carry(self.cards[index], music, alone(score, music.voices, steering.at_tick, steering.track))

    def _keep(self, index: int, kept: bool) -> None:
        self._candidates[index] = replace(self._candidates[index], kept=kept)
        self._show()

    def _rest_on(self, index: int) -> None:
        self._resting = index
        if self.hover_sounds and self._heard is None and not self._session.player.playing:
            self._rest.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = event.key() - Qt.Key.Key_1
        if 0 <= index < len(self._candidates):
            self.cards[index].setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.hear(index)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._picked >= 0:
            self.choose(self._picked)
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right) and self._candidates:
            step = 1 if event.key() == Qt.Key.Key_Right else -1
            index = (self._picked + step) % len(self._candidates)
            self.cards[index].setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.hear(index)
        else:
            super().keyPressEvent(event)

    # ----------------------------------------------------------------------------------------------------- showing

    def on_event(self, event: Event) -> None:
        """Show what was generated."""
        if isinstance(event, CandidatesReady) and self._asked is not None:
            asked = self._asked
            made = [
                Candidate(notes, code, event.seed, asked.compound, asked.model)
                for notes, code in zip(event.melodies, event.codes, strict=True)
            ]
            self._asked = None
            self._candidates = ([c for c in self._candidates if c.kept] + made)[:COUNT]
            self._picked = -1
            self._stop_playhead()
            self._show()
        elif isinstance(event, MelodyMorphed):
            self._rest.stop()
            self._stop_playhead()  # the map is heard in its place
        elif isinstance(event, Failed) and self._asked is not None:
            self._asked = None
            self._show()
        elif isinstance(event, MapReady) or (isinstance(event, DocumentChanged) and event.steering):
            if isinstance(event, DocumentChanged) and event.initiator is not self:
                self._next_seed = None  # the composer chose a seed, or went back to one
            self._show()

    def _show(self) -> None:
        ticks = self._session.score.ticks_per_quarter
        for index, card in enumerate(self.cards):
            if index < len(self._candidates):
                candidate = self._candidates[index]
                card.show_melody(candidate.notes, candidate.frame(ticks), candidate.kept)
            else:
                card.clear()
        kept = sum(candidate.kept for candidate in self._candidates)
        self.generate_button.setText(order_words()[min(kept, COUNT - 1)])
        self.generate_button.setEnabled(self._session.map is not None and self._asked is None and kept < COUNT)
        self._busy.setVisible(self._asked is not None)
        if self._asked is not None:
            self._says.setText(tr("Composing…"))
        elif kept == COUNT:
            self._says.setText(tr("Take a star off to make room."))
        elif self._candidates:
            self._says.setText(tr("Seed {n}").format(n=self._candidates[-1].seed))
        else:
            self._says.setText(tr("Four melodies to hear; use the one you like."))
        self._show_marks()

    def _show_marks(self) -> None:
        for index, card in enumerate(self.cards):
            card.set_picked(index == self._picked)

    def _move_playhead(self) -> None:
        if self._heard is None:
            return
        index, began, length = self._heard
        fraction = (time.monotonic() - began) / length
        if fraction >= 1:
            self._stop_playhead()
        else:
            notes = self._candidates[index].notes
            candidate_end = max(note.end for note in notes)
            frame = self._candidates[index].frame(self._session.score.ticks_per_quarter)
            self.cards[index].roll.set_playhead(fraction * candidate_end / frame.ticks)

    def _stop_playhead(self) -> None:
        self._clock.stop()
        if self._heard is not None:
            self.cards[self._heard[0]].roll.set_playhead(None)
            self._heard = None

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme = theme
        self.generate_button.setIcon(icon("generate", theme, theme.on_accent))
        for card in self.cards:
            card.set_theme(theme)
