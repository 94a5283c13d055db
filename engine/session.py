"""The only object the interface holds: the composer's document, its history, the models, the jobs and the player."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from engine.audio.hearing import Hearing
from engine.audio.midi_out import MidiOut
from engine.audio.player import Player
from engine.audio.ports import Key, Keyboards, Knob
from engine.autosave import Autosave
from engine.commands.ask import Ask
from engine.commands.document import Document, Steering
from engine.commands.history import History
from engine.events import DocumentChanged, Event, Events, KeyPressed, KnobTurned
from engine.jobs.worker import InteractiveLane, WorkLane
from engine.models.shelf import Shelf
from engine.score import Score

if TYPE_CHECKING:
    from engine.latent.map import LatentMap
    from engine.score.report import ImportReport


@dataclass(frozen=True)
class SessionPaths:
    """Where a session finds and keeps things; the engine itself knows no place.

    Attributes:
        bundles: trained models that came with the program.
        autosave: folder for work in progress, or None for a script that keeps none.
        user_models: the composer's own trained models, looked at first, or None.
        cache: for what can be made again, such as what was found in folders of music; None: nothing is kept.
    """

    bundles: Path
    autosave: Path | None = None
    user_models: Path | None = None
    cache: Path | None = None


class Session:
    """One open piece. Its own thread is the one that made it; only that thread may change the document."""

    def __init__(
        self,
        paths: SessionPaths,
        soundfont: Path | None = None,
        device: str = "auto",
        audio: bool = True,
        document: Document | None = None,
    ) -> None:
        self.events = Events()
        self.history = History(document or Document(), self.events)
        self.interactive = InteractiveLane(self.events)
        numbers = count(1)
        self.work = WorkLane(self.events, numbers)
        self.school = WorkLane(self.events, numbers)  # trainings: an export need not wait an hour for one
        self.scans = WorkLane(self.events, numbers)  # looking through folders of music
        self.paths = paths
        self.enough: set[int] = set()  # trainings that are to end now and keep their best
        folders = [folder for folder in (paths.user_models, paths.bundles) if folder is not None]
        self.shelf = Shelf(folders, paths.user_models)
        self.soundfont = soundfont
        self.midi_out = MidiOut(self.events)
        self.player = Player(self.events, soundfont, enabled=audio, record=self.midi_out.hear)
        self.keyboards = Keyboards(self._key, turn=self._knob)
        self.instrument = (0, False)  # program of what a MIDI keyboard plays, and whether it is drums
        self.hearing = Hearing()
        self.play_score(self.score)
        self.ask = Ask(self)
        self.map: LatentMap | None = None  # set by ask.load_map
        self.loop: tuple[int, int] | None = None  # as the composer set it, in ticks
        self.device_wanted = device
        self.device_name = ""  # known once torch is there
        self.project_path: Path | None = None
        self._saved = self.history.document
        self._tracks = len(self.score.tracks)
        self._autosave = Autosave(paths.autosave) if paths.autosave is not None else None
        self.events.subscribe(self._follow)

    @property
    def document(self) -> Document:
        """The present document."""
        return self.history.document

    @property
    def score(self) -> Score:
        """The present score."""
        return self.history.document.score

    @property
    def steering(self) -> Steering:
        """Where the puck and the sliders are."""
        return self.history.document.steering

    @property
    def dirty(self) -> bool:
        """There is something a save would keep."""
        return self.document != self._saved

    def new(self, document: Document | None = None) -> None:
        """Start with an empty piece, or with one that comes from no file; it counts as saved."""
        self._begin(document or Document(), None)

    def open(self, path: Path) -> ImportReport | None:
        """Open a project or a MIDI file; returns what was odd about a MIDI file.

        Raises:
            UserError: it cannot be read or holds no music. The open piece stays as it is.
        """
        from engine.commands.map_bars import first_steering
        from engine.commands.project import SUFFIX, load_any

        document, report = load_any(path)
        own = path.suffix.lower() == SUFFIX
        if not own:
            document = replace(document, steering=first_steering(document.score))
        self._begin(document, path if own else None)
        return report

    def recover(self, document: Document) -> None:
        """Go on from work that was left by a session that died; it counts as not saved."""
        self._begin(document, None)
        self._saved = Document()

    def save(self, path: Path) -> None:
        """Write the project file, atomically; what it held before becomes a version inside it.

        Raises:
            UserError: the folder cannot be written; the old file stays whole.
        """
        from engine.commands.versions import save_with_versions

        save_with_versions(self.document, path)
        self.project_path, self._saved = path, self.document
        self.autosave()

    def set_loop(self, span: tuple[int, int] | None) -> None:
        """Loop over a span of ticks, or not at all."""
        self.loop = span
        self.player.set_loop(span)

    def play_score(self, score: Score) -> None:
        """Give the player a score to play, without the tracks that are not to be heard."""
        self.player.set_score(self.hearing.of(score))
        self.midi_out.set_score(score)

    def listen(self, hearing: Hearing) -> None:
        """Mute or solo tracks; the document stays as it is."""
        self.hearing = hearing
        self.play_score(self.score)

    def cancel(self, job_id: int) -> None:
        """Drop or stop a job, whatever lane it is on; a training leaves its checkpoint."""
        self.work.cancel(job_id)
        self.school.cancel(job_id)
        self.scans.cancel(job_id)

    def autosave(self, wait: bool = False) -> None:
        """Keep the present document in case this process dies; none that is saved. Cheap when nothing changed."""
        if self._autosave is not None:
            if self.dirty:
                self._autosave.keep(self.document, wait)
            else:
                self._autosave.clear()

    def close(self) -> None:
        """Stop everything. Work in progress is forgotten: whoever closes has saved or chosen not to."""
        self.interactive.close()
        self.scans.close()
        self.school.close()
        self.work.close()
        self.keyboards.close()
        self.player.close()
        self.midi_out.close()
        self.shelf.clear_away()
        if self._autosave is not None:
            self._autosave.discard()

    def _key(self, key: Key) -> None:
        """A key of a MIDI keyboard, on a thread of the system's: heard at once, told with the place that is heard."""
        self.player.key(key.pitch, key.velocity, *self.instrument)
        score, tick = self.score, self.player.tick
        late = self.player.latency if self.player.playing else 0.0
        heard = score.tick_at(max(0.0, score.seconds_at(tick) - late))
        self.events.emit(KeyPressed(key.pitch, key.velocity, heard))

    def _knob(self, knob: Knob) -> None:
        """A knob of a controller, on a thread of the system's."""
        self.events.emit(KnobTurned(knob.source, knob.number, knob.value))

    def _begin(self, document: Document, path: Path | None) -> None:
        self.set_loop(None)
        self.hearing = Hearing()
        self.player.stop()
        model = self.shelf.now_called(document.steering.model)  # which may have been renamed since
        document = replace(document, steering=replace(document.steering, model=model))
        self.project_path, self._saved = path, document
        self.history.reset(document)
        self.player.seek(0)

    def _follow(self, event: Event) -> None:
        if isinstance(event, DocumentChanged) and event.score:
            if len(self.score.tracks) < self._tracks:  # who is who is no longer certain
                self.hearing = Hearing()
            self._tracks = len(self.score.tracks)
            self.play_score(self.score)
