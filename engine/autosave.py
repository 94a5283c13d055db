"""Work in progress on disk: one file per open session, kept until that session closes cleanly.

A session holds an operating-system lock on its file's neighbour for as long as it lives. A file whose lock is free
belongs to a session that died (crash, kill, power cut) and is offered for recovery.
"""

from __future__ import annotations

import os
import sys
import threading
import time
import uuid
from pathlib import Path
from typing import IO

from engine.commands.document import Document
from engine.errors import UserError

SUFFIX = ".melomorph"
FRESH_SECONDS = 60  # a lock file younger than this may belong to a session that is just being made


def _try_lock(file: IO[bytes]) -> bool:
    """Take an exclusive lock that the system drops when the process ends, however it ends."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


class Autosave:
    """Keeps the newest document of one session in `folder`. Writing happens on a thread of its own."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{uuid.uuid4().hex[:12]}{SUFFIX}"
        self._lock_path = self.path.with_suffix(".lock")
        self._lock_file = self._lock_path.open("wb")
        _try_lock(self._lock_file)
        self._writing = threading.Lock()
        self._written: Document | None = None
        self._wanted: Document | None = None  # None: nothing is unsaved
        self._told = False  # that it cannot be written
        self._thread: threading.Thread | None = None

    def keep(self, document: Document, wait: bool = False) -> None:
        """Write the document unless it is already there; with `wait`, return once it is on disk."""
        self._wanted = document
        if document is not self._written:
            self._thread = threading.Thread(target=self._write, args=(document,), name="autosave", daemon=True)
            self._thread.start()
        if wait and self._thread is not None:
            self._thread.join()

    def _write(self, document: Document) -> None:
        from engine.commands.project import save_project

        with self._writing:
            if document is self._wanted and document is not self._written:
                try:
                    save_project(document, self.path)
                except UserError as error:
                    if not self._told:
                        self._told = True
                        raise UserError(
                            f"Your work is not autosaved: {error.what}", "Save it, or make room."
                        ) from error
                    return
                self._written, self._told = document, False

    def clear(self) -> None:
        """There is nothing unsaved: what was kept would only offer old work as unsaved after a crash."""
        self._wanted = None  # of a thread that is just about to write
        with self._writing:
            self._written = None
            self.path.unlink(missing_ok=True)

    def discard(self) -> None:
        """The session ends cleanly: nothing to recover."""
        with self._writing:
            self._lock_file.close()
            for path in (self.path, self._lock_path):
                path.unlink(missing_ok=True)


def leftovers(folder: Path) -> list[Path]:
    """Documents of sessions that died, newest first. Clears what they left without a document."""
    if not folder.is_dir():
        return []
    _sweep(folder)
    found = []
    for path in folder.glob(f"*{SUFFIX}"):
        lock = path.with_suffix(".lock")
        try:
            with lock.open("ab") as file:
                if _try_lock(file):
                    found.append(path)
        except OSError:
            continue
    return sorted(found, key=os.path.getmtime, reverse=True)


def _sweep(folder: Path) -> None:
    """Remove what sessions left that died before or while they wrote: it would pile up for ever."""
    for path in [*folder.glob("*.lock"), *folder.glob(".*.part")]:
        try:
            young = time.time() - path.stat().st_mtime < FRESH_SECONDS
            if not young and (path.suffix == ".part" or _free(path)):
                path.unlink(missing_ok=True)
        except OSError:  # another studio sweeps as well, or the folder cannot be written
            continue


def _free(lock: Path) -> bool:
    """There is no document beside this lock, and nobody holds it."""
    if lock.with_suffix(SUFFIX).exists():
        return False
    with lock.open("ab") as file:
        return _try_lock(file)


def forget(path: Path) -> None:
    """Drop a leftover (recovered, or not wanted)."""
    path.unlink(missing_ok=True)
    path.with_suffix(".lock").unlink(missing_ok=True)
