"""What the composer does with trainings that were ordered: go on, throw away, finish, see what came of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from app.i18n import tr
from app.panels.training.said import offer
from app.training.locks import SUFFIX, TrainingLocks
from app.training.queue import DONE, DROP, PAUSE, Training
from engine.errors import UserError

if TYPE_CHECKING:
    from app.main_window import MainWindow
    from engine.training.options import Order


class TrainingKeeper:
    """Answers the room of trainings of one window.

    Args:
        window: whose session, models and panel they are about.
    """

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self.locks = TrainingLocks()
        self._offered = ""  # what the window's line offers about trainings that were interrupted

    def submit(self, wanted: Order) -> int:
        """Queue a training and show it; returns the job's number.

        Raises:
            UserError: the folder cannot be written, or it learns in another window.
        """
        window = self._window
        self._take(wanted)
        try:
            job = window.session.ask.train(wanted)
        except UserError:
            self.locks.free(wanted.out)
            raise
        window.workshop.training.expect(job, wanted)
        window.workshop.show_training()
        self._remember_paused(wanted.name, False)
        self._withdraw_offer()
        return job

    def _take(self, order: Order) -> None:
        if not self.locks.take(order.out):
            what = tr("“{title}” learns in another window of Melomorph.").format(title=order.title)
            remedy = tr("Pause it there first. If that window is gone for good, delete {name} in the folder of models.")
            raise UserError(what, remedy.format(name=order.out.with_suffix(SUFFIX).name))

    def wake(self) -> None:
        """At the start: what was interrupted is in the room, and a line offers to go on with it."""
        self.find_left_over()
        by_hand = self._window.settings.preferences.paused
        found = self._window.session.ask.unfinished()
        orders = [order for order in found if order.name not in by_hand and not self.locks.elsewhere(order.out)]
        if orders:
            choices = [
                (tr("Go on"), lambda: self._go_on_with(orders)),
                (tr("Show"), self._window.workshop.show_training),
            ]
            self._offered = offer(orders)
            self._window.bar.offer(self._offered, choices, question=False, stay=True)

    def _withdraw_offer(self) -> None:
        """The composer has dealt with it in the room."""
        if self._offered and self._window.bar.accessibleName() == self._offered:
            self._window.bar.dismiss()
        self.locks = TrainingLocks()
        self._offered = ""

    def find_left_over(self) -> None:
        """Look into the folder for trainings that could go on."""
        self._window.workshop.training.show_left_over(self._window.session.ask.unfinished())

    def go_on(self, training: Training) -> None:
        """Go on with one that was paused, failed, or was left over."""
        self._go_on_with([training.order])

    def _go_on_with(self, orders: list[Order]) -> None:
        """Go on with all of these that do not go on already."""
        queue = self._window.workshop.training.queue
        try:
            for wanted in orders:
                if (known := queue.of(wanted.name)) is None or known.active:
                    continue
                self.submit(replace(wanted, resume=True))
        except Exception as error:
            self._window.door.show(error)

    def drop(self, training: Training) -> None:
        """Throw one away; one that learns or waits ends first."""
        if training.active:
            self._window.session.cancel(training.job_id)
        else:
            self._forget(training)

    def _forget(self, training: Training) -> None:
        window = self._window
        try:
            self._take(training.order)
            window.session.ask.forget_training(training.order)
        except OSError as error:
            said = UserError(str(error), tr("Close what uses the folder of your models, and try again."))
            window.door.show(said)
        except UserError as error:
            window.door.show(error)
        else:
            window.workshop.training.forget(training)
            self._remember_paused(training.name, False)
            self._withdraw_offer()
        training.wish = ""
        self.locks.free(training.order.out)
        self.find_left_over()

    def end(self, training: Training) -> None:
        """One has come to an end, or to a pause."""
        self.locks.free(training.order.out)
        if training.state == DONE:
            self._show_learnt(training)
        elif training.wish == DROP:
            self._forget(training)
        elif training.wish == PAUSE:
            self._remember_paused(training.name, True)

    def _remember_paused(self, name: str, paused: bool) -> None:
        """What was paused by hand is not offered at the next start."""
        settings = self._window.settings
        others = tuple(other for other in settings.preferences.paused if other != name)
        names = (*others, name) if paused else others
        if names != settings.preferences.paused:
            settings.put(replace(settings.preferences, paused=names))

    def _show_learnt(self, training: Training) -> None:
        """A new card: it opens, and a line says what to do with it."""
        window, name = self._window, training.name
        window.own_models.refill()
        if name not in window.models.cards:
            return
        window.desk.show_dock("model")
        window.models.open(name)
        words = tr("“{title}” is trained. Its card is open: its buttons play what it learnt.")
        show = (tr("Show its card"), lambda: self.show_card(name))
        window.bar.offer(words.format(title=training.order.title), [show], question=False)

    def show_card(self, name: str) -> None:
        """Open the card of a trained model and bring it into sight."""
        window = self._window
        if name not in window.models.cards:
            missing = UserError(tr("This model is no longer there."), tr("It may have been deleted or renamed."))
            window.door.show(missing)
            return
        window.own_models.show(name)
