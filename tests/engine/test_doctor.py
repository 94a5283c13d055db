"""What the doctor says of this machine, and of worse ones."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from engine import doctor
from engine.doctor import as_json, check_midi, check_python, check_qt, check_soundfonts, examine
from engine.errors import UserError


@pytest.fixture(scope="module")
def checks() -> dict[str, doctor.Check]:
    return {check.name: check for check in examine()}


def test_it_looks_at_everything(checks: dict[str, doctor.Check]) -> None:
    names = ["Python", "Qt", "FluidSynth", "Soundfont", "Audio devices", "MIDI ports", "torch devices", "Training"]
    assert list(checks) == names
    for check in checks.values():
        assert check.found
        assert bool(check.remedy) is not check.ok, "whatever is not ok has a remedy"


def test_what_the_tests_need_is_there(checks: dict[str, doctor.Check]) -> None:
    for name in ("Python", "Qt", "FluidSynth", "Soundfont", "torch devices"):
        assert checks[name].ok, checks[name]
    assert "cpu" in checks["torch devices"].found
    assert any(words in checks["torch devices"].found for words in ("32 bits", "bfloat16"))
    assert "process" in checks["Training"].found and "gloo" in checks["Training"].found


def test_it_is_json(checks: dict[str, doctor.Check]) -> None:
    read = json.loads(as_json(list(checks.values())))
    assert read["ok"] is all(check.ok for check in checks.values())
    assert read["checks"][0]["name"] == "Python"


def test_an_old_python_is_named() -> None:
    check = check_python((3, 10, 4))
    assert not check.ok and "3.10.4" in check.found and "3.11" in check.remedy


@pytest.mark.parametrize(
    ("qt", "python", "ok"),
    [("6.11.3", (3, 11), True), ("6.12.0", (3, 11), False), ("6.12.0", (3, 12), True), ("7.0.1", (3, 11), False)],
)
def test_the_qt_that_python_3_11_cannot_stand(qt: str, python: tuple[int, ...], ok: bool) -> None:
    check = check_qt(qt, python)
    assert check.ok is ok
    assert ok or "<6.12" in check.remedy


def test_what_is_missing_is_a_check_not_a_traceback(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for module in ("fluidsynth", "rtmidi", "torch", "sounddevice"):
        monkeypatch.setitem(sys.modules, module, None)
    broken = {check.name: check for check in examine()}
    for name in ("FluidSynth", "Audio devices", "MIDI ports", "torch devices"):
        assert not broken[name].ok and broken[name].remedy
    assert broken["Soundfont"].ok
    assert not check_midi().ok
    with pytest.raises(UserError):
        check_soundfonts(tmp_path / "none.sf2")
    assert {check.name: check for check in examine(tmp_path / "none.sf2")}["Soundfont"].ok is False
