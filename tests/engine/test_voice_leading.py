"""What counts as a fault of voice leading, on examples short enough to check by eye."""

from __future__ import annotations

import numpy as np
import pytest

from engine.codecs.chorale import CHORALE
from engine.errors import UserError
from engine.score import Meter, Note, Score, Track
from engine.score.voice_leading import Fault, Kind, chord_changes, faults, told
from engine.score.voice_report import checked, words

Q = 480


def line(*pitches: int | None, length: int = Q) -> list[Note]:
    """Quarters; None rests, a pitch below 0 holds on."""
    notes: list[Note] = []
    for index, pitch in enumerate(pitches):
        if pitch is None:
            continue
        if pitch < 0:
            notes[-1] = Note(notes[-1].start, notes[-1].pitch, notes[-1].length + length)
        else:
            notes.append(Note(index * length, pitch, length))
    return notes


def kinds(*voices: list[Note], strict: bool = False) -> list[str]:
    return [str(fault.kind) for fault in faults(voices, strict)]


def test_parallels() -> None:
    assert faults([line(67, 69), line(60, 62)]) == (Fault(Q, Kind.FIFTH, 0, 1),)
    assert kinds(line(79, 81), line(60, 62)) == ["parallel fifth"], "an octave wider is the same"
    assert kinds(line(72, 74), line(60, 62)) == ["parallel octave"]
    assert kinds(line(60, 62), line(60, 62)) == ["parallel octave"], "in unison too"
    assert kinds(line(67, 72), line(60, 65)) == ["parallel fifth"], "by leap"
    assert kinds(line(67, 69, 71), line(60, 62, 64)) == ["parallel fifth"] * 2


@pytest.mark.parametrize(
    ("upper", "lower"),
    [
        (line(67, -1), line(60, 62)),  # one is held
        (line(67, 67), line(60, 62)),  # one is repeated
        (line(67, 67), line(60, 60)),  # the chord is repeated
        (line(67, 72), line(60, 53)),  # contrary: a fifth becomes a twelfth
        (line(72, 67), line(60, 67)),  # contrary: an octave becomes a unison
        (line(66, 69), line(60, 62)),  # from a diminished fifth
        (line(67, 68), line(60, 62)),  # to a diminished fifth
        (line(67, None, 69), line(60, None, 62)),  # a rest between
        (line(65, 67), line(60, 62)),  # fourths
        (line(67, 69), line(60, 60)),
    ],
)
def test_no_parallels(upper: list[Note], lower: list[Note]) -> None:
    assert not faults([upper, lower])


def test_notes_on_the_way_break_parallels_only_where_they_move() -> None:
    upper = line(67, 67, 69, 69, length=240)
    lower = line(60, 59, 62, 62, length=240)
    assert not faults([upper, lower]), "the lower voice goes another way"
    assert kinds(line(67, -1, 69, -1, length=240), line(60, -1, 62, -1, length=240)) == ["parallel fifth"]


def test_a_note_that_ends_a_little_early_is_followed_all_the_same() -> None:
    upper = [Note(0, 67, Q - 20), Note(Q, 69, Q)]
    assert kinds(upper, line(60, 62)) == ["parallel fifth"]
    assert not faults([upper, line(60, 62)], slack=0)


def test_crossings_are_counted_where_they_begin() -> None:
    assert faults([line(62, 60, 60, 64), line(60, 64, 64, 62)]) == (Fault(Q, Kind.CROSSING, 0, 1),)
    assert kinds(line(62, 60, 62, 60), line(60, 61, 60, 61)) == ["crossing"] * 2
    assert faults([line(64, 64), line(None, None), line(60, 65)])[0] == Fault(Q, Kind.CROSSING, 0, 2)
    assert not faults([line(60, 62), line(60, 59)]), "a unison is none"


def test_ranges_are_those_of_four_voices() -> None:
    good = [line(60, 65), line(60, 60), line(50, 52), line(40, 41)]
    assert [(f.kind, f.upper) for f in faults(good)] == []
    low_bass = [*good[:3], line(39, 41)]
    assert faults(low_bass) == (Fault(0, Kind.RANGE, 3, 3),)
    assert not faults(low_bass[1:]), "three voices are no choir"
    assert faults([line(82), line(60), line(50), line(45)]) == (Fault(0, Kind.RANGE, 0, 0),)


def test_leaps() -> None:
    assert kinds(line(60, 72), line(55, 55)) == []
    assert kinds(line(60, 73), line(55, 55)) == ["leap beyond an octave"]


def test_strict() -> None:
    voices = line(64, 69), line(60, 62)
    assert kinds(*voices) == [] and kinds(*voices, strict=True) == ["hidden fifth"]
    assert kinds(line(67, 69), line(55, 62), strict=True) == [], "the soprano goes by step"
    overlapping = line(67, 62), line(64, 60)
    assert kinds(*overlapping) == [] and kinds(*overlapping, strict=True) == ["overlap"]


def test_in_words() -> None:
    assert told(()) == "no parallels, no crossings, all in range"
    found = (
        Fault(4000, Kind.FIFTH, 0, 1),
        Fault(4400, Kind.FIFTH, 1, 3),
        Fault(0, Kind.CROSSING, 0, 1),
        Fault(0, Kind.RANGE, 3, 3),
        Fault(1920, Kind.RANGE, 3, 3),
    )
    assert told(found) == "2 parallel fifths (bar 3), 1 crossing (bar 1), 2 notes out of range (bars 1, 2)"
    assert told(found[2:3], first_tick=1920) == "1 crossing (bar 2)"


def test_nothing_to_find_in_nothing() -> None:
    assert faults([]) == () and faults([[], []]) == () and chord_changes([line(60), []]) == 0
    assert chord_changes([line(60, 60, 62), line(55, -1, -1)]) == 1


def test_any_tokens_can_be_looked_at() -> None:
    rng = np.random.default_rng(3)
    for _ in range(20):
        tokens = rng.integers(0, 20, CHORALE.shape).astype(np.uint8)
        voices = [voice.notes for voice in CHORALE.write(tokens, Q)]
        assert all(0 <= fault.tick < CHORALE.span_ticks(Q) for fault in faults(voices))


def test_a_piece_in_words() -> None:
    meters = (Meter(0, 3, 4), Meter(3 * Q, 4, 4))
    lines = [line(72, 74, 76, 77), line(64, 64, 67, 69), line(60, 59, 60, 60), line(48, 55, 52, 53)]
    score = Score(tuple(Track.of(notes, f"track {n}") for n, notes in enumerate(lines[::-1])), meters=meters)
    found = checked(score)
    assert found["voices"] == ["track 3", "track 2", "track 1", "track 0"] and found["chord_changes"] == 3
    assert found["faults"] == [
        {"fault": "parallel octave", "tick": 3 * Q, "bar": 2, "voices": ["track 3", "track 0"]},
    ]
    assert words(found).startswith("1 parallel octave (bar 2).\n  bar 2: parallel octave, track 3 and track 0")
    with pytest.raises(UserError, match="2 tracks"):
        checked(Score((Track.of(line(60)), Track.of(line(50)))))
    with pytest.raises(UserError, match="has chords"):
        checked(Score((*score.tracks[:3], Track.of([Note(0, 60, Q), Note(0, 64, Q)]))))
