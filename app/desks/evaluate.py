"""What the composer asks about models side by side: to see them, and to take the table along."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from app.i18n import tr
from app.panels.evaluate.panel import HEIGHT, WIDTH
from engine.errors import UserError

if TYPE_CHECKING:
    from app.main_window import MainWindow


class EvaluateDesk:
    """Answers the evaluation commands of one window.

    Args:
        window: whose panel and docks they are about.
    """

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    def open(self) -> None:
        """Bring up the panel: in a window of its own, unless the composer has put it elsewhere."""
        window = self._window
        dock = window.docks["evaluate"]
        if dock.isHidden() and dock.isFloating():
            room = window.screen().availableGeometry()
            dock.resize(min(WIDTH, room.width()), min(HEIGHT, room.height()))
            place = dock.rect().translated(window.geometry().center() - dock.rect().center())
            place.moveLeft(max(room.left(), place.left()))
            place.moveTop(max(room.top(), place.top()))
            dock.move(place.topLeft())
        window.desk.show_dock("evaluate")
        window.workshop.evaluate.choice.models.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def toggle(self) -> None:
        """Show or hide the panel."""
        dock = self._window.docks["evaluate"]
        if dock.isHidden():
            self.open()
        else:
            dock.hide()

    def export(self) -> None:
        """Ask for a file and write the table into it."""
        chosen, _ = QFileDialog.getSaveFileName(
            self._window, tr("Export the figures"), "models.csv", tr("Tables (*.csv)")
        )
        if chosen:
            self.write(Path(chosen).with_suffix(".csv"))

    def write(self, path: Path) -> None:
        """Write all figures for a spreadsheet.

        Raises:
            UserError: the file cannot be written.
        """
        found = self._window.workshop.evaluate.comparison
        assert found is not None
        try:
            path.write_text(found.csv(), encoding="utf-8-sig")  # so that every spreadsheet knows its letters
        except OSError as error:
            raise UserError(tr("{path} cannot be written.").format(path=path), tr("Choose another folder.")) from error
        self._window.bar.say(tr("The figures are in {path}.").format(path=path))
