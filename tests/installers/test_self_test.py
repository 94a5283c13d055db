"""What the self-test of an installation looks at: it must notice what is wrong, and older projects must open."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from app import self_test
from engine.commands.project import load_project
from engine.errors import UserError
from engine.score import Note, Score, Track
from engine.score.midi_write import write_midi

RATE = 44100
PROJECT = Path(__file__).with_name("project_0_1_0.melomorph")


@pytest.fixture
def score() -> Score:
    """Four seconds: eight quarter notes at 120."""
    notes = tuple(Note(480 * step, 60 + step, 480) for step in range(8))
    return Score(tracks=(Track.of(notes),))


def sound(level: float = 0.3, seconds: float = 5.0) -> np.ndarray:
    """A tone, stereo."""
    wave = level * np.sin(np.arange(int(seconds * RATE)) * 0.05)
    return np.stack([wave, wave], axis=1).astype(np.float32)


def written(path: Path, samples: np.ndarray) -> Path:
    soundfile.write(path, samples, RATE, subtype="PCM_16")
    return path


def test_good_sound_passes(score: Score, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    self_test.check_sound(written(tmp_path / "a.wav", sound()), score)
    assert "a.wav: 5.0 seconds, peak 0.30" in capsys.readouterr().out


def test_wrong_sound_is_noticed(score: Score, tmp_path: Path) -> None:
    gap = sound()
    gap[RATE // 4 : RATE * 15 // 4] = 0
    for wrong, said in (
        (sound(seconds=2.0), "instead of 4.0"),
        (sound(level=0.001), "a peak of only"),
        (gap, "seconds of silence"),
        (np.clip(sound(level=3.0), -1, 1), "clipped"),
    ):
        with pytest.raises(UserError, match=said):
            self_test.check_sound(written(tmp_path / "b.wav", wrong), score)


def test_missing_notes_are_noticed(score: Score, tmp_path: Path) -> None:
    write_midi(score, tmp_path / "a.mid")
    self_test.check_midi(tmp_path / "a.mid", score)
    fewer = Score(tracks=(Track.of(score.tracks[0].notes[1:]),))
    with pytest.raises(UserError, match="8 notes instead of 7"):
        self_test.check_midi(tmp_path / "a.mid", fewer)


def test_runs_are_measured() -> None:
    assert self_test.longest(np.array([True, True, False, True, True, True])) == 3
    assert self_test.longest(np.zeros(4, dtype=bool)) == 0


def test_what_fails_unseen_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error in a slot of Qt reaches the hook only: a self-test that passes over it would be worth nothing."""
    said: list[BaseException] = []
    before = sys.excepthook
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: said.append(error))
    with self_test.Failures() as failures:
        sys.excepthook(ValueError, ValueError("in a slot"), None)
    assert len(said) == 1  # whoever listened before hears it, too
    monkeypatch.undo()
    assert sys.excepthook is before
    with pytest.raises(ValueError, match="in a slot"):
        failures.check()


def test_a_project_of_version_0_1_0_opens() -> None:
    """Written by that version and kept: whatever the format becomes, this file must go on opening."""
    document = load_project(PROJECT)
    assert document.score.name == "Drunken Sailor"
    assert document.score.note_count == 180
    assert [track.name for track in document.score.tracks] == ["Melody", "Bass", "Guitar"]
    assert [pin.label for pin in document.steering.pins] == ["A", "B"]
