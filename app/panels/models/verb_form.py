"""A verb of a model: a button, and below it the options, the music it will work on, and Run."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Hashable, Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from app.i18n import tr
from app.icons import icon
from app.panels.models.verb_fields import titles
from app.panels.options_form import OptionsForm
from app.theme import Theme, pad_spin_boxes

if TYPE_CHECKING:
    from engine.verbs.verb import Verb

SEED = "seed"
SIGN = 12  # px of the sign that something folds out


def line(text: str, role: str = "", wrap: bool = True) -> QLabel:
    """A line of plain text."""
    label = QLabel(text)
    label.setWordWrap(wrap)
    label.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        label.setProperty("role", role)
    return label


class FoldButton(QPushButton):
    """A button whose title stands at the left, and at the right the sign that something folds out below it."""

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self.sign: QPixmap | None = None
        self.setProperty("role", "verb")
        self.setAccessibleName(title)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.sign is not None:
            painter = QPainter(self)
            painter.setOpacity(1.0 if self.isEnabled() else 0.4)
            painter.drawPixmap(self.width() - SIGN - 10, (self.height() - SIGN) // 2, self.sign)


class VerbForm(QWidget):
    """One verb. A verb with nothing to choose runs at once; the others fold out, and remember what was chosen last.

    Args:
        verb: of the engine.
        options: to start with.
        theme: colours.
        hidden: names of options that the model has no use for.
        choices: for options whose choices depend on the model: field -> value -> words.

    Signals: `run_asked` with the options; `unfolded` when the form opens; `changed` when an
    option was.
    """

    run_asked = Signal(object)
    unfolded = Signal()
    changed = Signal()

    def __init__(
        self,
        verb: Verb,
        options: Any,
        theme: Theme,
        hidden: Collection[str] = (),
        parent: QWidget | None = None,
        choices: Mapping[str, Mapping[Any, str]] | None = None,
    ) -> None:
        super().__init__(parent)
        self.verb, self._hidden, self._choices = verb, hidden, choices or {}
        self._first = self._known(options)
        self._ran: tuple[Any, Hashable] | None = None  # what the last run was given
        self._music: Hashable = ()
        self._form: OptionsForm | None = None
        self.button = FoldButton(tr(verb.title))
        self.button.clicked.connect(self._pressed)
        self.fold = QWidget()
        self.text, self.music = line(tr(verb.text)), line("", "dim")
        self.go = QPushButton(tr("Run"))
        self.go.setProperty("role", "primary")
        self.go.setAccessibleName(tr("Run {verb}").format(verb=tr(verb.title)))
        self.go.clicked.connect(self.run)
        self.usual = QPushButton(tr("Back to the usual"))
        self.usual.setProperty("role", "quiet")
        self.usual.setToolTip(tr("All options as they were at first; the seed stays"))
        self.usual.setAccessibleName(tr("{verb}: back to the usual").format(verb=tr(verb.title)))
        self.usual.clicked.connect(self._put_back)
        self._inside = QVBoxLayout(self.fold)
        self._inside.setContentsMargins(4, 4, 4, 12)
        self._inside.setSpacing(8)
        for widget in (self.text, self.music, self.go, self.usual):
            self._inside.addWidget(widget)
        self.fold.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.button)
        column.addWidget(self.fold)
        self.set_theme(theme)

    @property
    def trivial(self) -> bool:
        """There is nothing to choose."""
        shown = (field for field in dataclasses.fields(self._first) if field.name not in self._hidden)
        return not any("text" in field.metadata for field in shown)

    @property
    def options(self) -> Any:
        """As the form stands."""
        return self._first if self._form is None else self._form.options

    @property
    def folded_out(self) -> bool:
        """The form is open."""
        return not self.fold.isHidden()

    def run(self) -> None:
        """Run with the options as they stand; asked again for the very same, with the next seed."""
        wanted = self.options
        if self._form is not None and hasattr(wanted, SEED) and self._ran == (wanted, self._music):
            self._form.set_number(SEED, wanted.seed + 1)
            wanted = self.options
        self._ran = (wanted, self._music)
        self.run_asked.emit(wanted)

    def set_folded_out(self, out: bool) -> None:
        """Open or close the form."""
        if out and self._form is None and not self.trivial:
            self._fill(self._first)
        self.fold.setVisible(out)
        self._show_fold()
        if out:
            self.unfolded.emit()

    def _fill(self, options: Any) -> None:
        """A form of these options."""
        if self._form is not None:
            self._inside.removeWidget(self._form)
            self._form.hide()
            self._form.deleteLater()
        self._form = OptionsForm(options, self._choices, narrow=True, hidden=self._hidden, titles=titles(self.verb))
        self._form.changed.connect(lambda options: self._tell())
        self._inside.insertWidget(2, self._form)
        pad_spin_boxes(self._form)
        self.usual.setVisible(self.options != self._usual)

    @property
    def _usual(self) -> Any:
        """The options nobody has touched; the seed counts on whatever is chosen."""
        usual, now = self._known(self.verb.options()), self.options
        return dataclasses.replace(usual, seed=now.seed) if hasattr(usual, SEED) else usual

    def _known(self, options: Any) -> Any:
        """Options with choices that this model knows."""
        strange = {
            name: next(iter(known)) for name, known in self._choices.items() if getattr(options, name) not in known
        }
        return dataclasses.replace(options, **strange)

    def _put_back(self) -> None:
        self._fill(self._usual)
        self.go.setFocus(Qt.FocusReason.OtherFocusReason)  # the button goes
        self._tell()

    def _tell(self) -> None:
        self.usual.setVisible(self.options != self._usual)
        self.changed.emit()

    def show_state(self, blocked: str, hindered: str, music: str, key: Hashable = ()) -> None:
        """What stands in the way, and what will be worked on.

        Args:
            blocked: why the verb cannot be used at all (no weights); empty if it can.
            hindered: why it cannot run just now (no music, at work); empty if it can.
            music: which music it would be given, as a sentence.
            key: equal as long as the music is the same.
        """
        reason = blocked or hindered
        self._music = key
        self.button.setEnabled(not blocked and not (self.trivial and reason))
        self.button.setToolTip(reason or tr(self.verb.text))
        self.button.setStatusTip(reason or tr(self.verb.text))
        self.button.setAccessibleDescription(reason or tr(self.verb.text))
        self.go.setEnabled(not reason)
        self.go.setToolTip(reason)
        self.go.setAccessibleDescription(reason or music)
        self.music.setText(reason or music)
        self.music.setVisible(bool(reason or music))
        if blocked and self.folded_out:
            self.set_folded_out(False)

    def set_theme(self, theme: Theme) -> None:
        """Redraw in another theme."""
        names = {True: "arrow_up", False: "arrow_down"}
        self._signs = {out: icon(name, theme, theme.text_dim).pixmap(SIGN, SIGN) for out, name in names.items()}
        self._show_fold()

    def _pressed(self) -> None:
        if self.trivial:
            self.run()
        else:
            self.set_folded_out(not self.folded_out)

    def _show_fold(self) -> None:
        if not self.trivial:
            self.button.sign = self._signs[self.folded_out]
            self.button.update()
