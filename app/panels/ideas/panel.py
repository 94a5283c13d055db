"""Whatever a verb makes, as cards to be heard, compared, kept and written into the piece."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from app.i18n import tr
from app.music_given import COMPOUND
from app.panels.ideas.frame import IdeasFrame
from app.panels.ideas.hand import take
from app.panels.ideas.pictures import Why
from app.panels.ideas.results import Result, Results, name_of
from app.panels.ideas.row import IdeaRow
from app.panels.ideas.sound import IdeaSound
from app.panels.ideas.tree_row import TreeRow
from app.panels.ideas.writing import hint, written
from app.sketches import Sketches
from app.theme import GRID, Theme
from engine.events import DocumentChanged, Event, IdeaSketched, IdeasReady, MelodyMorphed
from engine.score import Note

if TYPE_CHECKING:
    from engine.session import Session

Place = Callable[[], tuple[int, int]]  # where ideas are written: tick and edited track


class IdeasPanel(IdeasFrame):
    """Rows of cards.

    Args:
        session: what sounds and is written to.
        theme: colours.
        place: where an idea is written, asked when it is.
        hovers: whether a card under the resting mouse is to be heard.

    Attributes:
        written: the notes that were written last, for whoever brings them into sight.

    Signals: `filled` when a verb's ideas came, or the first sketch of one; `sketched` with the newest sketch of a verb
    at work or None; `code_taken(model, code)` when the composer wants an idea on the dials.
    """

    filled = Signal()
    sketched = Signal(object)
    code_taken = Signal(str, object)

    def __init__(
        self,
        session: Session,
        theme: Theme,
        place: Place,
        hovers: Callable[[], bool] = lambda: True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, parent)
        self._session, self._theme, self._place, self._hovers = session, theme, place, hovers
        self.results = Results()
        self.result: Result | None = None
        self.rows: list[IdeaRow] = []
        self.written: tuple[Note, ...] = ()
        self.sound = IdeaSound(session, self)
        self.sound.moved.connect(self._show_sounding)
        self.sound.ended.connect(self._show_silence)
        self._heard: tuple[IdeaRow, list[int]] | None = None  # whose cards, in the order in which they sound
        self.sketches, self.why = Sketches(self), Why(self)
        self.choice.activated.connect(self._choose_result)
        self.clear_button.clicked.connect(self.clear)
        self.at_work.stop_asked.connect(self._stop_work)
        self.at_work.why_asked.connect(lambda: self.why.show_sketch(self.sketches.present, self._theme))
        self.sketches.shown.connect(self._show_sketch)
        self._show()

    # -------------------------------------------------------------------------------------------------------- acting

    def hear(self, row: IdeaRow, card: int) -> None:
        """Let one idea be heard."""
        self._sound(row, [card])
        self._tell(row, card)

    def hear_row(self, row: IdeaRow) -> None:
        """Hear the whole row, one idea after the other, from the card that is marked; a second time stops it."""
        if self._heard is not None and self._heard[0] is row and len(self._heard[1]) > 1:
            self.sound.stop()
            return
        start = max(0, row.cards.current)
        count = row.cards.ideas.rowCount()
        self._sound(row, list(range(0 if start == count - 1 else start, count)))

    def _sound(self, row: IdeaRow, cards: list[int]) -> None:
        assert self.result is not None
        self.sound.stop(quiet=False)
        resolution = self._session.score.ticks_per_quarter
        voices = [self.result.voices(row.cards.ideas.places[card], resolution) for card in cards]
        self._heard = (row, cards)
        row.show_path(len(cards) > 1)
        self.sound.play(voices, self.result.span(resolution), self._place()[1])
        if not self.sound.sounding:
            self._show_silence()

    def write(self, row: IdeaRow, cards: list[int]) -> None:
        """Write an idea where it belongs, or several one after the other at the marker, as one undo step."""
        assert self.result is not None
        places = [row.cards.ideas.places[card] for card in cards]
        self.sound.stop()
        if not self.result.new(places):
            return
        placed = written(self._session.score, self.result, places, self._place())
        self.written = placed.notes
        captions = row.cards.ideas.idea(cards[0]).caption if len(cards) == 1 else tr("{n} ideas").format(n=len(cards))
        self._session.history.do(f"{name_of(self.result.verb)}: {captions}", score=placed.score, initiator=self)

    def show_why(self, row: IdeaRow, card: int) -> None:
        """The pictures that explain an idea."""
        self.why.show_idea(row.cards.ideas.idea(card), self._theme)

    def clear(self) -> None:
        """Forget the result that is shown, but for its stars."""
        if self.result is None:
            return
        self.sound.stop()
        kept = self.results.clear(self.result)
        self.result = kept or (self.results.items[0] if self.results.items else None)
        self._show()

    def _choose_result(self, index: int) -> None:
        if self.results.items[index] is not self.result:
            self.sound.stop()
            self.result = self.results.items[index]
            self._show()

    def _rest_on(self, row: IdeaRow, card: int) -> None:
        if card >= 0 and self._hovers() and not self.sound.sounding and not self._session.player.playing:
            self._sound(row, [card])
        if card >= 0:
            self._tell(row, card)

    # ------------------------------------------------------------------------------------------------------- showing

    def on_event(self, event: Event) -> None:
        """Show what a verb makes and made."""
        self.sketches.on_event(event)
        if isinstance(event, IdeasReady) and event.ideas:
            resolution, track = self._session.score.ticks_per_quarter, event.track
            self.result = Result.of(event.verb, event.model, event.ideas, resolution, self._sways, track=track)
            self.results.add(self.result)
            self.sound.stop(quiet=False)
            self._show()
            self.filled.emit()
        elif isinstance(event, MelodyMorphed):
            self.sound.stop(quiet=False)  # the map is heard in its place
        elif isinstance(event, DocumentChanged) and self.result is not None:
            self._hint()

    @property
    def _sways(self) -> bool:
        """Whether ideas may be in bars of twelve sixteenths."""
        score, steering = self._session.score, self._session.steering
        meter = score.meter_at(steering.at_tick)
        return steering.compound or (meter.numerator, meter.denominator) in COMPOUND

    def _show_sketch(self, sketch: IdeaSketched | None) -> None:
        began = self.at_work.isHidden()
        self.at_work.show_sketch(sketch, self._session.score.ticks_per_quarter, self._sways)
        self._empty.setVisible(self.result is None and sketch is None)
        self.why.follow(sketch)
        self.sketched.emit(sketch)
        if began and sketch is not None:
            self.filled.emit()

    def _stop_work(self) -> None:
        if self.sketches.job is not None:
            self._session.work.cancel(self.sketches.job)

    def _show(self) -> None:
        self.choice.clear()
        self.choice.addItems([result.title for result in self.results.items])
        result = self.result
        for part in (self._top, self._scroll):
            part.setVisible(result is not None)
        self._empty.setVisible(result is None)
        self._heard = None
        self.rows = []
        inside = QWidget()
        inside.setProperty("role", "panel")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        if result is not None:
            self.choice.setCurrentIndex(next(i for i, r in enumerate(self.results.items) if r is result))
            headings = [] if result.tree else result.rows
            if result.tree:
                self._add(TreeRow(result, self._theme), column)
            for heading, places in headings:
                self._add(IdeaRow(result, heading, places, len(headings) == 1, self._theme), column)
            if len(headings) > 1:
                column.addStretch(1)
            self._tie()
            self._hint()
        self._scroll.setWidget(inside)

    def _add(self, row: IdeaRow, column: QVBoxLayout) -> None:
        result = row.cards.ideas.result
        row.set_theme(self._theme)
        row.cards.heard.connect(partial(self.hear, row))
        row.cards.rested.connect(partial(self._rest_on, row))
        row.cards.chosen.connect(lambda card: self.write(row, [card]))
        row.cards.dragged.connect(lambda card: take(row.cards, card, result, self._session.score, self._place()))
        row.cards.stopped.connect(self.sound.stop)
        row.cards.menu_asked.connect(partial(self._open_menu, row))
        row.cards.why_asked.connect(partial(self.show_why, row))
        row.cards.crossed.connect(partial(self._cross, row))
        row.path_asked.connect(partial(self.hear_row, row))
        row.arrangement_asked.connect(lambda: self.write(row, list(range(row.cards.ideas.rowCount()))))
        self.rows.append(row)
        column.addWidget(row)

    def menu_of(self, row: IdeaRow, card: int) -> QMenu:
        """What can be done with one idea."""
        menu, idea = QMenu(self), row.cards.ideas.idea(card)
        menu.addAction(tr("Hear it"), partial(self.hear, row, card))
        menu.addAction(tr("Write it into the piece"), partial(self.write, row, [card]))
        if idea.pictures:
            menu.addAction(tr("See why"), partial(self.show_why, row, card))
        kept = row.cards.ideas.starred(card)
        menu.addAction(tr("No longer keep it") if kept else tr("Keep it"), partial(row.cards.ideas.turn_star, card))
        if idea.code and self.result is not None:
            menu.addSeparator()
            menu.addAction(tr("Turn its dials"), partial(self.code_taken.emit, self.result.model, idea.code))
        return menu

    def _open_menu(self, row: IdeaRow, card: int, where: QPoint) -> None:
        menu = self.menu_of(row, card)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(where)

    def _cross(self, row: IdeaRow, way: int) -> None:
        """From a card to the one above or below it."""
        there = self.rows.index(row) + way
        if 0 <= there < len(self.rows):
            other = self.rows[there]
            card = min(max(0, row.cards.current), other.cards.ideas.rowCount() - 1)
            other.cards.setFocus(Qt.FocusReason.TabFocusReason)
            other.cards.go_to(card)
            self._scroll.ensureWidgetVisible(other)
            self.hear(other, card)

    def _tie(self) -> None:
        """Rows that show the same points twice scroll together."""
        bars = [row.cards.horizontalScrollBar() for row in self.rows]
        for bar in bars:
            for other in bars:
                if other is not bar:
                    bar.valueChanged.connect(other.setValue)

    def _tell(self, row: IdeaRow, card: int) -> None:
        idea = row.cards.ideas.idea(card)
        words = " · ".join(part for part in (idea.row, idea.caption, idea.remark) if part)
        self.says.setText(words)

    def _hint(self) -> None:
        assert self.result is not None
        self.says.setText(hint(self._session.score, self.result, self._place()))

    def _show_sounding(self, number: int, fraction: float) -> None:
        if self._heard is None:
            return
        row, cards = self._heard
        card = cards[number]
        sounding = row.cards.painter.sounding
        if len(cards) > 1 and (sounding is None or sounding[0] != card):
            row.cards.scrollTo(row.cards.ideas.index(card))
            self._tell(row, card)
        row.cards.show_sounding(card, fraction)

    def _show_silence(self) -> None:
        if self._heard is not None:
            row, _ = self._heard
            self._heard = None
            row.show_path(False)
            row.cards.show_sounding(-1, None)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme = theme
        self.at_work.set_theme(theme)
        self.why.set_theme(theme)
        for row in self.rows:
            row.set_theme(theme)
