"""Long work in a process of its own: the window stays smooth, a crash costs the job only, and it can be killed.

The child is spawned (never forked: threads and Qt would come along), nice to the rest of the machine, and leaves one
core to the window. Progress and the result come back through a pipe; through the same pipe it learns that it should
stop, and that its parent is gone.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from engine.errors import Cancelled, UserError
from engine.jobs.job import Report

GRACE = 5.0  # seconds from being asked to stop to being killed: enough to keep a checkpoint
TICK = 0.05  # seconds between two looks at the cancel button
NICE = 10

_STOP, _ENOUGH = "stop", "enough"


def run_in_child(
    function: Callable[..., Any],
    arguments: tuple[Any, ...],
    report: Report,
    grace: float = GRACE,
    tell: Callable[[Any], bool] | None = None,
) -> Any:
    """`function(*arguments, report)` in a child process; returns its result.

    Args:
        function: of a module's top level, so that the child can import it.
        arguments: plain values: they are copied into the child, as the result is copied back.
        report: is told the child's progress, and asked at least 20 times a second whether to stop.
        grace: seconds the child has to notice that it should stop, before it is killed.
        tell: given to the function as well, as its last argument: hears plain records, on this thread, and answers
            whether that is enough. The child learns of its answer with the next record.

    Raises:
        UserError: the child's own, or one that says that it died. When it is stopped its last word counts as well: it
            may say that what it did could not be kept.
        Cancelled: the report raised it; the child is gone by then.
        RuntimeError: anything else the child raised, with its traceback.
    """
    child, ours = _born(function, arguments, tell is not None)
    work = _Attended(child, ours, report, tell)
    ended = False
    try:
        return _outcome(*work.to_its_end())
    except Cancelled:
        ended = True
        kind, content = _end(child, ours, grace if work.heard else 0.0)
        if kind == "user error":
            raise UserError(*content) from None
        raise
    finally:
        if not ended:
            _end(child, ours, grace if work.heard else 0.0)
        ours.close()


@dataclass
class _Attended:
    """A child, and who hears of it."""

    child: BaseProcess
    ours: Connection
    report: Report
    tell: Callable[[Any], bool] | None
    heard: bool = False  # it has said something: it can be asked to stop

    def to_its_end(self) -> tuple[str, Any]:
        """Pass on what it says until its last word.

        Raises:
            Cancelled: by the report.
        """
        progress: tuple[float, float, str] = (0.0, 1.0, "starting")
        while True:
            self.report(*progress)
            if self.ours.poll(TICK):
                kind, content = _next(self.ours, self.child)
                self.heard = True
                if kind == "told":
                    _answer(self.ours, self.tell is not None and self.tell(content))
                elif kind == "progress":
                    progress = content
                else:
                    return kind, content


def _born(function: Callable[..., Any], arguments: tuple[Any, ...], tells: bool) -> tuple[BaseProcess, Connection]:
    """The child, started, and our end of the pipe."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    child = context.Process(target=_live, args=(theirs, function, arguments, tells), name="work", daemon=True)
    child.start()
    theirs.close()
    return child, ours


def _next(ours: Connection, child: BaseProcess) -> tuple[str, Any]:
    """The next message; a pipe that ends without a last word means that the child died."""
    try:
        kind, content = ours.recv()
    except (EOFError, OSError):
        child.join()
        return "died", child.exitcode
    return str(kind), content


def _answer(ours: Connection, enough: bool) -> None:
    if enough:
        with contextlib.suppress(OSError):  # it is gone already
            ours.send(_ENOUGH)


def _outcome(kind: str, content: Any) -> Any:
    if kind == "result":
        return content
    if kind == "user error":
        raise UserError(*content)
    if kind == "cancelled":
        raise Cancelled
    if kind == "died":
        raise UserError(
            f"The work stopped because its process died (exit status {content}).",
            "Free some memory and try again; a training goes on from where it was last kept.",
        )
    raise RuntimeError(f"in a child process:\n{content}")


def _end(child: BaseProcess, ours: Connection, grace: float) -> tuple[str, Any]:
    """Ask the child to stop, then insist. Whatever it still says is read, so that it never waits for a full pipe;
    returns its last word.
    """
    with contextlib.suppress(OSError):  # it is gone already
        ours.send(_STOP)
    child.join(TICK)
    waited, last = TICK, _last(ours)
    while child.is_alive() and waited < grace:
        last = _last(ours) or last
        child.join(TICK)
        waited += TICK
    last = _last(ours) or last
    for insist in (child.terminate, child.kill):
        if child.is_alive():
            insist()
            child.join(1.0)
    child.close()
    return last or ("died", None)


def _last(ours: Connection) -> tuple[str, Any] | None:
    """The newest of what waits in the pipe."""
    found = None
    with contextlib.suppress(EOFError, OSError):
        while ours.poll():
            found = ours.recv()
    return found


# in the child -----------------------------------------------------------------------------------------------------


def _live(pipe: Connection, function: Callable[..., Any], arguments: tuple[Any, ...], tells: bool) -> None:
    """What the child does from its first to its last moment."""
    _be_modest()
    stop, enough = threading.Event(), threading.Event()
    threading.Thread(target=_listen, args=(pipe, stop, enough), name="parent", daemon=True).start()

    def report(done: float, total: float, text: str = "") -> None:
        if stop.is_set():
            raise Cancelled
        pipe.send(("progress", (done, total, text)))

    def tell(record: Any) -> bool:
        pipe.send(("told", record))
        return enough.is_set()

    last: tuple[str, Any]
    try:
        last = ("result", function(*arguments, report, *([tell] if tells else [])))
    except UserError as error:
        last = ("user error", (error.what, error.remedy))
    except Cancelled:
        last = ("cancelled", None)
    except BaseException:
        last = ("failed", traceback.format_exc())
    with contextlib.suppress(OSError):  # the parent is gone
        pipe.send(last)
    sys.stderr.flush()
    os._exit(0)  # everything is said; taking torch down in order would keep the parent waiting for seconds


def _listen(pipe: Connection, stop: threading.Event, enough: threading.Event) -> None:
    """Wait for the word to stop, or that it is enough; if the parent dies, stop too, and then end whatever happens."""
    try:
        while pipe.recv() == _ENOUGH:
            enough.set()
        stop.set()
    except (EOFError, OSError):
        stop.set()
        threading.Event().wait(GRACE)
        os._exit(1)


def _be_modest() -> None:
    """Let the window and the sound go first; Ctrl+C is for the parent, which then stops the child in order."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "win32":
        import ctypes

        below_normal = 0x4000
        kernel = ctypes.windll.kernel32
        kernel.SetPriorityClass(kernel.GetCurrentProcess(), below_normal)
    else:
        os.nice(NICE)
