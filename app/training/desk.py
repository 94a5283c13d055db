"""What the composer asks of trainings: a form to start one, and what its buttons mean."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from app.training.keeper import TrainingKeeper
from engine.events import Event, TrainingProgressed
from engine.models.row import OWN
from engine.models.shelf import SUFFIX

if TYPE_CHECKING:
    from app.main_window import MainWindow
    from app.panels.training.sheet import TrainingForm
    from app.training.choices import Wish
    from app.training.duration import Pace
    from engine.models.shelf import Entry
    from engine.options import Value


class TrainingDesk:
    """Answers the training commands of one window.

    Args:
        window: whose session, models and panel they are about.
    """

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._chosen = ""  # the model of the card that was opened last
        self.room = TrainingKeeper(window)
        self.paces: dict[str, float] = {}  # model -> steps in a second, as they were in this session
        self.sheet: TrainingForm | None = None  # while it is open
        window.files.folder_dropped.connect(self.ask_about)

    def ask(self) -> None:
        """Choose what is to be trained, on what and how long."""
        self.ask_about("")

    def ask_about(self, folder: str) -> None:
        """The same with a folder of music, which is looked through at once; empty: none yet."""
        if self.sheet is None:
            self.sheet = self._make_sheet()
        self.sheet.show()
        self.sheet.raise_()
        self.sheet.activateWindow()
        if folder:
            self.sheet.choose_folder(folder)

    def _make_sheet(self) -> TrainingForm:
        from app.panels.training.sheet import Around, TrainingForm

        window, session = self._window, self._window.session
        around = Around(
            tuple(session.shelf.entries()), window.paths.models, session.ask.survey, session.cancel,
            self._pace, lambda: session.device_name, session.device_wanted,
        )  # fmt: skip
        sheet = TrainingForm(around, self._chosen, window.theme, window)
        sheet.wanted.connect(self._begin)
        sheet.failed.connect(window.door.show)
        sheet.finished.connect(self._sheet_closed)
        sheet.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return sheet

    def _sheet_closed(self, result: int) -> None:
        self.sheet = None

    def choose(self, name: str) -> None:
        """The composer looks at this model: the form begins with it."""
        self._chosen = name

    def begin(
        self,
        model: str,
        corpus: str,
        changes: Mapping[str, Value],
        network: Mapping[str, Value],
        title: str = "",
        start: str = "",
    ) -> int:
        """Train a network of the composer's own, which gets a card beside the shipped one; returns the job's number.

        Args:
            model: a name of the registry.
            corpus: a collection's name, or a folder.
            changes: of the recipe's `TrainOptions`.
            network: of the network's own options.
            title: of its card; empty: what the music is called.
            start: name of a trained model of the same kind to begin with; empty: with nothing.

        Raises:
            UserError: an option does not exist or is out of its range, or the folder cannot be written.
        """
        from engine.models.own import free_name
        from engine.models.registry import row
        from engine.training.options import order

        folder, known = self._window.paths.models, row(model)
        name = free_name(known.system, title or Path(corpus or known.recipe.corpus).name, folder)
        begin_with = self._window.session.shelf.path(start) if start else None
        return self.room.submit(order(known, folder / (name + SUFFIX), corpus, changes, network, start=begin_with))

    def _pace(self, entry: Entry) -> Pace:
        """How fast a model will learn."""
        from app.training.duration import pace_of
        from engine.training.times import known

        times = known(self._window.paths.cache)
        return pace_of(entry.row, entry.header, self.paces, self._window.session.device_name, times)

    def _begin(self, wish: Wish) -> None:
        """As the sheet wishes; it stays open if that cannot be."""
        try:
            self.begin(wish.model, wish.corpus, wish.changes, wish.network, wish.title, wish.start)
        except Exception as error:
            self._window.door.show(error)
            if self.sheet is not None:
                self.sheet.say(str(error))
            return
        if self.sheet is not None:
            self.sheet.accept()

    def on_event(self, event: Event) -> None:
        """Remember how fast it goes; the sheet hears how far a folder is looked through."""
        if self.sheet is not None:
            self.sheet.on_event(event)
        if isinstance(event, TrainingProgressed):
            self.paces[event.model.partition(OWN)[0]] = event.progress.pace
