"""MIDI out: what is written is read back as the very same score, and other programs read it as well."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import mido
import pytest
from hypothesis import given, settings

from engine.errors import UserError
from engine.score import Key, Meter, Note, Origin, Score, Tempo, Track
from engine.score.midi_read import read_midi
from engine.score.midi_write import to_midi_bytes, to_pretty_midi, write_midi
from tests.engine.score_strategies import scores

PIECE = Score(
    (
        Track.of([Note(0, 60, 480), Note(480, 64, 240, 100)], "Flöte 🎶", program=73),
        Track.of([Note(0, 36, 60)], "Kit", drums=True),
        Track(name="Rest", program=40),
    ),
    tempos=(Tempo(0, 400_000), Tempo(480, 600_000)),
    meters=(Meter(0, 6, 8),),
    keys=(Key(0, -3, True),),
    ticks_per_quarter=480,
    name="Ein Stück",
)


@settings(max_examples=150)
@given(scores)
def test_what_is_written_is_read_back(score: Score) -> None:
    data = to_midi_bytes(score)
    if score.note_count == 0:
        with pytest.raises(UserError, match="no notes"):
            read_midi(data)
        return
    again, report = read_midi(data)
    assert again == score
    assert report.oddities == () and report.notes == score.note_count


def test_tempo_is_always_written() -> None:
    events = [message.type for message in mido.MidiFile(file=io.BytesIO(to_midi_bytes(Score()))).tracks[0]]
    assert events[:2] == ["set_tempo", "time_signature"]


def test_other_programs_read_it() -> None:
    midi = mido.MidiFile(file=io.BytesIO(to_midi_bytes(PIECE)), charset="utf-8")
    assert [track.name for track in midi.tracks] == ["Ein Stück", "Flöte 🎶", "Kit", "Rest"]
    assert {m.channel for m in midi.tracks[2] if m.type == "note_on"} == {9}
    pretty = to_pretty_midi(PIECE)
    assert [(i.program, i.is_drum, len(i.notes)) for i in pretty.instruments] == [(73, False, 2), (0, True, 1)]
    assert pretty.instruments[0].notes[1].start == pytest.approx(0.4)
    assert pretty.key_signature_changes and pretty.time_signature_changes[0].numerator == 6


def test_who_wrote_a_note_is_said_only_where_a_model_did() -> None:
    assert b"melomorph" not in to_midi_bytes(PIECE)
    mixed = PIECE.with_track(0, PIECE.tracks[0].with_notes([Note(0, 60, 1), Note(1, 61, 1, 80, Origin.GENERATED)]))
    data = to_midi_bytes(mixed)
    assert b"melomorph" in data and read_midi(data)[0] == mixed
    twin = Score((mixed.tracks[0], Track.of(replace(n, origin=Origin.MINE) for n in mixed.tracks[0].notes)))
    assert read_midi(to_midi_bytes(twin))[0] == twin  # the same notes by two hands
    # Another program moved a note and kept our event: the marks no longer fit and are not believed.
    moved = data.replace(b"\x90\x3d", b"\x90\x3e").replace(b"\x80\x3d", b"\x80\x3e")
    assert all(note.origin is Origin.MINE for note in read_midi(moved)[0].tracks[0].notes)


def test_more_tracks_than_channels() -> None:
    many = Score(tuple(Track.of([Note(i, 60, 10)], str(i), program=i % 20) for i in range(40)))
    assert read_midi(to_midi_bytes(many))[0] == many


def test_a_silence_longer_than_a_file_can_say_at_once() -> None:
    far = Score((Track.of([Note(0, 60, 1), Note(1_500_000_000, 60, 1)]),))
    data = to_midi_bytes(far)
    assert read_midi(data)[0] == far
    assert mido.MidiFile(file=io.BytesIO(data)).tracks
    with pytest.raises(UserError):
        to_pretty_midi(far)


def test_files_are_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "Größe.mid"
    write_midi(PIECE, path)
    write_midi(PIECE, path)
    assert read_midi(path)[0] == PIECE
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]
    with pytest.raises(UserError, match="cannot be written"):
        write_midi(PIECE, tmp_path / "nowhere" / "a.mid")
    (tmp_path / "folder.mid").mkdir()
    with pytest.raises(UserError):
        write_midi(PIECE, tmp_path / "folder.mid")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == [path.name, "folder.mid"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.mid").write_bytes(b"old")
    link = tmp_path / "link.mid"
    try:
        link.symlink_to(tmp_path / "real.mid")
    except OSError:
        pytest.skip("no links here")
    write_midi(PIECE, link)
    assert link.is_symlink() and read_midi(tmp_path / "real.mid")[0] == PIECE
