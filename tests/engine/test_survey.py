"""What is told of a folder of music before anything is learnt from it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from engine.codecs.catalog import NAMES
from engine.codecs.catalog import codec as codec_of
from engine.corpus import corpora, survey_cache
from engine.corpus.survey import LEAST, Survey, findings, survey
from engine.errors import Cancelled, UserError
from engine.events import Event, FolderSurveyed
from engine.score import Key, Meter, Note, Score, Track
from engine.score.midi_write import write_midi
from engine.session import Session, SessionPaths

TUNE = "X:1\nT:Air\nM:6/8\nL:1/8\nK:G\n" + "GAB cde|dBG AFD|" * 6 + "\n"


def song(path: Path, first: int, bars: int = 16, **about: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    line = [Note(240 * i, 55 + (first * i + i * i // 3) % 24, 240) for i in range(8 * bars)]
    write_midi(Score(tracks=(Track.of(line, "Melody"),), **about), path)  # type: ignore[arg-type]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "music"
    for number in range(3):
        song(made / "songs" / f"{number}.mid", 3 + 2 * number, keys=(Key(0, 2),))
    song(made / "waltz.MIDI", 5, meters=(Meter(0, 3, 4),))
    (made / "again.mid").write_bytes((made / "songs" / "1.mid").read_bytes())
    (made / "airs").mkdir()
    (made / "airs" / "air.abc").write_text(TUNE, encoding="utf-8")
    (made / "broken.mid").write_bytes(b"not music")
    (made / "letter.txt").write_text("Dear Ludwig", encoding="utf-8")
    (made / "._hidden.mid").write_bytes(b"")
    return made


def test_a_folder_is_told_before_anything_starts(folder: Path) -> None:
    told: list[str] = []
    found = survey(str(folder), None, lambda done, total, text="": told.append(text))
    assert (found.files, found.read) == (7, 5) and "waltz.MIDI" in told
    assert [(one.file, one.words) for one in found.skipped] == [("broken.mid", "This is not a MIDI file.")]
    assert [(one.file, one.words) for one in found.copies] == [("songs/1.mid", "the same as again.mid")]
    assert found.meters == {"4/4": 3, "3/4": 1, "6/8": 1} and found.keys == {"D major": 3, "G major": 1}
    assert found.kinds == ("airs", "songs") and 0.02 < found.hours < 0.1


def test_windows_are_those_that_a_training_gets(folder: Path) -> None:
    found = survey(str(folder))
    (folder / "again.mid").unlink()  # a training drops copies later
    for name in NAMES:
        codec = codec_of(name)
        shapes = {row.tobytes() for piece in corpora.read(str(folder), codec) for row in codec.shape_of(piece.windows)}
        assert found.windows[name] == len(shapes), name
    assert found.windows["melody"] > LEAST and found.windows["chorale"] == 0
    assert "four voices" in found.worries["chorale"][0].remedy
    assert any("little music" in worry.what for worry in found.worries["melody"])


def test_too_much_alike_is_said(tmp_path: Path) -> None:
    for number in range(8):  # the same song in eight keys
        line = [Note(480 * i, 50 + number + (5 * i) % 12, 480) for i in range(64)]
        write_midi(Score(tracks=(Track.of(line),)), tmp_path / f"{number}.mid")
    found = survey(str(tmp_path))
    assert found.read == 8 and not found.copies
    assert any("alike" in worry.what for worry in found.worries["melody"])


def test_what_was_found_is_kept_by_its_content(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = tmp_path / "cache"
    first = survey(str(folder), cache)
    moved = folder.rename(tmp_path / "elsewhere")
    (moved / "waltz.MIDI").rename(moved / "walzer.MIDI")
    looked: list[str] = []
    monkeypatch.setattr("engine.corpus.survey.findings", lambda file: looked.append(file.name) or findings(file))
    song(moved / "new.mid", 4)
    second = survey(str(moved), cache)
    assert looked == ["new.mid"], "only what was never seen is read"
    assert second.read == first.read + 1 and second.windows["melody"] > first.windows["melody"]


@pytest.mark.parametrize("harm", ["damaged", "another program's", "no place"])
def test_a_spoilt_cache_is_no_reason_to_stop(folder: Path, tmp_path: Path, harm: str) -> None:
    cache = tmp_path / "cache"
    if harm == "no place":
        cache.write_text("a file, not a folder", encoding="utf-8")
    else:
        survey(str(folder), cache)
        if harm == "damaged":
            (cache / survey_cache.NAME).write_bytes(b"x" * 5000)
        else:
            with sqlite3.connect(cache / survey_cache.NAME) as file:
                file.execute("UPDATE found SET facts = '{'")
    assert survey(str(folder), cache) == survey(str(folder))


def test_a_cancelled_look_keeps_what_it_found(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(done: float, total: float, text: str = "") -> None:
        if done >= 4:
            raise Cancelled

    with pytest.raises(Cancelled):
        survey(str(folder), tmp_path / "cache", stop)
    looked: list[str] = []
    monkeypatch.setattr("engine.corpus.survey.findings", lambda file: looked.append(file.name) or findings(file))
    survey(str(folder), tmp_path / "cache")
    assert len(looked) == 2


def test_a_folder_without_music_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no music"):
        survey(str(tmp_path))
    with pytest.raises(UserError, match="no folder"):
        survey(str(tmp_path / "nowhere"))


def test_the_studio_looks_in_the_background(folder: Path, tmp_path: Path) -> None:
    session = Session(SessionPaths(tmp_path, cache=tmp_path / "cache"), audio=False)
    heard: list[Event] = []
    session.events.subscribe(heard.append)
    job = session.ask.survey(str(folder))
    while session.scans.busy:
        pass
    session.close()
    (event,) = [event for event in heard if isinstance(event, FolderSurveyed)]
    assert event.job_id == job and isinstance(event.survey, Survey) and event.survey.read == 5
    assert (tmp_path / "cache" / survey_cache.NAME).is_file()
