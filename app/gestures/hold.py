"""Space held: the left button moves the paper, as the middle one does. What Space did to the player is taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent

if TYPE_CHECKING:
    from app.views.roll.pianoroll import PianoRoll


class SpaceHold(QObject):
    """Watches the keys and the mouse of a roll.

    Space itself is a shortcut of the window, which plays at once: nobody shall wait to see whether a drag follows. So
    it is only when a drag does follow that the player is put back to what it did.

    Args:
        roll: that has the keyboard.
    """

    def __init__(self, roll: PianoRoll) -> None:
        super().__init__(roll)
        self._roll = roll
        self._held = self._played = False
        roll.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._held = event.type() == QEvent.Type.ShortcutOverride and not event.modifiers()
            self._played = self._held
        elif event.type() == QEvent.Type.FocusOut:
            self._held = False
        elif self._held and event.type() == QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent):
            left = event.button() == Qt.MouseButton.LeftButton
            if left:
                self._pan(event)
            return left
        return False

    def _pan(self, event: QMouseEvent) -> None:
        if self._played:  # once: further drags while Space is held leave the player alone
            self._roll.roll.session.player.toggle()
            self._played = False
        middle, none = Qt.MouseButton.MiddleButton, Qt.KeyboardModifier.NoModifier
        at, there = event.position(), event.globalPosition()
        self._roll.mousePressEvent(QMouseEvent(QEvent.Type.MouseButtonPress, at, there, middle, middle, none))
