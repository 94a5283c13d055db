"""The composer's own networks can be asked for everything that their systems can: one of each family, by its name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.commands.ask_verb import asked, ideas
from engine.commands.document import Document, Pin, Steering
from engine.errors import UserError
from engine.events import Event, Failed, MapReady
from engine.jobs.job import silent
from engine.models.registry import REGISTRY, listed, row
from engine.models.shelf import Shelf
from engine.score import Note, Score, Track
from engine.session import Session, SessionPaths
from engine.verbs.catalog import VERBS, verbs_of
from tests.engine.forgery import DOTS, genuine
from tests.engine.test_verbs import mine, quick

SYSTEMS = (
    "gan", "vq_vae", "sparse_ae", "denoising_ae", "transformer", "anticipation_rnn", "deephear", "cycle_gan", "midinet",
    "c_rnn_gan", "encoder_decoder", "c_rbm", "orderless_nade", "conditional_gan",
)  # fmt: skip
TITLE = "Mine"


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory, untrained: Callable[[str], Path]) -> Shelf:
    """Networks that came in as files, and nothing that ships."""
    own = tmp_path_factory.mktemp("own")
    shelf = Shelf([own], own)
    for name in SYSTEMS:
        assert shelf.import_(untrained(name), TITLE) == f"{name}~{TITLE}"
    return shelf


def test_between_them_they_can_do_nearly_everything() -> None:
    offered = {verb.name for name in SYSTEMS for verb in verbs_of(REGISTRY[name])}
    assert set(VERBS) - offered <= {"compare", "teach"}


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_verb_of_an_own_model(shelf: Shelf, system: str) -> None:
    own = row(f"{system}~{TITLE}")
    assert verbs_of(own) == verbs_of(REGISTRY[system]) and listed(own) == f"Mine ({REGISTRY[system].title})"
    for verb in verbs_of(own):
        found = ideas(asked(shelf, verb.name, own.name, quick(verb.name), mine(own)), verb.name, silent)
        assert found and all(idea.voices for idea in found)


# in a session ---------------------------------------------------------------------------------------------------------


def heard_of(session: Session, done: type[Event], count: int = 1) -> list[Event]:
    """What is said until the last of some events, with the map asked for."""
    import threading

    said: list[Event] = []
    enough = threading.Event()

    def listen(event: Event) -> None:
        said.append(event)
        if sum(isinstance(one, done) for one in said) >= count:
            enough.set()

    stop = session.events.subscribe(listen)
    session.ask.load_map()
    assert enough.wait(60)
    stop()
    return said


def piece(model: str) -> Document:
    notes = tuple(Note(i * 480, 60 + i, 440) for i in range(8))
    code = tuple(float(n) / 10 for n in range(6))
    steering = Steering(model, code=code, pins=(Pin("A", code, notes[:4]),), sliders={"density": 1.0})
    return Document(Score((Track.of(notes, name="Melody"),)), steering)


def test_a_piece_on_the_map_of_an_own_model(tmp_path: Path) -> None:
    own = tmp_path / "own"
    genuine(own, "vae~Mine")
    session = Session(SessionPaths(tmp_path, user_models=own), audio=False, document=piece("vae~Mine"))
    try:
        said = heard_of(session, MapReady, 2)
        assert [event.model for event in said if isinstance(event, MapReady)] == ["vae~Mine"] * 2
        assert session.map is not None and session.map.model == "vae~Mine" and len(session.map.codes) == DOTS
        assert session.ask.maps() == [("vae~Mine", "Mine (VAE)")]
        assert session.ask.melody_at(session.steering)
        session.save(tmp_path / "piece.melomorph")
        session.shelf.rename("vae~Mine", "Yours")
        session.open(tmp_path / "piece.melomorph")
        assert session.steering.model == "vae~Yours" and not session.dirty
        said = heard_of(session, MapReady, 2)
        assert session.map.model == "vae~Yours" and not [event for event in said if isinstance(event, Failed)]
    finally:
        session.close()


def test_a_piece_whose_model_is_gone_loses_nothing(tmp_path: Path) -> None:
    """It opens, says what is missing and what to do, is saved as it was, and goes on once the model is back."""
    elsewhere, own = genuine(tmp_path), tmp_path / "own"
    session = Session(SessionPaths(tmp_path, user_models=own), audio=False, document=piece("vae~Mine"))
    try:
        (failed,) = [event for event in heard_of(session, Failed) if isinstance(event, Failed)]
        assert isinstance(failed.error, UserError) and session.map is None
        assert failed.error.what.startswith("Your model “Mine” is not on this machine. The notes of this piece are all")
        assert "places on that map stay in it" in failed.error.what and "Import its file" in failed.error.remedy
        session.save(tmp_path / "again.melomorph")
        session.open(tmp_path / "again.melomorph")
        assert session.document == piece("vae~Mine")
        assert session.shelf.import_(elsewhere, "Mine") == "vae~Mine"
        heard_of(session, MapReady, 2)
        assert session.map is not None and session.map.fits(session.steering.code)
        assert session.ask.melody_at(session.steering)
    finally:
        session.close()


@pytest.mark.parametrize("model", ["vae~../../../secret", "vae~C:\\x", "nobody~Mine", "../vae", "vae~"])
def test_a_piece_cannot_lead_to_other_files(model: str, tmp_path: Path) -> None:
    own = tmp_path / "own"
    (own / "vae~..").mkdir(parents=True)
    genuine(tmp_path, "secret")
    session = Session(SessionPaths(tmp_path / "none", user_models=own), audio=False, document=piece(model))
    try:
        (failed,) = [event for event in heard_of(session, Failed) if isinstance(event, Failed)]
        assert isinstance(failed.error, UserError) and failed.error.remedy and session.map is None
    finally:
        session.close()
