"""Resting on a dot of the map: its melody is drawn at once, and heard after a moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QTimer
from PySide6.QtWidgets import QWidget

from app.theme import Theme
from app.views.map.card import HoverCard
from app.views.mini_roll import Frame
from engine.codecs.melody import is_compound

if TYPE_CHECKING:
    from engine.session import Session

REST_MS = 220  # the mouse rests this long on a dot before it is heard
TICKS = 480  # per quarter, for melodies that are only drawn


class MapHover(QObject):
    """Draws and sounds the melody under the mouse.

    Attributes:
        card: where it is drawn.
        sounds: it is heard, too, while nothing else plays.
    """

    def __init__(self, session: Session, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self.card = HoverCard(theme, parent)
        self.sounds = True
        self._index = -1
        self._heard = False
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._hear)

    def set_sounds(self, on: bool) -> None:
        """Let melodies be heard, or only seen; what sounds now falls silent with it."""
        self.sounds = on
        if not on:
            self._quiet()

    def over(self, index: int, near: QPoint) -> None:
        """The mouse is over a melody of the map, at a point of the card's parent."""
        latent = self._session.map
        if latent is None or index >= len(latent.melodies):
            return
        self._quiet()
        self._index = index
        frame = Frame.window(latent.codec, TICKS, bool(is_compound(latent.melodies[index])))
        self.card.show_melody(latent.titles[index], latent.notes(index, TICKS), frame, near)
        self._rest.start()

    def leave(self) -> None:
        """The mouse is over none, or begins to drag."""
        self._quiet()
        self._index = -1
        self._rest.stop()
        self.card.hide()

    def _hear(self) -> None:
        if self.sounds and self._index >= 0 and not self._session.player.playing:
            self._heard = True
            self._session.ask.hover(self._index)

    def _quiet(self) -> None:
        if self._heard:
            self._heard = False
            self._session.player.stop_preview()
