"""The editors of the list of notes: a pitch by its name, a length in quarters, a velocity, each within its range."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QDoubleSpinBox, QSpinBox, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.i18n import tr
from app.views.roll.grid import note_name
from app.views.roll.note_table import LENGTH, PITCH

STEPS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}


def pitch_of(text: str) -> int | None:
    """Pitch of a name such as "C#4", "e♭3" or of a number; None if it is neither."""
    text = text.strip().lower().replace("♯", "#").replace("♭", "b")
    if text.isdigit():
        return int(text) if int(text) <= 127 else None
    octave = text[1:].lstrip("#b")
    if not text or text[0] not in STEPS or not octave.lstrip("-").isdigit():
        return None
    signs = text[1 : len(text) - len(octave)]
    pitch = STEPS[text[0]] + signs.count("#") - signs.count("b") + 12 * (int(octave) + 1)
    return pitch if 0 <= pitch <= 127 else None


class PitchBox(QSpinBox):
    """A pitch by name; the arrows go by semitones."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setRange(0, 127)

    def textFromValue(self, value: int) -> str:
        return note_name(value)

    def valueFromText(self, text: str) -> int:
        pitch = pitch_of(text)
        return self.value() if pitch is None else pitch

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Whether a text is a pitch; any other may still become one."""
        done = pitch_of(text) is not None
        return QValidator.State.Acceptable if done else QValidator.State.Intermediate, text, position


class EventDelegate(QStyledItemDelegate):
    """Makes the editor that a column needs."""

    def createEditor(
        self, parent: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QWidget:
        if index.column() == PITCH:
            pitch = PitchBox(parent)
            pitch.setAccessibleName(tr("Pitch"))
            return pitch
        if index.column() == LENGTH:
            length = QDoubleSpinBox(parent)
            length.setDecimals(3)
            length.setRange(0.001, 100_000)
            length.setSingleStep(0.25)
            length.setAccessibleName(tr("Length in quarters"))
            return length
        velocity = QSpinBox(parent)
        velocity.setRange(1, 127)
        velocity.setAccessibleName(tr("Velocity"))
        return velocity
