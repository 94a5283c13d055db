"""What dials and bricks work on: the music as it stands, drawn, heard, and used when it pleases."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from app.i18n import tr
from app.icons import icon
from app.panels.ideas.sound import IdeaSound
from app.theme import GRID, RADIUS, Theme
from app.views.mini_roll import Frame, MiniRoll
from engine.codecs.catalog import codec
from engine.codecs.codec import Voice
from engine.commands.place import place as placed_in
from engine.events import DocumentChanged, Event, MelodyMorphed
from engine.models.registry import row as row_of
from engine.score import Note

if TYPE_CHECKING:
    from engine.session import Session

ROLL_HEIGHT = 60  # px


class Bench(QWidget):
    """A mini-roll with a playhead, a button that plays it and one that writes it into the piece.

    Args:
        session: what sounds and is written to.
        theme: colours.
        marker: where it would be written: tick and edited track.
        label: of the undo step.

    Attributes:
        written: the notes that were written last.

    Signals: `used` after it was written.
    """

    used = Signal()

    def __init__(
        self,
        session: Session,
        theme: Theme,
        marker: Callable[[], tuple[int, int]],
        label: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._marker, self._label, self._theme = session, marker, label, theme
        self.voices: tuple[Voice, ...] = ()
        self.written: tuple[Note, ...] = ()
        self._model, self._resolution, self._compound = "", 0, False
        self._lent = False  # the player plays the piece with this music in it
        self._build(theme)
        self.set_theme(theme)
        self.clear()

    def _build(self, theme: Theme) -> None:
        self.roll = MiniRoll(theme)
        self.roll.setFixedHeight(ROLL_HEIGHT)
        self.sound = IdeaSound(self._session, self)
        self.sound.moved.connect(lambda _, fraction: self.roll.set_playhead(fraction))
        self.sound.ended.connect(lambda: self.roll.set_playhead(None))
        self.play, self.use = QToolButton(), QPushButton(tr("Use it"))
        self.play.setIconSize(QSize(16, 16))
        self.play.setToolTip(tr("Hear it"))
        self.play.setAccessibleName(tr("Hear it"))
        self.play.clicked.connect(lambda: self.sound.stop() if self.sound.sounding else self.hear())
        self.use.setProperty("role", "primary")
        self.use.setToolTip(tr("Write it into the piece at the marker"))
        self.use.clicked.connect(self.write)
        self.below = QVBoxLayout()  # under the roll, as wide as it
        self.below.setSpacing(GRID // 2)
        self.below.addWidget(self.roll)
        side = QVBoxLayout()
        side.setSpacing(GRID // 2)
        side.addWidget(self.use)
        side.addWidget(self.play, 0, Qt.AlignmentFlag.AlignHCenter)
        side.addStretch(1)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(GRID)
        line.addLayout(self.below, 1)
        line.addLayout(side)

    def clear(self) -> None:
        """Nothing to hear."""
        self.let_go()
        self.voices = ()
        self.roll.set_voices((), Frame())
        for button in (self.play, self.use):
            button.setEnabled(False)

    def show_music(self, model: str, voices: tuple[Voice, ...], compound: bool) -> None:
        """The music of a model as it stands now; `compound` bars have twelve sixteenths."""
        self._model, self.voices, self._compound = model, voices, compound
        self._resolution = self._session.score.ticks_per_quarter
        how = codec(row_of(model).codec)
        self.roll.set_voices([voice.notes for voice in voices], Frame(0, self.span, how.bars))
        for button in (self.play, self.use):
            button.setEnabled(any(voice.notes for voice in voices))

    @property
    def span(self) -> int:
        """Length of the music in ticks."""
        return codec(row_of(self._model).codec).span_ticks(self._resolution, self._compound)

    def hear(self, dragging: bool = False) -> None:
        """Let it be heard: while the hand is on it and the piece plays, in its place there; else by itself."""
        if not self.voices:
            return
        tick, track = self._marker()
        if dragging and self._session.player.playing:
            self._lent = True
            placed = placed_in(self._session.score, [self.voices], tick, self.span, track)
            self._session.play_score(placed.score)
        else:
            self.sound.play([self.voices], self.span, track, follow=dragging)

    def let_go(self) -> None:
        """The hand is off: the piece plays as it is written again."""
        if self._lent:
            self._lent = False
            self._session.play_score(self._session.score)

    def write(self) -> None:
        """Write it into the piece at the marker, as one undo step."""
        if not self.voices:
            return
        tick, track = self._marker()
        self.sound.stop()
        placed = placed_in(self._session.score, [self.voices], tick, self.span, track)
        self.written = placed.notes
        self._lent = False
        self._session.history.do(self._label, score=placed.score, initiator=self)
        self.used.emit()

    def on_event(self, event: Event) -> None:
        """Make way for the map; forget music in another resolution."""
        if isinstance(event, MelodyMorphed):
            self.sound.stop(quiet=False)
        elif isinstance(event, DocumentChanged) and self._session.score.ticks_per_quarter != self._resolution:
            self.clear()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.write()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A raised sheet behind the roll."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.line, 1))
        painter.setBrush(self._theme.raised)
        painter.drawRoundedRect(QRectF(self.roll.geometry()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme = theme
        self.roll.set_theme(theme)
        self.play.setIcon(icon("play", theme))
