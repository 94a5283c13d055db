"""A form made from a frozen dataclass: one line per field that says what it is called.

A field takes part if its metadata has a `title` or a `text` (a sentence of help, as `engine.options.option` writes
it). Further keys: `low` and `high` (range), `step`, `choices` (value -> words, or words alone), `path` (a file is
chosen; the value says of which kinds), `empty` (what an empty text means).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import Field, fields, replace
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.i18n import tr


class OptionsForm(QWidget):
    """Edits a copy of the options it was given.

    Args:
        options: an instance of the dataclass.
        choices: for fields whose choices are only known now: field -> value -> words.
        narrow: in a column beside the music: close together, a field's sentence of help is its tool tip.
        hidden: names of fields that are kept as they are and not shown.
        titles: what fields are called, where it is not their name.
        usual: options whose values are the usual ones: behind its sentence each field then tells its range and its
            usual value.

    Signals: `changed` with the options as they stand.
    """

    changed = Signal(object)

    def __init__(
        self,
        options: Any,
        choices: Mapping[str, Mapping[Any, str]] | None = None,
        parent: QWidget | None = None,
        narrow: bool = False,
        hidden: Collection[str] = (),
        titles: Mapping[str, str] | None = None,
        usual: Any = None,
    ) -> None:
        super().__init__(parent)
        self._options, self._narrow, self._usual = options, narrow, usual
        self._choices, self._titles = choices or {}, titles or {}
        self._readers: dict[str, Callable[[], Any]] = {}
        self.editors: dict[str, QWidget] = {}
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(8 if narrow else 24)
        form.setVerticalSpacing(6 if narrow else 12)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        if narrow:
            form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
            form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for field in fields(options):
            if field.name not in hidden and ("title" in field.metadata or "text" in field.metadata):
                self._add(form, field)

    @property
    def options(self) -> Any:
        """The options as the form stands."""
        return replace(self._options, **{name: read() for name, read in self._readers.items()})

    def set_number(self, name: str, value: int) -> None:
        """Put a whole number into a field, without a word to anyone."""
        box = self.editors.get(name)
        if isinstance(box, QSpinBox):
            box.blockSignals(True)
            box.setValue(value)
            box.blockSignals(False)

    def _add(self, form: QFormLayout, field: Field[Any]) -> None:
        about = field.metadata
        editor = self._editor(field, getattr(self._options, field.name))
        title = self._title(field)
        editor.setAccessibleName(title)
        self.editors[field.name] = editor
        if self._narrow:
            self._add_narrow(form, title, editor, self._help(field))
            return
        cell = QWidget()
        column = QVBoxLayout(cell)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        if about.get("path"):
            column.addLayout(self._with_browse(editor, tr(about["path"])))
        else:
            column.addWidget(editor)
        if about.get("text"):
            words = QLabel(self._help(field))
            words.setProperty("role", "dim")
            words.setWordWrap(True)
            editor.setAccessibleDescription(words.text())
            column.addWidget(words)
        label = QLabel("" if isinstance(editor, QCheckBox) else title)
        label.setContentsMargins(0, 5, 0, 0)
        label.setBuddy(editor)
        form.addRow(label, cell)

    def _add_narrow(self, form: QFormLayout, title: str, editor: QWidget, text: str) -> None:
        words = text[:1].upper() + text[1:]
        editor.setAccessibleDescription(words)
        editor.setToolTip(words)
        editor.setStatusTip(words)
        if isinstance(editor, QCheckBox):
            form.addRow(editor)
            return
        label = QLabel(title)
        label.setProperty("role", "dim")
        label.setContentsMargins(0, 5, 0, 0)
        label.setToolTip(words)
        label.setBuddy(editor)
        form.addRow(label, editor)

    def _editor(self, field: Field[Any], value: Any) -> QWidget:
        name, about = field.name, field.metadata
        choices = self._choices.get(name) or about.get("choices")
        if choices or name in self._choices:
            return self._choice(name, value, choices if isinstance(choices, Mapping) else _in_words(choices or ()))
        if isinstance(value, bool):
            check = QCheckBox(self._title(field))
            check.setChecked(value)
            check.toggled.connect(self._tell)
            self._readers[name] = check.isChecked
            return check
        if isinstance(value, int | float):
            return self._number(name, value, about)
        line = QLineEdit(str(value))
        line.setPlaceholderText(tr(about.get("empty", "")))
        line.editingFinished.connect(self._tell)
        self._readers[name] = line.text
        return line

    def _choice(self, name: str, value: Any, choices: Mapping[Any, str]) -> QComboBox:
        box = QComboBox()
        for key, words in choices.items():
            box.addItem(tr(words), key)
        box.setCurrentIndex(max(0, box.findData(value)))
        box.activated.connect(self._tell)
        self._readers[name] = box.currentData
        return box

    def _number(self, name: str, value: float, about: Mapping[str, Any]) -> QWidget:
        whole = isinstance(value, int)
        box: QSpinBox | QDoubleSpinBox = QSpinBox() if whole else QDoubleSpinBox()
        low, high = about.get("low"), about.get("high")
        if isinstance(box, QDoubleSpinBox):
            box.setDecimals(_decimals(value))
        box.setRange(0 if low is None else low, 1_000_000 if high is None else high)
        box.setSingleStep(about.get("step", 1 if whole else min(0.05, 10 ** (1 - _decimals(value)))))
        box.setValue(value)  # type: ignore[arg-type]
        box.setKeyboardTracking(False)
        box.valueChanged.connect(self._tell)
        self._readers[name] = box.value
        return box

    def _with_browse(self, editor: QWidget, kinds: str) -> QHBoxLayout:
        browse = QPushButton(tr("Choose…"))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(editor, 1)
        row.addWidget(browse)

        def choose() -> None:
            name, _ = QFileDialog.getOpenFileName(self, tr("Choose a file"), "", kinds)
            if name and isinstance(editor, QLineEdit):
                editor.setText(name)
                self._tell()

        browse.clicked.connect(choose)
        return row

    def _help(self, field: Field[Any]) -> str:
        """The sentence of a field; with its range and usual value, if those are known."""
        about, text = field.metadata, tr(field.metadata.get("text", ""))
        if self._usual is None:
            return text
        low, high, value = about.get("low"), about.get("high"), getattr(self._usual, field.name)
        if high is not None:
            span = tr("{low} to {high}").format(low=f"{low or 0:g}", high=f"{high:g}")
        else:
            span = tr("at least {low}").format(low=f"{low:g}") if low is not None else ""
        number = isinstance(value, int | float) and not isinstance(value, bool)
        usual = tr("usually {value}").format(value=f"{value:g}") if number else ""
        return " · ".join(part for part in (text[:1].upper() + text[1:], span, usual) if part)

    def _title(self, field: Field[Any]) -> str:
        known = self._titles.get(field.name) or field.metadata.get("title")
        return tr(known or field.name.replace("_", " ").capitalize())

    def _tell(self) -> None:
        self.changed.emit(self.options)


def _decimals(value: float) -> int:
    """Digits behind the point that show a number and one a little smaller: 2, or more for a learning rate."""
    digits = len(f"{value:.9f}".rstrip("0").partition(".")[2])
    return 2 if digits <= 2 else digits + 1


def _in_words(choices: Iterable[str]) -> dict[str, str]:
    """Choices that are words already: `small_steps` as "Small steps"."""
    return {choice: choice.replace("_", " ").capitalize() for choice in choices}
