"""The folder of work in progress stays clean: what dead sessions left without a document goes."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from engine.autosave import FRESH_SECONDS, Autosave, leftovers
from engine.commands.document import Document
from engine.errors import UserError
from engine.score import Note, Score, Track
from engine.session import Session, SessionPaths


def aged(path: Path) -> Path:
    """A file that was made long ago."""
    path.touch()
    long_ago = time.time() - 2 * FRESH_SECONDS
    os.utime(path, (long_ago, long_ago))
    return path


def test_orphans_are_swept(tmp_path: Path) -> None:
    lock, part = aged(tmp_path / "0123456789ab.lock"), aged(tmp_path / ".77.part")
    assert leftovers(tmp_path) == []
    assert not lock.exists() and not part.exists()


def test_a_lock_just_made_stays(tmp_path: Path) -> None:
    lock = tmp_path / "0123456789ab.lock"
    lock.touch()
    leftovers(tmp_path)
    assert lock.exists()


def test_a_live_session_keeps_its_lock(tmp_path: Path) -> None:
    live = Autosave(tmp_path)
    (lock,) = tmp_path.glob("*.lock")
    aged(lock)
    leftovers(tmp_path)
    assert lock.exists()
    live.keep(Document(), wait=True)
    assert leftovers(tmp_path) == []
    live.discard()
    assert list(tmp_path.iterdir()) == []


def test_a_document_keeps_its_lock_until_it_is_answered(tmp_path: Path) -> None:
    document, lock = aged(tmp_path / "0123456789ab.melomorph"), aged(tmp_path / "0123456789ab.lock")
    assert leftovers(tmp_path) == [document]
    assert lock.exists()


def test_what_is_saved_is_not_offered_as_unsaved(tmp_path: Path) -> None:
    live = Autosave(tmp_path)
    first, second = Document(), Document()
    live.keep(first, wait=True)
    live.clear()
    assert not live.path.exists() and leftovers(tmp_path) == []
    live.keep(second, wait=True)
    assert live.path.exists(), "what is changed after a save is kept again"
    with live._writing:  # a write that waits its turn
        live.keep(first)
        live._wanted = None
    live.keep(second, wait=True)
    assert live._written is second
    live.discard()


def test_a_save_leaves_no_autosave(tmp_path: Path) -> None:
    session = Session(SessionPaths(tmp_path, autosave=tmp_path / "autosave"), audio=False)
    session.history.do("draw", score=Score((Track.of([Note(0, 60, 480)]),)))
    session.autosave(wait=True)
    assert list((tmp_path / "autosave").glob("*.melomorph"))
    session.save(tmp_path / "piece.melomorph")
    assert not list((tmp_path / "autosave").glob("*.melomorph")), "after a crash it would be offered as unsaved"
    session.history.do("undo it", score=Score())
    session.autosave(wait=True)
    session.history.undo()
    session.autosave(wait=True)
    assert not session.dirty and not list((tmp_path / "autosave").glob("*.melomorph"))
    session.close()


def test_a_disk_that_refuses_is_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[object] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: told.append(args.exc_value))
    live = Autosave(tmp_path / "autosave")
    live.path.mkdir()  # nothing can be written there
    for _ in range(3):
        live.keep(Document(), wait=True)
    (error,) = told
    assert isinstance(error, UserError) and "not autosaved" in error.what
    live.path.rmdir()
    live.keep(Document(), wait=True)
    assert live.path.is_file()
    live.discard()
