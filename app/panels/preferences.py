"""The preferences: a form made from the dataclass in `app/settings.py`. Changes hold at once."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app.i18n import tr
from app.panels.options_form import OptionsForm
from app.settings import Preferences
from app.theme import pad_spin_boxes
from engine.errors import UserError

WIDTH = 560


class PreferencesDialog(QDialog):
    """Edits the preferences.

    Args:
        preferences: as they are.
        devices: names of the sound outputs that are there.

    Signals: `changed` with the new Preferences, at every change.
    """

    changed = Signal(object)

    def __init__(self, preferences: Preferences, devices: list[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Preferences"))
        self.setMinimumWidth(WIDTH - 40)
        title = QLabel(tr("Preferences"))
        title.setProperty("role", "title")
        known = {"": tr("As the system")} | {name: name for name in devices}
        if preferences.sound_device not in known:
            known[preferences.sound_device] = tr("{name} (not there now)").format(name=preferences.sound_device)
        choices = {"sound_device": known} | _midi_choices(preferences)
        self.form = OptionsForm(preferences, choices=choices)
        self.form.changed.connect(self.changed)
        close = QPushButton(tr("Done"))
        close.setProperty("role", "primary")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(16)
        column.addWidget(title)
        column.addWidget(_rolled(self.form), 1)
        column.addLayout(row)
        pad_spin_boxes(self)
        self.resize(WIDTH, self._full_height())

    def _full_height(self) -> int:
        """What all rows take, their words on as many lines as they need; on a small screen the form is scrolled."""
        inside = self.form.heightForWidth(WIDTH - 2 * 24 - 16)
        full = max(inside, self.form.sizeHint().height()) + 128
        return min(full, round(self.screen().availableGeometry().height() * 0.9))


def _rolled(form: QWidget) -> QScrollArea:
    """The form in a frame that scrolls up and down."""
    area = QScrollArea()
    area.setWidget(form)
    area.setWidgetResizable(True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    for ground in (form, area.viewport()):
        ground.setAutoFillBackground(False)  # the dialog's own
    return area


def _midi_choices(preferences: Preferences) -> dict[str, dict[str, str]]:
    """The MIDI ports that are there, and the chosen ones though they are not."""
    from engine.audio import ports

    sources = {"": tr("Every one that is connected"), "none": tr("None")}
    sinks = {"": tr("None")}
    try:
        found_in, found_out = ports.inputs(), ports.outputs()
    except UserError:  # the doctor says what is missing
        found_in, found_out = [], []
    if not found_in:
        sources[""] = tr("Every one that is connected (none is now)")
    if not found_out:
        sinks[""] = tr("None (no port is there now)")
    sources |= {name: name for name in found_in}
    sinks |= {name: name for name in found_out}
    for known, chosen in ((sources, preferences.midi_in), (sinks, preferences.midi_out)):
        if chosen not in known:
            known[chosen] = tr("{name} (not there now)").format(name=chosen)
    return {"midi_in": sources, "midi_out": sinks}
