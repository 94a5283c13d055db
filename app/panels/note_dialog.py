"""A dialog that changes notes: the roll shows what it would do while its numbers change; only OK does it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from app.panels.options_form import OptionsForm
from app.theme import pad_spin_boxes
from app.views.roll.state import Preview, RollState
from app.views.roll.telling import commit_told
from engine.commands.edit import Edit
from engine.score.columns import to_columns

PLAY = "play.toggle"  # the action that Space means, here as everywhere


class NoteDialog(QDialog):
    """Options of one command over notes.

    Args:
        title: what it does; also the label of the undo step.
        options: to begin with.
        roll: where the preview is shown; `indices` are the notes meant.
        make: the edit that some options give.
        parent: the editor it stands over.
    """

    def __init__(
        self,
        title: str,
        options: Any,
        roll: RollState,
        indices: Any,
        make: Callable[[Any], Edit],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._title, self._roll, self._indices, self._make = title, roll, indices, make
        self._over = parent
        self.setWindowTitle(title)
        self.setMinimumWidth(360)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.form = OptionsForm(options)
        self.form.changed.connect(self.preview)
        head = QLabel(title)
        head.setProperty("role", "title")
        kinds = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(kinds.Ok | kinds.Cancel)
        buttons.button(kinds.Ok).setText(title)
        buttons.button(kinds.Ok).setProperty("role", "primary")
        for button in buttons.buttons():
            button.setIcon(type(button.icon())())  # the style's own icons are of another visual language
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(16)
        column.addWidget(head)
        column.addWidget(self.form)
        column.addWidget(buttons)
        pad_spin_boxes(self)
        self._share_space()
        self.preview(options)

    def _share_space(self) -> None:
        """Space plays, so that one hears what the numbers do; numbers have no use for it."""
        for action in self._over.window().actions():
            if action.objectName() == PLAY:
                self.addAction(action)
        for inside in self.form.findChildren(QWidget):
            inside.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        overrides = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
        if overrides and event.key() == Qt.Key.Key_Space:  # type: ignore[attr-defined]
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def showEvent(self, event: QShowEvent) -> None:
        """In the upper right corner of the roll, where it hides least of it."""
        super().showEvent(event)
        corner = self._over.mapToGlobal(self._over.rect().topRight())
        self.move(corner - QPoint(self.width() + 32, -56))

    def preview(self, options: Any) -> None:
        """Show in the roll what these options would do."""
        self._roll.set_preview(Preview(self._indices, to_columns(self._make(options).notes)))

    def accept(self) -> None:
        """Do it, as one undo step."""
        commit_told(self._roll, self._title, self._make(self.form.options), len(self._indices))
        super().accept()

    def reject(self) -> None:
        """Leave every note where it was."""
        self._roll.set_preview(Preview())
        super().reject()
