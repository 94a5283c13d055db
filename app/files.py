"""Open, save, undo, autosave, recover: the composer's work and where it lies."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox

from app.export import PART, STEMS, ExportDesk
from app.i18n import tr
from app.panels.message_bar import MessageBar
from app.recovery import Recovery
from app.settings import Settings
from engine.commands.document import Document
from engine.errors import UserError
from engine.resources import root
from engine.score.musicxml import SUFFIXES as MUSICXML

if TYPE_CHECKING:
    from app.main_window import MainWindow
    from engine.session import Session

SUFFIX, MODEL = ".melomorph", ".safetensors"
MIDI = (".mid", ".midi", ".smf", ".kar", ".rmi")
SOUNDFONTS = (".sf2", ".sf3")
AUTOSAVE_MS = 10_000
FIRST_PIECE = "first_piece"


class Files(QObject):
    """Answers the File menu, drops and the window's closing.

    Args:
        session: the engine.
        settings: remembers folders and recent files.
        bar: where offers and reports are shown.
        window: over which dialogs open.

    Signals:
        opened: another document is open; what views remember of the old one should go.
        renamed: name or saved state changed (window title).
        recent_changed: the list of recent files changed.
        folder_dropped: a folder was given instead of a file: music to learn from.
        model_dropped: a model's file was given: it gets a card.
    """

    opened = Signal()
    renamed = Signal()
    recent_changed = Signal()
    folder_dropped = Signal(str)
    model_dropped = Signal(str)

    def __init__(self, session: Session, settings: Settings, bar: MessageBar, window: MainWindow) -> None:
        super().__init__(window)
        self._session, self._settings, self._bar, self._window = session, settings, bar, window
        self.exports = ExportDesk(session, settings, window, lambda: window.place())
        self._recovery = Recovery(self, session, bar)
        self.title = tr("Untitled")
        self._timer = QTimer(self)
        self._timer.setInterval(AUTOSAVE_MS)
        self._timer.timeout.connect(self.autosave)
        self._timer.start()

    # ------------------------------------------------------------------------------------------------------ opening

    def new(self) -> None:
        """An empty piece."""
        if self.may_lose():
            self._session.new()
            self.became(tr("Untitled"))

    def open_first_piece(self) -> None:
        """The piece that the first launch shows."""
        if self.may_lose():
            self.load_first_piece()

    def load_first_piece(self) -> None:
        """The same without asking: the demo file, or a shanty if none is installed."""
        for suffix in (SUFFIX, ".mid"):
            path = root() / "demo" / (FIRST_PIECE + suffix)
            if path.is_file():
                self._session.open(path)
                self._session.project_path = None  # a save asks for a name: the demo stays as it is
                self.became(self._session.score.name or tr("First piece"))
                return
        from app.first_piece import first_piece

        self._session.new(Document(first_piece()))
        self.became(self._session.score.name)

    def ask_open(self) -> None:
        """Choose a file and open it."""
        kinds = f"*{SUFFIX} " + " ".join(f"*{suffix}" for suffix in (*MIDI, *MUSICXML))
        filters = f"{tr('Music')} ({kinds});;{tr('All files')} (*)"
        folder = self._settings.preferences.last_folder
        name, _ = QFileDialog.getOpenFileName(self._window, tr("Open"), folder, filters)
        if name:
            self.open(Path(name))

    def take(self, paths: list[Path]) -> None:
        """Open what was dropped: the first file, or every model. What is left is told.

        Raises:
            UserError: it cannot be read; the open piece stays.
        """
        models = [path for path in paths if path.suffix.lower() == MODEL]
        for path in models or paths[:1]:
            opened = self.open(path)
        if not models and opened and len(paths) > 1:
            words = tr("Of {count} files “{name}” is open. To learn from all of them, drop the folder they are in.")
            self._bar.say(words.format(count=len(paths), name=paths[0].name), stay=True)

    def open(self, path: Path) -> bool:
        """Open a project or MIDI file, asking first about unsaved work. Returns whether it is open now. A folder is
        music to learn from, a model's file gets a card, a soundfont is played with.

        Raises:
            UserError: it cannot be read; the open piece stays.
        """
        if path.is_dir():
            self.folder_dropped.emit(str(path))
            return False
        if path.suffix.lower() == MODEL:
            self.model_dropped.emit(str(path))
            return False
        if path.suffix.lower() in SOUNDFONTS:
            self._window.desk.apply_preferences(replace(self._settings.preferences, soundfont=str(path)))
            self._bar.say(tr("Everything is played with {name} now.").format(name=path.name))
            return False
        if not self.may_lose():
            return False
        report = self._session.open(path)
        self._remember(path)
        self.became(path.stem)
        if report is not None:
            odd = bool(report.oddities or report.left_out)
            first = report.text.splitlines()[0]
            words = tr("Read {name}: {what}").format(name=path.name, what=first)
            self._bar.say(words, "warning" if odd else "info", details=report.text if odd else "", stay=odd)
        return True

    def open_recent(self, name: str) -> None:
        """Open a recent file; one that is gone is forgotten.

        Raises:
            UserError: it is gone, or cannot be read.
        """
        path = Path(name)
        if not path.is_file():
            known = self._settings.preferences
            self._settings.put(replace(known, recent=tuple(kept for kept in known.recent if kept != name)))
            self.recent_changed.emit()
            raise UserError(tr("{name} is no longer there.").format(name=path.name), tr("It may have been moved."))
        self.open(path)

    def became(self, title: str) -> None:
        """Another document is open under a title."""
        self.title = title
        self.opened.emit()
        self.renamed.emit()

    def _remember(self, path: Path) -> None:
        path = path.absolute()
        known = self._settings.preferences.with_recent(path)
        self._settings.put(replace(known, last_folder=str(path.parent)))
        self.recent_changed.emit()

    # ------------------------------------------------------------------------------------------------------- saving

    def save(self) -> bool:
        """Save where it was opened from, or ask. Returns whether it is saved."""
        if self._session.project_path is None:
            return self.save_as()
        return self.save_to(self._session.project_path)

    def save_as(self) -> bool:
        """Ask for a name and save there."""
        folder = Path(self._settings.preferences.last_folder)
        proposal = str(folder / f"{self.title}{SUFFIX}")
        filters = f"{tr('Melomorph project')} (*{SUFFIX})"
        name, _ = QFileDialog.getSaveFileName(self._window, tr("Save as"), proposal, filters)
        return bool(name) and self.save_to(Path(name))

    def save_to(self, path: Path) -> bool:
        """Save under a name; the suffix is added where it is missing."""
        if path.suffix.lower() != SUFFIX:
            path = path.with_name(path.name + SUFFIX)
        self._session.save(path)
        self._remember(path)
        self.title = path.stem
        self.renamed.emit()
        return True

    def export(self) -> None:
        """Write the whole piece as MIDI, notation or sound."""
        self.exports.ask(self.title)

    def export_part(self) -> None:
        """Write the selected notes, or what the loop spans.

        Raises:
            UserError: nothing is marked.
        """
        self.exports.ask(self.title, PART)

    def export_stems(self) -> None:
        """Write every track into a file of its own."""
        self.exports.ask(self.title, STEMS)

    def show_versions(self) -> None:
        """Look at earlier saves of the project, and bring one back."""
        from app.panels.versions import VersionsDialog

        VersionsDialog(self._session, self.title, self._window).exec()

    def autosave(self, wait: bool = False) -> bool:
        """Keep the work in case this process dies; writes on a thread of its own. Returns True."""
        self._session.autosave(wait=wait)
        return True

    def may_lose(self) -> bool:
        """Whether the open piece may be replaced: it is saved, or the composer says so (or saves it now)."""
        if not self._session.dirty:
            return True
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.NoIcon)
        box.setWindowTitle(tr("Unsaved changes"))
        box.setText(tr("Save the changes to “{title}”?").format(title=self.title))
        box.setInformativeText(tr("They are lost otherwise."))
        buttons = QMessageBox.StandardButton
        box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
        box.setDefaultButton(buttons.Save)
        chosen = box.exec()
        if chosen == buttons.Save:
            return self.save()
        return chosen == buttons.Discard

    def may_stop(self, titles: list[str], goes_on: bool = False) -> bool:
        """Whether jobs that run or wait may be stopped because the window closes; `goes_on`: they can, later."""
        if not titles:
            return True
        box = QMessageBox(self._window)
        box.setWindowTitle(tr("Still working"))
        many = tr("“{title}” and {n} more are not finished.")
        said = tr("“{title}” is not finished.") if len(titles) == 1 else many
        box.setText(said.format(title=titles[0], n=len(titles) - 1))
        later = tr("What is learnt by now is kept, and can go on at the next start. Stop for now and close?")
        box.setInformativeText(later if goes_on else tr("Stop and close?"))
        stop = box.addButton(tr("Stop and close"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(tr("Keep working"), QMessageBox.ButtonRole.RejectRole)
        box.exec()
        return box.clickedButton() is stop

    def offer_recovery(self, folder: Path) -> None:
        """If a session died with unsaved work, offer it; nothing waits for the answer."""
        self._recovery.offer(folder)

    # --------------------------------------------------------------------------------------------------------- undo

    def undo(self) -> None:
        """Take the last step back; what is still heard of it falls silent."""
        self._session.player.stop_preview()
        self._session.history.undo()

    def redo(self) -> None:
        """Bring the undone step back."""
        self._session.player.stop_preview()
        self._session.history.redo()

    def stop(self) -> None:
        """No more autosaves: the window closes."""
        self._timer.stop()
