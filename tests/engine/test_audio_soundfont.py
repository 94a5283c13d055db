"""Finding a soundfont, and saying what is wrong with one."""

from __future__ import annotations

import struct
import sys
from pathlib import Path

import numpy as np
import pytest

from engine.audio import soundfont
from engine.audio.soundfont import bundled_soundfont, check_soundfont, find_soundfont, list_soundfonts
from engine.audio.synth import RATE, Synth, load_library, working_soundfont
from engine.errors import UserError


def a_soundfont(path: Path, content: bytes = b"sfbk" + b"\0" * 100) -> Path:
    path.write_bytes(b"RIFF" + struct.pack("<I", len(content)) + content)
    return path


def test_the_bundled_one_is_found_without_its_package() -> None:
    found = bundled_soundfont()
    assert found is not None
    check_soundfont(found)


def test_a_chosen_one_comes_first(tmp_path: Path) -> None:
    chosen = a_soundfont(tmp_path / "mine.sf2")
    assert find_soundfont(chosen) == chosen


def test_system_folders_are_searched_best_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("zebra.sf2", "TimGM6mb.sf2", "FluidR3_GM.sf2", "GeneralUser GS.SF2", "readme.txt", "default-GM.sf3"):
        a_soundfont(tmp_path / name)
    (tmp_path / "sgm.sf2").write_bytes(b"broken")
    monkeypatch.setattr(soundfont, "system_folders", lambda: [tmp_path, tmp_path / "missing"])
    names = [path.name for path in list_soundfonts()]
    assert names[:3] == ["FluidR3_GM.sf2", "GeneralUser GS.SF2", "TimGM6mb.sf2"]
    assert names[3:] == ["zebra.sf2", "default-GM.sf3", "TimGM6mb.sf2"]
    assert find_soundfont() == tmp_path / "FluidR3_GM.sf2"


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_every_system_has_places(platform: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setenv("ProgramFiles", "C:/Program Files")
    folders = soundfont.system_folders()
    assert len(folders) > 4
    if platform == "darwin":
        assert Path("/opt/homebrew/share/soundfonts") in folders


def test_what_is_wrong_with_one_is_said(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        check_soundfont(tmp_path / "none.sf2")
    (tmp_path / "text.sf2").write_text("hello, this is not music")
    with pytest.raises(UserError, match="not a soundfont"):
        check_soundfont(tmp_path / "text.sf2")
    whole = a_soundfont(tmp_path / "cut.sf2").read_bytes()
    (tmp_path / "cut.sf2").write_bytes(whole[:-50])
    with pytest.raises(UserError, match="cut off"):
        check_soundfont(tmp_path / "cut.sf2")


def test_one_with_a_good_header_and_no_music_is_said_by_the_synthesizer(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(UserError, match="cannot play"):
        Synth(a_soundfont(tmp_path / "hollow.sf2"))
    assert "fluidsynth:" not in capfd.readouterr().err


def test_a_render_may_go_on_with_another_one(tmp_path: Path) -> None:
    hollow = a_soundfont(tmp_path / "hollow.sf2")
    assert working_soundfont(hollow) == working_soundfont(None) == find_soundfont()
    assert working_soundfont(bundled_soundfont()) == bundled_soundfont()


def test_none_at_all_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(soundfont, "list_soundfonts", list)
    with pytest.raises(UserError, match="No soundfont"):
        find_soundfont()


def test_a_missing_library_is_said_with_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fluidsynth", None)
    with pytest.raises(UserError, match="FluidSynth is not installed") as caught:
        load_library()
    assert "nstall" in caught.value.remedy


def test_a_synthesizer_sounds_and_is_quiet_after_cut() -> None:
    font = bundled_soundfont()
    assert font is not None
    synth = Synth(font)
    synth.program(0, 0)
    assert np.abs(synth.render(1000)).max() < 1e-3
    synth.on(0, 60, 100)
    into = np.full((RATE, 2), np.nan, np.float32)
    synth.render(RATE, into)
    assert np.isfinite(into).all() and 0.02 < np.abs(into).max() < 1
    assert synth.voices > 0
    synth.cut()
    synth.render(RATE // 2)
    assert synth.voices == 0
    synth.program(1, 127)
    synth.close()
    synth.close()
