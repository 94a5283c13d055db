"""MIDI in: whatever can be read is read, what was odd is said, and nothing hangs, bursts or crashes."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from engine.errors import UserError
from engine.score import Key, Meter, Note, Score, Tempo, Track
from engine.score.midi_read import read_midi
from engine.score.report import describe, words
from tests.engine.midi_bytes import CLEAN, END, OFF, ON, TEMPO, chunk, header, one

C4 = (Note(0, 60, 96, 64),)


def _notes(score: Score) -> list[tuple[Note, ...]]:
    return [track.notes for track in score.tracks]


def test_a_clean_file() -> None:
    score, report = read_midi(CLEAN)
    assert score == Score((Track(C4),), (Tempo(0, 1_000_000),), (Meter(0, 3, 4),), (), 96)
    assert report.oddities == () == report.left_out
    assert (report.format, report.file_tracks, report.tracks, report.notes, report.seconds) == (1, 1, 1, 1, 1.0)


@pytest.mark.parametrize(
    ("data", "odd"),
    [
        (b"RIFF" + struct.pack("<I", len(CLEAN) + 12) + b"RMIDdata" + struct.pack("<I", len(CLEAN)) + CLEAN, "RIFF"),
        (b"RIFF\0\0\0\0RMIDdata\xff\xff\xff\xff" + CLEAN + b"LIST\4\0\0\0abcd", "RIFF"),
        (bytes(128) + CLEAN, "MacBinary"),
        (b"\xef\xbb\xbf" + CLEAN, "byte order mark"),
        (b"some mail header\r\n" + CLEAN, "18 bytes of something else before"),
        (CLEAN[14:], "header is missing"),
        (CLEAN.replace(b"\0\0\0\6\0\1", b"\0\0\0\x08\0\1").replace(b"\0\x60MTrk", b"\0\x60\0\0MTrk"), "length of 8"),
        (CLEAN.replace(b"\0\0\0\6\0\1", b"\xff\xff\xff\xff\0\1"), "length of 4294967295"),
        (CLEAN.replace(b"\0\0\0\6\0\1", b"\0\0\0\2\0\1"), "length of 2 bytes"),
        (CLEAN.replace(b"\0\1\0\1\0\x60", b"\0\1\xff\xff\0\x60"), "claims 65535 tracks, 1 are there"),
        (CLEAN.replace(b"\0\1\0\1\0\x60", b"\0\7\0\1\0\x60"), "unknown MIDI format 7"),
        (header(1) + b"XFIH\0\0\0\4abcd" + CLEAN[14:], "unknown part"),
        (CLEAN + b"trailing rubbish", "between or behind"),
        (CLEAN + CLEAN, "second MIDI file"),
        (CLEAN[:-4], "cut off"),
        (header() + chunk(CLEAN[22:], 3), "wrong track length"),
        (header() + chunk(CLEAN[22:], 2**32 - 1), "cut off"),
        (CLEAN[:-4] + b"\x00\xff\x01\x7fabc", "meta event longer than its track"),
        (CLEAN[:-4] + b"\x00\xf0\x7fabc", "system exclusive message longer"),
        (CLEAN[:22] + b"\x00\xf8" + CLEAN[22:], "system messages"),
        (CLEAN[:22] + b"\x00\x3c\x40" + CLEAN[22:], "belong to no event"),
        (CLEAN + b"\0\0\0", ""),
    ],
)
def test_the_same_notes_however_it_is_wrapped_or_damaged(data: bytes, odd: str) -> None:
    score, report = read_midi(data)
    assert _notes(score) == [C4]
    assert odd in " ".join(report.oddities)


def test_a_wrong_length_does_not_swallow_the_next_track() -> None:
    inside = ON + OFF + END
    for wrong in (2, 14, len(inside) + 8 + len(inside), len(inside) + 11):
        score, _ = read_midi(header(2) + chunk(inside, wrong) + chunk(inside))
        assert _notes(score) == [C4, C4], wrong
    assert len(read_midi(header(1) + chunk(inside) * 3)[0].tracks) == 3  # more than it claims


@pytest.mark.parametrize(
    ("events", "notes", "odd"),
    [
        (ON + b"\x60\x90\x3c\x00" + END, C4, ""),  # a note-on of velocity 0 is a note-off
        (ON + b"\x60\x3c\x00" + END, C4, ""),  # running status
        (ON + b"\x00\xff\x01\x01a" + b"\x60\x3c\x00" + END, C4, ""),  # running status across a text
        (ON + b"\x80\x80\x60\x3c\x00" + END, C4, ""),  # a long-winded delta time
        (ON + b"\x60\xff\x2f\x00", C4, "never ended"),
        (ON + b"\x00\x80\x3c\x00" + END, (Note(0, 60, 1, 64),), "no length"),
        (b"\x00\x80\x3c\x00" + ON + OFF + END, C4, "end no note"),
        (b"\x00\x90\x3c\xff" + OFF + END, (Note(0, 60, 96, 127),), "above 127"),
        (END + ON + OFF + END, C4, "behind the end"),
        (ON + OFF + END + b"\0\0\0\0", C4, "behind the end"),
        # Overlapping: the first off ends the first on, the earlier is cut where the later begins.
        (ON + b"\x10\x3c\x41\x10\x3c\x00\x10\x3c\x00" + END, (Note(0, 60, 16, 64), Note(16, 60, 32, 65)), "cut where"),
        (ON + b"\x00\x3c\x41\x10\x3c\x00\x10\x3c\x00" + END, (Note(0, 60, 32, 65),), "doubled"),
        # A hanging note does not spoil those after it.
        (
            ON + b"\x60\x3c\x41\x08\x3c\x00\x58\x3c\x42\x08\x3c\x00" + END,
            (Note(0, 60, 96, 64), Note(96, 60, 8, 65), Note(192, 60, 8, 66)),
            "never ended",
        ),
        (b"\x00\x90\x3c\x40\x60\x3e\x40\x00\x3e", (Note(0, 60, 96, 64), Note(96, 62, 24, 64)), "cut off"),
    ],
)
def test_notes(events: bytes, notes: tuple[Note, ...], odd: str) -> None:
    score, report = read_midi(one(events))
    assert _notes(score) == [notes]
    assert odd in " ".join(report.oddities)


def test_absurd_divisions() -> None:
    assert read_midi(one(ON + OFF, division=0))[0].ticks_per_quarter == 480
    assert read_midi(one(ON + OFF, division=1))[0].ticks_per_quarter == 1
    assert read_midi(one(ON + OFF, division=32767))[0].ticks_per_quarter == 32767


@pytest.mark.parametrize(
    ("division", "seconds"),
    [(0xE728, 0.096), (0xE250, 96 / 2400), (0xE350, 96 * 1001 / 2_400_000), (0xE801, 4.0), (0x8000, 0.096)],
)
def test_film_frames(division: int, seconds: float) -> None:
    score, report = read_midi(one(ON + OFF + END, division=division))
    note = score.tracks[0].notes[0]
    assert score.seconds_at(note.end) == pytest.approx(seconds, rel=1e-6)
    assert score.ticks_per_quarter >= 96
    assert "film" in " ".join(report.oddities)


def test_tempos_meters_and_keys_in_any_track() -> None:
    marks = (
        TEMPO
        + b"\x60\xff\x51\x03\x00\x00\x00"  # no tempo
        + b"\x00\xff\x58\x04\x06\x03\x18\x08"
        + b"\x00\xff\x58\x04\x00\x02\x18\x08\x00\xff\x58\x04\x04\xc8\x18\x08"  # no meters
        + b"\x00\xff\x59\x02\xfd\x01"
        + b"\x00\xff\x59\x02\x09\x00"  # no key
        + b"\x60\xff\x59\x02\x01\xff"  # neither major nor minor
    )
    score, report = read_midi(header(2) + chunk(ON + OFF + END) + chunk(marks + END))
    assert score.tempos == (Tempo(0, 1_000_000),)
    assert score.meters == (Meter(0), Meter(96, 6, 8))
    assert score.keys == (Key(96, -3, True), Key(192, 1))
    said = " ".join(report.oddities)
    for odd in ("impossible tempo", "impossible time signature was left out (2 times)", "impossible key", "neither"):
        assert odd in said


def test_what_is_assumed_is_said() -> None:
    score, report = read_midi(one(ON + OFF + END))
    assert score.tempos == (Tempo(0),) and score.meters == (Meter(0),)
    assert "4/4 was assumed" in " ".join(report.oddities) and "120" in " ".join(report.oddities)


def test_type_0_is_split_by_channel_and_instrument() -> None:
    events = (
        b"\x00\xff\x03\x04Song\x00\xc1\x28\x00\xc2\x20\x00\x91\x3c\x40\x00\x92\x30\x40\x00\x99\x24\x40"
        b"\x60\x81\x3c\x00\x00\x82\x30\x00\x00\x89\x24\x00\x00\xc1\x29\x00\x91\x3c\x40\x60\x81\x3c\x00"
    )
    score, report = read_midi(one(events + END, kind=0))
    assert score.name == "Song"
    assert [(t.name, t.program, t.drums) for t in score.tracks] == [
        ("Violin", 40, False),
        ("Viola", 41, False),
        ("Acoustic Bass", 32, False),
        ("Drums", 0, True),
    ]
    assert (report.format, report.file_tracks, report.tracks) == (0, 1, 4)
    (again,) = {track.name for track in read_midi(one(events + END) + chunk(END))[0].tracks[:1]}
    assert again == "Song (Violin)"  # format 1: the name is the track's


def test_an_instrument_may_be_chosen_in_another_track() -> None:
    score, _ = read_midi(header(2) + chunk(b"\x00\xc0\x49" + END) + chunk(ON + OFF + END))
    assert [(track.program, len(track)) for track in score.tracks] == [(73, 0), (73, 1)]


def test_type_2_is_laid_over() -> None:
    score, report = read_midi(header(2, kind=2) + chunk(ON + OFF + END) * 2)
    assert _notes(score) == [C4, C4] and "format 2" in report.oddities[0]


@pytest.mark.parametrize("name", ["Flöte".encode(), "Flöte".encode("cp1252"), "Flöte\0\0".encode()])
def test_names_in_old_and_new_codes(name: bytes) -> None:
    data = header(2) + chunk(END) + chunk(b"\x00\xff\x03" + bytes([len(name)]) + name + ON + OFF + END)
    assert read_midi(data)[0].tracks[0].name == "Flöte"


def test_what_is_not_kept_is_said() -> None:
    extra = b"\x00\xb0\x40\x7f\x00\xb0\x07\x60\x00\xe0\x00\x40\x00\xd0\x10\x00\xa0\x3c\x10\x00\xff\x05\x02la"
    assert read_midi(one(extra + ON + OFF + END))[1].left_out == (
        "1 pedal changes", "1 other controller changes", "1 pitch bends", "2 aftertouch events",
        "1 lyrics and other texts",
    )  # fmt: skip


@pytest.mark.parametrize(
    "data", [b"", b"MThd", CLEAN[:14], header() + chunk(END), b"no music" * 100, b"MTrk", b"\xff" * 99]
)
def test_no_music_is_a_user_error(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.mid"
    path.write_bytes(data)
    with pytest.raises(UserError) as caught:
        read_midi(path)
    assert caught.value.what and caught.value.remedy


def test_no_file_is_a_user_error(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.mid", tmp_path / "no\0name.mid", tmp_path / ("x" * 300)):
        with pytest.raises(UserError):
            read_midi(path)


def test_a_report_for_people_and_for_programs() -> None:
    score, report = read_midi(CLEAN)
    found = describe(score, report)
    assert found["tempos"] == [{"tick": 0, "bpm": 60.0}] and found["meters"][0]["meter"] == "3/4"
    assert found["tracks"][0] == {
        "name": "", "program": 0, "instrument": "Acoustic Grand Piano", "drums": False, "notes": 1, "generated": 0,
        "lowest": 60, "highest": 60, "range": "C4 to C4",
    }  # fmt: skip
    assert (found["seconds"], found["bars"], found["ticks_per_quarter"], found["format"]) == (1.0, 1, 96, 1)
    assert "1 note, 1 bar, 0:01" in words(found)
    assert report.text == "1 note in 1 track, 0:01 long."
    assert describe(score)["format"] is None
