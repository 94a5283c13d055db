"""What the composer asks of trainings: a form to start one, and what its buttons mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from engine.events import Event, TrainingProgressed
from engine.models.row import OWN
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
        stopped = [order.name for order in window.session.ask.unfinished()]
        entries = window.session.shelf.entries()
        form = TrainingForm(entries, self._chosen, self._pace, window.theme, stopped, window)
        form.wanted.connect(self._begin)
        form.failed.connect(window.door.show)
        form.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        form.show()

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
        return self._submit(order(known, folder / (name + SUFFIX), corpus, changes, network, start=begin_with))

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
        window.workshop.training.expect(job, wanted.title)
        window.workshop.show_training()
        return job

    def resume(self, job_id: int) -> None:
        """Go on with a training that was stopped."""
        if job_id in self._orders:
            self._submit(replace(self._orders[job_id], resume=True))

    def on_event(self, event: Event) -> None:
        """Remember how fast it goes."""
        if isinstance(event, TrainingProgressed):
            self.paces[event.model.partition(OWN)[0]] = event.progress.pace

    def show_models(self) -> None:
        """Fill the list of models anew: one has learnt."""
        from engine.verbs.catalog import verbs_of

        self._window.models.show_entries(self._window.session.shelf.entries(), verbs_of)
