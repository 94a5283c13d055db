"""Four voices to tokens and back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.codecs.chorale import (
    BAR,
    CHORALE,
    FIRST_PITCH,
    HIGHEST,
    HOLD,
    LOWEST,
    REST,
    STEPS,
    VOICES,
    decode,
    pitches,
)
from engine.errors import UserError
from engine.score import Meter, Note, Origin, Score, Track

QUARTER = 480


@st.composite
def windows(draw: st.DrawFn) -> np.ndarray:
    """Any tokens a model may choose: not always in their one spelling."""
    rows = []
    for size in CHORALE.sizes:
        usual = st.one_of(st.just(HOLD), st.just(HOLD), st.just(REST), st.integers(FIRST_PITCH, size - 1))
        rows.append(draw(st.lists(usual, min_size=STEPS, max_size=STEPS)))
    return np.array(rows, np.uint8)


def tracks_of(tokens: np.ndarray, ticks: int = QUARTER, at: int = 0) -> list[Track]:
    voices = CHORALE.write(tokens, ticks)
    return [Track.of([note.moved(at) for note in v.notes], v.name, v.program) for v in voices]


def hymn(bars: int, pickup: int = 0) -> Score:
    """Four voices in quarters, no two bars alike; a pickup of so many quarters at the end of the first bar."""
    chords = [(72, 67, 64, 48), (74, 67, 62, 47), (76, 69, 60, 45), (71, 65, 62, 43), (72, 64, 60, 41)]
    first = 4 - pickup if pickup else 0
    rows = [(i, chords[(i * i) % 5]) for i in range(first, bars * 4 + (4 if pickup else 0))]
    lines = [[Note(i * QUARTER, chord[v], QUARTER) for i, chord in rows] for v in range(4)]
    return Score(tuple(Track.of(line, name) for line, name in zip(lines, VOICES, strict=True)))


@settings(max_examples=40)
@given(windows(), st.sampled_from([4, 96, 480]), st.integers(0, 10**5))
def test_tokens_to_notes_and_back(tokens: np.ndarray, ticks: int, at: int) -> None:
    written = CHORALE.write(tokens, ticks)
    assert [voice.name for voice in written] == list(VOICES)
    for voice, low, high in zip(written, LOWEST, HIGHEST, strict=True):
        assert all(low <= note.pitch <= high and note.origin is Origin.GENERATED for note in voice.notes)
        assert all(note.end <= CHORALE.span_ticks(ticks) for note in voice.notes)
    means = [np.mean([n.pitch for n in voice.notes]) if voice.notes else None for voice in written]
    if None in means or sorted(means, reverse=True) != means or len(set(means)) < 4:
        return  # which track is which voice is told by their height alone
    again = CHORALE.read(tracks_of(tokens, ticks, at), ticks, at)
    assert decode(again) == decode(tokens)
    np.testing.assert_array_equal(CHORALE.read(tracks_of(again, ticks), ticks), again)


def test_a_small_example_by_hand() -> None:
    """A repeated note is struck twice; a rest is written once; a voice nobody sings rests."""
    soprano = [Note(0, 72, 480), Note(480, 72, 480), Note(1440, 74, 240)]
    bass = [Note(0, 48, 1920)]
    tokens = CHORALE.read([Track.of(bass), Track.of(soprano)], QUARTER)
    expected = np.zeros((4, STEPS), np.uint8)
    expected[0, [0, 4, 8, 12, 14]] = [14, 14, REST, 16, REST]
    expected[1:3, 0] = REST
    expected[3, [0, 16]] = [FIRST_PITCH + 12, REST]
    np.testing.assert_array_equal(tokens, expected)
    assert [len(voice.notes) for voice in CHORALE.write(tokens, QUARTER)] == [3, 0, 0, 1]
    assert pitches(tokens)[:, 0].tolist() == [72, 0, 0, 48]
    assert CHORALE.sizes == (24, 24, 24, 31) and CHORALE.vocabulary == 31


def test_chords_in_one_track_are_split_from_the_top() -> None:
    score = hymn(4)
    whole = CHORALE.read(score.tracks, QUARTER)
    together = Track.of([note for track in score.tracks for note in track.notes])
    np.testing.assert_array_equal(CHORALE.read([together], QUARTER), whole)
    hands = [Track.of([*score.tracks[v].notes, *score.tracks[v + 1].notes]) for v in (0, 2)]
    np.testing.assert_array_equal(CHORALE.read(hands, QUARTER), whole)


def test_a_held_note_keeps_its_voice_while_others_move() -> None:
    held = [Note(0, 64, 1920), Note(0, 48, 1920)]
    moving = [Note(i * QUARTER, 72 + i, QUARTER) for i in range(4)]
    tokens = CHORALE.read([Track.of([*held, *moving])], QUARTER)
    lines = [line for line in decode(tokens) if line]
    assert sorted(len(line) for line in lines) == [1, 1, 4]


def test_pitches_out_of_range_come_back_in_octaves() -> None:
    voices = [Track.of([Note(0, pitch, 480)]) for pitch in (96, 76, 40, 24)]
    assert [line[0][2] for line in decode(CHORALE.read(voices, QUARTER))] == [72, 64, 52, 36]


def test_what_sounds_into_the_window_begins_with_it() -> None:
    track = Track.of([Note(0, 72, 4 * QUARTER)])
    tokens = CHORALE.read([track], QUARTER, at_tick=2 * QUARTER)
    assert decode(tokens)[0] == [(0, 8, 72)]
    with pytest.raises(UserError):
        CHORALE.read([track], QUARTER, at_tick=4 * QUARTER)
    with pytest.raises(UserError):
        CHORALE.read([Track.of([Note(0, 40, 480)], drums=True)], QUARTER)


def test_windows_begin_at_every_bar() -> None:
    score = hymn(6)
    found = list(CHORALE.windows(score))
    assert len(found) == 3
    for index, window in enumerate(found):
        np.testing.assert_array_equal(window, CHORALE.read(score.tracks, QUARTER, index * 4 * QUARTER))
        assert (window[:, 0] >= FIRST_PITCH).all()
    assert len(list(CHORALE.windows(hymn(5, pickup=1)))) == 2, "a bar with nothing but a pickup is no bar"


def test_no_windows_of_other_music() -> None:
    score = hymn(6)
    assert not list(CHORALE.windows(Score(score.tracks, meters=(Meter(0, 3, 4),))))
    assert not list(CHORALE.windows(Score(score.tracks[:3])))
    high = score.tracks[0].with_notes([note.moved(semitones=12) for note in score.tracks[0].notes])
    assert not list(CHORALE.windows(score.with_track(0, high)))
    cut = [track.with_notes(n for n in track.notes if not 6 * 480 <= n.start < 8 * 480) for track in score.tracks]
    assert len(list(CHORALE.windows(Score(tuple(cut))))) == 1, "two silent beats are a gap"


def test_other_keys_keep_the_shape_and_the_ranges() -> None:
    window = next(iter(CHORALE.windows(hymn(4))))
    many = np.repeat(window[None], 60, 0)
    moved = CHORALE.transpose_randomly(many, np.random.default_rng(1))
    shifts = (pitches(moved) - pitches(many))[:, 0, 0]
    room = min(high - max(p for _, _, p in line) for high, line in zip(HIGHEST, decode(window), strict=True))
    assert shifts.max() == min(6, room) and shifts.min() >= -6 and len(set(shifts.tolist())) > 4
    for one, shift in zip(moved, shifts, strict=True):
        np.testing.assert_array_equal(pitches(one), pitches(window) + shift)
        assert (one < np.array(CHORALE.sizes)[:, None]).all()
    assert len({row.tobytes() for row in CHORALE.shape_of(moved)}) == 1
    other = window.copy()
    other[1, 4] += 1
    assert CHORALE.shape_of(other[None]).tobytes() != CHORALE.shape_of(window[None]).tobytes()
    assert CHORALE.shape_of(moved).shape == (60, 4 * STEPS) and len(window[0]) == CHORALE.bars * BAR
