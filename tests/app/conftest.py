"""A real engine with a small untrained model: it plays nonsense, but the right nonsense for every place and gesture."""

from __future__ import annotations

import dataclasses
import gc
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from pytestqt.qtbot import QtBot

from app import studio
from app.main_window import MainWindow
from app.settings import Settings, UserPaths
from app.theme import LIGHT
from app.views.roll.editor import RollEditor
from engine.codecs import melody
from engine.commands.document import Document, Steering
from engine.commands.history import History
from engine.events import Events, Failed
from engine.latent import attributes
from engine.models import bundle as bundles
from engine.score import Note, Origin, Score, Track
from engine.session import Session, SessionPaths
from tests.app.map_room import Room

SMALL = 16  # every width of the network
DOTS = 120
BAR = 1920


def random_windows(count: int) -> np.ndarray:
    """Melodies as tokens [count, 32] that wander in a scale, calm ones and busy ones, low and high; a sixth in 6/8."""
    rng = np.random.default_rng(5)
    windows = []
    for number in range(count):
        compound = number % 6 == 5
        step, pitch, rows = 0, int(rng.integers(48, 80)), []
        calm = int(rng.integers(1, 7))
        while step < melody.steps_per_bar(compound) * 2:
            length = int(rng.integers(1, calm + 2))
            rows.append((step, step + length, pitch))
            step, pitch = step + length, pitch + int(rng.choice([-4, -2, -1, 1, 2, 3, 5]))
        windows.append(melody.encode_steps(rows, compound))
    return np.stack(windows)


@pytest.fixture(autouse=True)
def garbage_goes_on_this_thread() -> Iterator[None]:
    """As in the studio: never on an engine thread, and here only when the test's widgets are gone."""
    gc.disable()
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect(1)
    gc.enable()


@pytest.fixture(scope="session")
def small_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a bundle of the melody VAE, small, untrained, with a map."""
    import torch

    from engine.models import melody_vae

    torch.set_num_threads(1)
    torch.manual_seed(3)
    known = {field.name: field for field in dataclasses.fields(melody_vae.Options)}
    sizes = {n: SMALL for n, f in known.items() if isinstance(f.default, int) and f.default > SMALL and n != "batch"}
    options = melody_vae.Options(**sizes)
    network = melody_vae.MelodyVAE(options).eval()
    windows = random_windows(DOTS)
    values = attributes.measure(windows)
    # an untrained encoder would lay all dots on one spot: here the first two dimensions follow the qualities
    codes = np.random.default_rng(3).normal(size=(DOTS, options.latent))
    codes[:, :2] = np.stack([(v - v.mean()) / v.std() for v in (values["density"], values["height"])], 1)
    extras = {"map.codes": codes, "map.melodies": windows}
    for name, vector in attributes.vectors(codes, values).items():
        extras |= {f"map.vector.{name}": vector.astype(np.float32), f"map.value.{name}": values[name]}
    header = {"options": dataclasses.asdict(options), "map": {"titles": [f"Tune {n + 1}" for n in range(DOTS)]}}
    weights = {name: value.detach().float().numpy() for name, value in network.state_dict().items()}
    folder = tmp_path_factory.mktemp("models")
    bundles.write(bundles.Bundle("melody_vae", header, weights, extras), folder / "melody_vae.safetensors")
    return folder


@pytest.fixture
def map_session(small_models: Path) -> Iterator[Session]:
    """A silent session with a tune of four bars, the map not loaded yet; the map writes bars three and four."""
    notes = [Note(i * 480, 60 + i % 5, 440) for i in range(16)]
    document = Document(Score(tracks=(Track.of(notes, name="Melody"),)), Steering(at_tick=2 * BAR))
    session = Session(SessionPaths(bundles=small_models), audio=False, document=document)
    yield session
    session.close()


class Heard:
    """A player that remembers what it was asked to sound, for tests of gestures."""

    def __init__(self) -> None:
        self.pitches: list[int] = []

    def audition(self, pitch: int, velocity: int, program: int, ms: float, drums: bool = False) -> None:
        self.pitches.append(pitch)


class RollSession:
    """The real document, history and events without lanes, models and sound."""

    def __init__(self, score: Score, steering: Steering) -> None:
        self.events = Events()
        self.history = History(Document(score, steering), self.events)
        self.player = Heard()

    @property
    def score(self) -> Score:
        return self.history.document.score

    @property
    def steering(self) -> Steering:
        return self.history.document.steering


@pytest.fixture
def roll_session() -> RollSession:
    """Two tracks: C4 E4 G4 B4 as quarters in bar one and D4 in bar two; a bass behind them."""
    tune = [Note(i * 480, pitch, 480, 60 + 10 * i) for i, pitch in enumerate((60, 64, 67, 71))]
    tune.append(Note(1920, 62, 240, 100, Origin.GENERATED))
    bass = [Note(0, 48, 1920), Note(1920, 50, 1920)]
    return RollSession(Score(tracks=(Track.of(tune, "Tune"), Track.of(bass, "Bass"))), Steering(at_tick=1920))


@pytest.fixture
def editor(qtbot: QtBot, roll_session: RollSession) -> Iterator[RollEditor]:
    """A shown roll over those two tracks."""
    made = RollEditor(roll_session, LIGHT)  # type: ignore[arg-type]
    qtbot.addWidget(made)
    made.resize(1100, 700)
    made.show()
    made.show_beginning()
    made.roll.setFocus()
    roll_session.events.subscribe(made.on_event)
    yield made
    made.close()


@pytest.fixture
def room(qtbot: QtBot, map_session: Session) -> Iterator[Room]:
    """A shown map over that session, its decoder warm; fails if anything failed on an engine thread."""
    made = Room(qtbot, map_session)
    yield made
    made.bridge.close()
    assert not [event for event in made.heard if isinstance(event, Failed)]


def piece() -> Document:
    notes = [Note(i * 480, 60 + i % 5, 440, origin=Origin.GENERATED if i > 11 else Origin.MINE) for i in range(16)]
    bass = [Note(i * 960, 40, 900) for i in range(8)]
    return Document(Score(tracks=(Track.of(notes, "Melody", 73), Track.of(bass, "Bass", 32))))


@pytest.fixture
def window(qtbot: QtBot, small_models: Path, tmp_path: Path) -> Iterator[MainWindow]:
    paths = UserPaths(*(tmp_path / name for name in ("settings.json", "autosave", "models", "cache", "log.txt")))
    studio.make_application()
    where = SessionPaths(small_models, paths.autosave, paths.models)
    session = Session(where, audio=False, document=piece())
    made = studio.make_window(session, Settings(paths.settings), paths)
    made.show()
    made.activateWindow()
    qtbot.waitExposed(made)
    qtbot.waitUntil(made.isActiveWindow)
    yield made
    if made.isVisible():
        for job in made.jobs.active:
            session.cancel(job.job_id)
        qtbot.waitUntil(lambda: not made.jobs.active)
        session.new()
        made.close()
    made.deleteLater()
