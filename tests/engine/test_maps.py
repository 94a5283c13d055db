"""Maps of many models in one session: chosen as an undo step, each with its own melodies, places and sliders."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.codecs.catalog import codec
from engine.commands.document import Document, Pin, Steering
from engine.commands.map_bars import codec_on_map, map_span
from engine.errors import UserError
from engine.events import CandidatesReady, Failed, MapReady, MelodyMorphed, PutOnMap, SliderLearnt
from engine.latent.crossfade import crossfade
from engine.latent.interpolate import slerp
from engine.models import registry
from engine.score import Note, Score, Track
from engine.session import Session, SessionPaths
from tests.engine.test_session import Ear
from tests.toys import ROWS, write_toy

BAR = 1920


@pytest.fixture(scope="module")
def toys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the bundles of both toys."""
    folder = tmp_path_factory.mktemp("toys")
    for name in ROWS:
        write_toy(name, folder)
    return folder


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, row in ROWS.items():
        monkeypatch.setitem(registry.REGISTRY, name, row)


def a_piece(model: str = "toy_melody") -> Document:
    notes = [Note(i * 480, 60 + i % 5, 440) for i in range(64)]
    return Document(Score(tracks=(Track.of(notes, name="Melody"),)), Steering(model, at_tick=2 * BAR))


@pytest.fixture
def session(toys: Path) -> Iterator[Session]:
    """A session of sixteen bars on the map of the two-bar toy, which is playable."""
    made = Session(SessionPaths(toys), audio=False, document=a_piece())
    made.ask.load_map()
    Ear(made).wait(MapReady, lambda e: e.playable)  # type: ignore[attr-defined]
    yield made
    made.close()


def chosen(session: Session, name: str) -> Ear:
    """Another map, playable."""
    ear = Ear(session)
    assert session.ask.choose_map(name)
    ear.wait(MapReady, lambda e: e.playable and e.model == name)  # type: ignore[attr-defined]
    return ear


def test_another_map_is_one_undo_step_and_comes_back(session: Session) -> None:
    first = session.map
    assert first is not None
    place = tuple(first.codes[3].tolist())
    assert session.ask.commit(replace(session.steering, code=place, sliders={"density": 0.5}), "morph")
    before = session.document
    chosen(session, "toy_phrase")
    assert session.history.undo_label == "map of Toy phrase"
    steering = session.steering
    assert (steering.model, steering.code, steering.pins, steering.sliders) == ("toy_phrase", (), (), {})
    assert (steering.at_tick, steering.seed) == (before.steering.at_tick, before.steering.seed)
    assert session.map is not None and session.map.model == "toy_phrase" and session.score == before.score
    ear = Ear(session)
    session.history.undo()
    assert session.document == before and session.map is first, "a map once read stays"
    ear.wait(MapReady, lambda e: e.playable and e.model == "toy_melody")  # type: ignore[attr-defined]
    assert not session.ask.choose_map("toy_melody"), "it is there already"


def test_the_phrase_map_writes_eight_bars(session: Session) -> None:
    ear = chosen(session, "toy_phrase")
    chart = session.map
    assert chart is not None
    steering = replace(session.steering, code=tuple(chart.codes[7].tolist()))
    assert map_span(steering, 480) == (2 * BAR, 10 * BAR) and codec_on_map(steering).bars == 8
    session.ask.morph(steering)
    heard = ear.wait(MelodyMorphed)
    assert max(note.end for note in heard.notes) > 9 * BAR  # type: ignore[attr-defined]
    before = session.score.tracks[0].notes
    assert session.ask.commit(steering, "morph")
    notes = session.score.tracks[0].notes
    outside = [n for n in before if not 2 * BAR <= n.start < 10 * BAR]
    assert [n for n in notes if not 2 * BAR <= n.start < 10 * BAR] == outside
    inside = tuple(replace(n, start=n.start - 2 * BAR) for n in notes if 2 * BAR <= n.start < 10 * BAR)
    assert inside == chart.notes(7, 480), "the toy gives back what its code says"


def test_pins_and_candidates_hold_eight_bars(session: Session) -> None:
    ear = chosen(session, "toy_phrase")
    session.ask.candidates(session.steering, 3)
    drawn = ear.wait(CandidatesReady)
    assert all(max(n.end for n in notes) > 7 * BAR for notes in drawn.melodies)  # type: ignore[attr-defined]
    session.ask.put_on_map(session.score.tracks[0].notes, 4 * BAR, "A")
    put = ear.wait(PutOnMap)
    assert len(put.pin.notes) == 32 and put.pin.notes[0].start == 0  # type: ignore[attr-defined]
    session.ask.put_on_map(session.score.tracks[0].notes, 40 * BAR)
    failed = ear.wait(Failed)
    assert "no notes in these 8 bars" in str(failed.error)  # type: ignore[attr-defined]


def test_what_cannot_be_on_the_map_is_said(session: Session, tmp_path: Path) -> None:
    for name, said in (("nonesuch", "no model"), ("auto_bach", "no map"), ("vrae", "not trained")):
        with pytest.raises(UserError, match=said):
            session.ask.choose_map(name)
    assert session.history.labels == [] and session.steering.model == "toy_melody"
    assert dict(session.ask.maps()) == {name: row.title for name, row in ROWS.items()}


@pytest.mark.parametrize("model", ["toy_phrase", "no such model"])
def test_a_piece_from_another_space_is_opened_whole(toys: Path, tmp_path: Path, model: str) -> None:
    """Its bundle may have another size by now, or be gone: the notes are never lost, and the map goes on."""
    pin = Pin("A", (1.0,) * 9, (Note(0, 60, 100),))
    document = a_piece(model)
    document = replace(document, steering=replace(document.steering, code=(0.5,) * 9, pins=(pin,)))
    session = Session(SessionPaths(toys), audio=False, document=document)
    ear = Ear(session)
    session.ask.load_map()
    failed = ear.wait(Failed)
    assert isinstance(failed.error, UserError)  # type: ignore[attr-defined]
    assert session.score == document.score and session.steering.pins == (pin,)
    if model == "toy_phrase":
        session.ask.morph(session.steering)
        ear.wait(Failed, lambda e: "another model" in str(e.error))  # type: ignore[attr-defined]
        session.ask.morph(replace(session.steering, code=pin.code, pins=(pin,)))
        assert ear.wait(MelodyMorphed).notes[0].pitch == 60, "at a pin its notes come back all the same"  # type: ignore[attr-defined]
    path = tmp_path / "piece.melomorph"
    session.save(path)
    session.ask.choose_map("toy_melody")
    session.open(path)
    assert session.document == document
    session.close()


def test_opening_a_piece_of_another_model_brings_its_map(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "piece.melomorph"
    session.save(path)
    chosen(session, "toy_phrase")
    ear = Ear(session)
    session.open(path)
    ear.wait(MapReady, lambda e: e.playable and e.model == "toy_melody")  # type: ignore[attr-defined]
    assert session.map is not None and session.map.model == "toy_melody"


# two ways between two pins --------------------------------------------------------------------------------------------


def pinned(session: Session) -> Steering:
    chart = session.map
    assert chart is not None
    pins = tuple(
        Pin(label, tuple(chart.codes[dot].tolist()), chart.notes(dot, 480)) for label, dot in (("A", 0), ("B", 9))
    )
    return replace(session.steering, pins=pins)


def test_a_crossfade_takes_every_step_from_one_of_the_two(session: Session) -> None:
    steering = pinned(session)
    a, b = (np.array(pin.code) for pin in steering.pins)
    assert session.map is not None
    kind = codec("melody")
    tokens = [kind.read((Track.of(pin.notes),), 480) for pin in steering.pins]
    for t in (0.25, 0.5, 0.75):
        there = replace(steering, code=tuple(slerp(a, b, t).tolist()))
        mixed = session.ask.melody_at(replace(there, crossfade=t))
        morph = session.ask.melody_at(there)
        expected = crossfade(tokens[0], tokens[1], t, np.random.default_rng(steering.seed))
        assert mixed == kind.write(expected, 480)[0].notes != morph
        elsewhere = replace(there, code=tuple((np.array(there.code) + 0.1).tolist()))
        assert session.ask.melody_at(replace(elsewhere, crossfade=t)) == session.ask.melody_at(elsewhere)
        pushed = replace(there, sliders={"density": 1.0})
        assert session.ask.melody_at(replace(pushed, crossfade=t)) == session.ask.melody_at(pushed)
    end = replace(steering, code=steering.pins[1].code, crossfade=1.0)
    assert session.ask.melody_at(end) == steering.pins[1].notes


# a slider of one's own ------------------------------------------------------------------------------------------------


def test_a_slider_learnt_from_melodies_leads_to_them(session: Session) -> None:
    chart, ear = session.map, Ear(session)
    assert chart is not None
    order = np.argsort(chart.attributes["height"])
    high, low = ([chart.melodies[i] for i in side] for side in (order[-8:], order[:8]))
    session.ask.learn_slider("bright", high, low)
    learnt = ear.wait(SliderLearnt)
    assert isinstance(learnt, SliderLearnt) and session.ask.keep_slider(learnt)
    assert session.history.undo_label == "slider “bright”" and set(session.steering.learnt) == {"bright"}
    steering = replace(session.steering, code=tuple(chart.codes[order[30]].tolist()))
    plain = session.ask.melody_at(steering)
    moved = session.ask.melody_at(replace(steering, sliders={"bright": 0.5}))
    assert plain and moved and np.mean([n.pitch for n in moved]) > np.mean([n.pitch for n in plain]) + 2
    session.ask.learn_slider("usual", high)
    usual = ear.wait(SliderLearnt, lambda e: e.name == "usual")  # type: ignore[attr-defined]
    assert isinstance(usual, SliderLearnt) and len(usual.vector) == chart.codes.shape[1]
    chosen(session, "toy_phrase")
    assert not session.ask.keep_slider(usual) and session.steering.learnt == {}
    with pytest.raises(UserError, match="no melody"):
        session.ask.learn_slider("nothing", [])
