"""Humanise, and time signature, key and tempo from a place on: what changes, what stays, what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from engine.commands.humanize import humanize
from engine.commands.measures import bar_of, bars_around, read_meter, with_key, with_meter, with_tempo_from
from engine.commands.phrases import quantize
from engine.errors import UserError
from engine.score import Key, Meter, Note, Score, Tempo, Track


def test_humanise_moves_a_little_and_in_the_same_way_for_the_same_seed() -> None:
    notes = [Note(480 * i, 60 + i % 5, 240, 80) for i in range(64)]
    score = Score(tracks=(Track.of(notes),), tempos=(Tempo.of_bpm(0, 120), Tempo.of_bpm(480 * 32, 60)))
    made = humanize(score, 0, notes, ms=20, velocity=10, seed=3).notes
    late = np.array([b.start - a.start for a, b in zip(notes, made, strict=True)])
    assert np.abs(late[:32]).max() <= 19, "20 ms are 19 ticks at 120 bpm"
    assert 4 < np.abs(late[32:]).max() <= 10, "and 10 at 60"
    assert np.ptp(late) > 12
    louder = np.array([b.velocity - a.velocity for a, b in zip(notes, made, strict=True)])
    assert np.abs(louder).max() <= 10 and np.ptp(louder) > 8
    assert [(n.pitch, n.length) for n in made] == [(n.pitch, n.length) for n in notes]
    assert made == humanize(score, 0, notes, 20, 10, seed=3).notes != humanize(score, 0, notes, 20, 10, seed=4).notes
    assert humanize(score, 0, notes, 0, 0, seed=3).score == score


def test_humanise_loses_no_note_not_even_of_a_fast_roll_beside_locked_ones() -> None:
    roll = [Note(8 * i, 38, 8, 80, locked=i % 7 == 3) for i in range(200)]
    score = Score(tracks=(Track.of(roll, drums=True),))
    for seed in range(5):
        made = humanize(score, 0, roll, ms=100, velocity=64, seed=seed)
        after = made.score.tracks[0].notes
        assert len(after) == len(roll)
        assert [note for note in after if note.locked] == [note for note in roll if note.locked]
        assert all(1 <= note.velocity <= 127 for note in after)
    assert humanize(score, 0, (), 10, 10).notes == ()


def test_a_time_signature_begins_at_its_bar_and_what_says_the_same_is_not_kept() -> None:
    score = Score()
    three = with_meter(score, 3, 4, tick=5000)
    assert three.meters == (Meter(0), Meter(3840, 3, 4))
    assert bar_of(three, 5300) == 5280
    assert with_meter(three, 4, 4, 3900).meters == (Meter(0),), "the same again takes the change away"
    assert with_meter(three, 6, 8).meters == (Meter(0, 6, 8), Meter(3840, 3, 4)), "until the next one"


@pytest.mark.parametrize("text", ["", "3", "3/5", "0/4", "three/four", "3/4/4", "900/4", "-3/4"])
def test_what_is_no_time_signature_is_refused_in_words(text: str) -> None:
    with pytest.raises(UserError, match="no time signature"):
        read_meter(text)
    assert read_meter(" 7 / 16 ") == (7, 16)


def test_keys_and_tempos_from_a_place_on() -> None:
    minor = with_key(Score(), Key(0, -1, minor=True), tick=2000)
    assert minor.keys == (Key(0), Key(1920, -1, minor=True)), "before it, the piece stays in C major"
    assert with_key(Score(), Key(0, 2)).keys == (Key(0, 2),)
    assert with_key(minor, Key(0), 2000).keys == (Key(0),)
    slower = with_tempo_from(Score(), 60, 960)
    assert slower.tempos == (Tempo(0), Tempo.of_bpm(960, 60))
    assert slower.seconds_at(1440) == pytest.approx(2.0)
    assert with_tempo_from(slower, 120, 960).tempos == (Tempo(0),)


def test_quantising_keeps_to_the_grid_of_every_bar() -> None:
    score = Score(meters=(Meter(0, 7, 8), Meter(3360, 3, 4)))
    late = [Note(start + 30, 60, 60) for start in (0, 480, 1440, 1680, 2160, 3360, 3840, 4800)] + [Note(1650, 62, 60)]
    score = score.with_track(0, Track.of(late))
    on = [note.start for note in quantize(score, 0, late, 480).notes]
    assert on == [0, 480, 1440, 1680, 1680, 2160, 3360, 3840, 4800], "bars begin at 1680 and 3360, half a quarter late"
    swung = [Note(1680 + 240 * i + 10, 60, 60) for i in range(7)]
    made = quantize(score.with_track(0, Track.of(swung)), 0, swung, 240, swing=1.0).notes
    assert [note.start - 1680 for note in made] == [0, 320, 480, 800, 960, 1280, 1440], "and so does the swing"
    assert [part.tolist() for part in bars_around(score, np.array([1679, 1680, 3359, 5000]))] == [
        [0, 1680, 1680, 4800],
        [1680, 3360, 3360, 6240],
    ]
