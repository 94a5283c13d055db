"""A composer's whole way, by mouse: fifty MIDI files dropped on the window become a card that plays."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QComboBox, QWidget
from pytestqt.qtbot import QtBot

from app import studio
from app.main_window import MainWindow
from app.panels.training.sheet import TrainingForm
from engine.models import bundle as bundles
from engine.score import Key, Note, Score, Track
from engine.score.midi_write import write_midi
from tests.app.test_shell_training import SMALL

LEFT = Qt.MouseButton.LeftButton
FILES, STEPS = 50, 60


def write_songs(folder: Path) -> None:
    """Fifty songs over a walking bass, no two alike, and two files that no one can read."""
    folder.mkdir()
    rng = np.random.default_rng(4)
    for number in range(FILES):
        at, pitch, melody = 0, 67, []
        while at < 16 * 1920:
            length = int(rng.choice([240, 240, 480, 720]))
            pitch = int(np.clip(pitch + rng.choice([-4, -2, -1, 1, 2, 3]), 57, 84))
            melody.append(Note(at, pitch, length))
            at += length
        bass = [Note(beat * 960, 36 + int(rng.integers(0, 12)), 900) for beat in range(32)]
        tracks = (Track.of(melody, "Melody"), Track.of(bass, "Bass", 32))
        write_midi(Score(tracks, keys=(Key(0, number % 5 - 2),), name=f"Song {number}"), folder / f"{number:02d}.mid")
    (folder / "broken.mid").write_bytes(b"not music")
    (folder / "00 again.mid").write_bytes((folder / "00.mid").read_bytes())


def drop(widget: QWidget, path: Path) -> None:
    """As a hand drops a folder from a file manager."""
    mime, actions = QMimeData(), Qt.DropAction.CopyAction
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    none = Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(widget, QDragEnterEvent(QPoint(40, 40), actions, mime, LEFT, none))
    QApplication.sendEvent(widget, QDropEvent(QPointF(40, 40), actions, mime, LEFT, none, QEvent.Type.Drop))


def click(widget: QWidget) -> None:
    """In the middle of a widget, where it can be clicked."""
    assert widget.isVisible() and widget.isEnabled(), widget
    QTest.mouseClick(widget, LEFT)


def pick(qtbot: QtBot, box: QComboBox, data: object) -> None:
    """Open a box and click an entry."""
    box.showPopup()
    view = box.view()
    qtbot.waitUntil(view.isVisible)
    index = box.model().index(box.findData(data), 0)
    view.scrollTo(index)
    QTest.mouseClick(view.viewport(), LEFT, pos=view.visualRect(index).center())
    qtbot.waitUntil(lambda: box.currentData() == data and not view.isVisible())
    box.window().activateWindow()  # as window managers do when a list closes
    qtbot.waitUntil(box.window().isActiveWindow)


def _shown(sheet: TrainingForm, widget: QWidget) -> bool:
    """Scroll to a widget as soon as it has its place."""
    sheet._scroll.ensureWidgetVisible(widget)
    return not widget.visibleRegion().isEmpty()


def put(box: QWidget, text: str) -> None:
    """Click into a field of numbers and type over what is there."""
    assert isinstance(box, QAbstractSpinBox) and box.isEnabled()
    QTest.mouseClick(box.lineEdit(), LEFT)
    assert box.hasFocus(), box.accessibleName()
    box.selectAll()
    QTest.keyClicks(box, text)
    QTest.keyClick(box, Qt.Key.Key_Tab)
    assert box.text() == text or float(box.text()) == float(text)


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_fifty_files_become_a_card_that_plays(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    window.resize(1440, 900)
    studio.wake(window)
    write_songs(tmp_path / "My songs")
    drop(window, tmp_path / "My songs")
    qtbot.waitUntil(lambda: window.training.sheet is not None)  # what is dropped asks what may be learnt from it
    sheet = window.training.sheet
    assert sheet is not None and sheet.isVisible()
    qtbot.waitUntil(sheet.isActiveWindow)
    pick(qtbot, sheet.model, "melody_vae")
    qtbot.waitUntil(lambda: sheet.music.found is not None, timeout=60_000)
    found = sheet.music.found
    assert found is not None and (found.files, found.read, len(found.copies)) == (FILES + 2, FILES, 1)
    assert [one.file for one in found.skipped] == ["broken.mid"] and found.windows["melody"] > 500
    assert sheet.name.line.text() == "My songs"

    assert not sheet.start.name, "the small one that is here knows no more music"
    # what a composer would leave as it is: minutes, the size of the network
    how = sheet.how
    assert how.length is not None and how.inner is not None
    put(how.length.editors["minutes"], "0")
    qtbot.waitUntil(how.length.editors["steps"].isEnabled)
    put(how.length.editors["steps"], str(STEPS))
    sheet._scroll.ensureWidgetVisible(how.inner)
    click(how.inner.button)
    qtbot.waitUntil(lambda: how.network is not None)
    assert how.network is not None
    for name, size in SMALL.items():
        editor = how.network.editors[name]
        qtbot.waitUntil(lambda editor=editor: not editor.visibleRegion().isEmpty() or _shown(sheet, editor))
        put(editor, str(size))
    assert how.changes["steps"] == STEPS and how.network_changes == SMALL
    click(sheet.go)

    room, mine = window.workshop.training, "melody_vae~My songs"
    qtbot.waitUntil(lambda: room.shown is not None and room.shown.progress is not None, timeout=90_000)
    assert room.isVisible() and room.shown is not None and room.shown.name == mine
    qtbot.waitUntil(lambda: mine in window.models.cards, timeout=200_000)
    card = window.models.cards[mine]
    qtbot.waitUntil(lambda: card.is_open)
    assert list(window.models.cards).index(mine) == 1 + list(window.models.cards).index("melody_vae")
    header = bundles.read_header(window.paths.models / f"{mine}.safetensors")
    assert header["corpus"]["name"] == "My songs" and header["recipe"]["steps"] == STEPS
    assert header["evaluation"]["figures"]["prior_fd"] > 0
    assert [path.name for path in window.paths.models.iterdir()] == [f"{mine}.safetensors"], "nothing is left over"

    # it plays: its own map comes up, its ideas are written into the piece, one undo step each
    click(card.show_map)
    qtbot.waitUntil(lambda: window.session.steering.model == mine and window.session.map is not None, timeout=30_000)
    draw = card.forms["draw"]
    window.models._scroll.ensureWidgetVisible(draw)
    click(draw.button)
    window.models._scroll.ensureWidgetVisible(draw.go)
    click(draw.go)
    ideas = window.workshop.ideas
    qtbot.waitUntil(lambda: bool(ideas.rows), timeout=60_000)
    before = window.session.score
    cards = ideas.rows[0].cards
    QTest.mouseDClick(cards.viewport(), LEFT, pos=cards.visualRect(cards.ideas.index(0)).center())
    qtbot.waitUntil(lambda: window.session.score != before)
    window.session.ask.render(tmp_path / "piece.wav")
    qtbot.waitUntil(lambda: not window.session.work.busy, timeout=60_000)
    sound, rate = soundfile.read(tmp_path / "piece.wav")
    assert len(sound) > 2 * rate and 0.01 < np.abs(sound).max() < 1
    window.session.history.undo()
    assert window.session.score == before
