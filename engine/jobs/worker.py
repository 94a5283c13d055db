"""The two engine threads: an interactive lane where the newest request wins, and a work lane with a queue."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from itertools import count

from engine.errors import Cancelled
from engine.events import Events, Failed, JobChanged
from engine.jobs.job import Job


class InteractiveLane:
    """Answers drags. A request replaces the waiting one with the same key; the one being answered finishes.

    Work here must take less than a frame. What it raises is emitted as `Failed`, never lost.
    """

    def __init__(self, events: Events) -> None:
        self._events = events
        self._waiting: dict[str, Callable[[], None]] = {}
        self._wake = threading.Condition()
        self._closed = False
        self._busy = False
        self._thread = threading.Thread(target=self._run, name="interactive-lane", daemon=True)
        self._thread.start()

    def ask(self, key: str, answer: Callable[[], None]) -> None:
        """Run `answer` soon; forget any request with this key that has not started."""
        with self._wake:
            self._waiting.pop(key, None)  # the newest also goes to the end of the line
            self._waiting[key] = answer
            self._wake.notify()

    @property
    def idle(self) -> bool:
        """Nothing waits and nothing runs."""
        with self._wake:
            return not self._waiting and not self._busy

    def close(self) -> None:
        """Stop after the present answer."""
        with self._wake:
            self._closed = True
            self._wake.notify()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while True:
            with self._wake:
                self._busy = False
                self._wake.wait_for(lambda: self._closed or bool(self._waiting))
                if self._closed:
                    return
                answer = self._waiting.pop(next(iter(self._waiting)))
                self._busy = True
            try:
                answer()
            except Cancelled:
                pass
            except BaseException as error:  # an engine thread must never die silently
                self._events.emit(Failed(error))


class WorkLane:
    """Runs jobs one after the other and tells the whole queue as `JobChanged` events.

    Args:
        events: where it tells.
        numbers: of its jobs; lanes that share one never give two jobs the same.
    """

    def __init__(self, events: Events, numbers: Iterator[int] | None = None) -> None:
        self._events = events
        self._numbers = count(1) if numbers is None else numbers
        self._queue: deque[Job] = deque()
        self._wake = threading.Condition()
        self._closed = False
        self._current: Job | None = None
        self._thread = threading.Thread(target=self._run, name="work-lane", daemon=True)
        self._thread.start()

    def submit(self, job: Job) -> int:
        """Queue a job; returns its number."""
        with self._wake:
            job.job_id = next(self._numbers)
            self._queue.append(job)
            self._wake.notify()
        self._events.emit(JobChanged(job.job_id, job.title, "queued"))
        return job.job_id

    def cancel(self, job_id: int) -> None:
        """Drop a waiting job or stop the running one at its next report; a job of another lane is left alone."""
        with self._wake:
            waiting = [job for job in self._queue if job.job_id == job_id]
            for job in waiting:
                self._queue.remove(job)
            if self._current is not None and self._current.job_id == job_id:
                self._current.cancel()
        for job in waiting:
            self._events.emit(JobChanged(job.job_id, job.title, "cancelled"))

    @property
    def busy(self) -> bool:
        """Something runs or waits."""
        with self._wake:
            return self._current is not None or bool(self._queue)

    def close(self) -> None:
        """Cancel everything and wait for the running job to notice."""
        with self._wake:
            self._closed = True
            self._queue.clear()
            if self._current is not None:
                self._current.cancel()
            self._wake.notify()
        self._thread.join(timeout=10)

    def _run(self) -> None:
        while True:
            with self._wake:
                self._current = None
                self._wake.wait_for(lambda: self._closed or bool(self._queue))
                if self._closed:
                    return
                job = self._current = self._queue.popleft()
            job.started = time.monotonic()
            self._events.emit(JobChanged(job.job_id, job.title, "running"))
            self._attempt(job)

    def _attempt(self, job: Job) -> None:
        def tell(fraction: float, text: str, left: float | None) -> None:
            self._events.emit(JobChanged(job.job_id, job.title, "running", fraction, text, left))

        try:
            result = job.work(job.reporter(tell))
            job.done(result)
        except Cancelled:
            self._events.emit(JobChanged(job.job_id, job.title, "cancelled"))
        except BaseException as error:  # an engine thread must never die silently
            self._events.emit(JobChanged(job.job_id, job.title, "failed", text=str(error), error=error))
        else:
            self._events.emit(JobChanged(job.job_id, job.title, "done", 1.0, result=result))
