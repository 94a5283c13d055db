"""The player's core, without device or thread: what is sent to the synthesizers, and exactly when."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.audio.core import PlayerCore
from engine.audio.side import PreviewNote
from engine.audio.soundfont import find_soundfont
from engine.audio.synth import GRAIN, RATE, Synth
from engine.audio.tape import Tape
from engine.audio.voices import Sent
from engine.score import Meter, Note, Score, Tempo, Track

QUARTER = 480
SIXTEENTH = QUARTER // 4


def beats(*pitches: int, length: int = QUARTER, program: int = 0) -> Track:
    return Track.of([Note(i * QUARTER, pitch, length, 100) for i, pitch in enumerate(pitches)], program=program)


def frame(tick: float, bpm: float = 120) -> int:
    return int(np.floor(tick * 60 / bpm / QUARTER * RATE + 0.5))


class Bounce:
    """A core, what it sent, and what it sounded like."""

    def __init__(self, score: Score, sounding: bool = False) -> None:
        self.sent: list[Sent] = []
        self.core = PlayerCore(record=self.sent.append)
        if sounding:
            font = find_soundfont()
            self.core.post(self.core.set_voices, Synth(font), Synth(font))
        self.core.post(self.core.load, Tape.of(score))

    def run(self, frames: int, block: int = 700) -> np.ndarray:
        parts = [self.core.fill(min(block, frames - at)) for at in range(0, frames, block)]
        return np.concatenate(parts)

    def ons(self, side: bool = False) -> list[tuple[int, int]]:
        return [(sent.frame, sent.pitch) for sent in self.sent if sent.on and sent.side is side]

    def hanging(self) -> set[tuple[int, int, bool]]:
        held: set[tuple[int, int, bool]] = set()
        for sent in self.sent:
            key = (sent.channel, sent.pitch, sent.side)
            if sent.on:
                assert key not in held, f"{sent} sounds already"
                held.add(key)
            else:
                held.remove(key)
        return held


def playing(score: Score, sounding: bool = False) -> Bounce:
    bounce = Bounce(score, sounding)
    bounce.core.post(bounce.core.play, 1)
    return bounce


@pytest.mark.parametrize("block", [64, 441, 700, 65536])
def test_notes_start_and_end_on_their_frames_whatever_the_block(block: int) -> None:
    score = Score((beats(60, 62, 64, 65),), tempos=(Tempo(0, 487_123),))
    bounce = playing(score)
    bounce.run(3 * RATE, block)
    at = [int(np.floor(i * 0.487123 * RATE + 0.5)) for i in range(5)]
    assert bounce.ons() == list(zip(at[:4], [60, 62, 64, 65], strict=True))
    assert [sent.frame for sent in bounce.sent if not sent.on] == at[1:]
    assert not bounce.hanging()


def test_the_end_stops_at_the_bar_line_and_the_next_play_starts_from_the_top() -> None:
    bounce = playing(Score((beats(60, 62, 64),)))
    bounce.run(frame(4 * QUARTER) - 1)
    assert bounce.core.playing
    bounce.run(10)
    assert not bounce.core.playing and bounce.core.ended == 1 and bounce.core.tick == 4 * QUARTER
    bounce.core.post(bounce.core.play, 2)
    bounce.run(100)
    assert bounce.ons()[-1][1] == 60


def test_the_sound_follows_its_events_within_one_grain() -> None:
    """FluidSynth starts notes every 64 frames: the delay from event to onset may vary by less than that."""
    blocks = Track.of([Note(i * QUARTER + i * 7, 76, 60, 120) for i in range(8)], drums=True)
    bounce = playing(Score((blocks,)), sounding=True)
    sound = np.abs(bounce.run(4 * RATE)).max(axis=1)
    delays = []
    for at, _ in bounce.ons():
        before = sound[max(0, at - 300) : at].max(initial=0)
        delays.append(int(np.argmax(sound[at:] > before * 1.5 + 0.002)))
    assert len(delays) == 8
    assert max(delays) - min(delays) < GRAIN and max(delays) < 4 * GRAIN
    assert 0.1 < sound.max() <= 1


def test_the_sound_does_not_depend_on_the_block() -> None:
    score = Score((beats(60, 62, 64), beats(40, program=33)), tempos=(Tempo(0, 487_123),))
    one, other = (playing(score, sounding=True).run(RATE, block) for block in (333, 65536))
    assert np.array_equal(one, other)


def test_stop_releases_and_the_sound_dies_away_to_true_silence() -> None:
    bounce = playing(Score((beats(60, length=QUARTER * 8, program=48),)), sounding=True)
    assert np.abs(bounce.run(RATE)).max() > 0.01
    bounce.core.post(bounce.core.stop)
    tail = bounce.run(8 * RATE, 4410)
    assert not bounce.hanging()
    assert np.abs(tail[-4410:]).max() == 0
    assert bounce.core.tick == pytest.approx(2 * QUARTER, abs=0.1)


def test_seek_while_playing_goes_on_from_there() -> None:
    bounce = playing(Score((beats(60, 62, 64, 65),)))
    bounce.run(5000)
    bounce.core.post(bounce.core.seek, 2 * QUARTER, 7)
    bounce.run(frame(QUARTER) + 10)
    assert bounce.ons() == [(0, 60), (5000, 64), (5000 + frame(QUARTER), 65)]
    assert bounce.core.sought == 7


def test_a_loop_repeats_to_the_frame_and_does_not_drift() -> None:
    score = Score((beats(60, 62, 64, 65, length=QUARTER * 3),), tempos=(Tempo(0, 487_123),))
    bounce = playing(score)
    bounce.core.post(bounce.core.set_loop, (0, 2 * QUARTER))
    bounce.run(100 * RATE, 1000)
    length = 2 * 0.487123 * RATE
    starts = [at for at, pitch in bounce.ons() if pitch == 60]
    assert len(starts) > 100
    assert starts == [int(np.floor(i * length + 0.5)) for i in range(len(starts))]
    assert {pitch for _, pitch in bounce.ons()} == {60, 62}
    cut = [sent.frame for sent in bounce.sent if not sent.on]
    assert set(cut) <= set(starts), "every note is released at the seam, none before"
    bounce.core.post(bounce.core.stop)
    bounce.run(1)
    assert not bounce.hanging()


def test_a_loop_behind_the_playhead_is_entered_and_a_seek_beyond_it_plays_on() -> None:
    bounce = playing(Score((beats(60, 62, 64, 65, 67, 69),)))
    bounce.run(frame(2.5 * QUARTER))
    bounce.core.post(bounce.core.set_loop, (0, QUARTER))
    bounce.run(10)
    assert bounce.ons()[-1] == (frame(2.5 * QUARTER), 60)
    bounce.core.post(bounce.core.seek, 4 * QUARTER)
    bounce.run(frame(1.5 * QUARTER))
    assert [pitch for _, pitch in bounce.ons()[-2:]] == [67, 69]


def test_a_loop_shorter_than_a_grain_is_no_loop() -> None:
    bounce = playing(Score((beats(60, 62),)))
    bounce.core.post(bounce.core.set_loop, (10, 10))
    bounce.run(3 * RATE)
    assert len(bounce.ons()) == 2


def test_tempo_changes_without_a_jump() -> None:
    bounce = playing(Score((beats(60, 62, 64, 65),)))
    bounce.run(10_000)
    before = bounce.core.tick
    bounce.core.post(bounce.core.set_factor, 2.0)
    bounce.core.fill(1)
    assert bounce.core.tick == pytest.approx(before, abs=0.1)
    bounce.run(2 * RATE)
    step = frame(QUARTER)
    first = 10_000 + (step - 10_000) / 2
    assert [at for at, _ in bounce.ons()] == [0, *(int(first + i * step / 2 + 0.5) for i in range(3))]


def test_a_new_score_takes_over_at_the_next_sixteenth() -> None:
    old = Score((beats(60, 62, 64, 65),))
    new = Score((Track.of([Note(i * SIXTEENTH, 72 + i % 4, SIXTEENTH, 90) for i in range(16)]),))
    bounce = playing(old)
    bounce.run(frame(SIXTEENTH) + 50)
    bounce.core.post(bounce.core.load, Tape.of(new))
    bounce.run(RATE)
    step = frame(2 * SIXTEENTH)
    assert bounce.ons()[:2] == [(0, 60), (step, 74)]
    assert Sent(step, False, 0, 60, 0, False) in bounce.sent
    bounce.core.post(bounce.core.stop)
    bounce.run(1)
    assert not bounce.hanging()


def test_common_notes_sound_on_across_a_change() -> None:
    long, other = Note(0, 48, 4 * QUARTER), Note(0, 60, 4 * QUARTER)
    bounce = playing(Score((Track.of([long, other]),)))
    bounce.run(1000)
    shorter = replace(long, length=2 * QUARTER)
    bounce.core.post(bounce.core.load, Tape.of(Score((Track.of([shorter, Note(QUARTER, 67, 10)]),))))
    bounce.run(3 * RATE)
    offs = {sent.pitch: sent.frame for sent in bounce.sent if not sent.on}
    assert offs[60] == frame(SIXTEENTH) and offs[48] == frame(2 * QUARTER)
    assert [pitch for _, pitch in bounce.ons()] == [48, 60, 67]
    assert not bounce.hanging()


def test_a_changed_instrument_is_no_common_note() -> None:
    bounce = playing(Score((beats(60, length=QUARTER * 4),)))
    bounce.run(1000)
    bounce.core.post(bounce.core.load, Tape.of(Score((beats(60, length=QUARTER * 4, program=40),))))
    bounce.run(RATE)
    assert Sent(frame(SIXTEENTH), False, 0, 60, 0, False) in bounce.sent


def test_morphing_through_hundreds_of_scores_leaves_nothing_hanging() -> None:
    rng = np.random.default_rng(3)
    bounce = playing(Score((beats(60, 62),)))
    bounce.core.post(bounce.core.set_loop, (0, 8 * QUARTER))
    for round_ in range(300):
        notes = [
            Note(int(t) * SIXTEENTH, int(rng.integers(55, 70)), int(rng.integers(1, 8)) * SIXTEENTH)
            for t in rng.integers(0, 32, 12)
        ]
        bounce.core.post(bounce.core.load, Tape.of(Score((Track.of(notes),))))
        if round_ % 50 == 49:
            bounce.core.post(bounce.core.seek, float(rng.integers(0, 3000)))
        bounce.run(int(rng.integers(200, 5000)))
    bounce.core.post(bounce.core.stop)
    bounce.run(1)
    assert not bounce.hanging()
    assert len(bounce.ons()) > 30


def test_the_metronome_accents_bars_of_every_meter() -> None:
    meters = (Meter(0, 3, 4), Meter(3 * QUARTER, 6, 8), Meter(6 * QUARTER, 2, 4))
    score = replace(Score((beats(*[60] * 8),)), meters=meters)
    bounce = Bounce(score)
    bounce.core.post(bounce.core.set_metronome, True)
    bounce.core.post(bounce.core.play)
    bounce.run(5 * RATE)
    clicks = [(0, 76), (1, 77), (2, 77), (3, 76), (4.5, 77), (6, 76), (7, 77)]
    assert bounce.ons(side=True) == [(frame(beat * QUARTER), pitch) for beat, pitch in clicks]
    assert not bounce.hanging()


def test_auditions_and_previews_sound_over_playback_and_end() -> None:
    bounce = playing(Score((beats(60, 62, 64, 65),)))
    bounce.core.post(bounce.core.audition, 72, 90, 0, 1000)
    bounce.core.post(bounce.core.preview, [PreviewNote(0, 500, 60, 80), PreviewNote(500, 500, 60, 80)], 0)
    bounce.run(RATE)
    assert sorted(bounce.ons(side=True)) == [(0, 60), (0, 72), (500, 60)]
    assert [sent.frame for sent in bounce.sent if sent.side and not sent.on] == [500, 1000, 1000]
    bounce.core.post(bounce.core.preview, [PreviewNote(0, 5000, 50, 80), PreviewNote(2000, 500, 52, 80)], 0)
    bounce.run(100)
    bounce.core.post(bounce.core.stop_preview)
    bounce.run(4 * RATE)
    assert 52 not in {pitch for _, pitch in bounce.ons(side=True)}
    assert not bounce.hanging()


def test_a_preview_that_follows_keeps_the_beat() -> None:
    bounce = Bounce(Score(()))
    first = [PreviewNote(i * 1000, 1000, 60 + i, 80) for i in range(4)]
    bounce.core.post(bounce.core.preview, first, 0, True)
    bounce.run(1500)
    longer = [PreviewNote(0, 500, 60, 80), PreviewNote(1000, 2000, 61, 80), PreviewNote(2000, 500, 72, 80)]
    bounce.core.post(bounce.core.preview, longer, 0, True)
    bounce.run(200)
    bounce.core.post(bounce.core.preview, [PreviewNote(1000, 1500, 64, 80), PreviewNote(2000, 900, 73, 80)], 0, True)
    bounce.run(4000)
    assert bounce.ons(side=True) == [(0, 60), (1000, 61), (2000, 73)]
    assert [(sent.frame, sent.pitch) for sent in bounce.sent if not sent.on] == [(1000, 60), (1700, 61), (2900, 73)]
    bounce.core.post(bounce.core.preview, longer, 0, True)  # nothing is under way: from the top
    bounce.run(10_000)
    now = 5700
    assert bounce.ons(side=True)[3:] == [(now, 60), (now + 1000, 61), (now + 2000, 72)]
    assert not bounce.hanging()


def test_panic_is_silent_at_once() -> None:
    bounce = playing(Score((beats(60, length=8 * QUARTER, program=16),)), sounding=True)
    bounce.core.post(bounce.core.audition, 72, 90, 0, RATE)
    loud = np.abs(bounce.run(RATE // 2)).max()
    bounce.core.post(bounce.core.stop)
    bounce.core.post(bounce.core.cut)
    bounce.run(2000)
    assert np.abs(bounce.run(4410)).max() < loud / 5  # reverb only
    assert not bounce.hanging()


def test_volume_moves_without_steps_and_loud_music_does_not_clip() -> None:
    chord = Track.of([Note(0, pitch, 8 * QUARTER, 127) for pitch in range(40, 90)], program=16)
    bounce = playing(Score((chord,)), sounding=True)
    loud = bounce.run(RATE)
    assert 0.8 < np.abs(loud).max() <= 1
    bounce.core.post(bounce.core.set_volume, 0.0)
    fading = bounce.run(4410, 4410)
    assert np.abs(fading[:400]).max() > 0.1 and np.abs(fading[-1]).max() < 0.01
    assert np.abs(bounce.run(4410)).max() == 0


def test_programs_reach_the_synthesizer() -> None:
    piano = playing(Score((beats(60),)), sounding=True).run(RATE // 2)
    strings = playing(Score((beats(60, program=48),)), sounding=True).run(RATE // 2)
    assert np.abs(piano - strings).max() > 0.01
