"""Locked notes: nothing but unlocking changes them; they survive a project file, and MIDI knows nothing of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from engine.codecs.codec import Voice
from engine.commands import edit
from engine.commands.document import Document, Pin, Steering
from engine.commands.place import place, place_idea
from engine.commands.project import load_project, save_project
from engine.score import Note, Origin, Score, Track
from engine.score.columns import is_generated, is_locked, to_columns, to_notes
from engine.score.midi_read import read_midi
from engine.score.midi_write import write_midi
from engine.verbs.idea import Idea

BAR = 1920
TUNE = tuple(Note(480 * i, 60 + i, 480) for i in range(8))


def piece(*locked: int) -> Score:
    return Score((Track.of([replace(n, locked=i in locked) for i, n in enumerate(TUNE)], "Tune"),))


def starts(score: Score) -> list[tuple[int, int, int]]:
    return [(n.start, n.pitch, n.length) for n in score.tracks[0].notes]


def test_marks_are_two_bits_of_one_column() -> None:
    notes = tuple(
        Note(i, 60 + i, 5, origin=origin, locked=locked)
        for i, (origin, locked) in enumerate((o, lock) for o in Origin for lock in (False, True))
    )
    columns = to_columns(notes)
    assert columns[4].tolist() == [0, 2, 1, 3] and to_notes(columns) == notes
    assert is_generated(columns).tolist() == [False, False, True, True]
    assert is_locked(columns).tolist() == [False, True, False, True]


@pytest.mark.parametrize("change", [
    lambda score, notes: edit.remove_notes(score, 0, notes),
    lambda score, notes: edit.move_notes(score, 0, notes, 240, 3),
    lambda score, notes: edit.transpose(score, 0, notes, 1),
    lambda score, notes: edit.resize_notes(score, 0, notes, 480),
    lambda score, notes: edit.set_velocity(score, 0, notes, 100),
    lambda score, notes: edit.quantize(score, 0, notes, 960),
    lambda score, notes: edit.split_at(score, 0, notes, 1100),
    lambda score, notes: edit.legato(score, 0, notes),
    lambda score, notes: edit.replace_notes(score, 0, notes, [Note(960, 90, 480)]),
    lambda score, notes: edit.add_notes(score, 0, [Note(1000, 62, 4000), Note(700, 62, 480)]),
    lambda score, notes: edit.replace_span(score, 0, 0, 4 * BAR, [Note(960, 62, 99), Note(1200, 70, 99)]),
])  # fmt: skip
def test_no_edit_changes_a_locked_note(change: object) -> None:
    score = piece(2)
    before = score.tracks[0].notes[2]
    after = change(score, score.tracks[0].notes).score.tracks[0].notes  # type: ignore[operator]
    assert before in after and sum(note.pitch == 62 and 960 <= note.start < 1440 for note in after) == 1


def test_the_others_of_a_selection_still_move_and_locking_is_one_step() -> None:
    score = piece(2)
    moved = edit.move_notes(score, 0, score.tracks[0].notes, 0, 12).score
    assert [n.pitch for n in moved.tracks[0].notes] == [72, 73, 62, 75, 76, 77, 78, 79]
    locked = edit.lock(piece(), 0, TUNE[:2], True)
    assert [n.locked for n in locked.score.tracks[0].notes] == [True, True] + [False] * 6 and len(locked.notes) == 2
    assert edit.lock(locked.score, 0, locked.notes, False).score == piece()


def test_copies_of_locked_notes_are_free() -> None:
    score = piece(0, 1)
    copied = edit.copy(score.tracks[0].notes[:2], score)
    assert not any(note.locked for note in copied.notes)
    twice = edit.duplicate(score, 0, score.tracks[0].notes[:2], 2 * BAR).score.tracks[0].notes
    assert [n.locked for n in twice if n.start >= 2 * BAR] == [False, False] and sum(n.locked for n in twice) == 2


def test_a_melody_is_written_around_locked_notes_in_time() -> None:
    new = (Voice("", 0, (Note(0, 80, 720), Note(720, 81, 300), Note(1020, 82, 100), Note(1440, 83, 480))),)
    placed = place(piece(2), [new], 0, BAR, 0)
    assert starts(placed.score)[:4] == [(0, 80, 720), (720, 81, 240), (960, 62, 480), (1440, 83, 480)]
    chords = (Voice("", 0, (Note(0, 80, BAR), Note(0, 62, BAR))),)
    laid = place(piece(2), [chords], 0, BAR, 0)
    assert starts(laid.score)[:3] == [(0, 62, 960), (0, 80, BAR), (960, 62, 480)]


def test_an_idea_at_home_leaves_what_is_locked_in_what_is_new() -> None:
    idea = Idea("1", (Voice("", 0, tuple(replace(n, pitch=90) for n in TUNE[:4])),), at=0, ticks=BAR, fresh=(0, BAR))
    assert [n.pitch for n in place_idea(piece(1, 2), idea, 0, BAR, 0).score.tracks[0].notes[:4]] == [90, 61, 62, 90]


def test_projects_keep_locks_and_older_ones_open(tmp_path: Path) -> None:
    path = tmp_path / "song.melomorph"
    document = Document(piece(0, 3), Steering(pins=(Pin("A", (0.0,), (replace(TUNE[0], locked=True),)),)))
    save_project(document, path)
    assert load_project(path) == document
    plain = Document(piece())
    save_project(plain, path)
    assert load_project(path) == plain
    import json
    import zipfile

    with zipfile.ZipFile(path) as archive:
        assert json.loads(archive.read("document.json"))["version"] == 1, "what knows no locks can read it"


def test_midi_is_the_same_with_and_without_locks(tmp_path: Path) -> None:
    one, other = tmp_path / "one.mid", tmp_path / "other.mid"
    generated = [replace(n, origin=Origin.GENERATED) for n in TUNE[4:]]
    for path, locked in ((one, True), (other, False)):
        write_midi(Score((Track.of([*(replace(n, locked=locked) for n in TUNE[:4]), *generated]),)), path)
    assert one.read_bytes() == other.read_bytes()
    assert not any(note.locked for note in read_midi(one)[0].tracks[0].notes)
