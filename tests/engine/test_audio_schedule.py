"""From ticks to frames: exact, sorted, fast; and which channel a track gets."""

from __future__ import annotations

import time

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.audio.schedule import OFF, ON, TempoMap, schedule
from engine.audio.synth import DRUM_CHANNEL, RATE, allocate_channels
from engine.audio.tape import Tape, bar_line
from engine.score import Meter, Note, Score, Tempo, Track

ONE_NOTE = (Note(0, 60, 10),)


@st.composite
def scores(draw: st.DrawFn) -> Score:
    tracks = []
    for _ in range(draw(st.integers(1, 20))):
        notes = draw(st.lists(st.builds(Note, st.integers(0, 40), st.integers(58, 62), st.integers(1, 30)), max_size=8))
        tracks.append(Track.of(notes, program=draw(st.integers(0, 127)), drums=draw(st.booleans())))
    changes = draw(st.dictionaries(st.integers(1, 50), st.integers(1, 16_777_215), max_size=3))
    tempos = (Tempo(0, draw(st.integers(1, 16_777_215))), *(Tempo(t, m) for t, m in sorted(changes.items())))
    return Score(tuple(tracks), tempos=tempos, ticks_per_quarter=draw(st.sampled_from([1, 24, 480, 32767])))


@given(scores())
def test_every_note_starts_before_it_ends_and_none_hangs(score: Score) -> None:
    events = schedule(score)
    assert (np.diff(events.frames) >= 0).all()
    same = np.diff(events.frames) == 0
    assert (np.diff(events.kinds.astype(int))[same] >= 0).all(), "at one frame, releases first"
    held: set[tuple[int, int]] = set()
    for kind, channel, pitch in zip(events.kinds, events.channels, events.pitches, strict=True):
        held.add((channel, pitch)) if kind == ON else held.discard((channel, pitch))
    assert not held
    assert (events.kinds == ON).sum() == (events.kinds == OFF).sum()


@given(scores(), st.integers(0, 10_000))
def test_the_tempo_map_agrees_with_the_score_and_inverts(score: Score, tick: int) -> None:
    tempo = TempoMap(score)
    frames = float(tempo.frames(tick))
    assert np.isclose(frames, score.seconds_at(tick) * RATE, rtol=1e-9)
    assert np.isclose(tempo.tick(frames), tick, rtol=1e-9, atol=1e-6)


def test_frames_follow_the_tempo_map() -> None:
    track = Track.of([Note(0, 60, 480, 70), Note(480, 62, 480, 71), Note(960, 64, 1, 72)])
    events = schedule(Score((track,), tempos=(Tempo(0), Tempo(480, 1_000_000))))
    assert events.frames.tolist() == [0, 22050, 22050, 66150, 66150, 66242]
    assert events.kinds.tolist() == [ON, OFF, ON, OFF, ON, OFF]
    assert events.pitches.tolist() == [60, 60, 62, 62, 64, 64]
    assert events.velocities.tolist() == [70, 0, 71, 0, 72, 0]
    assert events.end == 66242


def test_an_empty_score_has_no_events() -> None:
    events = schedule(Score(()))
    assert events.end == 0 and len(events.frames) == 0


def test_tracks_get_channels_of_their_own_and_drums_the_ninth() -> None:
    tracks = [Track(ONE_NOTE, program=i) for i in range(15)]
    tracks.insert(3, Track(ONE_NOTE, drums=True))
    channels = allocate_channels(tracks)
    assert channels[3] == DRUM_CHANNEL
    assert len(set(channels)) == 16


def test_too_many_tracks_share_by_program_and_family() -> None:
    tracks = [Track(ONE_NOTE, program=8 * (i % 15)) for i in range(30)] + [Track(ONE_NOTE, program=41)]
    channels = allocate_channels(tracks)
    assert channels[:15] == channels[15:30]
    assert channels[30] == channels[5], "violins and violas are one family"
    assert DRUM_CHANNEL not in channels


def test_empty_tracks_leave_the_instruments_to_those_that_play() -> None:
    score = Score((*(Track(program=i) for i in range(40)), Track(ONE_NOTE, program=100)))
    programs = {program.channel: program.program for program in schedule(score).programs}
    assert programs[allocate_channels(score.tracks)[-1]] == 100


def test_tracks_that_share_a_channel_do_not_end_each_others_notes_late() -> None:
    many = [Track(ONE_NOTE, program=i) for i in range(15)]
    pair = [Track.of([Note(0, 70, 1000)], program=99), Track.of([Note(500, 70, 1000)], program=99)]
    events = schedule(Score((*many, *pair)))
    mine = events.pitches == 70
    assert events.kinds[mine].tolist() == [ON, OFF, ON, OFF]
    assert events.ticks[mine].tolist() == [0, 500, 500, 1500]


def test_a_hundred_thousand_notes_are_scheduled_in_a_moment() -> None:
    track = Track(tuple(Note(i * 60, 40 + i % 40, 55) for i in range(100_000)))
    track.columns  # noqa: B018  (computed once for painting, too)
    best = min(_seconds(lambda: schedule(Score((track,)))) for _ in range(3))
    assert best < 0.5


def _seconds(work: object) -> float:
    assert callable(work)
    begun = time.process_time()
    work()
    return time.process_time() - begun


def test_beats_and_bars() -> None:
    score = Score(meters=(Meter(0, 5, 8), Meter(1200, 12, 8)))
    tape = Tape.of(score)
    beats, tick = [], 0
    for _ in range(9):
        tick, accent = tape.next_beat(tick)
        beats.append((tick, accent))
        tick += 1
    assert beats[:5] == [(0, True), (240, False), (480, False), (720, False), (960, False)]
    assert beats[5:] == [(1200, True), (1920, False), (2640, False), (3360, False)]
    assert bar_line(score, 0) == 1200 and bar_line(score, 1200) == 1200 and bar_line(score, 1201) == 1200 + 2880


def test_the_grid_of_an_odd_resolution() -> None:
    tape = Tape.of(Score(ticks_per_quarter=1))
    assert tape.next_step(tape.position(0.5)) == 1
    tape = Tape.of(Score())
    assert [tape.next_step(tape.position(tick)) for tick in (0, 1, 119.9, 120, 121)] == [0, 120, 120, 120, 240]
