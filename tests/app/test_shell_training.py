"""Closing the window while a real training runs in its child process."""

from __future__ import annotations

import multiprocessing
import time
from pathlib import Path

import mido
import numpy as np
import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from app import studio
from app.settings import Settings, UserPaths
from engine.models import registry
from engine.session import Session, SessionPaths
from engine.training.options import Order, TrainOptions

SMALL = {"width": 16, "blocks": 1, "latent": 8, "features": 8, "couplings": 1, "flow_width": 8, "batch": 8}


def write_tunes(folder: Path, count: int = 12) -> None:
    rng = np.random.default_rng(1)
    for number in range(count):
        file, track, pitch = mido.MidiFile(ticks_per_beat=480), mido.MidiTrack(), 67
        for _ in range(64):
            pitch = int(np.clip(pitch + rng.integers(-4, 5), 55, 84))
            track.append(mido.Message("note_on", note=pitch, velocity=80, time=0))
            track.append(mido.Message("note_off", note=pitch, velocity=0, time=240))
        file.tracks.append(track)
        file.save(str(folder / f"{number}.mid"))


@pytest.mark.slow
def test_closing_while_a_training_runs(qtbot: QtBot, tmp_path: Path) -> None:
    paths = UserPaths(*(tmp_path / name for name in ("settings.json", "autosave", "models", "cache", "log.txt")))
    tunes = tmp_path / "tunes"
    tunes.mkdir()
    write_tunes(tunes)
    session = Session(SessionPaths(bundles=tmp_path / "models", autosave=paths.autosave), audio=False)
    window = studio.make_window(session, Settings(paths.settings), paths)
    window.show()
    row = registry.row("melody_vae")
    options = TrainOptions(steps=1_000_000, device="cpu")
    session.ask.train(Order(row, str(tunes), tmp_path / "out.safetensors", options, network=SMALL))
    qtbot.waitUntil(
        lambda: any(job.fraction > 0 for job in window.jobs.active) or window.bar.isVisible(), timeout=60_000
    )
    assert not window.bar.isVisible(), window.bar.label.text()
    assert len(multiprocessing.active_children()) == 1

    def press() -> None:
        box = window.findChild(QMessageBox)
        next(button for button in box.buttons() if "Stop" in button.text()).click()

    QTimer.singleShot(200, press)
    began = time.monotonic()
    assert window.close()
    assert time.monotonic() - began < 10
    assert multiprocessing.active_children() == []
    window.deleteLater()
