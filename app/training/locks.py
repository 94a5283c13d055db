"""Which trainings learn in another studio that is open at the same time: one file beside each of them."""

from __future__ import annotations

import contextlib
from pathlib import Path

from PySide6.QtCore import QLockFile

SUFFIX = ".lock"


class TrainingLocks:
    """The trainings that this window has taken on; the lock of a process that died counts for nothing."""

    def __init__(self) -> None:
        self._mine: dict[Path, QLockFile] = {}

    def take(self, out: Path) -> bool:
        """Take on the training of a bundle; returns whether nobody else has."""
        if out not in self._mine:
            with contextlib.suppress(OSError):  # the engine says what is wrong with the folder
                out.parent.mkdir(parents=True, exist_ok=True)
            lock = _lock(out)
            if not lock.tryLock(0) and lock.error() == QLockFile.LockError.LockFailedError:
                return False  # anything else, such as a folder that takes no locks, is no reason not to learn
            self._mine[out] = lock
        return True

    def elsewhere(self, out: Path) -> bool:
        """Whether another window learns it."""
        if out in self._mine or not out.with_suffix(SUFFIX).exists():
            return False
        lock = _lock(out)
        if lock.tryLock(0):
            lock.unlock()
            return False
        return lock.error() == QLockFile.LockError.LockFailedError

    def free(self, out: Path) -> None:
        """It has come to an end, or to a pause."""
        lock = self._mine.pop(out, None)
        if lock is not None:
            lock.unlock()

    def free_all(self) -> None:
        """The window closes."""
        for out in list(self._mine):
            self.free(out)


def _lock(out: Path) -> QLockFile:
    lock = QLockFile(str(out.with_suffix(SUFFIX)))
    lock.setStaleLockTime(0)  # however old: only a process that is gone gives it up
    return lock
