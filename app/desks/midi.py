"""A MIDI keyboard in the window: found by itself, heard at once, recorded while the piece plays or note by note."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from app.i18n import tr
from app.views.roll.ghosts import Sketch
from engine.commands import edit
from engine.commands.record import Take
from engine.errors import UserError
from engine.events import DocumentChanged, Event, KeyPressed, PlayheadMoved
from engine.score import Note
from engine.score.columns import to_columns

if TYPE_CHECKING:
    from app.main_window import MainWindow

LOOK_MS = 3_000  # between two looks for keyboards that were plugged in


class MidiDesk(QObject):
    """Answers what concerns MIDI ports.

    Recording while the piece plays: what is played becomes one undo step when playback stops. While it stands: a key or
    a chord is written at the playhead, as long as the last note drawn, and the playhead goes on behind it.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window, self._session = window, window.session
        self.recording = False
        self._take: Take | None = None  # while it plays
        self._down: set[int] = set()  # keys held in note by note writing
        self._at = 0
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)

    # ------------------------------------------------------------------------------------------------------- ports

    def wake(self) -> None:
        """Open what the preferences say, and look for new keyboards from now on."""
        self._timer.start()
        self.apply()

    def apply(self) -> None:
        """Listen and play where the preferences say; what is not there is told in the message bar."""
        self.look()
        try:
            self._session.midi_out.play_on(self._window.settings.preferences.midi_out)
        except UserError as error:
            self._window.bar.say(str(error), "warning")

    def look(self) -> None:
        """Keyboards that came are listened to, those that went are let go."""
        wanted = self._window.settings.preferences.midi_in
        try:
            self._session.keyboards.listen(None if not wanted else () if wanted == "none" else (wanted,))
        except UserError:  # rtmidi is not installed: `record` and the doctor say so to whoever wants it
            self._timer.stop()
        if not self._session.keyboards.possible:  # a system without MIDI: none will come
            self._timer.stop()
        self._tune()

    def _tune(self) -> None:
        """The keyboard plays the instrument of the track that is shown."""
        track = self._window.roll.state.current
        self._session.instrument = (track.program, track.drums)

    # --------------------------------------------------------------------------------------------------- recording

    def record(self) -> None:
        """Begin or end to write down what is played.

        Raises:
            UserError: there is no keyboard.
        """
        if self.recording:
            self._finish()
            self.recording = False
            return
        self.look()
        if not self._session.keyboards.names:
            from engine.audio import ports

            ports.load()
            raise UserError(tr("No MIDI keyboard is connected."), tr("Plug one in: it is found by itself."))
        self.recording = True
        words = tr("Recording: play while the piece plays, or note by note while it stands.")
        self._window.bar.say(words)

    def on_event(self, event: Event) -> None:
        """Hear the engine."""
        if isinstance(event, KeyPressed):
            if self.recording:
                self._key(event)
        elif isinstance(event, PlayheadMoved):
            if not event.playing:
                self._finish()
        elif isinstance(event, DocumentChanged):
            self._tune()

    def _key(self, key: KeyPressed) -> None:
        if self._session.player.playing:
            if self._take is None:
                self._take = Take(self._session.loop)
            self._take.key(key.pitch, key.velocity, key.tick)
            if not key.velocity:
                self._show(self._take.done)
        elif key.velocity:
            self._write(key)
        elif self._down:
            self._down.discard(key.pitch)
            if not self._down:  # the chord is let go
                self._window.roll.seek_requested.emit(self._at + self._window.roll.state.draw_length)

    def _show(self, notes: tuple[Note, ...]) -> None:
        """Outline what was played so far: it is written when playback stops. No note of the piece steps back."""
        columns = to_columns(sorted(notes, key=lambda note: (note.start, note.pitch)))
        end = max((note.end for note in notes), default=0)
        self._window.roll.state.set_sketch(Sketch(columns, (0, end), here=False))

    def _write(self, key: KeyPressed) -> None:
        """Note by note: keys that are held together are one chord and one undo step."""
        roll = self._window.roll.state
        if not self._down:
            at = round(self._session.player.tick)  # the roll may still wait to hear of it
            self._at = roll.bars.snap(at, roll.step, "down")
        note = Note(self._at, key.pitch, roll.draw_length, key.velocity)
        roll.commit(tr("Record"), edit.add_notes(roll.score, roll.track, (note,)), goes_on=bool(self._down))
        self._down.add(key.pitch)
        roll.geometry.reveal(self._at, key.pitch)

    def _finish(self) -> None:
        """What was played becomes notes of the track that is shown, in one undo step."""
        take, self._take = self._take, None
        notes = take.notes(self._session.player.tick) if take is not None else ()
        if notes:
            roll = self._window.roll.state
            roll.set_sketch(None)
            roll.commit(tr("Record"), edit.add_notes(roll.score, roll.track, notes))
