"""The folder of work in progress stays clean: what dead sessions left without a document goes."""

from __future__ import annotations

import os
import time
from pathlib import Path

from engine.autosave import FRESH_SECONDS, Autosave, leftovers
from engine.commands.document import Document


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
