"""MusicXML of any notation program: staves, chords, ties, transposing instruments, tempos; bad files in words."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from engine.commands.project import load_any
from engine.errors import UserError
from engine.score import Key, Meter, Note
from engine.score.musicxml import read_musicxml


def note(step: str, octave: int, length: int, extra: str = "", before: str = "") -> str:
    pitch = f"<pitch><step>{step}</step><octave>{octave}</octave></pitch>"
    return f"<note>{before}{pitch}<duration>{length}</duration>{extra}</note>"


def piece(measures: str, head: str = "") -> str:
    about = '<score-part id="P1"><part-name>Horn</part-name>'
    about += "<midi-instrument><midi-program>61</midi-program></midi-instrument></score-part>"
    return f'<score-partwise>{head}<part-list>{about}</part-list><part id="P1">{measures}</part></score-partwise>'


START = (
    "<attributes><divisions>2</divisions><key><fifths>-3</fifths><mode>minor</mode></key>"
    "<time><beats>3</beats><beat-type>4</beat-type></time></attributes>"
)


def written(tmp_path: Path, text: str, name: str = "piece.musicxml") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_what_a_score_says_is_read(tmp_path: Path) -> None:
    first = START + '<direction><sound tempo="90"/></direction>'
    first += note("C", 4, 4, '<tie type="start"/>') + note("E", 4, 4, before="<chord/>") + note("G", 4, 2)
    second = note("C", 4, 6) + "<backup><duration>6</duration></backup>" + note("C", 3, 6, "<staff>2</staff>")
    third = note("B", 4, 2, "<tie/>", "<cue/>") + note("F", 5, 4)
    text = piece(
        f"<measure>{first}</measure><measure>{second}</measure><measure>{third}</measure>",
        "<work><work-title> Lied </work-title></work>",
    )
    score, report = read_musicxml(written(tmp_path, text))
    assert score.name == "Lied" and [track.name for track in score.tracks] == ["Horn 1", "Horn 2"]
    assert score.tracks[0].program == 60 and score.meters == (Meter(0, 3, 4),) and score.keys == (Key(0, -3, True),)
    assert score.tempos[0].bpm == pytest.approx(90)
    top = score.tracks[0].notes
    assert top[:3] == (Note(0, 60, 960), Note(0, 64, 960), Note(960, 67, 480))
    assert top[3:] == (Note(1440, 60, 1440), Note(2880 + 480, 77, 960)), "the cue is not played"
    assert score.tracks[1].notes == (Note(1440, 48, 1440),)
    assert report.notes == 6 and report.left_out == ("1 notes without a pitch",)


def test_transposing_instruments_sound_where_they_sound(tmp_path: Path) -> None:
    attributes = START.replace("</attributes>", "<transpose><chromatic>-2</chromatic></transpose></attributes>")
    score, _ = read_musicxml(written(tmp_path, piece(f"<measure>{attributes}{note('D', 5, 6)}</measure>")))
    assert score.tracks[0].notes == (Note(0, 72, 1440),)


def test_a_tie_joins_what_follows_at_once(tmp_path: Path) -> None:
    bars = f"<measure>{START}{note('C', 4, 6, '<tie type=' + chr(34) + 'start' + chr(34) + '/>')}</measure>"
    bars += f"<measure>{note('C', 4, 6, '<tie type=' + chr(34) + 'stop' + chr(34) + '/>')}</measure>"
    score, _ = read_musicxml(written(tmp_path, piece(bars)))
    assert score.tracks[0].notes == (Note(0, 60, 2880),)


def test_zipped_and_opened_by_the_studio(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "piece.mxl", "w") as archive:
        archive.writestr("META-INF/container.xml", "<container/>")
        archive.writestr("score.xml", piece(f"<measure>{START}{note('C', 4, 6)}</measure>"))
    document, report = load_any(tmp_path / "piece.mxl")
    assert document.score.note_count == 1 and report is not None and document.score.name == "piece"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<score-partwise>", "no MusicXML"),
        ("<html/>", "no MusicXML"),
        ("<score-timewise/>", "time by time"),
        (piece(f"<measure>{START}</measure>"), "no notes"),
        (piece(f"<measure>{START}{note('C', 4, 6).replace('>4<', '>four<')}</measure>"), "damaged"),
        (
            piece("<measure><attributes><divisions>0</divisions></attributes>" + note("C", 4, 1) + "</measure>"),
            "damaged",
        ),
        ('<!DOCTYPE a [<!ENTITY b "&c;"><!ENTITY c "&b;">]><score-partwise>&b;</score-partwise>', "no MusicXML"),
    ],
)
def test_bad_files_are_refused_in_words(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(UserError, match=words):
        read_musicxml(written(tmp_path, text))


def test_a_zip_without_music_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.mxl").write_bytes(b"PK\x03\x04 and nothing more")
    with zipfile.ZipFile(tmp_path / "b.mxl", "w") as archive:
        archive.writestr("letter.txt", "Dear Ludwig")
    for name in ("a.mxl", "b.mxl"):
        with pytest.raises(UserError, match="cannot be read"):
            read_musicxml(tmp_path / name)


@pytest.mark.parametrize("suffix", [".mid", ".musicxml", ".mxl", ".melomorph"])
def test_what_is_not_there_or_is_a_folder_is_told_for_every_kind(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(UserError, match=f"There is no file .*song{suffix}"):
        load_any(tmp_path / f"song{suffix}")
    (tmp_path / f"song{suffix}").mkdir()
    with pytest.raises(UserError, match=f"song{suffix} is a folder"):
        load_any(tmp_path / f"song{suffix}")


def harmony(root: str, kind: str, more: str = "", text: str = "") -> str:
    step = f"<root><root-step>{root[0]}</root-step>{f'<root-alter>{root[1:]}</root-alter>' if root[1:] else ''}</root>"
    return f'<harmony>{step}<kind text="{text}">{kind}</kind>{more}</harmony>'


def test_the_chords_of_a_lead_sheet_are_read(tmp_path: Path) -> None:
    seventh = (
        "<degree><degree-value>7</degree-value><degree-alter>0</degree-alter><degree-type>add</degree-type></degree>"
    )
    first = START + harmony("C", "minor") + note("C", 4, 2)
    first += harmony("B-1", "dominant-13th", "<bass><bass-step>D</bass-step></bass>") + note("D", 4, 4)
    second = harmony("F", "suspended-fourth", seventh + "<offset>2</offset>") + note("E", 4, 6)
    third = harmony("G", "other", text="m7b5") + note("G", 4, 2) + harmony("C", "none") + note("G", 4, 4)
    third += "<harmony><function>V</function><kind>major</kind></harmony><note><grace/></note>"
    text = piece("".join(f"<measure>{bar}</measure>" for bar in (first, second, third)))
    score, report = read_musicxml(written(tmp_path, text))
    told = [(chord.tick, chord.name(-3)) for chord in score.chords]
    assert told == [(0, "Cm"), (480, "Bb9/D"), (1920, "F7sus4"), (2880, "Gm7b5"), (3360, "N.C.")]
    assert report.left_out == ("1 chord symbols", "1 grace notes")


def test_chords_of_a_transposing_part_are_told_as_they_sound(tmp_path: Path) -> None:
    attributes = START.replace("</attributes>", "<transpose><chromatic>-2</chromatic></transpose></attributes>")
    over = harmony("D", "minor", "<bass><bass-step>A</bass-step></bass>")
    score, _ = read_musicxml(written(tmp_path, piece(f"<measure>{attributes}{over}{note('D', 5, 6)}</measure>")))
    assert [chord.name(-3) for chord in score.chords] == ["Cm/G"]
