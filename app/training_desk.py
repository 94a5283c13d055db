"""What the composer asks of trainings: a form to start one, and what its buttons mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from engine.events import Event, TrainingProgressed
from engine.models.shelf import SUFFIX

if TYPE_CHECKING:
    from app.main_window import MainWindow
    from engine.models.shelf import Entry
    from engine.options import Value
    from engine.training.options import Order


class TrainingDesk:
    """Answers the training commands of one window.

    Args:
        window: whose session, models and panel they are about.
    """

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._orders: dict[int, Order] = {}
        self._chosen = ""  # the model of the card that was opened last
        self.paces: dict[str, float] = {}  # model -> steps in a second, as they were in this session

    def ask(self) -> None:
        """Choose what is to be trained, on what and how long."""
        from app.panels.training_form import TrainingForm

        window = self._window
        stopped = [path.stem for path in window.paths.models.glob("*.checkpoint")]
        entries = window.session.shelf.entries()
        form = TrainingForm(entries, self._chosen, self._pace, window.theme, stopped, window)
        form.wanted.connect(self._begin)
        form.failed.connect(window.door.show)
        form.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        form.show()

    def choose(self, name: str) -> None:
        """The composer looks at this model: the form begins with it."""
        self._chosen = name

    def begin(self, model: str, corpus: str, changes: Mapping[str, Value], network: Mapping[str, Value]) -> int:
        """Train a model into the composer's own folder; returns the job's number.

        Args:
            model: a name of the registry.
            corpus: a collection's name, or a folder.
            changes: of the recipe's `TrainOptions`.
            network: of the network's own options.

        Raises:
            UserError: an option does not exist or is out of its range, or the folder cannot be written.
        """
        from engine.models.registry import row
        from engine.training.options import order

        out: Path = self._window.paths.models / (model + SUFFIX)
        return self._submit(order(row(model), out, corpus, changes, network))

    def _pace(self, entry: Entry) -> float:
        """Steps in a second, as they were last time on this chip; 0 if that is not known."""
        took, chip = entry.header.get("took", {}), self._window.session.device_name
        if entry.row.name not in self.paces and took.get("chip", "") == chip and took.get("seconds"):
            return float(took["steps"]) / float(took["seconds"])
        return self.paces.get(entry.row.name, 0.0)

    def _begin(self, model: str, corpus: str, changes: object, network: object) -> None:
        try:
            assert isinstance(changes, Mapping) and isinstance(network, Mapping)
            self.begin(model, corpus, changes, network)
        except Exception as error:
            self._window.door.show(error)

    def _submit(self, wanted: Order) -> int:
        window = self._window
        job = window.session.ask.train(wanted)
        self._orders[job] = wanted
        window.workshop.training.expect(job, wanted.row.title)
        window.workshop.show_training()
        return job

    def resume(self, job_id: int) -> None:
        """Go on with a training that was stopped."""
        if job_id in self._orders:
            self._submit(replace(self._orders[job_id], resume=True))

    def on_event(self, event: Event) -> None:
        """Remember how fast it goes."""
        if isinstance(event, TrainingProgressed):
            self.paces[event.model] = event.progress.pace

    def show_models(self) -> None:
        """Fill the list of models anew: one has learnt."""
        from engine.verbs.catalog import verbs_of

        self._window.models.show_entries(self._window.session.shelf.entries(), verbs_of)
