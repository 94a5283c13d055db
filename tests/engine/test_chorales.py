"""Bach's chorales from MusicXML."""

from __future__ import annotations

import importlib.util
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from engine.codecs.chorale import CHORALE, VOICES
from engine.corpus.chorales import read_chorale, read_chorales
from engine.errors import UserError
from engine.score import Note


def note(name: str, divisions: int, tie: str = "") -> str:
    step, octave = name[0], name[-1]
    alter = f"<alter>{1 if name[1] == 's' else -1}</alter>" if len(name) == 3 else ""
    ties = f'<tie type="{tie}"/>' if tie else ""
    return (
        f"<note><pitch><step>{step}</step>{alter}<octave>{octave}</octave></pitch>"
        f"<duration>{divisions}</duration>{ties}</note>"
    )


def document(parts: dict[str, list[str]], meter: str = "4/4") -> str:
    beats, kind = meter.split("/")
    time = f"<time><beats>{beats}</beats><beat-type>{kind}</beat-type></time>"
    attributes = f"<attributes><divisions>2</divisions>{time}</attributes>"
    names, music = "", ""
    for index, (name, bars) in enumerate(parts.items()):
        names += f'<score-part id="P{index}"><part-name>{name}</part-name></score-part>'
        measures = [f"<measure>{attributes if i == 0 else ''}{bar}</measure>" for i, bar in enumerate(bars)]
        music += f'<part id="P{index}">{"".join(measures)}</part>'
    return f"<score-partwise><part-list>{names}</part-list>{music}</score-partwise>"


def four(bars: list[str]) -> dict[str, list[str]]:
    return dict.fromkeys(VOICES, bars)


def test_a_pickup_ends_where_the_first_full_bar_begins(tmp_path: Path) -> None:
    bars = [note("G4", 2), note("C5", 8), note("Bf4", 8), note("A4", 6)]
    file = tmp_path / "bwv1.6.xml"
    file.write_text(document(four(bars)), encoding="utf-8")
    score = read_chorale(file)
    assert score is not None and score.name == "BWV 1.6"
    assert [track.name for track in score.tracks] == list(VOICES)
    assert score.tracks[2].notes == (
        Note(1440, 67, 480), Note(1920, 72, 1920), Note(3840, 70, 1920), Note(5760, 69, 1440)
    )  # fmt: skip
    assert [(m.tick, m.numerator, m.denominator) for m in score.meters] == [(0, 4, 4)]


def test_ties_are_joined_and_a_second_voice_and_chords_do_not_shift_the_music(tmp_path: Path) -> None:
    chord = note("E5", 4).replace("<note>", "<note><chord/>")
    there_and_back = "".join(f"<{way}><duration>8</duration></{way}>" for way in ("backup", "forward"))
    bars = [
        note("C5", 4) + chord + note("Cs5", 4, "start"),
        note("Cs5", 2, "stop") + note("D5", 6) + there_and_back,
        note("D5", 8),
    ]
    file = tmp_path / "bwv2.mxl"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("META-INF/container.xml", "<container/>")
        archive.writestr("bwv2.musicxml", document(four(bars)))
    score = read_chorale(file)
    assert score is not None
    assert score.tracks[0].notes == (
        Note(0, 72, 960), Note(960, 73, 1440), Note(2400, 74, 1440), Note(3840, 74, 1920)
    )  # fmt: skip


def test_a_full_bar_begins_on_the_bar_after_one_cut_short(tmp_path: Path) -> None:
    bars = [note("C5", 8), note("D5", 4), note("E5", 8), note("F5", 6), note("G5", 2), note("A5", 8)]
    file = tmp_path / "bwv3.xml"
    file.write_text(document(four(bars)), encoding="utf-8")
    score = read_chorale(file)
    assert score is not None
    assert [n.start // 480 for n in score.tracks[0].notes] == [0, 4, 8, 12, 15, 16]


def test_only_pieces_with_the_four_voices(tmp_path: Path) -> None:
    bars = [note("C5", 8)]
    horn = {"Horn": [note("G5", 8)], **four(bars)}
    two = {"Soprano 1": bars, "Soprano 2": bars, "Alto": bars, "Tenor": bars, "Bass": bars}
    found = {}
    for name, parts in (("horn", horn), ("two", two), ("three", {v: bars for v in VOICES[:3]})):
        file = tmp_path / f"bwv{name}.xml"
        file.write_text(document(parts), encoding="utf-8")
        found[name] = read_chorale(file)
    assert found["two"] is None and found["three"] is None
    assert found["horn"] is not None and [t.notes[0].pitch for t in found["horn"].tracks] == [72] * 4


def test_without_music21_the_composer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UserError, match="music21"):
        read_chorales()


def test_the_folder_is_read_with_progress(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "corpus" / "bach"
    folder.mkdir(parents=True)
    bars = [note(name, 8) for name in ("C5", "D5", "E5", "F5", "G4")]
    for number in (1, 2):
        (folder / f"bwv{number}.xml").write_text(document(four(bars)), encoding="utf-8")
    (folder / "bwv3.krn").write_text("**kern", encoding="utf-8")
    found = SimpleNamespace(origin=str(tmp_path / "__init__.py"))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: found)
    told: list[str] = []
    scores = read_chorales(lambda done, total, text="": told.append(f"{done}/{total} {text}"))
    assert [score.name for score in scores] == ["BWV 1", "BWV 2"] and told == ["0/2 bwv1", "1/2 bwv2"]


def test_a_real_chorale() -> None:
    """BWV 269, "Aus meines Herzens Grunde", is in 3/4; BWV 253 is in common time and gives windows."""
    spec = importlib.util.find_spec("music21")
    assert spec is not None and spec.origin is not None
    folder = Path(spec.origin).parent / "corpus" / "bach"
    common, triple = read_chorale(folder / "bwv253.mxl"), read_chorale(folder / "bwv269.mxl")
    assert common is not None and triple is not None
    assert triple.meters[0].numerator == 3 and not list(CHORALE.windows(triple))
    windows = list(CHORALE.windows(common))
    assert len(windows) >= 5
    assert [track.name for track in common.tracks] == list(VOICES)
    assert all((window[:, 0] >= 2).all() for window in windows)
