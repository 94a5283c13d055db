"""MusicXML that notation programs can read: the same notes come back, and every bar adds up."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import UserError
from engine.score import Chord, Key, Meter, Note, Quality, Score, Tempo, Track
from engine.score.musicxml import read_musicxml
from engine.score.musicxml_write import to_musicxml, write_musicxml
from engine.score.notation import UNITS, VALUES, beat_of, lengths, signs, voices_of


def again(score: Score, tmp_path: Path) -> Score:
    path = tmp_path / "piece.musicxml"
    write_musicxml(score, path)
    return read_musicxml(path)[0]


def sounding(score: Score) -> list[list[tuple[int, int, int]]]:
    return [[(note.start, note.length, note.pitch) for note in track.notes] for track in score.tracks]


def test_what_is_written_comes_back(tmp_path: Path) -> None:
    melody = [Note(0, 60, 720), Note(720, 63, 240), Note(960, 67, 1920), Note(2880, 70, 160), Note(3040, 68, 160)]
    melody += [Note(3200, 67, 160), Note(3360, 60, 60), Note(3840, 61, 480)]
    bass = [Note(0, 36, 1920), Note(0, 43, 1920), Note(1920, 41, 960), Note(1920, 53, 480)]
    score = Score(
        (Track.of(melody, "Flute", 73), Track.of(bass, "Bass", 32)),
        (Tempo.of_bpm(0, 96),), (Meter(0), Meter(3840, 3, 4)), (Key(0, -3, True),), 480, "Lied",
        (Chord(0, 0, Quality.MINOR), Chord(1920, 5, Quality.SEVENTH, 0)),
    )  # fmt: skip
    found = again(score, tmp_path)
    assert sounding(found) == sounding(score)
    assert found.name == "Lied" and [(t.name, t.program) for t in found.tracks] == [("Flute", 73), ("Bass", 32)]
    assert found.meters == score.meters and found.keys == score.keys and found.tempos[0].bpm == pytest.approx(96)
    assert found.chords == score.chords
    text = to_musicxml(score).decode()
    assert '<kind text="m">minor</kind>' in text and "<bass-step>C</bass-step>" in text
    assert "<step>E</step>" in text and text.count("<alter>-1</alter>") >= 3, "in C minor it is E flat"


def test_every_kind_of_chord_comes_back(tmp_path: Path) -> None:
    chords = [Chord(240 * i, (7 * i) % 12, quality, (7 * i + 4) % 12) for i, quality in enumerate(Quality)]
    score = Score((Track.of([Note(0, 60, 240 * len(chords))]),), chords=tuple(chords))
    assert again(score, tmp_path).chords == score.chords


def test_every_bar_of_every_voice_adds_up() -> None:
    notes = [Note(70 * i, 50 + (7 * i) % 30, 45 + 50 * (i % 5)) for i in range(60)]
    root = ElementTree.fromstring(to_musicxml(Score((Track.of(notes),), meters=(Meter(0, 6, 8),))))
    for measure in root.iter("measure"):
        at, ends = 0, []
        for item in measure:
            length = int(item.findtext("duration", "0"))
            if item.tag == "backup":
                ends.append(at)
                at -= length
            elif item.tag == "note" and item.find("chord") is None:
                at += length
        assert {*ends, at} == {3 * UNITS}


@given(st.integers(0, 95), st.integers(1, 200))
def test_lengths_add_up(at: int, length: int) -> None:
    assert sum(lengths(at, length)) == length


def test_values_are_those_that_exist() -> None:
    assert list(lengths(0, 96)) == [96] and list(lengths(36, 24)) == [12, 12] and list(lengths(0, 60)) == [48, 12]
    assert all(value in VALUES for at in range(0, 96, 3) for value in lengths(at, 96 - at))
    assert all(value in VALUES for value in lengths(8, 8))


def test_what_every_player_reads_is_not_cut() -> None:
    assert list(lengths(0, 36)) == [36] and list(lengths(48, 36)) == [36], "dotted quarters on the beat"
    assert list(lengths(24, 36)) == [24, 12], "but the middle of the bar is seen"
    assert list(lengths(12, 24)) == [24] and list(lengths(12, 36)) == [36], "an eighth before them"
    jig = beat_of(6, 8)
    assert (jig, beat_of(9, 16), beat_of(3, 4), beat_of(5, 8)) == (36, 18, 24, 24)
    assert (
        list(lengths(0, 36, jig)) == [36] and list(lengths(36, 36, jig)) == [36] and list(lengths(0, 72, jig)) == [72]
    )
    assert list(lengths(24, 24, jig)) == [12, 12] and list(lengths(12, 24, jig)) == [24]


@given(st.integers(0, 95), st.integers(1, 200), st.sampled_from([18, 36]))
def test_lengths_of_three_parts_add_up(at: int, length: int, beat: int) -> None:
    assert sum(lengths(at, length, beat)) == length


def test_a_keyboard_has_two_staves_where_it_needs_them(tmp_path: Path) -> None:
    right, left = [Note(480 * i, 64 + i, 480) for i in range(8)], [Note(960 * i, 40 + i, 960) for i in range(4)]
    piano, flute = Track.of([*right, *left], "Piano", 0), Track.of([*right, *left], "Flute", 73)
    score = Score((piano, flute, Track.of(right, "Celesta", 8)))
    root = ElementTree.fromstring(to_musicxml(score))
    hands, *others = root.findall("part")
    assert [clef.findtext("sign") for clef in hands.iter("clef")] == ["G", "F"]
    staffs = {(note.findtext("staff"), note.findtext("voice")) for note in hands.iter("note")}
    assert staffs == {("1", "1"), ("2", "5")}, "each hand in voices of its own"
    assert all(part.find(".//staff") is None and len(list(part.iter("clef"))) == 1 for part in others)
    found = again(score, tmp_path)
    assert sounding(found) == sounding(score) and [track.name for track in found.tracks] == [
        "Piano",
        "Flute",
        "Celesta",
    ]


def test_a_tie_is_found_though_another_voice_has_the_same_note_later(tmp_path: Path) -> None:
    notes = [Note(0, 72, 1920), Note(2400, 60, 480), Note(960, 60, 1440), Note(1920, 65, 480), Note(0, 50, 3840)]
    score = Score((Track.of(notes, program=40),))
    assert sounding(again(score, tmp_path)) == sounding(score)


def test_silent_bars_are_one_rest_and_only_of_the_first_voice(tmp_path: Path) -> None:
    notes = [Note(0, 60, 480), Note(0, 72, 2400), Note(12000, 60, 2400)]
    score = Score((Track.of(notes),), meters=(Meter(0, 5, 4),))
    root = ElementTree.fromstring(to_musicxml(score))
    whole = root.findall(".//rest[@measure='yes']")
    assert len(whole) == 4 and sounding(again(score, tmp_path)) == sounding(score)
    voices = [{note.findtext("voice") for note in measure.iter("note")} for measure in root.iter("measure")]
    assert voices[0] == {"1", "2"} and all(found == {"1"} for found in voices[1:])


def test_a_fifth_voice_cuts_the_fourth() -> None:
    notes = [Note(240 * i, 60 + i, 4800) for i in range(6)]
    voices = voices_of(notes, 480)
    assert len(voices) == 4 and [start for start, _, _ in voices[3]] == [36, 48, 60]
    rows = signs(voices[0], [0, 96, 192, 288])
    assert [sign.tied_to for row in rows for sign in row][:2] == [True, True] and rows[1][0].tied_from


def test_drums_alone_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no notes"):
        to_musicxml(Score((Track.of([Note(0, 38, 240)], drums=True), Track())))
