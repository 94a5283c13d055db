"""Models as files from the command line: taken in, given out, and called by their names everywhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.__main__ import main
from engine.models.registry import REGISTRY
from engine.score.midi_read import read_midi
from tests.engine.forgery import genuine


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A user's folder of this test's own, and a file from elsewhere beside it."""
    monkeypatch.setenv("MELOMORPH_HOME", str(tmp_path / "home"))
    genuine(tmp_path, "from elsewhere")
    yield tmp_path / "home" / "models"


def said(capsys: pytest.CaptureFixture[str], *words: str | Path) -> str:
    assert main([str(word) for word in words]) == 0
    return capsys.readouterr().out


def refused(capsys: pytest.CaptureFixture[str], *words: str | Path) -> str:
    assert main([str(word) for word in words]) == 2
    return capsys.readouterr().err


def test_a_model_is_imported_used_and_exported(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "from elsewhere.safetensors"
    assert said(capsys, "import", file) == "vae~from elsewhere\n"
    told = json.loads(said(capsys, "import", file, "--title", "My ../ reels", "--json"))
    assert told == {"model": "vae~My reels", "bundle": str(home / "vae~My reels.safetensors")}
    listed = {m["name"]: m for m in json.loads(said(capsys, "models", "--json"))}
    assert listed["vae~My reels"]["own"] and listed["vae~My reels"]["title"] == "My reels"
    assert listed["vae~My reels"]["bundle"] and len(listed) == len(REGISTRY) + 2
    assert "My reels (VAE), ready" in said(capsys, "models")
    for number, name in enumerate(("vae~My reels", "my REELS")):
        out = tmp_path / f"out {number}"
        made = said(capsys, "draw", "--model", name, "--count", "2", "--out", out).splitlines()
        assert len(made) == 2 and all(read_midi(Path(path))[0].note_count for path in made)
    assert said(capsys, "generate", "--model", "vae~My reels", "-n", "1", "--out", tmp_path / "out").strip()
    page = said(capsys, "help", "My reels")
    assert page.startswith("# My reels") and "of the kind VAE. Trained on the folder “reels”: 40 pieces" in page
    given = Path(said(capsys, "export", "my reels", tmp_path).strip())
    assert given == tmp_path / "vae~My reels.safetensors"
    assert said(capsys, "import", given) == "vae~My reels 2\n"


def test_names_that_nobody_has_are_told(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "“Jigs” is not on this machine. Import its file" in refused(capsys, "draw", "--model", "vae~Jigs")
    wrong = refused(capsys, "draw", "--model", "jigs")
    assert "no model called jigs" in wrong and "melody_vae" in wrong
    main(["import", str(tmp_path / "from elsewhere.safetensors")])
    assert "Yours are: vae~from elsewhere." in refused(capsys, "help", "jigs")
    for words in (("evaluate", "vae~Jigs"), ("chart", "jigs"), ("export", "jigs", tmp_path)):
        assert "igs" in refused(capsys, *words)
    file = tmp_path / "no model.safetensors"
    file.write_text("Once upon a time", encoding="utf-8")
    for verb in ("import", "evaluate", "chart"):
        assert "no model.safetensors is not a Melomorph model" in refused(capsys, verb, file)


def test_what_learnt_from_a_folder_is_measured_on_music_that_is_named(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "from elsewhere.safetensors"
    (tmp_path / "reels").mkdir()  # a folder of that name, which nobody meant
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        for verb in ("evaluate", "chart"):
            assert "the folder “reels”, which is not known here" in refused(capsys, verb, file)


def test_a_damaged_model_is_listed_with_what_is_wrong(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home.mkdir(parents=True)
    (home / "gan~Broken.safetensors").write_bytes(b"\0" * 20)
    assert "gan~Broken.safetensors is not a Melomorph model: it is too short" in said(capsys, "models")
    assert "too short" in refused(capsys, "draw", "--model", "gan~Broken")
