"""Who hears whom inside the window: engine events to every part, and the parts' signals to one another."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices

from app.export import written
from app.i18n import tr
from engine.commands.map_bars import map_span
from engine.errors import UserError
from engine.events import CandidatesReady, DocumentChanged, Event, Failed, JobChanged, MapReady, MelodyMorphed, Notice
from engine.score import Note

if TYPE_CHECKING:
    from app.main_window import MainWindow

HINT_MS = 6000  # a line in the status bar


class Routing:
    """Connects the parts of one window."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._loop: tuple[int, int] | None = None  # the last one drawn, for the loop button
        roll, transport, files = window.roll, window.transport, window.files
        roll.loop_changed.connect(self._loop_drawn)
        roll.seek_requested.connect(self._seek)
        roll.selection_changed.connect(window.menus.refresh)
        roll.selection_changed.connect(window.models.refresh_soon)
        roll.loop_changed.connect(lambda loop: window.models.refresh_soon())  # a loop marks what a verb works on
        roll.state.scale.changed.connect(window.menus.refresh)
        roll.tool_changed.connect(lambda name: window.menus.refresh())
        roll.track_changed.connect(window.tracks.choose)
        roll.track_changed.connect(lambda index: window.midi.look())
        roll.track_changed.connect(lambda index: window.models.refresh_soon())
        roll.chords.failed.connect(window.door.show)
        roll.state.chords.changed.connect(window.menus.refresh)
        roll.state.chords.tones_changed.connect(window.menus.refresh)
        roll.described.connect(lambda text: window.statusBar().showMessage(text, HINT_MS))
        window.tracks.track_chosen.connect(roll.set_track)
        window.tracks.track_chosen.connect(lambda index: window.menus.refresh())
        transport.loop_toggled.connect(self._loop_pressed)
        transport.metronome_changed.connect(lambda on: window.menus.refresh())
        transport.meter.failed.connect(window.door.show)
        later = Qt.ConnectionType.QueuedConnection  # when the text box is through with its key
        transport.finished.connect(roll.setFocus, later)
        window.tracks.finished.connect(roll.setFocus, later)
        self._hear_map(window)
        window.models.opened.connect(window.workshop.show_model)
        window.models.panel_asked.connect(window.workshop.show_panel)
        window.models.help_asked.connect(window.desk.show_model_help)
        window.models.own_asked.connect(window.own_models.answer)
        window.models.failed.connect(window.door.show)
        window.strip.opened.connect(lambda: window.desk.toggle_dock("jobs"))
        window.strip.cancel_asked.connect(window.session.cancel)
        files.opened.connect(self._start_over)
        files.renamed.connect(self._name_window)
        files.recent_changed.connect(window.fill_recent)
        window.bridge.heard.connect(self.hear)

    def _hear_map(self, window: MainWindow) -> None:
        for part in (window.map, window.sliders):
            part.cancelled.connect(lambda: window.roll.show_ghosts(None))
        window.map.around_asked.connect(window.candidates.generate_around)
        window.map.pad_asked.connect(window.verbs.fill_pad)

    # ------------------------------------------------------------------------------------------------ engine events

    def hear(self, event: Event) -> None:
        """Tell every part, then do what concerns the window as a whole."""
        window = self._window
        for part in window.parts:
            part.on_event(event)
        window.training.on_event(event)
        window.own_models.on_event(event)
        window.midi.on_event(event)
        if isinstance(event, DocumentChanged):
            self._document_changed()
            if event.initiator in (window.map, window.sliders, window.candidates):
                self._bring_into_sight(self._written_by_map())
            else:
                self._bring_into_sight(window.workshop.written_by(event.initiator))
        elif isinstance(event, MelodyMorphed):
            if event.request > window.session.ask.settled:  # else its gesture is over, and so are its ghosts
                window.roll.show_ghosts(event.notes)
                self._bring_into_sight(event.notes)
        elif isinstance(event, JobChanged):
            self._job_changed(event)
        elif isinstance(event, MapReady):
            self._map_ready(event)
        elif isinstance(event, CandidatesReady):
            window.menus.refresh()
        elif isinstance(event, Notice):
            window.bar.say(event.text)
        elif isinstance(event, Failed):
            self._failed(event.error)

    def _bring_into_sight(self, notes: Iterable[Note]) -> None:
        """Scroll the roll as little as shows a melody the map wrote; one that is seen already moves nothing."""
        places = [(note.start, note.pitch) for note in notes]
        if not places:
            return
        geometry = self._window.roll.state.geometry
        (first, last), (low, high) = ((min(values), max(values)) for values in zip(*places, strict=True))
        in_time = geometry.left <= last and first <= geometry.right
        if in_time and geometry.y_of(high) >= 0 and geometry.y_of(low) + geometry.row <= geometry.height:
            return
        tick = (geometry.left + geometry.right) / 2 if in_time else first
        for pitch in (low, high):  # the upper end last: where both do not fit, the top of the tune is seen
            geometry.reveal(tick, pitch)

    def _written_by_map(self) -> Iterable[Note]:
        """The notes in the bars of the map."""
        session = self._window.session
        steering, tracks = session.steering, session.score.tracks
        start, stop = self._map_bars()
        if steering.track >= len(tracks) or steering.track != self._window.roll.track:
            return ()
        return (note for note in tracks[steering.track].notes if start <= note.start < stop)

    def _document_changed(self) -> None:
        window, history = self._window, self._window.session.history
        window.roll.show_ghosts(None)
        undo, redo = _as_words(history.undo_label), _as_words(history.redo_label)
        window.menus.name("edit.undo", tr("Undo {what}").format(what=undo) if undo else tr("Undo"))
        window.menus.name("edit.redo", tr("Redo {what}").format(what=redo) if redo else tr("Redo"))
        window.menus.refresh()
        window.models.refresh()
        self._name_window()

    def _map_ready(self, event: MapReady) -> None:
        window = self._window
        window.verbs.playable, window.verbs.trouble = event.playable, ""
        window.strip.show_device(window.session.device_name)
        window.menus.refresh()
        window.models.refresh()

    def _failed(self, error: BaseException) -> None:
        window = self._window
        if window.session.map is None and isinstance(error, UserError):
            if window.verbs.trouble:  # the decoder misses the map as well: said once is enough
                return
            window.verbs.trouble = str(error)
            window.models.refresh()
            window.menus.refresh()
        window.door.show(error)

    def _job_changed(self, job: JobChanged) -> None:
        window = self._window
        window.strip.show_jobs(window.jobs.active)
        if job.state == "failed" and job.error is not None:
            window.door.show(job.error)
        learnt = window.workshop.training.queue.knows(job.job_id)  # its card says more than its file's name
        told = written(job.result) if job.state == "done" and not learnt else None
        if told is not None:
            words, folder = told
            show = (tr("Show in folder"), lambda: self._show_folder(str(folder)))
            window.bar.offer(words, [show], question=False)

    @staticmethod
    def _show_folder(folder: str) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(folder))

    # ---------------------------------------------------------------------------------------------------- the parts

    def _loop_drawn(self, loop: tuple[int, int] | None) -> None:
        window = self._window
        self._loop = loop or self._loop
        window.transport.looping = loop is not None
        window.session.set_loop(loop)
        window.menus.refresh()

    def _loop_pressed(self, on: bool) -> None:
        window = self._window
        window.roll.set_loop((self._loop or self._map_bars()) if on else None)

    def _map_bars(self) -> tuple[int, int]:
        """The bars that the map writes."""
        session = self._window.session
        return map_span(session.steering, session.score.ticks_per_quarter)

    def _seek(self, tick: int) -> None:
        self._window.session.player.seek(tick)
        self._window.transport.set_place(tick)

    def _start_over(self) -> None:
        window = self._window
        self._loop = None
        window.roll.set_loop(None)
        window.roll.set_key(None)
        window.tracks.choose(0)
        window.roll.set_playhead(0)
        window.transport.set_place(0)
        window.roll.show_beginning()

    def _name_window(self) -> None:
        window = self._window
        window.setWindowTitle(f"{window.files.title}[*] · Melomorph")
        window.setWindowModified(window.session.dirty)


def _as_words(label: str) -> str:
    """A label as it stands inside a sentence: "Undo move notes"."""
    return label[:1].lower() + label[1:]
