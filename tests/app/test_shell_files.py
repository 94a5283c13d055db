"""Open, drop, save, export, recent files: real files, the real window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import mido
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from app import studio
from app.main_window import MainWindow
from app.settings import Settings, UserPaths
from engine.errors import UserError
from engine.score import Note, Track
from engine.session import Session, SessionPaths


@pytest.fixture
def paths(tmp_path: Path) -> UserPaths:
    return UserPaths(*(tmp_path / name for name in ("settings.json", "autosave", "models", "cache", "log.txt")))


@pytest.fixture
def window(qtbot: QtBot, paths: UserPaths) -> Iterator[MainWindow]:
    studio.make_application()
    session = Session(SessionPaths(bundles=paths.models, autosave=paths.autosave), audio=False)
    made = studio.make_window(session, Settings(paths.settings), paths)
    made.show()
    qtbot.waitExposed(made)
    yield made
    if made.isVisible():
        session.new()
        made.close()
    made.deleteLater()


def write_midi(path: Path, pitches: tuple[int, ...] = (60, 62, 64), cut: int = 0) -> Path:
    track = mido.MidiTrack()
    for pitch in pitches:
        track.append(mido.Message("note_on", note=pitch, velocity=80, time=0))
        track.append(mido.Message("note_off", note=pitch, velocity=0, time=480))
    file = mido.MidiFile(ticks_per_beat=480)
    file.tracks.append(track)
    file.save(str(path))
    if cut:
        path.write_bytes(path.read_bytes()[:-cut])
    return path


def drop(window: MainWindow, path: Path) -> bool:
    """What the window system sends when a file is dropped; returns whether it was welcome."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    actions, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(window.rect().center(), actions, data, left, none)
    window.dragEnterEvent(enter)
    window.dropEvent(QDropEvent(QPointF(window.rect().center()), actions, data, left, none))
    return enter.isAccepted()


def pitches(window: MainWindow) -> list[int]:
    return [note.pitch for track in window.session.score.tracks for note in track.notes]


def test_a_dropped_midi_file_opens(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    assert drop(window, write_midi(tmp_path / "Größe.mid"))
    qtbot.waitUntil(lambda: pitches(window) == [60, 62, 64])
    assert window.windowTitle().startswith("Größe")
    assert not window.isWindowModified()
    assert "3 notes" in window.bar.label.text()
    assert window.settings.preferences.recent == (str(tmp_path / "Größe.mid"),)


def test_what_was_odd_is_told_without_stopping(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    drop(window, write_midi(tmp_path / "cut.mid", cut=6))
    qtbot.waitUntil(window.bar.isVisible)
    assert window.bar.buttons[0].text() == "Details"
    window.bar.buttons[0].click()
    assert window.bar.details.isVisible()
    assert "Odd" in window.bar.details.toPlainText()


def test_a_dropped_file_that_is_no_music_says_so(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "notes.mid").write_text("shopping list", encoding="utf-8")
    drop(window, tmp_path / "notes.mid")
    qtbot.waitUntil(window.bar.isVisible)
    assert window.bar.label.text()
    assert pitches(window) == []


def test_open_asks_before_it_loses_work(window: MainWindow, tmp_path: Path) -> None:
    path = write_midi(tmp_path / "a.mid")
    window.session.history.do("draw", score=window.session.score.with_track(0, Track.of([Note(0, 50, 100)])))

    def press(button: QMessageBox.StandardButton) -> None:
        window.findChildren(QMessageBox)[-1].button(button).click()

    QTimer.singleShot(100, lambda: press(QMessageBox.StandardButton.Cancel))
    assert not window.files.open(path)
    assert pitches(window) == [50]
    QTimer.singleShot(100, lambda: press(QMessageBox.StandardButton.Discard))
    assert window.files.open(path)
    assert pitches(window) == [60, 62, 64]


def test_save_and_open_again(window: MainWindow, tmp_path: Path) -> None:
    window.files.open(write_midi(tmp_path / "a.mid"))
    window.roll.select_all()
    window.roll.transpose(3)
    assert window.isWindowModified()
    window.files.save_to(tmp_path / "my piece")
    assert (tmp_path / "my piece.melomorph").is_file()
    assert not window.isWindowModified()
    assert window.windowTitle().startswith("my piece")
    saved = window.session.document
    window.files.new()
    assert pitches(window) == []
    assert window.menus.menu("&File|Open recent").actions()[0].text() == "my piece.melomorph"
    window.files.open_recent(str(tmp_path / "my piece.melomorph"))
    assert window.session.document == saved
    window.roll.select_all()
    window.roll.transpose(1)
    assert window.files.save()  # under the same name, without asking
    assert not window.session.dirty


def test_a_recent_file_that_is_gone_is_forgotten(window: MainWindow, tmp_path: Path) -> None:
    path = write_midi(tmp_path / "a.mid")
    window.files.open(path)
    path.unlink()
    with pytest.raises(UserError):
        window.files.open_recent(str(path))
    assert window.settings.preferences.recent == ()


def test_export_midi_notation_and_wav(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    window.files.open(write_midi(tmp_path / "a.mid"))
    for name in ("out.mid", "out.musicxml", "out.wav"):
        window.files.exports.to(tmp_path / name)
        qtbot.waitUntil((tmp_path / name).is_file, timeout=20_000)
        qtbot.waitUntil(lambda wanted=name: wanted in window.bar.label.text(), timeout=20_000)
        assert window.bar.buttons[0].text() == "Show in folder"
    assert [m.note for m in mido.MidiFile(str(tmp_path / "out.mid")) if m.type == "note_on"] == [60, 62, 64]
    window.files.open(tmp_path / "out.musicxml")
    assert pitches(window) == [60, 62, 64], "a notation program's file opens like a MIDI file"
    with pytest.raises(UserError):
        window.files.exports.to(tmp_path / "out.docx")


def test_first_launch_shows_a_piece_that_plays(window: MainWindow) -> None:
    studio.begin(window)
    assert len(pitches(window)) > 20
    assert not window.session.dirty
    assert window.session.project_path is None
    window.transport.toggle()
    assert window.transport.playing
    window.transport.stop()


def test_layout_and_volume_are_remembered(window: MainWindow, paths: UserPaths) -> None:
    window.desk.toggle_dock("sliders")
    window.transport.set_volume(0.3)
    window.transport.toggle_metronome()
    assert window.close()
    known = Settings(paths.settings)
    assert (known.preferences.volume, known.preferences.metronome, known.preferences.first_launch) == (0.3, True, False)
    again = studio.make_window(Session(SessionPaths(bundles=paths.models), audio=False), known, paths)
    assert again.docks["sliders"].isHidden()
    assert again.transport.metronome
    again.desk.reset_docks()
    assert not again.docks["sliders"].isHidden()
    again.close()
    again.deleteLater()
