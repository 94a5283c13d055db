"""Notes to tokens and back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.codecs import melody
from engine.codecs.melody import FIRST_PITCH_TOKEN, HIGHEST, HOLD, LOWEST, PAD, REST
from engine.score import Note, Origin

TICKS = [4, 96, 120, 480, 960]


def pitch_token(pitch: int) -> int:
    return FIRST_PITCH_TOKEN + pitch - LOWEST


@st.composite
def windows(draw: st.DrawFn) -> np.ndarray:
    """Any tokens a model may choose, of either meter: not always in their one spelling."""
    compound = draw(st.booleans())
    steps = melody.steps_per_bar(compound) * 2
    usual = st.one_of(st.just(HOLD), st.just(HOLD), st.just(REST), st.integers(FIRST_PITCH_TOKEN, PAD - 1))
    tokens = np.full(melody.SLOTS, PAD, np.uint8)
    tokens[melody.slots(compound)] = draw(st.lists(usual, min_size=steps, max_size=steps))
    return tokens


@given(windows(), st.sampled_from(TICKS), st.integers(0, 10**6))
def test_tokens_to_notes_and_back(tokens: np.ndarray, ticks: int, at: int) -> None:
    one = melody.canonical(tokens)
    compound = bool(melody.is_compound(tokens))
    notes = melody.to_notes(one, ticks, at)
    np.testing.assert_array_equal(melody.from_notes(notes, ticks, at, compound), one)
    np.testing.assert_array_equal(melody.canonical(one), one)
    assert melody.to_notes(tokens, ticks, at) == notes, "another spelling, the same music"


@given(windows(), st.sampled_from(TICKS), st.integers(0, 10**6))
def test_ticks_are_exact(tokens: np.ndarray, ticks: int, at: int) -> None:
    span = melody.span_ticks(ticks, bool(melody.is_compound(tokens)))
    before = at
    for note in melody.to_notes(tokens, ticks, at):
        assert (note.start - at) * 4 % ticks == 0 and note.length * 4 % ticks == 0
        assert before <= note.start and note.end <= at + span
        assert LOWEST <= note.pitch <= HIGHEST
        before = note.end


@given(windows())
def test_the_one_spelling(tokens: np.ndarray) -> None:
    one = melody.canonical(tokens)
    used = one[melody.slots(bool(melody.is_compound(tokens)))]
    assert used[0] != HOLD
    resting = False
    for token in used:
        assert not (resting and token == REST), "a rest is written once"
        resting = token == REST or (resting and token == HOLD)


def test_a_small_example_by_hand() -> None:
    """A dotted quarter C4, an eighth D4, an eighth rest, then E4 to the end of the second bar."""
    notes = [Note(0, 60, 720), Note(720, 62, 240), Note(1200, 64, 2640)]
    tokens = melody.from_notes(notes, 480)
    expected = np.zeros(32, np.uint8)
    expected[[0, 6, 8, 10]] = pitch_token(60), pitch_token(62), REST, pitch_token(64)
    np.testing.assert_array_equal(tokens, expected)
    again = melody.to_notes(tokens, 480)
    assert [(n.start, n.length, n.pitch) for n in again] == [(0, 720, 60), (720, 240, 62), (1200, 2640, 64)]
    assert [n.velocity for n in again] == [94, 80, 80], "the bar's first step is heavier than what lies off the beat"
    assert all(n.origin is Origin.GENERATED for n in again)


def test_a_jig_by_hand() -> None:
    """Two 6/8 bars: bar two starts at slot 16, whatever the bar's length."""
    notes = [Note(480 // 2 * i, 60 + i, 240) for i in range(12)]
    tokens = melody.from_notes(notes, 480, compound=True)
    assert melody.is_compound(tokens)
    assert (tokens[[12, 13, 14, 15, 28, 29, 30, 31]] == PAD).all()
    assert tokens[[0, 2, 10, 16, 26]].tolist() == [pitch_token(p) for p in (60, 61, 65, 66, 71)]
    again = melody.to_notes(tokens, 480)
    assert [(n.start, n.length, n.pitch) for n in again] == [(n.start, n.length, n.pitch) for n in notes]
    assert [n.velocity for n in again[:6]] == [94, 80, 80, 88, 80, 80], "two beats of three in a bar"


def test_lengths_of_bars() -> None:
    assert melody.span_ticks(480, False) == 2 * 1920 and melody.span_ticks(480, True) == 2 * 1440
    assert len(melody.slots(False)) == 32 and len(melody.slots(True)) == 24
    assert melody.VOCABULARY == 62


def test_the_highest_of_a_chord_is_the_melody() -> None:
    notes = [Note(0, pitch, 480) for pitch in (48, 72, 64)]
    assert melody.from_notes(notes, 480)[0] == pitch_token(72)


def test_a_note_is_cut_by_the_next_one() -> None:
    tokens = melody.from_notes([Note(0, 60, 1920), Note(480, 67, 120)], 480)
    assert melody.decode_steps(tokens) == [(0, 4, 60), (4, 5, 67)]


def test_notes_between_the_steps_snap_to_the_nearest() -> None:
    tokens = melody.from_notes([Note(70, 60, 200), Note(410, 62, 10)], 480)
    assert melody.decode_steps(tokens) == [(1, 2, 60), (3, 4, 62)]


def test_only_the_two_bars_are_heard() -> None:
    notes = [Note(0, 60, 480), Note(1920, 62, 480), Note(5760, 64, 480), Note(5000, 65, 4000)]
    assert melody.decode_steps(melody.from_notes(notes, 480, at_tick=1920)) == [(0, 4, 62), (26, 32, 65)]
    silence = melody.from_notes([], 480)
    assert silence.tolist() == [REST] + [HOLD] * 31 and melody.to_notes(silence, 480) == ()


@given(st.integers(0, 127))
def test_pitches_out_of_range_come_back_in_octaves(pitch: int) -> None:
    folded = melody.fold(pitch)
    assert LOWEST <= folded <= HIGHEST and (folded - pitch) % 12 == 0
    assert folded == pitch or not LOWEST <= pitch <= HIGHEST
    assert melody.decode_steps(melody.encode_steps([(0, 32, pitch)], False)) == [(0, 32, folded)]


@given(windows(), st.integers(-5, 6))
def test_transposing(tokens: np.ndarray, semitones: int) -> None:
    pitched = (tokens >= FIRST_PITCH_TOKEN) & (tokens < PAD)
    middle = np.where(pitched, np.clip(tokens, 20, 40), tokens).astype(np.uint8)
    moved = melody.transposed(middle[None], semitones)[0]
    expected = [(on, end, pitch + semitones) for on, end, pitch in melody.decode_steps(middle)]
    assert melody.decode_steps(moved) == expected
    np.testing.assert_array_equal(melody.transposed(moved[None], np.array([-semitones]))[0], middle)


@pytest.mark.parametrize("compound", [False, True])
def test_a_leading_hold_is_silence(compound: bool) -> None:
    tokens = np.full(32, PAD, np.uint8)
    tokens[melody.slots(compound)] = HOLD
    assert melody.decode_steps(tokens) == []
    assert melody.canonical(tokens)[0] == REST
