"""Tunes as events: what is read comes back, bars add up, keys are kept, and strange music does not break it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.codecs import tune
from engine.codecs.tune import TUNE
from engine.codecs.tune_key import MODES, guessed, printed
from engine.corpus import abc
from engine.corpus.dataset import build
from engine.corpus.windows import whole_tune
from engine.errors import UserError
from engine.score import Meter, Note, Score, Track
from tests.engine.made_up import corpus

JIG = "X:1\nT:Made up\nM:6/8\nL:1/8\nK:G\nD|GAB BAG|ABc d2B|cBA GAB|AFD D2D|GAB BAG|(3ABA Bc d2-|d2B cBA|G3 G2:|\n"


def piece(text: str = JIG) -> np.ndarray:
    (found,) = abc.read_book(text)
    made = whole_tune(found)
    assert made is not None
    return made.windows


def bars_of(tokens: np.ndarray) -> list[int]:
    """Length in units of what stands before each bar line."""
    lines = tune.starts(tokens)[tokens[:, 0] == tune.BAR]
    return np.diff([0, *lines]).tolist()


def played(*notes: tuple[int, int, int]) -> Track:
    return Track.of([Note(start, pitch, length) for start, length, pitch in notes])


class TestTunesOfBooks:
    def test_a_jig_is_written_without_its_pickup(self) -> None:
        (tokens,) = piece()
        assert tokens.shape == TUNE.shape and tokens.dtype == np.uint8
        assert tune.METERS[tune.meter_of(tokens)] == (6, 8)
        assert MODES[tokens[1, 0] - tune.FIRST_MODE] == "major" and (int(tokens[1, 1]) - tune.NO_SHIFT) % 12 == 7
        assert bars_of(tokens) == [72] * 8 and (tokens[:, 0] == tune.END).sum() == 1
        notes = tune.decode(tokens)
        assert [pitch for _, _, pitch in notes[:6]] == [67, 69, 71, 71, 69, 67]
        assert (5 * 72 + 48, 6 * 72 + 24, 74) in notes, "a tie over the bar line is one note"

    def test_a_bar_that_does_not_add_up_divides_the_tune(self) -> None:
        bars = ["GABc"] * 5 + ["GA"] + ["dcBA"] * 4 + ["G4"]
        found = piece("X:1\nT:Cut\nM:4/4\nL:1/4\nK:G\n" + "|".join(bars) + "|\n")
        assert [len(bars_of(tokens)) for tokens in found] == [5, 5]
        assert [(tokens[:, 0] == tune.END).any() for tokens in found] == [False, True]

    def test_a_long_tune_is_cut_where_a_bar_ends(self) -> None:
        found = piece("X:1\nT:Long\nM:4/4\nL:1/8\nK:C\n" + "|".join(["CDEFGABc"] * 60) + "|\n")
        assert [len(bars_of(tokens)) for tokens in found] == [35, 25]

    def test_unknown_meters_are_left_out(self) -> None:
        (found,) = abc.read_book("X:1\nT:Odd\nM:7/8\nL:1/8\nK:C\n" + "|".join(["CDEFGAB"] * 8) + "|\n")
        assert whole_tune(found) is None

    def test_variants_stay_on_one_side(self) -> None:
        other = JIG.replace("cBA GAB", "cBA GBd").replace("K:G", "K:G").replace("X:1", "X:2").replace("Made up", "B")
        pieces = [made for t in abc.read_book(JIG + "\n" + other) if (made := whole_tune(t)) is not None]
        rest = abc.read_book("\n".join(_random_tune(n) for n in range(3, 40)))
        data = build(pieces + [made for t in rest if (made := whole_tune(t)) is not None], TUNE)
        assert (("Made up" in data.train.titles) + ("B" in data.train.titles)) in (0, 2)


def _random_tune(number: int) -> str:
    rng = np.random.default_rng(number)
    bars = ["".join("CDEFGABc"[n] for n in rng.integers(0, 8, 8)) for _ in range(8)]
    return f"X:{number}\nT:T{number}\nM:4/4\nL:1/8\nK:C\n{'|'.join(bars)}|\n"


class TestKeys:
    @pytest.mark.parametrize("tonic", range(12))
    def test_a_scale_is_heard_in_its_key(self, tonic: int) -> None:
        pitches = [60 + tonic + step for step in (0, 4, 7, 9, 7, 5, 4, 2, 0, -1, 0)]
        assert guessed(pitches, [2] * 10 + [4]) == (tonic, 0) == printed(pitches, [2] * 10 + [4], tonic)

    @pytest.mark.parametrize(("pitches", "mode"), [
        ((62, 69, 69, 71, 72, 71, 69, 67, 65, 62, 60, 64, 67, 64, 60, 62, 65, 69, 71, 69, 65, 62), "dorian"),
        ((67, 71, 74, 71, 67, 65, 69, 65, 67, 71, 74, 77, 74, 72, 69, 65, 67), "mixolydian"),
        ((69, 72, 71, 69, 64, 69, 71, 72, 76, 71, 68, 69), "minor"),
    ])  # fmt: skip
    def test_modes_are_told_apart(self, pitches: tuple[int, ...], mode: str) -> None:
        assert guessed(pitches, [1] * len(pitches))[0] == 0
        assert MODES[printed(pitches, [1] * len(pitches), 0)[1]] == mode

    def test_a_signature_is_believed_unless_the_notes_speak_against_it(self) -> None:
        pentatonic = [62, 64, 66, 69, 71, 74, 69, 66, 64, 62]
        assert printed(pentatonic, [1] * 10, signature=2)[0] == 2
        assert printed([60, 62, 64, 65, 67, 69, 71, 72], [1] * 8, signature=1)[0] == 0

    def test_another_key_is_another_head(self) -> None:
        tokens = corpus("tune", 12).numpy().astype(np.uint8)
        moved = TUNE.transpose_randomly(tokens, np.random.default_rng(1))
        assert (moved[:, 2:] == tokens[:, 2:]).all() and (moved[:, 1, 1] != tokens[:, 1, 1]).any()
        assert (TUNE.shape_of(moved) == TUNE.shape_of(tokens)).all()
        shift = int(moved[0, 1, 1]) - int(tokens[0, 1, 1])
        assert [p for _, _, p in tune.decode(moved[0])] == [p + shift for _, _, p in tune.decode(tokens[0])]


class TestReading:
    def test_what_is_played_comes_back(self) -> None:
        notes = [(0, 240, 62), (240, 240, 64), (480, 160, 66), (640, 160, 67), (800, 160, 69), (960, 480, 62),
                 (1920, 1680, 74), (3840, 720, 50), (4560, 240, 62)]  # fmt: skip
        tokens = TUNE.read((played(*notes),), 480)
        assert bars_of(tokens) == [96] * 8 and not (tokens[:, 0] == tune.END).any()
        (voice,) = TUNE.write(tokens, 480)
        assert [(n.start, n.length, n.pitch) for n in voice.notes] == notes

    def test_bars_of_twelve_sixteenths_are_heard_as_what_they_are(self) -> None:
        jig = played(*((240 * n, 240, 62 + n % 5) for n in range(48)))
        waltz = played(*((480 * n, 480, 62 + n % 5) for n in range(24)))
        assert tune.METERS[tune.meter_of(TUNE.read((jig,), 480, 0, True))] == (6, 8)
        assert tune.METERS[tune.meter_of(TUNE.read((waltz,), 480, 0, True))] == (3, 4)

    def test_silence_is_told(self) -> None:
        with pytest.raises(UserError, match="no notes in these 8 bars"):
            TUNE.read((Track(),), 480)

    @settings(max_examples=60, deadline=None)
    @given(
        st.lists(st.tuples(st.integers(0, 15359), st.integers(1, 4000), st.integers(0, 127)), min_size=1, max_size=60),
        st.booleans(),
        st.sampled_from([96, 120, 480, 1000]),
    )
    def test_anything_can_be_read_and_written(
        self, notes: list[tuple[int, int, int]], compound: bool, resolution: int
    ) -> None:
        track = played(*notes)
        if not any(note.start < TUNE.span_ticks(resolution, compound) for note in track.notes):
            return
        tokens = TUNE.read((track,), resolution, 0, compound)
        assert set(bars_of(tokens)) == {72 if compound else 96}
        (voice,) = TUNE.write(tokens, resolution)
        assert all(n.end <= TUNE.span_ticks(resolution, compound) + resolution for n in voice.notes)

    def test_scores_are_tunes_to_learn_from(self) -> None:
        track = played(*((240 * n, 240, 62 + n % 7) for n in range(96)))
        (tokens,) = TUNE.windows(Score(tracks=(track,), meters=(Meter(0, 6, 8),)))
        assert bars_of(tokens) == [72] * 16 and (tokens[:, 0] == tune.END).any()
        assert list(TUNE.windows(Score(tracks=(track,), meters=(Meter(0, 7, 8),)))) == []


class TestCells:
    def test_notes_that_begin_in_a_bar_are_its_cells(self) -> None:
        (tokens,) = piece()
        cells = TUNE.cells(tokens, 12, 24)
        assert cells.shape == TUNE.shape and (cells[:, 0] == cells[:, 1]).all()
        assert cells[:, 0].sum() == 5 and (tune.starts(tokens)[cells[:, 0]] // 72 == 1).all()

    def test_what_is_tied_belongs_to_its_note(self) -> None:
        (tokens,) = piece()
        assert not TUNE.cells(tokens, 72, 76).any(), "it began in the bar before"
        assert TUNE.cells(tokens, 68, 76)[:, 0].sum() == 2
