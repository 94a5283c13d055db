"""Write the piece for the world outside: MIDI, MusicXML, WAV, FLAC, OGG, MP3; whole, a part of it, or its tracks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QMainWindow

from app.i18n import tr
from app.music_given import Place
from app.settings import Settings
from engine.errors import UserError
from engine.jobs.job import Report
from engine.score import Score
from engine.score.excerpt import chosen, stretch

if TYPE_CHECKING:
    from engine.session import Session

SOUNDS = {".wav": "WAV", ".flac": "FLAC", ".ogg": "Ogg Vorbis", ".mp3": "MP3"}
MIDI, MUSICXML = ".mid", ".musicxml"
WHOLE, PART, STEMS = "whole", "part", "stems"
Where = Callable[[], Place]


def marked(score: Score, place: Place) -> Score | None:
    """The selected notes as a piece of their own, or what begins inside the loop; None if nothing is marked."""
    if place.selected.shape[1]:
        return chosen(score, place.track, place.selected)
    inside = stretch(score, *place.loop) if place.loop is not None else None
    return inside if inside is not None and inside.note_count else None


def written(result: object) -> tuple[str, Path] | None:
    """What a job wrote, in words, and its folder; None if its result is no file."""
    made = result if isinstance(result, list) else [result]
    paths = [path for path in made if isinstance(path, Path)]
    if not paths or len(paths) < len(made):
        return None
    first = paths[0].absolute()
    one = tr("{name} is written.").format(name=first.name)
    several = tr("{count} files are written, {name} and so on.").format(count=len(paths), name=first.name)
    return one if len(paths) == 1 else several, first.parent


class ExportDesk(QObject):
    """Asks for a name and queues the writing on the work lane. A job's result is the path it wrote, or a list of them.

    Args:
        session: the engine.
        settings: remembers the folder.
        window: over which the dialog opens.
        place: tells what is selected.
    """

    def __init__(self, session: Session, settings: Settings, window: QMainWindow, place: Where = Place) -> None:
        super().__init__(window)
        self._session, self._settings, self._window, self._place = session, settings, window, place

    def ask(self, title: str, what: str = WHOLE) -> None:
        """Choose name and format, then write.

        Raises:
            UserError: a part is wanted and nothing is marked.
        """
        self._part(what)  # told before a name is asked for
        kinds = {MIDI: "MIDI", MUSICXML: tr("MusicXML, for notation programs")} | SOUNDS
        filters = {f"{name} (*{suffix})": suffix for suffix, name in kinds.items()}
        names = {
            WHOLE: (tr("Export"), title),
            PART: (tr("Export the selection"), tr("{title}, part").format(title=title)),
            STEMS: (tr("Export tracks: each file's name ends in its track's"), title),
        }
        headline, proposed = names[what]
        proposal = str(Path(self._settings.preferences.last_folder) / f"{proposed}{MIDI}")
        name, choice = QFileDialog.getSaveFileName(self._window, headline, proposal, ";;".join(filters))
        if not name:
            return
        path = Path(name)
        known = (MIDI, ".midi", MUSICXML, *SOUNDS)
        wanted = filters.get(choice, MIDI)
        if path.suffix.lower() not in known:
            path = path.with_name(path.name + wanted)
        elif path.suffix == MIDI and wanted != MIDI:  # the proposal's suffix, but another format chosen
            path = path.with_suffix(wanted)
        self._settings.put(replace(self._settings.preferences, last_folder=str(path.parent)))
        self.to(path, what)

    def to(self, path: Path, what: str = WHOLE) -> int:
        """Write to a file, or for stems to files named after it; the suffix says the format. Returns the job's number.

        Raises:
            UserError: no such format, or a part is wanted and nothing is marked.
        """
        suffix = path.suffix.lower()
        if suffix not in (MIDI, ".midi", MUSICXML, *SOUNDS):
            known = ", ".join((MIDI, MUSICXML, *SOUNDS))
            words = tr("Music cannot be written as “{suffix}”.").format(suffix=suffix)
            raise UserError(words, tr("Use one of: {known}.").format(known=known))
        score, font = self._part(what), self._session.soundfont

        def work(report: Report) -> object:
            from engine.audio.synth import working_soundfont
            from engine.export_score import write_score, write_stems

            sound = working_soundfont(font) if suffix in SOUNDS else None
            return (write_stems if what == STEMS else write_score)(score, path, sound, report)

        title = tr("Rendering {name}") if suffix in SOUNDS else tr("Writing {name}")
        return self._session.ask.work(title.format(name=path.name), work)

    def _part(self, what: str) -> Score:
        score = self._session.score
        if what != PART:
            return score
        part = marked(score, self._place())
        if part is None:
            raise UserError(tr("Nothing is selected."), tr("Select notes, or draw a loop on the ruler."))
        return part
