"""MidiNet: chords are heard, a first bar stays, lines of chords are read, and nonsense is told in words."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from benchmarks import chords
from engine.codecs import melody
from engine.codecs.chord_finding import NONE, class_weights, key_of, likely_chords
from engine.codecs.melody_chords import chord_tones, classes_sounding, triads_of
from engine.commands.ask_verb import asked, ideas
from engine.errors import UserError
from engine.jobs.job import silent
from engine.models import bundle as bundles
from engine.models.midinet import BARS, MidiNet, Options, SampleOptions
from engine.models.parts import chord_symbols, melody_symbols
from engine.models.shelf import Shelf
from engine.score import Chord, Meter, Note, Quality, Score, Track
from engine.verbs import chord_line, over_chords
from engine.verbs.verb import Idea, Passage
from tests.engine.made_up import corpus
from tests.engine.small import SMALL

BAR = 1920
CADENCE = (0, 5, 7, 0)


@pytest.fixture(scope="module")
def network() -> MidiNet:
    torch.manual_seed(4)
    return MidiNet(Options(**SMALL["midinet"])).eval()


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory, network: MidiNet) -> Shelf:
    folder = tmp_path_factory.mktemp("bundles")
    weights = {name: value.numpy() for name, value in network.state_dict().items()}
    header = {"options": dataclasses.asdict(network.options), "codec": "phrase", "corpus": {"title": "made up"}}
    bundles.write(bundles.Bundle("midinet", header, weights), folder / "midinet.safetensors")
    return Shelf([folder])


def broken(roots: tuple[int, ...], up: int = 0) -> list[tuple[int, int, int]]:
    """Broken triads of C major, one to a bar of 16."""
    steps = {0: (60, 64, 67, 64), 5: (65, 69, 72, 69), 7: (67, 71, 74, 71), 9: (69, 72, 76, 72)}
    return [
        (16 * bar + 4 * beat, 16 * bar + 4 * beat + 4, pitch + up)
        for bar, root in enumerate(roots)
        for beat, pitch in enumerate(steps[root])
    ]


class TestFindingChords:
    @pytest.mark.parametrize("up", [0, 3, 10])
    def test_broken_chords_are_found_in_any_key(self, up: int) -> None:
        spans = [(16 * bar, 16 * bar + 16) for bar in range(4)]
        wanted = [((root + up) % 12, False) for root in CADENCE]
        assert likely_chords(broken(CADENCE, up), spans) == wanted

    def test_minor_and_silence(self) -> None:
        notes = [note for note in broken((9, 0, 9, 0)) if note[0] < 48]
        spans = [(16 * bar, 16 * bar + 16) for bar in range(4)]
        assert likely_chords(notes, spans) == [(9, True), (0, False), (9, True), None]
        assert likely_chords([], spans) == [None] * 4 and likely_chords(notes, []) == []

    def test_the_key_decides_where_notes_do_not(self) -> None:
        """A bar of D alone is the dominant between bars of G... and C, not D major."""
        notes = [*broken((0, 5)), (32, 48, 62), *[(on + 48, end + 48, pitch) for on, end, pitch in broken((0,))]]
        found = likely_chords(notes, [(16 * bar, 16 * bar + 16) for bar in range(4)])
        assert found[2] in {(7, False), (2, True)}

    def test_tokens_and_notes_tell_the_same(self) -> None:
        windows = corpus("phrase", 6).numpy().astype(np.uint8)
        found = triads_of(windows)
        for window, row in zip(windows, found, strict=True):
            steps = melody.steps_per_bar(bool(melody.is_compound(window)))
            spans = [(steps * bar, steps * (bar + 1)) for bar in range(BARS)]
            notes = melody.decode_steps(window)
            told = [NONE if one is None else one[0] + 12 * one[1] for one in likely_chords(notes, spans)]
            assert told == row.tolist()
            assert class_weights(notes, spans).shape == (BARS, 12)

    def test_the_key_of_a_line(self) -> None:
        rows = np.array([[0, 21, 5, 7], [7, 14 - 12, 16, 0], [21, 14, 16, 21], [NONE, 5, 0, 5]])
        assert key_of(rows).tolist() == [0, 7, 21, 5]

    def test_measured_on_lead_sheets(self, tmp_path: Path) -> None:
        piece = {
            "meter": [4, 4], "key": "C", "len": 4 * 96, "bars": [0, 96, 192, 288],
            "notes": [[on * 6, (end - on) * 6, pitch] for on, end, pitch in broken(CADENCE)],
            "chords": [[96 * bar, "", root, "maj"] for bar, root in enumerate(CADENCE)],
        }  # fmt: skip
        path = tmp_path / "sheets.jsonl"
        path.write_text("\n".join([json.dumps(piece)] * 3), encoding="utf-8")
        found = chords.measure(path)
        assert found["the likely chord"] == (1.0, 1.0)
        assert found["always the home triad of the key found"] == (0.5, 0.5)
        path.write_text("", encoding="utf-8")
        with pytest.raises(UserError):
            chords.measure(path)


class TestChordsAtHome:
    def test_moved_there_and_back(self) -> None:
        chords = torch.tensor([[0, 21, 14, 7, NONE], [2, 9, 16, 2, 2]])
        shift = torch.tensor([3, -2])
        there = chord_symbols.moved(chords, shift)
        assert there[0].tolist() == [3, 12, 17, 10, NONE] and there[1].tolist() == [0, 7, 14, 0, 0]
        assert torch.equal(chord_symbols.moved(there, -shift), chords)

    def test_home_is_on_the_white_keys(self) -> None:
        chords = torch.tensor([[2, 9, 7, 2], [18, 23, 13, 18]])  # D major; F sharp minor
        shift = chord_symbols.way_home(chords)
        assert shift.tolist() == [-2, 3]
        assert (chord_symbols.way_home(torch.full((1, 3), NONE)) == 0).all()

    def test_roles_of_pitches(self) -> None:
        roles = chord_symbols.roles(torch.tensor([0, 14, NONE]))
        classes = (torch.arange(melody_symbols.PITCHES) + 53) % 12
        assert set(classes[roles[0, 3] > 0].tolist()) == {0, 4, 7}
        assert set(classes[roles[1, 1] > 0].tolist()) == {5} and not roles[2].any()


class TestFollow:
    def test_as_many_bars_as_chords_and_the_first_stays(self, network: MidiNet) -> None:
        for compound in (False, True):
            first = corpus("phrase", 4, seed=5)[int(compound) :: 2, : melody.BAR_SLOTS]
            chords = torch.tensor([[0, 5, 7, 0, 9], [2, 7, 9, NONE, 2]])
            made = network.follow(chords, first, SampleOptions(compound=compound), silent)
            assert made.shape == (2, 80) and torch.equal(made[:, :16], first)
            assert (melody.is_compound(made.numpy()) == compound).all()
            assert torch.equal(made, network.follow(chords, first, SampleOptions(compound=compound), silent))

    def test_without_chords_it_writes_too(self, network: MidiNet) -> None:
        made = network.follow(torch.full((2, 3), NONE), None, SampleOptions(), silent)
        assert made.shape == (2, 48) and (made[:, 0] != melody.HOLD).all()

    def test_goes_on_in_the_key_of_the_music(self, network: MidiNet) -> None:
        x = corpus("phrase", 4)
        more = network.extend(x, SampleOptions(), silent)
        assert more.shape == x.shape and (more[:, 0] != melody.HOLD).all()
        assert (melody.is_compound(more.numpy()) == melody.is_compound(x.numpy())).all()

    def test_lessons_hold_every_bar_and_some_have_no_chords(self, network: MidiNet) -> None:
        torch.manual_seed(2)
        x = corpus("phrase", 12)
        untold, starts = [], set()
        for _ in range(12):
            lesson = network._lesson(x)
            starts.add(len(lesson.music))
            assert lesson.music.shape[1:] == (48, melody_symbols.SYMBOLS) and lesson.chords.shape[1] == 3
            untold.append(float((lesson.chords == NONE).all(1).float().mean()))
        assert starts == {12 * 4, 12 * 3}  # two by two, from the first bar or from the second on
        assert 0.1 < np.mean(untold) < 0.3


def played(shelf: Shelf, passage: Passage | None = None, **wanted: Any) -> list[Idea]:
    options = over_chords.Options(**{"count": 2, **wanted})
    return ideas(asked(shelf, "over_chords", "midinet", options, passage=passage), "over_chords", silent)


class TestOverChords:
    def test_typed_chords_alone(self, shelf: Shelf) -> None:
        found = played(shelf, progression="C Am F G")
        assert [idea.ticks for idea in found] == [8 * BAR] * 2
        assert "C Am F G C Am F G (yours)" in found[0].remark
        assert found[0].voices != found[1].voices and found == played(shelf, progression="| C, Am | F | G7 |")
        assert played(shelf, progression="Dm % Bb", bars=20)[0].ticks == 20 * BAR

    @pytest.mark.parametrize("text", ["C H7 q", "%", "| |", "C " * 65])
    def test_nonsense_is_told(self, shelf: Shelf, text: str) -> None:
        with pytest.raises(UserError):
            played(shelf, progression=text)

    def test_chords_over_the_piece(self, shelf: Shelf) -> None:
        chords = (Chord(0, 0), Chord(BAR, 9, Quality.MINOR), Chord(2 * BAR, 5), Chord(3 * BAR, 7, Quality.SEVENTH))
        score = Score((Track.of([Note(0, 60, 1920)]),), chords=(*chords, Chord(2 * BAR + 1800, 2)))
        found = played(shelf, Passage(score, 0))
        assert found[0].remark.startswith("C Am F G (written over the piece)") and found[0].ticks == 4 * BAR
        assert found[0].fresh == (BAR, 4 * BAR) and found[0].at == 0  # my first bar stays
        assert played(shelf, Passage(score, 0), keep_first=False)[0].fresh is None

    def test_chords_found_in_other_tracks(self, shelf: Shelf) -> None:
        chords = [(0, (48, 52, 55)), (1, (53, 57, 60)), (2, (55, 59, 62)), (3, (48, 52, 55))]
        piano = Track.of([Note(bar * BAR, pitch, BAR) for bar, notes in chords for pitch in notes], "Piano")
        score = Score((Track(name="Melody"), piano))
        assert played(shelf, Passage(score, 0), bars=4)[0].remark.startswith("C F G C (found in your music)")
        onto_chords = played(shelf, Passage(score, 0, track=1), bars=4)[0]
        assert onto_chords.voices[0].name == "Melody" and onto_chords.fresh is None  # the piano plays on

    def test_an_empty_piece_gets_common_chords(self, shelf: Shelf) -> None:
        found = played(shelf, Passage(Score(), 0), seed=3)
        assert "(common ones)" in found[0].remark and found[0].ticks == 8 * BAR
        begun = Score((Track.of([Note(0, 62, 960), Note(960, 66, 480), Note(1440, 69, 480)]),))
        assert played(shelf, Passage(begun, 0))[0].remark.startswith("D ")

    def test_bars_are_those_of_the_piece(self, shelf: Shelf) -> None:
        score = Score((Track(name="Melody"),), meters=(Meter(0, 6, 8),))
        assert played(shelf, Passage(score, 0), progression="G D")[0].ticks == 8 * 1440
        with pytest.raises(UserError, match="5/4"):
            played(shelf, Passage(Score(meters=(Meter(0, 5, 4),)), 0), progression="G D")

    def test_words_are_spelt_for_the_key(self) -> None:
        assert chord_line.ChordLine((1, 8, 6, 13), "").words == "Db Ab Gb Dbm"
        assert len(chord_line.ChordLine((0,) * 20, "").words.split()) == 17


def test_time_on_chord_tones_is_counted(tmp_path: Path) -> None:
    from engine.evaluation import over_chords as measured

    windows = corpus("phrase", 8).numpy().astype(np.uint8)
    chords = triads_of(windows)
    share = measured.on_chords(windows, chords)
    assert 0.3 < share <= 1
    assert classes_sounding(windows).shape == windows.shape and chord_tones(np.array([0, NONE])).sum() == 3
    strange = measured.strangers(chords, np.random.default_rng(1))
    assert strange.shape == chords.shape and (strange != chords).any()
    assert measured.seam(windows) > 0 and 0 <= measured.rhythm_again(windows) <= 1
