"""The MIDI reader under random music, random bytes, damaged files, and files meant to hurt."""

from __future__ import annotations

import time
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import UserError
from engine.score import Key, Note, Score, Tempo, Track
from engine.score.midi_read import read_midi
from engine.score.midi_write import to_midi_bytes
from engine.score.report import describe, words
from tests.engine.midi_bytes import CLEAN, ON, chunk, header, number, one

events = st.one_of(
    st.tuples(st.just(0x90), st.integers(0, 127), st.integers(0, 127)),
    st.tuples(st.just(0x80), st.integers(58, 62), st.integers(0, 127)),
    st.tuples(st.sampled_from([0x91, 0x99]), st.integers(58, 62), st.integers(0, 127)),
    st.tuples(st.sampled_from([0xB0, 0xE0]), st.integers(0, 127), st.integers(0, 127)),
    st.tuples(st.sampled_from([0xC0, 0xC1, 0xD0]), st.integers(0, 127)),
)


@given(st.lists(st.tuples(st.integers(0, 40_000), events, st.booleans()), min_size=1, max_size=60))
def test_fast_and_tolerant_reading_agree(music: list[tuple[int, tuple[int, ...], bool]]) -> None:
    fast = by_hand = b""
    running = 0
    for delta, (status, *data), repeat in music:
        says = b"" if repeat and status == running else bytes([status])
        fast += number(delta) + says + bytes(data)
        by_hand += number(delta, 4) + bytes([status, *data]) + b"\x00\xff\x01\x00"  # no event the table knows
        running = status
    try:
        expected = read_midi(one(by_hand))[0]
    except UserError:
        with pytest.raises(UserError):
            read_midi(one(fast))
        return
    assert read_midi(one(fast))[0] == expected


@settings(max_examples=300)
@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_are_read_or_refused(data: bytes, as_track: bool) -> None:
    _survives(one(data) if as_track else data)


_REAL = to_midi_bytes(
    Score(
        tuple(Track.of([Note(i * 60, 48 + i % 30, 90) for i in range(40)], f"Part {p}", p) for p in range(3)),
        (Tempo(0), Tempo(960, 300_000)),
        keys=(Key(0, 2),),
    )
)


@settings(max_examples=300)
@given(
    st.lists(st.tuples(st.integers(0, len(_REAL) - 1), st.binary(max_size=4), st.integers(0, 4)), max_size=8),
    st.integers(0, len(_REAL)),
)
def test_damaged_files_are_read_or_refused(damage: list[tuple[int, bytes, int]], length: int) -> None:
    data = _REAL
    for at, new, gone in damage:
        data = data[:at] + new + data[at + gone :]
    _survives(data)
    _survives(data[:length])


def _survives(data: bytes) -> None:
    try:
        score, report = read_midi(data)
    except UserError:
        return
    assert report.notes == score.note_count > 0
    assert words(describe(score, report)) and report.text
    for track in score.tracks:
        assert Track(track.notes, track.name, track.program, track.drums) == track  # legal and tidy
    again, _ = read_midi(to_midi_bytes(score))
    assert again == score


_MILLION = 1_000_000


@pytest.mark.slow
@pytest.mark.parametrize(
    "data",
    [
        pytest.param(one(ON + b"\x01\x3c\x40" * (2 * _MILLION)), id="two million unclosed notes"),
        pytest.param(one(b"".join(bytes([1, 0x90, i * 7 % 128, 64]) for i in range(_MILLION))), id="unclosed chords"),
        pytest.param(one(ON + b"\x01\xff\x51\x03\x07\x01\x22" * _MILLION), id="a million tempos"),
        pytest.param(one(ON + b"\x81\x80\x00\x3c\x40" * _MILLION), id="long deltas"),
        pytest.param(one(ON + b"\x00\xf8" * (3 * _MILLION)), id="system messages"),
        pytest.param(one(b"\xff" * (6 * _MILLION)), id="one endless number"),
        pytest.param(header(65535) + chunk(ON) * 500_000, id="half a million tracks"),
        pytest.param(header(65535) + chunk(ON, 2**31) * 500_000, id="tracks that claim everything"),
        pytest.param(header() + b"junk\0\0\0\0" * 700_000 + chunk(ON), id="unknown parts"),
        pytest.param(one(b"\xff\xff\xff\x7f\x90\x3c\x40\xff\xff\xff\x7f\x3c\x00" * 400_000), id="2**48 ticks"),
        pytest.param(CLEAN + bytes(50 * _MILLION), id="fifty megabytes of nothing"),
    ],
)
def test_nothing_takes_long_or_much(data: bytes) -> None:
    began = time.process_time()
    try:
        read_midi(data)
    except UserError:
        pass
    assert time.process_time() - began < 5
    if len(data) < 3 * _MILLION:  # tracing memory is slow
        tracemalloc.start()
        try:
            read_midi(data)
        except UserError:
            pass
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 400e6
