"""Music dropped on the roll: outlined at the bar under the mouse, written there when the hand lets go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent

from app.gestures.carry import Carried
from app.i18n import tr
from app.views.roll.ghosts import Sketch
from app.views.roll.note_table import PITCH
from engine.commands.changes import Edit

if TYPE_CHECKING:
    from app.views.roll.pianoroll import PianoRoll

EDGE = 28  # px at the left and right: there the paper moves along
EVERY_MS, STEP = 30, 10  # how often, and by how many pixels


class MusicDrop(QObject):
    """Takes what is dragged onto a roll; Escape or letting go elsewhere leaves no trace.

    Args:
        roll: where music may be dropped.
    """

    def __init__(self, roll: PianoRoll) -> None:
        super().__init__(roll)
        self._roll = roll
        self._music: Carried | None = None
        self._at, self._free = QPointF(), False
        self._tick = -1  # where it is outlined
        self._pull = QTimer(self, interval=EVERY_MS)
        self._pull.timeout.connect(self._scroll)
        roll.setAcceptDrops(True)
        roll.installEventFilter(self)

    @property
    def active(self) -> bool:
        """Music is over the roll: the outlines are its own."""
        return self._music is not None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter, move, leave, drop; a file from elsewhere is left to the window."""
        if isinstance(event, QDragEnterEvent):
            self._music = Carried.of(event.mimeData())
            if self._music is not None:
                self._bring_into_sight(self._music)
        if isinstance(event, QDropEvent):  # all but leaving are drops, for Qt
            if self._music is None:
                event.ignore()
                return True
            self._follow(event.position(), event.modifiers())
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            if not isinstance(event, QDragMoveEvent):
                self._write()
            return True
        if event.type() == QEvent.Type.DragLeave:
            self._forget()
            return True
        return False

    def _follow(self, at: QPointF, keys: Qt.KeyboardModifier) -> None:
        self._at, self._free = at, bool(keys & Qt.KeyboardModifier.AltModifier)
        self._show()
        pulled = not EDGE <= at.x() <= self._roll.width() - EDGE
        (self._pull.start if pulled else self._pull.stop)()

    def _scroll(self) -> None:
        self._roll.roll.geometry.scroll_by(STEP if self._at.x() > EDGE else -STEP, 0)
        self._show()

    def _show(self) -> None:
        """Outline it at the bar under the mouse, with Alt at the step of the grid."""
        state, music = self._roll.roll, self._music
        assert music is not None
        under = state.geometry.tick_at(self._at.x())
        tick = state.bars.snap(under, state.step, "down") if self._free else state.bars.bar_start(int(under))
        if tick == self._tick:
            return
        self._tick, edited = tick, state.current.name.casefold()
        here = any(voice.name.casefold() in ("", edited) for voice in music.voices) and not state.current.drums
        span = (tick, tick + music.span(state.score))
        state.set_sketch(Sketch(music.columns(state.score, tick), span, here))
        bar, beat = state.bars.place(tick)
        words = tr("Let go to write it at bar {bar}.")
        if self._free:
            words = tr("Let go to write it at bar {bar}, beat {beat}.")
        state.say(words.format(bar=bar, beat=beat))

    def _bring_into_sight(self, music: Carried) -> None:
        """Scroll up or down so that its notes are seen where they would be."""
        geometry, pitches = self._roll.roll.geometry, music.columns(self._roll.roll.score, 0)[PITCH]
        for pitch in (pitches.min(), pitches.max()) if len(pitches) else ():
            geometry.reveal((geometry.left + geometry.right) / 2, int(pitch))

    def _write(self) -> None:
        state, music, tick = self._roll.roll, self._music, self._tick
        self._forget()
        assert music is not None
        placed = music.placed(state.score, tick, state.track)
        state.commit(music.label, Edit(placed.score, placed.notes))
        self._roll.setFocus(Qt.FocusReason.MouseFocusReason)

    def _forget(self) -> None:
        self._pull.stop()
        self._music, self._tick = None, -1
        self._roll.roll.set_sketch(None)
