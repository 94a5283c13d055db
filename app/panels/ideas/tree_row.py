"""A tree of ideas with what can be done with the path that is chosen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from app.i18n import tr
from app.icons import icon
from app.panels.ideas.cards import IdeaList
from app.panels.ideas.results import Result
from app.panels.ideas.row import IdeaRow
from app.panels.ideas.tree import IdeaTree
from app.theme import Theme


class TreeRow(IdeaRow):
    """Buttons at the left, the tree at the right.

    Args:
        result: whose ideas are a tree.
        theme: colours.
    """

    def __init__(self, result: Result, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(result, tr("{n} paths").format(n=result.tips), range(len(result.ideas)), True, theme, parent)
        for button, hint, act in (
            (self.hear, tr("Hear the chosen path, my bars first"), self._hear),
            (self.write, tr("Write the chosen path behind my music"), self._write),
        ):
            button.clicked.disconnect()
            button.clicked.connect(act)
            button.setToolTip(hint)
            button.setAccessibleName(hint)
            button.setVisible(True)
        self.write.setText(tr("Place path"))
        assert isinstance(self.cards, IdeaTree)
        self.cards.sounds.connect(self._show_sound)
        self.cards.selectionModel().currentChanged.connect(self._show_choice)
        self._show_sound(False)
        self._show_choice()

    def _made(self, result: Result, places: Sequence[int], alone: bool, theme: Theme) -> IdeaList:
        return IdeaTree(result, theme)

    def show_path(self, sounds: bool) -> None:
        """A single path is heard, never the whole row: see `IdeaTree.sounds`."""

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        super().set_theme(theme)
        self._show_sound(self.cards.painter.sounding is not None)

    def _show_sound(self, sounds: bool) -> None:
        self.hear.setText(tr("Stop") if sounds else tr("Hear path"))
        self.hear.setIcon(icon("stop" if sounds else "play", self._theme))
        self.hear.setEnabled(sounds or self.cards.current >= 0)

    def _show_choice(self) -> None:
        self.hear.setEnabled(self.cards.painter.sounding is not None or self.cards.current >= 0)
        self.write.setEnabled(self.cards.current > 0)  # the first is mine, and stands there already

    def _hear(self) -> None:
        if self.cards.painter.sounding is not None:
            self.cards.stopped.emit()
        else:
            self.cards.heard.emit(self.cards.current)

    def _write(self) -> None:
        self.cards.chosen.emit(self.cards.current)
