"""What goes out of the window: a part, the tracks, a file dragged away; and earlier versions that come back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import mido
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDrag, QDragEnterEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app import studio
from app.export import PART, STEMS
from app.gestures.drag_out import KEPT, DragOut
from app.main_window import MainWindow
from app.panels.versions import VersionsDialog
from app.settings import Settings, UserPaths
from engine.audio.ports import Keyboards
from engine.commands.document import Document
from engine.errors import UserError
from engine.score import Note, Score, Track
from engine.score.midi_read import read_midi
from engine.score.midi_write import write_midi
from engine.session import Session, SessionPaths
from tests.engine.wires import Wires

FLUTE = Track.of([Note(i * 480, 72 + i, 480) for i in range(8)], "Flute", 73)
BASS = Track.of([Note(i * 1920, 40 + i, 1920) for i in range(2)], "Bass", 32)
PIECE = Document(Score((FLUTE, BASS), name="Lied"))


@pytest.fixture(scope="module")
def one(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MainWindow]:
    home = tmp_path_factory.mktemp("home")
    paths = UserPaths(*(home / name for name in ("settings.json", "autosave", "models", "cache", "log.txt")))
    studio.make_application()
    session = Session(SessionPaths(bundles=paths.models, autosave=paths.autosave), audio=False)
    made = studio.make_window(session, Settings(paths.settings), paths)
    made.show()
    yield made
    QGuiApplication.clipboard().clear()  # a screen that is none would free it when Python is gone, and break down
    session.new()
    made.close()
    made.deleteLater()


@pytest.fixture
def window(one: MainWindow) -> MainWindow:
    one.session.new(PIECE)
    one.files.became("Lied/1")
    return one


@pytest.fixture
def handle(window: MainWindow) -> DragOut:
    found = window.findChild(DragOut)
    assert isinstance(found, DragOut)
    return found


def choose(window: MainWindow, count: int) -> None:
    window.roll.set_track(0)
    window.roll.state.select(range(count))


def onsets(path: Path) -> list[int]:
    return [m.note for m in mido.MidiFile(str(path)) if m.type == "note_on" and m.velocity]


def test_a_selection_or_a_loop_is_written_alone(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    usable = window.menus.actions["file.export_part"]
    window.menus.refresh()
    assert not usable.isEnabled()
    with pytest.raises(UserError, match="Nothing is selected"):
        window.files.exports.to(tmp_path / "no.mid", PART)
    window.roll.set_loop((1920, 3840))
    assert usable.isEnabled()
    window.files.exports.to(tmp_path / "loop.mid", PART)
    choose(window, 3)
    window.files.exports.to(tmp_path / "notes.mid", PART)
    qtbot.waitUntil((tmp_path / "notes.mid").is_file)
    assert sorted(onsets(tmp_path / "loop.mid")) == [41, 76, 77, 78, 79]
    assert onsets(tmp_path / "notes.mid") == [72, 73, 74]


def test_every_track_is_a_file(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    window.files.exports.to(tmp_path / "song.mid", STEMS)
    qtbot.waitUntil(lambda: "2 files are written" in window.bar.label.text())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["song-1-Flute.mid", "song-2-Bass.mid"]


def test_the_piece_is_dragged_out_again_and_again(
    window: MainWindow, handle: DragOut, monkeypatch: pytest.MonkeyPatch
) -> None:
    carried: list[Path] = []

    def take(drag: QDrag) -> Qt.DropAction:
        data = drag.mimeData()
        (url,) = data.urls()
        assert data.hasFormat("text/uri-list") and url.isLocalFile()
        carried.append(Path(url.toLocalFile()))
        actions, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
        enter = QDragEnterEvent(QPoint(9, 9), actions, data, Qt.MouseButton.LeftButton, none)
        enter.ignore()
        window.dragEnterEvent(enter)
        assert not enter.isAccepted(), "the window does not open its own piece"
        return Qt.DropAction.CopyAction

    monkeypatch.setattr(handle, "_exec", take)
    for count in (0, 2, 0):
        choose(window, count)
        drag_by_mouse(handle)
    assert [len(onsets(path)) for path in carried] == [10, 2, 10]
    assert [path.name for path in carried] == ["Lied 1.mid", "Lied 1, part.mid", "Lied 1.mid"]
    score, _ = read_midi(carried[0])
    assert [(track.name, track.program) for track in score.tracks] == [("Flute", 73), ("Bass", 32)]
    for _ in range(KEPT + 2):
        handle.drag()
    assert len(list((window.paths.cache / "dragged").iterdir())) == KEPT, "old ones go"


def drag_by_mouse(handle: DragOut) -> None:
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    QTest.mouseMove(handle, QPoint(8, 5))
    QTest.mouseMove(handle, QPoint(60, 40))
    QTest.mouseRelease(handle, Qt.MouseButton.LeftButton, pos=QPoint(60, 40))


def test_a_press_copies_the_file(window: MainWindow, handle: DragOut) -> None:
    QTest.mouseClick(handle, Qt.MouseButton.LeftButton)
    (url,) = QGuiApplication.clipboard().mimeData().urls()
    assert len(onsets(Path(url.toLocalFile()))) == 10 and "is copied" in window.bar.label.text()
    window.session.new()
    handle.click()
    assert "no notes" in window.bar.label.text()


def test_an_earlier_version_comes_back_as_one_step(window: MainWindow, tmp_path: Path) -> None:
    session = window.session
    assert "not saved yet" in VersionsDialog(session, "Lied").words.text()
    window.files.save_to(tmp_path / "Lied.melomorph")
    assert "none yet" in VersionsDialog(session, "Lied").words.text()
    session.history.do("cut", score=session.score.with_track(0, Track(name="Flute", program=73)))
    window.files.save()
    dialog = VersionsDialog(session, "Lied", window)
    assert dialog.list.count() == 1 and "10 notes, 2 tracks" in dialog.list.item(0).text()
    dialog.back.click()
    assert session.score == PIECE.score and session.dirty and "version of" in session.history.undo_label
    window.files.undo()
    assert session.score.note_count == 2
    dialog.deleteLater()


@pytest.fixture
def wires(window: MainWindow) -> Iterator[Wires]:
    session, found = window.session, Wires(["Keys"])
    session.new(Document(Score((Track(name="Melody", program=73),))))
    session.keyboards = Keyboards(session._key, found)
    yield found
    if window.midi.recording:
        window.midi.record()


def test_a_keyboard_is_written_note_by_note_and_chord_by_chord(window: MainWindow, wires: Wires) -> None:
    record = window.menus.actions["play.record"]
    wires.sources = []
    record.trigger()
    assert "No MIDI keyboard" in window.bar.label.text() and not record.isChecked()
    wires.sources = ["Keys"]
    record.trigger()
    assert record.isChecked() and window.session.instrument == (73, False)
    for pitches in ((60,), (62, 65)):
        for pitch in pitches:
            wires.key(pitch, 80)
        for pitch in pitches:
            wires.key(pitch, 0)
    step = window.roll.state.draw_length
    written = [(n.start, n.pitch, n.velocity) for n in window.session.score.tracks[0].notes]
    assert written == [(0, 60, 80), (step, 62, 80), (step, 65, 80)]
    window.files.undo()
    assert window.session.score.note_count == 1, "a chord is one step"
    record.trigger()
    wires.key(72, 80)
    wires.key(72, 0)
    assert window.session.score.note_count == 1 and not record.isChecked()


def test_a_keyboard_is_recorded_while_the_piece_plays(window: MainWindow, wires: Wires, qtbot: QtBot) -> None:
    session = window.session
    window.roll.set_loop((0, 3840))
    window.menus.actions["play.record"].trigger()
    window.transport.toggle()
    qtbot.waitUntil(lambda: session.player.tick > 30)
    wires.key(60, 100)
    begun = session.player.tick
    qtbot.waitUntil(lambda: session.player.tick > begun + 60)
    wires.key(60, 0)
    assert session.score.note_count == 0, "written when playback stops"
    assert window.roll.state.sketch is not None and window.roll.state.sketch.columns.shape[1] == 1, "but seen at once"
    window.transport.stop()
    qtbot.waitUntil(lambda: session.score.note_count == 1)
    (note,) = session.score.tracks[0].notes
    assert note.pitch == 60 and note.velocity == 100 and 30 <= note.start <= begun + 20 and note.length >= 40
    assert window.roll.state.sketch is None
    window.menus.actions["play.record"].trigger()
    window.roll.set_loop(None)


def test_several_files_and_a_soundfont_dropped_are_told(window: MainWindow, tmp_path: Path) -> None:
    for name in ("a.mid", "b.mid"):
        write_midi(PIECE.score, tmp_path / name)
    window.files.take([tmp_path / "a.mid", tmp_path / "b.mid"])
    assert window.files.title == "a" and "Of 2 files “a.mid” is open" in window.bar.label.text()
    font = tmp_path / "Flügel.sf2"
    window.files.take([font])
    assert window.settings.preferences.soundfont == str(font) and window.session.soundfont == font
    assert "Flügel.sf2" in window.bar.label.text() and window.files.title == "a"
