"""The session: what the composer asks comes back as events, and lands as one undo step."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.autosave import forget, leftovers
from engine.codecs.melody import is_compound, to_notes
from engine.commands.document import Document, Pin, Steering
from engine.commands.project import load_project
from engine.errors import UserError
from engine.events import CandidatesReady, Event, Failed, MapReady, MelodyMorphed, PutOnMap
from engine.latent.interpolate import slerp
from engine.resources import root
from engine.score import Note, Origin, Score, Track
from engine.session import Session, SessionPaths


class Ear:
    """Hears a session and waits for what it says."""

    def __init__(self, session: Session) -> None:
        self.events: list[Event] = []
        self._news = threading.Condition()
        session.events.subscribe(self._hear)

    def _hear(self, event: Event) -> None:
        with self._news:
            self.events.append(event)
            self._news.notify_all()

    def wait(self, kind: type, true: Callable[[Event], bool] = lambda event: True, seconds: float = 60) -> Event:
        """The newest event of a kind for which `true` holds, once there is one."""

        def found() -> Event | None:
            return next((e for e in reversed(self.events) if isinstance(e, kind) and true(e)), None)

        with self._news:
            assert self._news.wait_for(lambda: found() is not None, seconds), f"no {kind.__name__}: {self.events}"
            event = found()
        assert event is not None
        return event


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """A session on the shipped models, without sound."""
    made = Session(SessionPaths(root() / "bundles", autosave=tmp_path / "autosave"), audio=False)
    yield made
    made.close()


@pytest.fixture
def ready(session: Session) -> tuple[Session, Ear]:
    """The same with its map loaded."""
    ear = Ear(session)
    session.ask.load_map()
    ear.wait(MapReady, lambda e: isinstance(e, MapReady) and e.playable)
    return session, ear


def duple_dots(session: Session) -> list[int]:
    """Dots of the map with 16-step bars."""
    assert session.map is not None
    return [int(i) for i in np.flatnonzero(~is_compound(session.map.melodies))]


def pin(session: Session, label: str, dot: int) -> Pin:
    """A pin on a dot of the map."""
    assert session.map is not None
    return Pin(label, tuple(session.map.codes[dot].tolist()), to_notes(session.map.melodies[dot], 480, 0))


def test_the_dots_come_before_the_decoder(ready: tuple[Session, Ear]) -> None:
    session, ear = ready
    told = [event.playable for event in ear.events if isinstance(event, MapReady)]
    assert told == [False, True]
    assert session.map is not None
    assert len(session.map.dots) == len(session.map.titles) > 500
    assert session.device_name


def test_a_pin_gives_back_the_very_notes(ready: tuple[Session, Ear]) -> None:
    session, ear = ready
    mine = pin(session, "A", duple_dots(session)[3])
    odd = replace(mine, notes=(Note(7, 61, 333, 51), *mine.notes[1:]))  # nothing a model could have written
    session.ask.morph(Steering(code=odd.code, pins=(odd,), at_tick=960))
    heard = ear.wait(MelodyMorphed)
    assert isinstance(heard, MelodyMorphed)
    assert not heard.reconstruction
    assert heard.notes == tuple(replace(n, start=n.start + 960) for n in odd.notes)


def test_between_pins_the_melody_changes_step_by_step(ready: tuple[Session, Ear]) -> None:
    session, ear = ready
    dots = duple_dots(session)
    a, b = pin(session, "A", dots[0]), pin(session, "B", dots[len(dots) // 2])
    heard = set()
    for step in range(9):
        code = tuple(slerp(np.array(a.code), np.array(b.code), step / 8).tolist())
        count = sum(isinstance(e, MelodyMorphed) for e in ear.events)
        session.ask.morph(Steering(code=code, pins=(a, b)))
        ear.wait(MelodyMorphed, lambda e, n=count: e.request > n)  # type: ignore[misc]
        heard.add(tuple((n.start, n.pitch) for n in ear.wait(MelodyMorphed).notes))  # type: ignore[attr-defined]
    assert len(heard) >= 5


def test_commit_is_one_undo_step_over_notes_and_steering(ready: tuple[Session, Ear]) -> None:
    session, _ = ready
    assert session.map is not None
    session.history.do("write", score=Score(tracks=(Track.of([Note(100, 60, 50), Note(5000, 62, 50)]),)))
    before = session.document
    steering = replace(session.steering, code=tuple(session.map.codes[5].tolist()), sliders={"density": 1.0})
    assert session.ask.commit(steering, "morph")
    notes = session.score.tracks[0].notes
    assert notes[-1] == Note(5000, 62, 50)  # outside the two bars nothing is touched
    assert all(n.origin is Origin.GENERATED for n in notes[:-1])
    assert session.steering == steering
    assert session.history.undo_label == "morph"
    session.history.undo()
    assert session.document == before


def test_candidates_repeat_by_their_seed(ready: tuple[Session, Ear]) -> None:
    session, ear = ready
    drawn = []
    for seed in (5, 5, 6):
        ear.events.clear()
        session.ask.candidates(Steering(seed=seed), 4)
        event = ear.wait(CandidatesReady)
        assert isinstance(event, CandidatesReady)
        drawn.append(event.melodies)
    assert len(set(drawn[0])) == 4
    assert drawn[0] == drawn[1] != drawn[2]


def test_candidates_come_in_the_key_of_the_piece_and_are_places_on_the_map(ready: tuple[Session, Ear]) -> None:
    session, ear = ready
    scale = (1, 3, 5, 6, 8, 10, 0)  # D flat major, which hardly a tune of the books is in
    drawn: list[CandidatesReady] = []
    for key in ((), tuple(Note(i * 240, 60 + pitch, 240) for i, pitch in enumerate(2 * scale))):
        session.history.do("write", score=Score((Track.of(key, "Melody"),)))
        ear.events.clear()
        session.ask.candidates(Steering(seed=5), 8)
        drawn.append(ear.wait(CandidatesReady))  # type: ignore[arg-type]

    def at_home(melodies: tuple[tuple[Note, ...], ...]) -> float:
        return sum(n.pitch % 12 in scale for m in melodies for n in m) / sum(map(len, melodies))

    anywhere, home = drawn
    assert at_home(home.melodies) > 0.95 > 0.8 > at_home(anywhere.melodies)
    for melody, code in zip(home.melodies, home.codes, strict=True):
        ear.events.clear()
        session.ask.morph(Steering(code=code, seed=5))
        assert ear.wait(MelodyMorphed).notes == melody  # type: ignore[attr-defined]


def test_my_melody_is_put_on_the_map_and_kept_as_it_is(ready: tuple[Session, Ear]) -> None:
    session, ear = ready
    mine = tuple(Note(1920 + i * 240, 67 + i % 5, 230, 70 + i) for i in range(16))
    session.ask.put_on_map(mine, 1920, "A")
    event = ear.wait(PutOnMap)
    assert isinstance(event, PutOnMap)
    assert event.pin.notes == tuple(replace(n, start=n.start - 1920) for n in mine)
    session.ask.morph(Steering(code=event.pin.code, pins=(event.pin,)))
    assert ear.wait(MelodyMorphed).notes == event.pin.notes  # type: ignore[attr-defined]


def test_nothing_to_put_on_the_map_is_told(ready: tuple[Session, Ear]) -> None:
    session, ear = ready
    session.ask.put_on_map((), 0)
    event = ear.wait(Failed)
    assert isinstance(event, Failed)
    assert isinstance(event.error, UserError)


def test_save_and_open_again(session: Session, tmp_path: Path) -> None:
    session.history.do("write", score=Score(tracks=(Track.of([Note(0, 60, 480)]),)))
    assert session.dirty
    session.save(tmp_path / "mine.melomorph")
    assert not session.dirty
    kept = session.document
    session.new()
    session.open(tmp_path / "mine.melomorph")
    assert session.document == kept
    assert session.project_path == tmp_path / "mine.melomorph"


def test_a_file_that_cannot_be_opened_changes_nothing(session: Session, tmp_path: Path) -> None:
    session.history.do("write", score=Score(tracks=(Track.of([Note(0, 60, 480)]),)))
    kept = session.document
    (tmp_path / "bad.mid").write_bytes(b"not music")
    with pytest.raises(UserError):
        session.open(tmp_path / "bad.mid")
    assert session.document is kept


def test_an_autosave_of_a_live_session_is_not_offered(session: Session, tmp_path: Path) -> None:
    session.history.do("write", score=Score(tracks=(Track.of([Note(0, 60, 480)]),)))
    session.autosave(wait=True)
    assert list((tmp_path / "autosave").glob("*.melomorph"))
    assert leftovers(tmp_path / "autosave") == []


DYING = """
import os, signal, sys
from pathlib import Path
from engine.score import Note, Score, Track
from engine.session import Session, SessionPaths
session = Session(SessionPaths(Path("."), autosave=Path(sys.argv[1])), audio=False)
session.history.do("write", score=Score(tracks=(Track.of([Note(0, 77, 480)]),)))
session.autosave(wait=True)
os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
"""


def test_work_of_a_killed_session_is_found_whole(tmp_path: Path) -> None:
    folder = tmp_path / "autosave"
    done = subprocess.run([sys.executable, "-c", DYING, str(folder)], check=False, cwd=root().parent)
    assert done.returncode != 0
    (left,) = leftovers(folder)
    assert load_project(left).score.tracks[0].notes == (Note(0, 77, 480),)
    forget(left)
    assert leftovers(folder) == []


def test_closing_leaves_no_thread_and_no_autosave(tmp_path: Path) -> None:
    before = threading.active_count()
    made = Session(SessionPaths(root() / "bundles", autosave=tmp_path), audio=False, document=Document())
    made.history.do("write", score=Score(tracks=(Track.of([Note(0, 60, 480)]),)))
    made.autosave(wait=True)
    made.close()
    assert list(tmp_path.iterdir()) == []
    assert threading.active_count() <= before
