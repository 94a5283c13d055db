"""Chords: what composers type is understood, every name is read back, and files keep them."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from itertools import product

import mido
import pytest

from engine.commands.document import Document
from engine.commands.project import from_project_bytes, to_project_bytes
from engine.errors import UserError
from engine.score import Chord, Key, Note, Quality, Score, Track
from engine.score.chords import parse_chord, read_chord, spelt
from engine.score.midi_read import read_midi
from engine.score.midi_write import to_midi_bytes

MELODY = Track.of([Note(0, 60, 480), Note(480, 64, 480)], "Melody")
SHEET = Score(
    (MELODY,),
    keys=(Key(0, 0), Key(3840, -3, True)),
    chords=(
        Chord(0, 0),
        Chord(1920, 6, Quality.MINOR_SEVENTH, 11),
        Chord(2880, quality=Quality.NONE),
        Chord(3840, 3, Quality.MAJOR_SEVENTH),
    ),
)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("C", "C"),
        ("f#m", "F#m"),
        ("bb7", "Bb7"),
        ("B♭7", "Bb7"),
        ("Gmaj7 / B", "Gmaj7/B"),
        ("CM7", "Cmaj7"),
        ("C-7", "Cm7"),
        ("Am7b5", "Am7b5"),
        ("F#ø", "F#m7b5"),
        ("Bb°", "Bbdim"),
        ("Cm(maj7)", "Cm(maj7)"),
        ("Esus", "Esus4"),
        ("C+", "Caug"),
        ("Ab5", "Ab5"),
        ("nc", "N.C."),
    ],
)
def test_what_composers_type_is_understood(typed: str, name: str) -> None:
    assert parse_chord(typed).name() == name


@pytest.mark.parametrize("typed", ["", "H", "Cx", "hello", "C/H", "Amen", "#", "C" * 40])
def test_what_is_no_chord_is_said_with_an_example(typed: str) -> None:
    with pytest.raises(UserError) as caught:
        parse_chord(typed)
    assert "F#m" in caught.value.remedy


def test_every_name_in_every_key_is_read_back() -> None:
    for fifths, root, quality, bass in product(range(-7, 8), range(12), Quality, (None, 0, 3, 10)):
        chord = Chord(7, root, quality, bass)
        assert read_chord(chord.name(fifths), 7) == chord


def test_names_fit_the_key() -> None:
    assert Chord(0, 10).name(-1) == "Bb" and Chord(0, 10).name(5) == "A#"
    assert Chord(0, 6, Quality.MINOR).name() == "F#m" and Chord(0, 1).name() == "Db"
    assert spelt(11, -6) == "Cb" and spelt(5, 7) == "E#"
    assert Chord(0, 2, bass=6).name(-1) == "D/F#" and Chord(0, 11, Quality.DIMINISHED, 5).name() == "Bdim/F"
    assert Chord(0, 6, Quality.MINOR_SEVENTH, 9).spoken(2) == "F sharp minor seventh over A"


def test_a_chord_is_orderly() -> None:
    assert Chord(0, 5, Quality.NONE, 3) == Chord(0, quality=Quality.NONE)
    assert Chord(0, 5, bass=5).bass is None
    assert Chord(0, 2, Quality.SEVENTH).classes == (2, 6, 9, 0)
    for wrong in ((-1, 0), (0, 12)):
        with pytest.raises(ValueError):
            Chord(*wrong)


def test_a_score_keeps_its_chords_in_order() -> None:
    score = Score(chords=(Chord(960, 7), Chord(0, 0), Chord(960, 5)))
    assert score.chords == (Chord(0, 0), Chord(960, 5))
    assert score.chord_at(959) == Chord(0, 0) and score.chord_at(960) == Chord(960, 5)
    assert Score().chord_at(0) is None
    assert score.with_track(0, MELODY).chords == score.chords


def test_projects_keep_chords_and_old_ones_open() -> None:
    assert from_project_bytes(to_project_bytes(Document(SHEET))).score == SHEET
    with zipfile.ZipFile(io.BytesIO(to_project_bytes(Document(replace(SHEET, chords=()))))) as archive:
        about = json.loads(archive.read("document.json"))
    assert about["version"] == 1, "what knows no chords can read it"
    del about["score"]["chords"]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("document.json", json.dumps(about))
    assert from_project_bytes(packed.getvalue()).score == replace(SHEET, chords=())


@pytest.mark.parametrize("chord", [{"root": 0, "quality": "7"}, {"tick": 0, "root": 12, "quality": "7"},
                                   {"tick": 0, "root": 1, "quality": "jazzy"}, {"tick": 0, "root": 1, "quality": 7},
                                   {"tick": 0, "root": 1, "quality": "7", "bass": 12}, 3])  # fmt: skip
def test_a_damaged_chord_is_named(chord: object) -> None:
    with zipfile.ZipFile(io.BytesIO(to_project_bytes(Document(SHEET)))) as archive:
        about = json.loads(archive.read("document.json"))
    about["score"]["chords"] = [chord]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("document.json", json.dumps(about))
    with pytest.raises(UserError, match="score"):
        from_project_bytes(packed.getvalue())


def test_other_programs_see_markers_and_they_are_read_back() -> None:
    data = to_midi_bytes(SHEET)
    events = mido.MidiFile(file=io.BytesIO(data)).tracks[0]
    assert [message.text for message in events if message.type == "marker"] == ["C", "F#m7/B", "N.C.", "Ebmaj7"]
    again, report = read_midi(data)
    assert again == SHEET and report.left_out == () and report.oddities == ()


def _texts(kind: str, *words: str) -> bytes:
    midi = mido.MidiFile(ticks_per_beat=480)
    track = mido.MidiTrack()
    midi.tracks.append(track)
    for number, text in enumerate(words):
        track.append(mido.MetaMessage(kind, text=text, time=480 if number else 0))
    track.append(mido.Message("note_on", note=60, velocity=80))
    track.append(mido.Message("note_off", note=60, time=480))
    content = io.BytesIO()
    midi.save(file=content)
    return content.getvalue()


@pytest.mark.parametrize("kind", ["marker", "text", "lyrics"])
def test_chords_in_files_of_others_are_read(kind: str) -> None:
    score, report = read_midi(_texts(kind, "Am7", "D13", "G7b9", "Cmaj7", "N.C."))
    assert [chord.name() for chord in score.chords] == ["Am7", "D9", "G7", "Cmaj7", "N.C."]
    assert [chord.tick for chord in score.chords] == [0, 480, 960, 1440, 1920]
    assert report.left_out == ()


@pytest.mark.parametrize(
    "words", [("A", "B", "C"), ("A", "B", "A"), ("Verse", "A", "Bridge"), ("A", "men", "Glo", "ri", "a"), ("C",)]
)
def test_sections_and_song_texts_are_no_chords(words: tuple[str, ...]) -> None:
    score, report = read_midi(_texts("marker", *words))
    assert score.chords == () and report.left_out == (f"{len(words)} lyrics and other texts",)
