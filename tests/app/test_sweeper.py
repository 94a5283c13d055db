"""Garbage is collected, and only on the window's thread."""

from __future__ import annotations

import gc
import threading

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.sweeper import CROWD, Sweeper


class Knot:
    """Garbage that only the collector can undo; remembers which thread did."""

    undone_on: int | None = None

    def __init__(self) -> None:
        self.itself = self

    def __del__(self) -> None:
        Knot.undone_on = threading.get_ident()


def test_cycles_made_on_an_engine_thread_go_on_the_windows_thread(qtbot: QtBot) -> None:
    Knot.undone_on = None
    home = QObject()
    sweeper = Sweeper(home)
    assert not gc.isenabled()

    def work() -> None:
        Knot()
        _ = [[i] for i in range(20_000)]  # enough to set automatic collection off, were it on

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert Knot.undone_on is None
    keep = [[i] for i in range(2_000)]
    assert sweeper.sweep() > 0
    assert Knot.undone_on == threading.get_ident()
    assert keep


def test_nothing_is_done_when_nothing_is_due(qtbot: QtBot) -> None:
    home = QObject()
    sweeper = Sweeper(home)
    gc.collect()
    assert sweeper.sweep() == 0


def test_automatic_collection_comes_back_with_the_end(qtbot: QtBot) -> None:
    home = QObject()
    Sweeper(home)
    assert not gc.isenabled()
    home.deleteLater()
    qtbot.waitUntil(gc.isenabled)


def test_what_comes_in_crowds_is_not_looked_through(qtbot: QtBot) -> None:
    home = QObject()
    sweeper = Sweeper(home)
    library = [[i] for i in range(CROWD + 1_000)]
    before = gc.get_freeze_count()
    assert sweeper.sweep() == 0 and gc.get_freeze_count() > before + CROWD and len(library) > CROWD
    gc.unfreeze()
