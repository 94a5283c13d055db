"""Cards dragged away: outlined over the roll, written where the hand lets go, a MIDI file for other programs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDrag, QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.gestures.carry import KIND, Carried, alone
from app.main_window import MainWindow
from app.panels.candidates import Candidate
from app.panels.ideas.hand import as_piece, in_hand
from app.panels.ideas.results import Result
from app.views.roll.editor import RollEditor
from engine.codecs.codec import Voice
from engine.events import IdeasReady
from engine.score import Key, Meter, Note, Origin, Score, Tempo, Track
from engine.score.midi_read import read_midi
from engine.verbs.idea import Idea

BAR = 1920
LEFT, COPY, NO_KEYS = Qt.MouseButton.LeftButton, Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
ALT = Qt.KeyboardModifier.AltModifier
TUNE = tuple(Note(i * 480, 60 + i, 480, 80, Origin.GENERATED) for i in range(4))
CHOIR = (Voice("Soprano", 52, TUNE[:1]), Voice("Bass", 32, (Note(0, 40, BAR),)))


def carried(voices: tuple[Voice, ...] = (Voice("", 0, TUNE),), resolution: int = 480) -> QMimeData:
    mime = QMimeData()
    mime.setData(KIND, Carried("draw: 1", voices, 4 * resolution, resolution).data())
    return mime


class Hand:
    """What a platform's drag sends to a widget."""

    def __init__(self, over: QWidget, mime: QMimeData) -> None:
        self.over, self.mime = over, mime
        self.at = QPoint(over.width() // 2, 60)
        self.taken = self._send(QDragEnterEvent(self.at, COPY, mime, LEFT, NO_KEYS))

    def move(self, x: float, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
        self.at = QPoint(round(x), 60)
        self._send(QDragMoveEvent(self.at, COPY, self.mime, LEFT, keys))

    def drop(self) -> None:
        self._send(QDropEvent(QPointF(self.at), COPY, self.mime, LEFT, NO_KEYS))

    def leave(self) -> None:
        QCoreApplication.sendEvent(self.over, QDragLeaveEvent())

    def _send(self, event: QDropEvent) -> bool:
        event.ignore()
        QCoreApplication.sendEvent(self.over, event)
        return event.isAccepted()


def in_bar(editor: RollEditor, bar: int, part: float = 0.6) -> float:
    return editor.state.geometry.x_of((bar - 1 + part) * BAR)


def written(editor: RollEditor, track: int = 0) -> list[tuple[int, int]]:
    return [(note.start, note.pitch) for note in editor.state.score.tracks[track].notes]


def test_music_is_outlined_at_its_bar_and_written_there_as_one_undo_step(editor: RollEditor) -> None:
    before, said = editor.state.session.history.document, []
    editor.described.connect(said.append)
    hand = Hand(editor.roll, carried())
    hand.move(in_bar(editor, 2))
    sketch = editor.state.sketch
    assert hand.taken and sketch is not None and sketch.here and sketch.span == (BAR, 2 * BAR)
    assert sketch.columns[0].tolist() == [BAR + i * 480 for i in range(4)] and "bar 2" in said[-1]
    hand.move(in_bar(editor, 3))
    assert editor.state.sketch is not None and editor.state.sketch.span == (2 * BAR, 3 * BAR)
    assert editor.state.session.history.document is before
    hand.drop()
    assert written(editor)[-4:] == [(2 * BAR + i * 480, 60 + i) for i in range(4)]
    assert editor.state.sketch is None and editor.state.session.history.labels == ["draw: 1"]
    assert [note.start for note in editor.selected_notes] == [2 * BAR + i * 480 for i in range(4)]
    editor.state.session.history.undo()
    assert editor.state.session.history.document == before


def test_notes_out_of_sight_are_brought_into_sight(editor: RollEditor) -> None:
    geometry, high = editor.state.geometry, tuple(Note(i * 480, 110 + i, 480) for i in range(4))
    assert geometry.y_of(113) < 0
    left = geometry.left
    hand = Hand(editor.roll, carried((Voice("", 0, high),)))
    assert geometry.y_of(113) >= 0 and geometry.left == left
    hand.leave()


def test_with_alt_it_goes_to_a_step_of_the_grid(editor: RollEditor) -> None:
    editor.set_grid("1/4")
    hand = Hand(editor.roll, carried())
    hand.move(in_bar(editor, 2, 0.3), ALT)
    assert editor.state.sketch is not None and editor.state.sketch.span[0] == BAR + 480


def test_escape_and_leaving_leave_no_trace(editor: RollEditor) -> None:
    before = editor.state.session.history.document
    hand = Hand(editor.roll, carried())
    hand.move(in_bar(editor, 3))
    hand.leave()  # a platform says so after Escape as well
    assert editor.state.sketch is None and editor.state.session.history.document is before


def test_the_sketch_of_a_verb_at_work_does_not_hide_what_is_in_the_hand(editor: RollEditor) -> None:
    hand = Hand(editor.roll, carried())
    hand.move(in_bar(editor, 3))
    editor.show_sketch(Idea("1", (Voice("", 0, TUNE),), at=0, ticks=BAR))
    assert editor.state.sketch is not None and editor.state.sketch.span[0] == 2 * BAR
    hand.leave()
    editor.show_sketch(Idea("1", (Voice("", 0, TUNE),), at=0, ticks=BAR))
    assert editor.state.sketch is not None and editor.state.sketch.span[0] == 0


def test_at_the_edge_the_paper_moves_along(editor: RollEditor, qtbot: QtBot) -> None:
    editor.state.geometry.zoom_time(1.5, 0)
    hand = Hand(editor.roll, carried())
    hand.move(editor.roll.width() - 4)
    left, first = editor.state.geometry.left, editor.state.sketch.span[0]  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: editor.state.sketch.span[0] > first, timeout=3000)  # type: ignore[union-attr]
    assert editor.state.geometry.left > left
    hand.leave()


def test_voices_go_to_tracks_of_their_names_and_another_resolution_is_fitted(editor: RollEditor) -> None:
    hand = Hand(editor.roll, carried(tuple(Voice(v.name, v.program, tuple(
        Note(n.start // 4, n.pitch, n.length // 4) for n in v.notes)) for v in CHOIR), 120))  # fmt: skip
    hand.move(in_bar(editor, 3))
    assert editor.state.sketch is not None and not editor.state.sketch.here
    hand.drop()
    tracks = {track.name: [(n.start, n.length) for n in track.notes] for track in editor.state.score.tracks[2:]}
    assert tracks == {"Soprano": [(2 * BAR, 480)], "Bass": [(2 * BAR, BAR)]}


@pytest.mark.parametrize(
    "data",
    [b"", b"{}", b"[1]", b'["x", 0, 480, []]', b'["x", 9, 480, [["", 0, null, [[-1], [60], [1], [80], [0]]]]]',
     b'["x", 9, 480, [["", 300, null, [[0], [60], [1], [80], [0]]]]]', b"[" * 100_000],
)  # fmt: skip
def test_what_only_looks_like_music_of_ours_is_not_taken(editor: RollEditor, data: bytes) -> None:
    mime = QMimeData()
    mime.setData(KIND, data)
    before, hand = editor.state.session.history.document, Hand(editor.roll, mime)
    hand.move(in_bar(editor, 3))
    hand.drop()
    assert not hand.taken and editor.state.session.history.document is before


def test_a_file_is_left_to_the_window(editor: RollEditor) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile("song.mid")])
    assert not Hand(editor.roll, mime).taken


def test_only_what_is_new_is_dropped_and_all_that_is_heard_goes_to_other_programs() -> None:
    voices = (Voice("Mine", 0, TUNE), Voice("Alto", 52, (Note(0, 50, 480), Note(960, 52, 480))))
    idea = Idea("2", voices, at=8 * BAR, ticks=BAR, fresh=(960, BAR), written=(1,))
    result = Result.of("harmonize", "deephear", [idea], 480, False)
    music = in_hand(result, 0)
    assert music.ticks == 960 and [(v.name, v.notes) for v in music.voices] == [("Alto", (Note(0, 52, 480),))]
    score = Score((Track((), "Flute", 73),), (Tempo(0, 500_000), Tempo(8 * BAR, 400_000)),
                  (Meter(0, 4, 4), Meter(4 * BAR, 6, 8)), (Key(0, 2),))  # fmt: skip
    piece = as_piece(result, 0, score, (0, 0))
    assert [(t.name, len(t.notes)) for t in piece.tracks] == [("Mine", 4), ("Alto", 2)]
    assert piece.tempos == (Tempo(0, 400_000),) and piece.meters == (Meter(0, 6, 8),) and len(piece.keys) == 1
    nameless = alone(score, (Voice("", 0, TUNE),), 0, 7)
    assert (nameless.tracks[0].name, nameless.tracks[0].program) == ("Flute", 73)


# out of the panels --------------------------------------------------------------------------------------------------


@pytest.fixture
def drags(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[QMimeData]]:
    """What was given to the platform to be dragged: it has no hand to drag with here."""
    begun: list[QMimeData] = []
    monkeypatch.setattr(QDrag, "exec", lambda drag, *actions: begun.append(_kept(drag.mimeData())))
    yield begun


def _kept(mime: QMimeData) -> QMimeData:
    made = QMimeData()
    for kind in mime.formats():
        made.setData(kind, mime.data(kind))
    return made


def pull(window: MainWindow, widget: QWidget, at: QPoint) -> None:
    """Press there, and move until it is a drag."""
    handle, point = window.windowHandle(), widget.mapTo(window, at)
    QTest.mousePress(handle, LEFT, NO_KEYS, point)
    for step in (2, 30, 60):
        QTest.mouseMove(handle, point + QPoint(0, -step))
        QCoreApplication.processEvents()


def let_go(window: MainWindow) -> None:
    QTest.mouseRelease(window.windowHandle(), LEFT, NO_KEYS, QPoint(5, 5))


def test_cards_of_ideas_and_candidates_are_dragged_into_the_piece_and_out(
    window: MainWindow, qtbot: QtBot, drags: list[QMimeData]
) -> None:
    session, ideas, roll = window.session, window.workshop.ideas, window.roll
    ideas.on_event(IdeasReady("draw", "melody_vae", (Idea("1", (Voice("", 0, TUNE),)),)))
    qtbot.waitUntil(window.docks["ideas"].isVisible)
    cards = ideas.rows[0].cards
    pull(window, cards.viewport(), cards.visualRect(cards.ideas.index(0)).center())
    qtbot.waitUntil(lambda: len(drags) == 1)
    let_go(window)
    (url,) = drags[0].urls()
    score, _ = read_midi(Path(url.toLocalFile()))
    assert [note.pitch for note in score.tracks[0].notes] == [60, 61, 62, 63] and score.tracks[0].program == 73
    hand = Hand(roll.roll, drags[0])
    hand.move(in_bar(roll, 3))
    hand.drop()
    assert session.history.labels == ["New ideas: 1"]
    assert not Hand(window, drags[0]).taken, "dropped beside the roll the window must not open it as a file"
    strip = window.candidates
    strip._candidates = [Candidate(TUNE, (0.0,), 1, False, "melody_vae")]
    strip._show()
    pull(window, strip.cards[0], strip.cards[0].rect().center() + QPoint(0, 20))
    qtbot.waitUntil(lambda: len(drags) == 2)
    let_go(window)
    music = Carried.of(drags[1])
    assert music is not None and music.voices[0].notes == TUNE and music.ticks == 2 * BAR
    assert drags[1].urls() and drags[1].urls() != drags[0].urls()


def test_a_flick_that_is_over_already_drags_nothing(window: MainWindow, qtbot: QtBot, drags: list[QMimeData]) -> None:
    ideas = window.workshop.ideas
    ideas.on_event(IdeasReady("draw", "melody_vae", (Idea("1", (Voice("", 0, TUNE),)),)))
    qtbot.waitUntil(window.docks["ideas"].isVisible)
    ideas.rows[0].cards.dragged.emit(0)
    qtbot.wait(20)
    assert not drags and not ideas.findChildren(QDrag)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
