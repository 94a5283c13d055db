"""What a training begins with, and what its result is called: two choices of the sheet, each with a sentence."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QVBoxLayout, QWidget

from app.i18n import tr
from app.panels.elided import breakable
from app.panels.models.verb_form import line
from app.theme import GRID
from app.training.choices import NOTHING, starts
from engine.errors import UserError
from engine.models.own import LONGEST, free_name, title_from
from engine.models.row import OWN

if TYPE_CHECKING:
    from engine.models.row import Row
    from engine.models.shelf import Entry


class StartChoice(QWidget):
    """With what a training begins: nothing, or a trained model of the same kind.

    Args:
        entries: every model there is.

    Signals: `changed` when something else is chosen.
    """

    changed = Signal()

    def __init__(self, entries: Iterable[Entry], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries, self._known = tuple(entries), dict[str, "Entry"]()
        self.box, self.words = QComboBox(), line("", "dim")
        self.box.setAccessibleName(tr("Begin with"))
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.box.setMinimumContentsLength(16)
        stack(self, self.box, self.words)
        self.box.activated.connect(self._tell)

    @property
    def name(self) -> str:
        """Of the model to begin with; empty: nothing."""
        return str(self.box.currentData() or NOTHING)

    @property
    def entry(self) -> Entry | None:
        """That model; None: nothing."""
        return self._known.get(self.name)

    def show_model(self, row: Row, chosen: str = NOTHING) -> None:
        """What a model of this kind can begin with."""
        self._known = starts(self._entries, row.system)
        self.box.clear()
        self.box.addItem(tr("Nothing"), NOTHING)
        for name, entry in self._known.items():
            title = entry.row.title
            own = tr("“{title}”, your own") if entry.row.own else tr("{title}, as its card plays now")
            self.box.addItem(own.format(title=title), name)
        self.box.setCurrentIndex(max(0, self.box.findData(chosen)))
        self._show()

    def choose(self, name: str) -> None:
        """Propose this one, without a word to anyone."""
        self.box.setCurrentIndex(max(0, self.box.findData(name)))
        self._show()

    def _tell(self) -> None:
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        self.words.setText(
            tr("It starts from chance and will know this music only. That takes longer, and much music.")
            if self.entry is None
            else tr("It goes on from what “{title}” has learnt: quicker, and better with little music. The size of its "
                    "network stays as it is.").format(title=self.entry.row.title)
        )  # fmt: skip
        self.box.setAccessibleDescription(self.words.text())


class NameChoice(QWidget):
    """What the result is called; a name that was typed stays, one that was proposed follows the music.

    Args:
        folder: where the composer's models are.

    Signals: `changed` with every letter.
    """

    changed = Signal()

    def __init__(self, folder: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._folder, self._typed = folder, False
        self._row: Row | None = None
        self.line, self.words = QLineEdit(), line("", "dim")
        self.line.setMaxLength(LONGEST)
        self.line.setAccessibleName(tr("Name"))
        stack(self, self.line, self.words)
        self.line.textEdited.connect(self._edited)

    @property
    def title(self) -> str:
        """As it stands."""
        return self.line.text().strip()

    @property
    def why_not(self) -> str:
        """Why it cannot be called that; empty if it can."""
        try:
            title_from(self.title)
        except UserError as error:
            return str(error) if self.title else tr("Give the model a name.")
        return ""

    def propose(self, row: Row, music: str) -> None:
        """A name for what a model learns from some music, unless the composer has typed one."""
        self._row = row
        if not self._typed:
            self.line.setText(_from_music(music) or row.title)
        self._show()

    def _edited(self) -> None:
        self._typed = bool(self.title)
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        if self._row is None or self.why_not:
            self.words.setText(self.why_not)
            return
        title = free_name(self._row.system, self.title, self._folder).partition(OWN)[2]
        taken = title != title_from(self.title)
        words = tr("That name is taken: its card will be called “{title}”.") if taken else tr(
            "A card called “{title}” comes beside those that are there. Nothing is replaced.")  # fmt: skip
        self.words.setText(breakable(words.format(title=title)))
        self.line.setAccessibleDescription(self.words.text())


def _from_music(music: str) -> str:
    """A collection's or folder's name as a title; empty if it has no letters."""
    try:
        name = title_from(Path(music).name.replace("_", " "))
    except UserError:
        return ""
    return name[:1].upper() + name[1:]


def stack(into: QWidget, *widgets: QWidget) -> None:
    """Widgets below one another, close together."""
    column = QVBoxLayout(into)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(GRID // 2)
    for widget in widgets:
        column.addWidget(widget)
