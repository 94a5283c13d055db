"""The command line as a newcomer types it: what the README says works, what goes wrong is one line that helps."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

import pytest
import soundfile

from app.__main__ import main
from app.cli.verbs import VERBS
from engine.commands.project import load_any
from engine.commands.versions import versions_of
from engine.score import Note, Score, Track
from engine.score.midi_write import write_midi

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MELOMORPH_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def song(tmp_path: Path) -> str:
    tune = Track.of([Note(480 * i, 60 + i, 480) for i in range(8)], "Flöte", 73)
    write_midi(Score((tune, Track.of([Note(0, 36, 3840)], "Baß", 32)), name="Lied"), tmp_path / "Mein Stück.mid")
    return "Mein Stück.mid"


def fails(capsys: Capture, *words: str) -> str:
    assert main(list(words)) == 2
    said = capsys.readouterr()
    assert said.out == "" and len(said.err.strip().splitlines()) == 1 and said.err.startswith("melomorph: ")
    return said.err


def test_every_flag_of_the_readme_is_there() -> None:
    seen = set()
    rows = re.findall(r"^\| (`melomorph [^|]*)\|", README.replace("\\|", "/"), re.MULTILINE)
    for code in re.findall("`([^`]+)`", " ".join(rows)):
        words = code.removeprefix("melomorph ").replace("[", " ").replace("]", " ").split()
        if words[0] in VERBS:
            parser = argparse.ArgumentParser()
            VERBS[words[0]][0](parser)
            known = {flag for action in parser._actions for flag in action.option_strings}
            assert {word for word in words if word.startswith("-")} <= known, code
            seen.add(words[0])
    assert len(seen) > 25


def test_a_misspelt_verb_opens_no_window(capsys: Capture) -> None:
    assert "Did you mean generate?" in fails(capsys, "genrate")
    assert "melomorph --help" in fails(capsys, "sing")


def test_a_piece_becomes_notation_and_stems(capsys: Capture, song: str) -> None:
    assert main(["render", song, "-o", "Lied.musicxml"]) == 0
    assert load_any("Lied.musicxml")[0].score.note_count == 9
    assert main(["render", "Lied.musicxml", "-o", "ö.flac", "--stems"]) == 0
    files = capsys.readouterr().out.split("\n")[1:-1]
    assert files == ["ö-1-Flöte.flac", "ö-2-Baß.flac"]
    assert len({soundfile.info(name).frames for name in files}) == 1
    assert "Use one of" in fails(capsys, "render", song, "-o", "a.doc", "--stems")


def test_what_is_missing_for_a_verb_is_said(capsys: Capture, song: str) -> None:
    assert "Give it with --in FILE." in fails(capsys, "vary", "--model", "vae")
    assert "Give them with --in FILE FILE." in fails(capsys, "average", "--model", "vae", "--in", song)
    told = fails(capsys, "rewrite", "--model", "celtic_lstm", "--in", song)
    assert "cannot do this. Choose one of:" in told and "bidirectional_rnn" in told and "celtic_lstm" not in told


def test_chords_go_into_whatever_file_is_named(capsys: Capture, song: str) -> None:
    for number, name in enumerate(("a.musicxml", "a.mid", "a.melomorph", "a.melomorph")):
        words = ["chords", song, "--find", "--out", name, *(["--play"] if number == 3 else [])]
        assert main(words) == 0
        score = load_any(name)[0].score
        assert score.chords and len(score.tracks) == (3 if number == 3 else 2), name
    assert len(versions_of(Path("a.melomorph"))) == 1, "what was there is kept"


def test_a_full_disk_is_one_line(capsys: Capture, song: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*words: object, **options: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(sys.stdout, "write", full)
        assert main(["info", song]) == 2
    assert capsys.readouterr().err == "melomorph: No space left on device\n"
