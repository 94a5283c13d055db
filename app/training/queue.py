"""The trainings of one window, without widgets: which one learns, which wait, which could go on, which are over."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from engine.events import Event, JobChanged, TrainingHeard, TrainingProgressed
from engine.training.hearings import Hearing, read, with_one_more
from engine.training.options import Order
from engine.training.progress import Heard, Look, TrainingProgress
from engine.training.unfinished import CHECKPOINT, looks

RUNNING, WAITING, RESTING, DONE, FAILED = "running", "waiting", "resting", "done", "failed"
STATES = {"queued": WAITING, "running": RUNNING, "cancelled": RESTING, "done": DONE, "failed": FAILED}
FINISH, PAUSE, DROP = "finish", "pause", "drop"  # what the composer has asked for and what is not yet done
TrainingEvent = JobChanged | TrainingProgressed | TrainingHeard


@dataclass(eq=False)
class Training:
    """One training, from its order to its end; going on with it is the same training.

    Attributes:
        order: what is trained.
        state: RUNNING, WAITING, RESTING (paused, or left over from before), DONE or FAILED.
        job: the newest word about its job; None for one left over from before that has none.
        job_id: of that job; 0: none.
        progress: the newest there is.
        looks: how it went, of the network that is kept.
        hearings: what it made, the oldest first.
        wish: FINISH, PAUSE or DROP until that is done.
    """

    order: Order
    state: str = RESTING
    job: JobChanged | None = None
    job_id: int = 0
    progress: TrainingProgress | None = None
    looks: tuple[Look, ...] = ()
    hearings: list[Hearing] = field(default_factory=list)
    wish: str = ""

    @property
    def name(self) -> str:
        """Its name among all models, now or to be."""
        return self.order.name

    @property
    def active(self) -> bool:
        """It learns, or waits to."""
        return self.state in (RUNNING, WAITING)

    @property
    def seconds_left(self) -> float | None:
        """Until its card plays, as the line of jobs says it as well; None while nobody knows."""
        return self.job.seconds_left if self.job is not None and self.state == RUNNING else None

    @property
    def kept(self) -> float | None:
        """When what it has learnt was last kept, seconds since the epoch; None if nothing is."""
        try:
            return self.order.out.with_suffix(CHECKPOINT).stat().st_mtime
        except OSError:
            return None

    def hear(self, heard: Heard) -> None:
        """One more hearing."""
        self.hearings = with_one_more(self.hearings, heard, time.time())


class Queue:
    """All trainings the window knows of, by name."""

    def __init__(self) -> None:
        self._known: dict[str, Training] = {}
        self._jobs: dict[int, Training] = {}
        self._unclaimed: list[Event] = []  # the last words of jobs that nobody has said anything about

    @property
    def listed(self) -> list[Training]:
        """As the composer sees them: what learns, what waits in its order, what could go on, what is over."""
        running = [known for known in self._known.values() if known.state == RUNNING]
        resting = [known for known in self._known.values() if known.state == RESTING]
        over = [known for known in self._known.values() if known.state in (DONE, FAILED)]
        return [*running, *self.waiting, *resting, *reversed(over)]

    @property
    def waiting(self) -> list[Training]:
        """Those that wait, the next one first."""
        return sorted((known for known in self._known.values() if known.state == WAITING), key=lambda one: one.job_id)

    def of(self, name: str) -> Training | None:
        """The training of a name."""
        return self._known.get(name)

    def expect(self, job_id: int, order: Order) -> Training:
        """A training was queued under this number; it may have said something already."""
        training = self._known.pop(order.name, None)
        if training is None or not order.resume:
            training = Training(order)
        training.order, training.job_id, training.state, training.wish = order, job_id, WAITING, ""
        self._known[order.name] = self._jobs[job_id] = training
        early, self._unclaimed = self._unclaimed, []
        for event in early:
            if isinstance(event, TrainingEvent) and event.job_id == job_id:
                self.on_event(event)
        return training

    def find_left_over(self, orders: Iterable[Order]) -> None:
        """What was begun, now or before, and is not done: new ones join, those that are gone from the folder leave."""
        found = {order.name: order for order in orders}
        for name, training in list(self._known.items()):
            if training.state == RESTING and name not in found:
                del self._known[name]
        for name, order in found.items():
            if name not in self._known:
                self._known[name] = Training(order, looks=looks(order.out), hearings=read(order.out))

    def knows(self, job_id: int) -> bool:
        """Whether a job is a training."""
        return job_id in self._jobs

    def forget(self, name: str) -> None:
        """It was thrown away."""
        self._known.pop(name, None)

    def on_event(self, event: Event) -> Training | None:
        """Follow the trainings; returns the one that something became of."""
        if not isinstance(event, TrainingEvent):
            return None
        if event.job_id not in self._jobs:
            self._unclaimed = [*self._unclaimed[-9:], event]
            return None
        training = self._jobs.get(event.job_id)
        if training is None or training.job_id != event.job_id:
            return None
        if isinstance(event, TrainingProgressed):
            training.progress = event.progress
            if not event.progress.network:  # a twin's curves would begin anew
                training.looks = event.progress.looks
        elif isinstance(event, TrainingHeard):
            training.hear(event.heard)
        else:
            training.job, training.state = event, STATES[event.state]
        return training
