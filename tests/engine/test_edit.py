"""Edits of notes: what comes out, which notes stay selected, and that nothing else is touched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.commands import edit
from engine.commands.edit import Clip, Edit
from engine.score import Key, Meter, Note, Origin, Score, Tempo, Track
from engine.score.columns import is_tidy
from engine.score.note import MAX_TICK
from tests.engine.score_strategies import crowded, notes, scores

C, E, G = Note(0, 60, 100, 80), Note(100, 64, 100, 90), Note(200, 67, 100, 100)
PIECE = Score((Track.of([C, E, G], "Lead", 5), Track.of([Note(0, 30, 50)], "Bass")))


def _track(made: Edit) -> tuple[Note, ...]:
    return made.score.tracks[0].notes


def test_add_and_remove() -> None:
    new = Note(50, 72, 10)
    made = edit.add_notes(PIECE, 0, [new])
    assert _track(made) == (C, new, E, G) and made.notes == (new,)
    gone = edit.remove_notes(made.score, 0, [new])
    assert gone == Edit(PIECE, ())
    assert edit.remove_notes(PIECE, 0, [new, new]).score == PIECE  # not there: passed over
    assert edit.add_notes(Score((Track(),)), 0, [C]).score.tracks[0].notes == (C,)


def test_an_edited_note_wins_over_the_others() -> None:
    made = edit.add_notes(PIECE, 0, [Note(0, 60, 10)])  # begins together with C, and is shorter
    assert _track(made) == (Note(0, 60, 10), E, G)
    made = edit.move_notes(PIECE, 0, [E], -60, -4)  # cuts C
    assert _track(made) == (Note(0, 60, 40), Note(40, 60, 100, 90), G)
    assert made.notes == (Note(40, 60, 100, 90),)


def test_replace() -> None:
    made = edit.replace_notes(PIECE, 0, [C, E], [G, Note(0, 61, 5)])
    assert _track(made) == (Note(0, 61, 5), G)


def test_move_stops_all_together_at_the_edges() -> None:
    made = edit.move_notes(PIECE, 0, [E, G], -1000, 127)
    assert made.notes == (replace(E, start=0, pitch=124), replace(G, start=100, pitch=127))
    made = edit.move_notes(PIECE, 0, [C, E], MAX_TICK, -127)
    assert [(n.end, n.pitch) for n in made.notes] == [(MAX_TICK - 100, 0), (MAX_TICK, 4)]
    assert edit.move_notes(PIECE, 0, [C, E, G], -5).score is PIECE  # C is at the start already


def test_transpose_in_scale() -> None:
    def pitches(of: list[int], steps: int, key: Key) -> list[int]:
        piece = Score((Track.of([Note(i, p, 1) for i, p in enumerate(of)]),))
        return [n.pitch for n in edit.transpose_in_scale(piece, 0, piece.tracks[0].notes, steps, key).notes]

    assert pitches([60, 62, 64, 65, 67, 69, 71, 61], 1, Key(0)) == [62, 64, 65, 67, 69, 71, 72, 63]
    assert pitches([60, 64, 67], -1, Key(0)) == [59, 62, 65]
    assert pitches([60, 64, 67], 7, Key(0)) == [72, 76, 79]
    assert pitches([57, 60, 64], 2, Key(0, 0, True)) == [60, 64, 67]
    assert pitches([62, 66], 1, Key(0, 2)) == [64, 67]
    assert pitches([0, 127], 5, Key(0)) == [0, 127]
    assert pitches([120, 124], 10**9, Key(0)) == [124, 127]
    assert edit.transpose_in_scale(PIECE, 0, [], 3, Key(0)) == Edit(PIECE, ())


def test_resize() -> None:
    assert edit.resize_notes(PIECE, 0, [C, E], 20).notes == (replace(C, length=120), replace(E, length=120))
    assert edit.resize_notes(PIECE, 0, [C], -500).notes[0].length == 1
    assert edit.resize_notes(PIECE, 0, [C], -500, least=24).notes[0].length == 24
    assert edit.resize_starts(PIECE, 0, [E], -30).notes == (Note(70, 64, 130, 90),)
    assert edit.resize_starts(PIECE, 0, [C, E], 500, least=10).notes == (Note(90, 60, 10), Note(190, 64, 10, 90))
    assert edit.resize_starts(PIECE, 0, [C], -9).score == PIECE


def test_velocity() -> None:
    assert [n.velocity for n in edit.set_velocity(PIECE, 0, [C, E], 7).notes] == [7, 7]
    missing = Note(1, 1, 1)
    made = edit.set_velocity(PIECE, 0, [G, missing, C], (1, 2, 200))
    assert [n.velocity for n in _track(made)] == [127, 90, 1]
    assert [n.velocity for n in edit.shift_velocity(PIECE, 0, [C, E, G], 30).notes] == [110, 120, 127]
    assert [n.velocity for n in edit.velocity_ramp(PIECE, 0, [C, E, G], 20, 60).notes] == [20, 40, 60]
    assert edit.velocity_ramp(PIECE, 0, [C], 20, 60).notes[0].velocity == 20


def test_quantize() -> None:
    piece = Score((Track.of([Note(s, 60 + i, 30) for i, s in enumerate((5, 118, 236, 365))]),))
    every = piece.tracks[0].notes

    def starts(*how: float) -> list[int]:
        return [n.start for n in edit.quantize(piece, 0, every, 120, *how).notes]

    assert starts() == [0, 120, 240, 360]
    assert starts(0.5) == [3, 119, 238, 363]
    assert starts(0.0) == [5, 118, 236, 365]
    assert starts(1.0, 1.0) == [0, 160, 240, 400]
    with pytest.raises(ValueError):
        edit.quantize(piece, 0, every, 0)


def test_split_join_and_legato() -> None:
    made = edit.split_at(PIECE, 0, [C, E], 40)
    assert made.notes == (Note(0, 60, 40), Note(40, 60, 60), E)
    assert edit.split_at(PIECE, 0, [C], 100).score == PIECE
    assert edit.join(made.score, 0, made.notes) == Edit(PIECE, (C, E))
    short = edit.resize_notes(PIECE, 0, [C, E, G], -60)
    tied = edit.legato(short.score, 0, short.notes)
    assert [n.length for n in tied.notes] == [100, 100, 40]


def test_duplicate_copy_and_paste() -> None:
    made = edit.duplicate(PIECE, 0, [E, G])
    assert made.notes == (replace(E, start=300), replace(G, start=400)) and len(_track(made)) == 5
    assert edit.duplicate(PIECE, 0, [C], 480).notes == (replace(C, start=480),)
    assert edit.duplicate(PIECE, 0, []).score == PIECE
    clip = edit.copy([E, G])
    assert clip == Clip((replace(E, start=0), replace(G, start=100))) and clip.length == 200
    assert edit.paste(PIECE, 1, clip, 960).notes == (replace(E, start=960), replace(G, start=1060))
    assert edit.paste(PIECE, 0, clip, MAX_TICK).score == PIECE  # no room
    coarse = replace(PIECE, ticks_per_quarter=48)
    assert edit.paste(coarse, 0, edit.copy([E, G], PIECE), 0).notes == (Note(0, 64, 10, 90), Note(10, 67, 10, 100))
    assert edit.copy([]) == Clip(())


def test_replace_span() -> None:
    new = Note(50, 72, 100, 80, Origin.GENERATED)
    made = edit.replace_span(PIECE, 0, 50, 200, [new])
    assert _track(made) == (replace(C, length=50), new, G) and made.notes == (new,)
    cleared = edit.replace_span(PIECE, 0, 0, 10_000, [])
    assert _track(cleared) == () and cleared.score.tracks[0].name == "Lead"
    accepted = edit.accept(made.score, 0, made.notes)
    assert accepted.notes == (replace(new, origin=Origin.MINE),)


def test_marks() -> None:
    score = edit.set_key(edit.set_meter(edit.set_tempo(PIECE, 480, 90), 0, 3, 4), 0, -1, True)
    assert score.tempos == (Tempo(0), Tempo(480, 666_667))
    assert score.meters == (Meter(0, 3, 4),) and score.keys == (Key(0, -1, True),)
    assert edit.set_tempo(PIECE, 0, 0).tempos[0].microseconds == 0xFFFFFF
    with pytest.raises(ValueError):
        edit.set_meter(PIECE, 0, 3, 5)


Change = Callable[[Score, list[Note]], Edit]
CHANGES: list[Change] = [
    lambda s, n: edit.add_notes(s, 0, n),
    lambda s, n: edit.remove_notes(s, 0, n),
    lambda s, n: edit.replace_notes(s, 0, n, s.tracks[0].notes[:3]),
    lambda s, n: edit.move_notes(s, 0, n, 37, -5),
    lambda s, n: edit.move_notes(s, 0, n, -(10**10), 10**10),
    lambda s, n: edit.transpose_in_scale(s, 0, n, 9, Key(0, 4)),
    lambda s, n: edit.transpose_in_scale(s, 0, n, -70, Key(0, -4, True)),
    lambda s, n: edit.resize_notes(s, 0, n, -13),
    lambda s, n: edit.resize_notes(s, 0, n, 10**10),
    lambda s, n: edit.resize_starts(s, 0, n, 13),
    lambda s, n: edit.resize_starts(s, 0, n, -(10**10)),
    lambda s, n: edit.set_velocity(s, 0, n, 300),
    lambda s, n: edit.shift_velocity(s, 0, n, -99),
    lambda s, n: edit.velocity_ramp(s, 0, n, 1, 127),
    lambda s, n: edit.quantize(s, 0, n, 7, 0.7, 0.5),
    lambda s, n: edit.split_at(s, 0, n, 20),
    lambda s, n: edit.join(s, 0, n),
    lambda s, n: edit.legato(s, 0, n),
    lambda s, n: edit.duplicate(s, 0, n),
    lambda s, n: edit.paste(s, 0, edit.copy(n), 11),
    lambda s, n: edit.replace_span(s, 0, 5, 25, n),
    lambda s, n: edit.accept(s, 0, n),
]


@given(
    scores.filter(lambda score: bool(score.tracks)),
    st.lists(st.integers(0, 30), max_size=8),
    st.lists(st.one_of(crowded, notes), max_size=3),
    st.sampled_from(CHANGES),
)
def test_laws_of_every_edit(score: Score, picks: list[int], strangers: list[Note], change: Change) -> None:
    here = score.tracks[0].notes
    named = [here[i] for i in picks if i < len(here)] + strangers
    before = replace(score)
    made = change(score, named)
    track = made.score.tracks[0]
    assert score == before  # edits make new scores
    assert made.score.tracks[1:] == score.tracks[1:] and made.score.tempos == score.tempos
    assert (track.name, track.program, track.drums) == (
        score.tracks[0].name,
        score.tracks[0].program,
        score.tracks[0].drums,
    )
    assert is_tidy(track.columns)
    assert Track(track.notes, track.name, track.program, track.drums) == track
    for note in track.notes:
        Note(note.start, note.pitch, note.length, note.velocity, note.origin)  # legal
    assert set(made.notes) <= set(track.notes)
    assert list(made.notes) == sorted(made.notes, key=lambda n: (n.start, n.pitch)) or made.score is score


@given(st.lists(crowded, min_size=1, max_size=20), st.integers(-500, 500), st.integers(-200, 200))
def test_a_move_keeps_every_interval(some: list[Note], ticks: int, semitones: int) -> None:
    score = Score((Track.of(some),))
    every = score.tracks[0].notes
    moved = edit.move_notes(score, 0, every, ticks, semitones).notes
    assert len(moved) == len(every)
    assert len({(b.start - a.start, b.pitch - a.pitch) for a, b in zip(every, moved, strict=True)}) == 1
