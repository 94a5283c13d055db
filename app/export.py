"""Write the piece for the world outside: MIDI, MusicXML, WAV, FLAC, OGG, MP3."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QMainWindow

from app.i18n import tr
from app.settings import Settings
from engine.errors import UserError
from engine.jobs.job import Report

if TYPE_CHECKING:
    from engine.session import Session

SOUNDS = {".wav": "WAV", ".flac": "FLAC", ".ogg": "Ogg Vorbis", ".mp3": "MP3"}
MIDI, MUSICXML = ".mid", ".musicxml"


class ExportDesk(QObject):
    """Asks for a name and queues the writing on the work lane. A job's result is the path it wrote."""

    def __init__(self, session: Session, settings: Settings, window: QMainWindow) -> None:
        super().__init__(window)
        self._session, self._settings, self._window = session, settings, window

    def ask(self, title: str) -> None:
        """Choose name and format, then write."""
        kinds = {MIDI: "MIDI", MUSICXML: tr("MusicXML, for notation programs")} | SOUNDS
        filters = {f"{name} (*{suffix})": suffix for suffix, name in kinds.items()}
        proposal = str(Path(self._settings.preferences.last_folder) / f"{title}{MIDI}")
        name, chosen = QFileDialog.getSaveFileName(self._window, tr("Export"), proposal, ";;".join(filters))
        if not name:
            return
        path = Path(name)
        known = (MIDI, ".midi", MUSICXML, *SOUNDS)
        wanted = filters.get(chosen, MIDI)
        if path.suffix.lower() not in known:
            path = path.with_name(path.name + wanted)
        elif path.suffix == MIDI and wanted != MIDI:  # the proposal's suffix, but another format chosen
            path = path.with_suffix(wanted)
        self._settings.put(replace(self._settings.preferences, last_folder=str(path.parent)))
        self.to(path)

    def to(self, path: Path) -> int:
        """Write to a file; the suffix says the format. Returns the job's number.

        Raises:
            UserError: no such format.
        """
        suffix = path.suffix.lower()
        if suffix in SOUNDS:
            return self._session.ask.render(path)
        if suffix in (MIDI, ".midi", MUSICXML):
            return self._notes(path)
        known = ", ".join((MIDI, MUSICXML, *SOUNDS))
        words = tr("Music cannot be written as “{suffix}”.").format(suffix=suffix)
        raise UserError(words, tr("Use one of: {known}.").format(known=known))

    def _notes(self, path: Path) -> int:
        score = self._session.score

        def work(report: Report) -> object:
            from engine.score.midi_write import write_midi
            from engine.score.musicxml_write import write_musicxml

            (write_musicxml if path.suffix.lower() == MUSICXML else write_midi)(score, path)
            report(1, 1)
            return path

        return self._session.ask.work(tr("Writing {name}").format(name=path.name), work)
