"""Play, stop, loop, position, tempo, volume: the bar at the bottom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QToolButton,
    QWidget,
)

from app.i18n import tr
from app.icons import icon
from app.menus import Menus
from app.theme import Theme, font
from app.views.meter import MeterButton, ask_tempo
from app.views.roll.bars import Bars
from engine.commands.arrange import FASTEST, SLOWEST, tempo_at, with_tempo
from engine.events import DocumentChanged, Event, PlayheadMoved

if TYPE_CHECKING:
    from engine.session import Session

TEMPO_SETTLES_MS = 350  # arrow clicks on the tempo within this time become one undo step


def clock(seconds: float) -> str:
    """Minutes and seconds, with tenths."""
    tenths = int(max(0.0, seconds) * 10)
    return f"{tenths // 600}:{tenths // 10 % 60:02d}.{tenths % 10}"


class TransportView(QWidget):
    """Shows where the player is and asks it to move."""

    loop_toggled = Signal(bool)
    volume_changed = Signal(float)
    metronome_changed = Signal(bool)
    finished = Signal()  # a tempo was typed; the keyboard may go elsewhere

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._theme = session, theme
        self.setProperty("role", "bar")
        self.looping = self.metronome = False
        self._playing = False
        self._tick = 0.0
        self._score = session.score
        self._bars = Bars(session.score)
        self.play_button = QPushButton()
        self.play_button.setProperty("role", "primary")
        self.play_button.setFixedSize(QSize(52, 34))
        self.play_button.setIconSize(QSize(20, 20))
        self.play_button.clicked.connect(self.toggle)
        self.place, self.time = QLabel(), QLabel()
        self._make_labels()
        self.tempo = self._make_tempo()
        self.meter = MeterButton(session)
        self._speaker, self.volume = QLabel(), self._make_volume()
        self._settled = QTimer(self, singleShot=True, interval=TEMPO_SETTLES_MS)
        self._settled.timeout.connect(self.commit_tempo)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 6, 12, 6)
        self._row.setSpacing(4)
        self._show_all()

    # ------------------------------------------------------------------------------------------------ assembling

    def add_buttons(self, menus: Menus) -> None:
        """Lay the bar out around the buttons of the actions."""
        row = self._row
        row.addWidget(self._button(menus, "play.start"))
        row.addWidget(self.play_button)
        row.addWidget(self._button(menus, "play.stop"))
        row.addWidget(self._button(menus, "play.record"))
        row.addSpacing(8)
        row.addWidget(self._button(menus, "play.loop"))
        row.addWidget(self._button(menus, "play.metronome"))
        row.addSpacing(16)
        row.addWidget(self.place)
        row.addSpacing(12)
        row.addWidget(self.time)
        row.addStretch(1)
        row.addWidget(self._words(tr("Tempo"), self.tempo))
        row.addSpacing(4)
        row.addWidget(self.tempo)
        row.addSpacing(4)
        row.addWidget(self.meter)
        row.addSpacing(4)
        row.addWidget(self._rule())
        row.addSpacing(8)
        row.addWidget(self._speaker)
        row.addSpacing(4)
        row.addWidget(self.volume)
        row.addSpacing(8)
        row.addWidget(self._button(menus, "play.silence"))
        self.play_button.setToolTip(menus.actions["play.toggle"].toolTip())
        self.set_theme(self._theme)

    @staticmethod
    def _button(menus: Menus, action_id: str) -> QToolButton:
        button = QToolButton()
        button.setDefaultAction(menus.actions[action_id])
        button.setIconSize(QSize(20, 20))
        button.setFixedSize(QSize(34, 34))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(menus.actions[action_id].text())
        return button

    @staticmethod
    def _words(text: str, buddy: QWidget) -> QLabel:
        label = QLabel(text)
        label.setProperty("role", "dim")
        label.setBuddy(buddy)
        return label

    @staticmethod
    def _rule() -> QFrame:
        rule = QFrame()
        rule.setProperty("role", "rule")
        rule.setFixedSize(1, 24)
        return rule

    def _make_labels(self) -> None:
        digits = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        digits.setPointSizeF(font(1.35).pointSizeF())
        self.place.setFont(digits)
        digits.setPointSizeF(font(1.0).pointSizeF())
        self.time.setFont(digits)
        self.place.setMinimumWidth(72)
        self.place.setToolTip(tr("Bar and beat"))
        self.time.setToolTip(tr("Minutes and seconds"))
        self.play_button.setAccessibleName(tr("Play or pause"))

    def _make_tempo(self) -> QDoubleSpinBox:
        box = QDoubleSpinBox()
        box.setRange(SLOWEST, FASTEST)
        box.setDecimals(1)
        box.setSuffix(tr(" bpm"))
        box.setAccessibleName(tr("Tempo in quarter notes per minute"))
        box.setToolTip(tr("Tempo of the stretch under the playhead, in quarter notes per minute"))
        box.setKeyboardTracking(False)
        box.setFixedWidth(112)
        box.valueChanged.connect(lambda value: self._settled.start())
        box.editingFinished.connect(self.commit_tempo)
        box.lineEdit().returnPressed.connect(self.finished)
        return box

    def _make_volume(self) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(0, 100)
        slider.setFixedWidth(112)
        slider.setAccessibleName(tr("Volume"))
        slider.setToolTip(tr("Volume"))
        slider.valueChanged.connect(self._turn_volume)
        return slider

    # ----------------------------------------------------------------------------------------------- what it does

    @property
    def playing(self) -> bool:
        """Whether the piece sounds."""
        return self._playing

    def toggle(self) -> None:
        """Play, or pause where it is."""
        self._session.player.toggle()
        self._show_playing(self._session.player.playing)

    def stop(self) -> None:
        """Pause, and go back to the start (of the loop, while looping)."""
        self._session.player.stop()
        self._session.player.seek(0)
        self._show_playing(False)
        self._show_place(0.0)

    def to_start(self) -> None:
        """Go to the first bar, playing on if it plays."""
        self._session.player.seek(0)
        self._show_place(0.0)

    def silence(self) -> None:
        """Stop every sound at once."""
        self._session.player.stop()
        self._session.player.silence()
        self._show_playing(False)

    def ask_meter(self) -> None:
        """Ask for the time signature from the bar of the playhead on."""
        self.meter.ask()

    def ask_tempo(self) -> None:
        """Ask for the tempo from the beat of the playhead on."""
        ask_tempo(self._session, self._tick, self.window())

    def toggle_loop(self) -> None:
        """Loop or no longer."""
        self.looping = not self.looping
        self.loop_toggled.emit(self.looping)

    def toggle_metronome(self) -> None:
        """Click on every beat or no longer."""
        self.set_metronome(not self.metronome)
        self.metronome_changed.emit(self.metronome)

    def set_metronome(self, on: bool) -> None:
        """Click on every beat, or not."""
        self.metronome = on
        self._session.player.set_metronome(on)

    def set_volume(self, volume: float) -> None:
        """Put the slider, and the sound, to 0..1."""
        self.volume.setValue(round(volume * 100))
        self._session.player.set_volume(volume)

    def _turn_volume(self, percent: int) -> None:
        self._session.player.set_volume(percent / 100)
        self.volume.setToolTip(tr("Volume {percent} %").format(percent=percent))
        self.volume_changed.emit(percent / 100)

    def commit_tempo(self) -> None:
        """Write the tempo of the box into the score as one undo step."""
        self._settled.stop()
        score, bpm = self._session.score, self.tempo.value()
        if abs(tempo_at(score, self._tick).bpm - bpm) >= 0.05:  # what the box can show
            self._session.history.do(tr("change tempo"), score=with_tempo(score, bpm, self._tick), initiator=self)

    # ----------------------------------------------------------------------------------------------- what it shows

    def on_event(self, event: Event) -> None:
        """Follow the player and the score."""
        if isinstance(event, PlayheadMoved):
            self._show_playing(event.playing)
            self._show_place(event.tick)
        elif isinstance(event, DocumentChanged) and event.score:
            self._show_all()

    def set_place(self, tick: float) -> None:
        """The playhead was put somewhere by hand."""
        self._show_place(tick)

    def _show_all(self) -> None:
        if self._session.score is not self._score:
            self._score = self._session.score
            self._bars = Bars(self._score)
        self._show_place(self._tick)

    def _show_place(self, tick: float) -> None:
        self._tick = tick
        score = self._score
        bar, beat = self._bars.place(int(tick))
        self.place.setText(f"{bar:>3}:{beat}")
        self.time.setText(clock(score.seconds_at(tick)))
        self.meter.show_place(tick)
        bpm = tempo_at(score, tick).bpm
        if not self._settled.isActive() and not self.tempo.lineEdit().isModified():
            self.tempo.blockSignals(True)
            self.tempo.setValue(bpm)
            self.tempo.blockSignals(False)

    def _show_playing(self, playing: bool) -> None:
        if playing != self._playing:
            self._playing = playing
            self._dress_play_button()

    def _dress_play_button(self) -> None:
        name = "pause" if self._playing else "play"
        self.play_button.setIcon(icon(name, self._theme, self._theme.on_accent))

    def set_theme(self, theme: Theme) -> None:
        """Redraw in another theme."""
        self._theme = theme
        self._dress_play_button()
        speaker = icon("volume", theme, theme.text_dim)
        self._speaker.setPixmap(speaker.pixmap(QSize(20, 20), self.devicePixelRatioF()))
