"""What the composer does with models of their own as things: import, export, rename, delete, train further."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QInputDialog

from app.i18n import tr
from app.panels.models.card_words import whence
from engine.errors import UserError
from engine.events import Event, JobChanged
from engine.models.registry import row
from engine.models.shelf import SUFFIX

if TYPE_CHECKING:
    from app.main_window import MainWindow


class ModelsDesk:
    """Answers the menu of a composer's own card, files of models that are dropped, and the entry that imports one.

    Args:
        window: whose session, cards and message bar they are about.
    """

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._imports: set[int] = set()  # jobs whose result is a new card
        window.files.model_dropped.connect(lambda path: self.import_file(Path(path)))

    def answer(self, name: str, wish: str) -> None:
        """Do what an entry of a card's menu says; what goes wrong is shown."""
        wishes = {
            "train": self.train_further,
            "rename": self.ask_rename,
            "export": self.ask_export,
            "delete": self.delete,
        }
        try:
            wishes[wish](name)
        except Exception as error:
            self._window.door.show(error)

    # in and out -------------------------------------------------------------------------------------------------------

    def ask_import(self) -> None:
        """Choose files and import them."""
        filters = f"{tr('Models')} (*{SUFFIX});;{tr('All files')} (*)"
        names, _ = QFileDialog.getOpenFileNames(self._window, tr("Import a model"), self._folder, filters)
        self.import_files(Path(name) for name in names)

    def import_files(self, paths: Iterable[Path]) -> None:
        """Import each of some files."""
        for path in paths:
            self._remember(path)
            self.import_file(path)

    def import_file(self, path: Path) -> None:
        """Check a file from elsewhere in the background, and give it a card if it is a model."""
        session = self._window.session
        self._imports.add(session.ask.work(f"Importing {path.name}", lambda report: session.shelf.import_(path)))

    def ask_export(self, name: str) -> None:
        """Ask where a model's file is to be written, and write it there."""
        filters, proposal = f"{tr('Models')} (*{SUFFIX})", str(Path(self._folder) / (name + SUFFIX))
        chosen, _ = QFileDialog.getSaveFileName(self._window, tr("Export the model"), proposal, filters)
        if chosen:
            self._remember(Path(chosen))
            self.export(name, Path(chosen))

    def export(self, name: str, path: Path) -> None:
        """Write a model as one file, in the background."""
        session = self._window.session
        session.ask.work(f"Exporting {row(name).title}", lambda report: session.shelf.export(name, path))

    # names ------------------------------------------------------------------------------------------------------------

    def ask_rename(self, name: str) -> None:
        """Ask for another title."""
        dialog = QInputDialog(self._window)
        dialog.setWindowTitle(tr("Rename the model"))
        dialog.setLabelText(tr("Name"))
        dialog.setTextValue(row(name).title)
        dialog.textValueSelected.connect(lambda title: self.rename(name, title))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def rename(self, name: str, title: str) -> None:
        """Give a model another title; if its map is shown, the piece knows it by that from now on."""
        window, session = self._window, self._window.session
        try:
            new = session.shelf.rename(name, title)
            if new != name and session.steering.model == name:
                session.history.do(tr("rename the model"), steering=replace(session.steering, model=new))
        except Exception as error:
            window.door.show(error)
            return
        self.refill()
        if new in window.models.cards:
            window.models.open(new)

    # the end of one ---------------------------------------------------------------------------------------------------

    def delete(self, name: str) -> None:
        """Put a model aside; until the window closes it can be brought back.

        Raises:
            UserError: the folder cannot be written.
        """
        window, title = self._window, row(name).title
        window.session.shelf.delete(name)
        self.refill()
        words = tr("“{title}” is deleted. Until Melomorph is closed it can be brought back.").format(title=title)
        window.bar.offer(words, [(tr("Undo"), lambda: self._bring_back(name))], question=False, stay=True)

    def _bring_back(self, name: str) -> None:
        try:
            self._window.session.shelf.undelete(name)
        except UserError as error:
            self._window.door.show(error)
        self.refill()
        self.show(name)

    # ------------------------------------------------------------------------------------------------------------------

    def train_further(self, name: str) -> None:
        """The training sheet, with this model to begin with."""
        self._window.training.choose(name)
        self._window.training.ask()

    def on_event(self, event: Event) -> None:
        """An import has ended."""
        if not isinstance(event, JobChanged) or event.job_id not in self._imports or event.state == "running":
            return
        if event.state != "queued":
            self._imports.discard(event.job_id)
        if event.state == "done":
            self._imported(str(event.result))

    def _imported(self, name: str) -> None:
        window, session = self._window, self._window.session
        self.refill()
        card = window.models.cards.get(name)
        about = whence(card.entry) if card is not None else ""
        words = tr("“{title}” is imported: {about}.").format(title=row(name).title, about=about)
        window.bar.offer(words, [(tr("Show its card"), lambda: self.show(name))], question=False)
        if session.steering.model == name and session.map is None:  # the piece that is open has waited for it
            session.ask.load_map()

    def show(self, name: str) -> None:
        """Open a model's card and bring it into sight."""
        window = self._window
        if name in window.models.cards:
            window.models.search.clear()
            window.desk.show_dock("model")
            window.models.open(name)
            window.models.opened.emit(name)

    def refill(self) -> None:
        """Fill everything anew that lists models."""
        from engine.verbs.catalog import verbs_of

        window = self._window
        window.models.show_entries(window.session.shelf.entries(), verbs_of)
        window.workshop.evaluate.refill()
        window.workshop.dials.refill()

    @property
    def _folder(self) -> str:
        return self._window.settings.preferences.last_folder

    def _remember(self, path: Path) -> None:
        settings = self._window.settings
        settings.put(replace(settings.preferences, last_folder=str(path.absolute().parent)))
