"""The room of trainings: what learns, waits or could go on, how it goes in plain words, and what it makes by now."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QPushButton, QScrollArea, QWidget

from app.i18n import tr
from app.panels.ideas.writing import Marker
from app.panels.models.verb_form import line
from app.panels.training.card import TrainingCard
from app.panels.training.forming_map import FormingMap
from app.panels.training.frame import Frame
from app.panels.training.music import TrainingMusic
from app.panels.training.pages import Pages
from app.panels.training.queue_list import TrainingList
from app.panels.training.table import TrainingTable
from app.theme import Theme
from app.training.queue import DROP, FINISH, PAUSE, Queue, Training
from app.unhurried import Unhurried
from engine.events import Event, JobChanged, MelodyMorphed, TrainingHeard
from engine.training.hearings import Hearing

if TYPE_CHECKING:
    from app.panels.training.plots import LivePlots
    from engine.session import Session
    from engine.training.options import Order

HEIGHT = 236  # px of the panel when it first comes up
WORDS_MS, CURVES_MS = 200, 500  # between two times


class TrainingPanel(QWidget):
    """All trainings as a list; of the one that is looked at, words, buttons and pages.

    Args:
        session: what sounds and is written to.
        theme: colours.
        place: where a sample is written: tick and edited track.

    Attributes:
        queue: every training of this window.
        shown: the one that is looked at.

    Signals: `train_asked` by its button; `opened` when the room comes into sight; `finish_asked` and `pause_asked` with
    a job's number; `go_on_asked` and `drop_asked` with a training; `card_asked` with a model's name; `ended` with a
    training of which nothing more will be heard for now.
    """

    train_asked = Signal()
    opened = Signal()
    finish_asked = Signal(int)
    pause_asked = Signal(int)
    go_on_asked = Signal(object)
    drop_asked = Signal(object)
    card_asked = Signal(str)
    ended = Signal(object)

    def __init__(
        self, session: Session, theme: Theme, place: Callable[[], Marker], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self.queue = Queue()
        self.shown: Training | None = None
        self.plots: LivePlots | None = None
        self._on_map: Hearing | None = None
        self._drawn: tuple[Training, int] | None = None  # whose curves, and how far
        self.setAccessibleName(tr("Training"))
        self.list, self.card = TrainingList(theme), TrainingCard(theme)
        self.train = QPushButton(tr("Train a model…"))
        self.train.setToolTip(tr("On music of the built-in collections, or on your own"))
        self.train.setAccessibleDescription(self.train.toolTip())
        self.empty = line(
            tr("Models can learn from your own music. How that goes, and what to do about it, is shown here."), "dim"
        )
        self.curves = QScrollArea()
        self.music, self.map = TrainingMusic(session, theme, place), FormingMap(theme)
        self.table = TrainingTable(theme)
        self.pages = Pages(
            {tr("Curves"): self.curves, tr("Music"): self.music, tr("Map"): self.map, tr("Figures"): self.table}
        )
        self.frame = Frame(self.list, self.train, self.empty, self.card, self.pages, self)
        self._make_curves()
        self._words = Unhurried(self, self._show_words, WORDS_MS)
        self._seldom = (
            Unhurried(self.curves, self._show_curves, CURVES_MS),
            Unhurried(self.music, self._show_music, CURVES_MS),
            Unhurried(self.map, self._show_map, CURVES_MS),
            Unhurried(self.table, self._show_table, CURVES_MS),
        )
        self._narrow = self.frame.narrow
        self._connect()
        self._order()
        self._show_words()

    def _make_curves(self) -> None:
        self.curves.setWidgetResizable(True)
        self.curves.setFrameShape(QFrame.Shape.NoFrame)
        self.curves.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.curves.setAccessibleName(tr("Curves of the training"))

    def _connect(self) -> None:
        self.list.chosen.connect(self.look_at)
        self.train.clicked.connect(self.train_asked)
        self.card.finish_asked.connect(self._finish)
        self.card.pause_asked.connect(self._pause)
        self.card.drop_asked.connect(self._drop)
        self.card.go_on_asked.connect(lambda: self.go_on_asked.emit(self.shown))
        self.card.card_asked.connect(self._show_card)

    def _order(self) -> None:
        """Tab goes from the left to the right, and from the title of a page to what is on it."""
        card, pages = self.card, self.pages.buttons.values()
        chain: tuple[QWidget, ...] = (self.list, self.train, card.reading, *card.in_order, *pages, self.music.use)
        for before, after in pairwise(chain):
            QWidget.setTabOrder(before, after)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._narrow != self.frame.narrow:  # the parts have been put elsewhere
            self._narrow = self.frame.narrow
            self._order()

    def sizeHint(self) -> QSize:
        """The list, the words, and a page."""
        return QSize(860, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """What is too much is scrolled."""
        return QSize(220, 132)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.opened.emit()

    # ------------------------------------------------------------------------------------------------------- hearing

    def expect(self, job_id: int, order: Order) -> None:
        """A training was queued, by whomever; the first one is looked at, and each that goes on."""
        training = self.queue.expect(job_id, order)
        before = self.shown
        self.look_at(before if before is not None and before.active else training)

    def show_left_over(self, orders: Iterable[Order]) -> None:
        """What can still go on, of now and of before."""
        self.queue.find_left_over(orders)
        self._changed(True)

    def on_event(self, event: Event) -> None:
        """Follow the trainings."""
        if isinstance(event, MelodyMorphed):
            self.music.sound.stop(quiet=False)  # the map is heard in its place
            return
        before = [(training, training.state) for training in self.queue.listed]
        training = self.queue.on_event(event)
        if training is None:
            return
        if isinstance(event, JobChanged) and not training.active:
            self.ended.emit(training)
            training.wish = ""
        turned = before != [(known, known.state) for known in self.queue.listed]
        self._changed(turned or isinstance(event, TrainingHeard))

    def forget(self, training: Training) -> None:
        """It was thrown away."""
        self.queue.forget(training.name)
        self._changed(True)

    def look_at(self, training: Training) -> None:
        """Show this one."""
        self.shown = training
        self._changed(True)

    # ------------------------------------------------------------------------------------------------------- showing

    def _changed(self, now: bool) -> None:
        """Something became of a training; `now`: it is more than a further step."""
        listed = self.queue.listed
        if self.shown not in listed:
            self.shown = listed[0] if listed else None
        for part in (self._words, *self._seldom):
            part.ask(now)

    def _show_words(self) -> None:
        listed = self.queue.listed
        self.list.show_trainings(listed, self.shown)
        self.frame.set_empty(not listed)
        if self.shown is None:
            return
        active = [training for training in listed if training.active]
        self.card.show_training(self.shown, active.index(self.shown) if self.shown in active else 0)
        hearings = self.shown.hearings
        has = {
            tr("Curves"): bool(self.shown.looks),
            tr("Music"): any(hearing.heard.samples for hearing in hearings),
            tr("Map"): any(hearing.heard.places is not None for hearing in hearings),
            tr("Figures"): any(hearing.heard.table for hearing in hearings),
        }
        self.pages.set_full({title for title, full in has.items() if full})

    def _show_curves(self) -> None:
        if self.shown is None or not self.shown.looks:
            return
        if self.plots is None:
            from app.panels.training.plots import LivePlots

            self.plots = LivePlots(self._theme)
            self.plots.setProperty("role", "panel")
            self.curves.setWidget(self.plots)
        newest = (self.shown, self.shown.looks[-1].step)
        if newest != self._drawn:  # there are but a hundred looks in a whole training, and painting costs
            self._drawn = newest
            self.plots.show_looks(self.shown.looks)

    def _show_music(self) -> None:
        if self.shown is not None:
            self.music.show_training(self.shown)

    def _show_map(self) -> None:
        found = [hearing for hearing in self._hearings if hearing.heard.places is not None]
        if found and found[-1] is not self._on_map:
            self.map.show_hearing(found[-1], glide=self._on_map in found)
            self._on_map = found[-1]

    def _show_table(self) -> None:
        found = [hearing for hearing in self._hearings if hearing.heard.table]
        if found:
            self.table.show_hearing(found[-1])

    @property
    def _hearings(self) -> list[Hearing]:
        return self.shown.hearings if self.shown is not None else []

    def set_theme(self, theme: Theme) -> None:
        """Redraw in another theme."""
        self._theme = theme
        for part in (self.list, self.card, self.music, self.map, self.table):
            part.set_theme(theme)
        if self.plots is not None:
            self.plots.set_theme(theme)

    # ------------------------------------------------------------------------------------------------------- buttons

    def _show_card(self) -> None:
        if self.shown is not None:
            self.card_asked.emit(self.shown.name)

    def _finish(self) -> None:
        self._wish(FINISH)
        if self.shown is not None:
            self.finish_asked.emit(self.shown.job_id)

    def _pause(self) -> None:
        self._wish(PAUSE)
        if self.shown is not None:
            self.pause_asked.emit(self.shown.job_id)

    def _drop(self) -> None:
        if self.shown is not None:
            self._wish(DROP)
            self.drop_asked.emit(self.shown)

    def _wish(self, wish: str) -> None:
        """Asked once is enough: the buttons rest until it is done."""
        if self.shown is not None:
            self.shown.wish = wish
            self._words.ask(now=True)
