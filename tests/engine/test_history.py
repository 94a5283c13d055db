"""One funnel: do, undo and redo, and who is told."""

from __future__ import annotations

import threading
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from engine.commands.document import Document
from engine.commands.history import LIMIT, History
from engine.events import DocumentChanged, Event, Events
from engine.score import Note, Score, Track


def _history() -> tuple[History, list[Event]]:
    events, told = Events(), []
    events.subscribe(told.append)
    return History(Document(), events), told


def _piece(pitch: int) -> Score:
    return Score((Track.of([Note(0, pitch, 10)]),))


@given(st.lists(st.sampled_from(["a", "b", "undo", "redo"]), max_size=60))
def test_undo_and_redo_walk_one_line_of_documents(steps: list[str]) -> None:
    history, _ = _history()
    line, here = [history.document], 0
    for i, step in enumerate(steps):
        if step == "undo":
            assert history.undo() == (here > 0)
            here = max(0, here - 1)
        elif step == "redo":
            assert history.redo() == (here < len(line) - 1)
            here = min(len(line) - 1, here + 1)
        elif history.do(step, score=_piece(i + 1)):
            line[here + 1 :] = [history.document]
            here += 1
        assert history.document is line[here]
        assert bool(history.undo_label) == (here > 0)
        assert bool(history.redo_label) == (here < len(line) - 1)
        assert len(history.labels) == here


def test_what_changes_nothing_is_no_step() -> None:
    history, told = _history()
    assert not history.do("nothing", score=Score())
    assert not history.undo_label and not told


def test_who_is_told_what() -> None:
    history, told = _history()
    me = object()
    history.do("draw", score=_piece(60), initiator=me)
    history.do("steer", steering=replace(history.document.steering, seed=7))
    history.undo()
    assert told == [
        DocumentChanged("draw", score=True, steering=False, initiator=me),
        DocumentChanged("steer", score=False, steering=True),
        DocumentChanged("steer", score=False, steering=True),
    ]


def test_reset_forgets() -> None:
    history, told = _history()
    history.do("draw", score=_piece(60))
    history.reset(Document(_piece(61)))
    assert not history.undo() and not history.redo()
    assert told[-1] == DocumentChanged("open", score=True, steering=True)


def test_old_steps_are_dropped() -> None:
    history, _ = _history()
    for i in range(LIMIT + 20):
        history.do(str(i), steering=replace(history.document.steering, seed=i + 2))
    assert len(history.labels) == LIMIT


def test_engine_threads_may_not_write() -> None:
    history, _ = _history()
    caught: list[BaseException] = []

    def write() -> None:
        try:
            history.do("draw", score=_piece(60))
        except RuntimeError as error:
            caught.append(error)

    thread = threading.Thread(target=write)
    thread.start()
    thread.join()
    assert caught
    assert history.document == Document() and not history.labels
