"""A model as a card: what it does for the composer, its verbs as buttons, where it comes from, how well it does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app.i18n import tr
from app.icons import icon
from app.panels.figures import headlines, shortfalls, table
from app.theme import Theme

VERBS = ("generate.four", "generate.put", "generate.here")


def origin_of(paper: str, header: Mapping[str, Any]) -> str:
    """Paper, corpus and its terms, a paragraph each."""
    corpus = header.get("corpus")
    parts = [paper.rstrip(".") + "."]
    if isinstance(corpus, Mapping) and corpus.get("title"):
        parts.append(tr("Trained on {corpus}. {terms}").format(corpus=corpus["title"], terms=corpus.get("terms", "")))
    parts.append(tr("What you make with it is yours."))
    return "\n\n".join(part.strip() for part in parts)


class VerbButton(QPushButton):
    """Runs an action; when that cannot be used its tool tip and the status bar say why."""

    def __init__(self, action: QAction, title: str) -> None:
        super().__init__(title)
        self.action = action
        self.setIconSize(QSize(18, 18))
        self.clicked.connect(action.trigger)
        self.setAccessibleName(title)

    def show_reason(self, reason: str) -> None:
        """Enabled without a reason, disabled with one."""
        self.setEnabled(not reason)
        self.setToolTip(reason or self.action.toolTip())
        self.setStatusTip(reason or self.action.statusTip())
        self.setAccessibleDescription(reason)


class Figures(QWidget):
    """How well a model does: a few sentences, what falls short, and all the rest behind a button."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 8)
        self._column.setSpacing(8)
        self._parts: list[QWidget] = []
        self.more = QPushButton()
        self.more.setProperty("role", "quiet")
        self.more.clicked.connect(lambda: self._unfold(self._details.isHidden()))
        self._details: QWidget = QWidget()

    def show_header(self, header: Mapping[str, Any]) -> None:
        """Say what a bundle's header holds; hidden if nothing was measured."""
        for part in (*self._parts, self._details):
            self._column.removeWidget(part)
            part.deleteLater()
        self._parts = []
        said, short, rest = headlines(header), shortfalls(header), table(header)
        if said:
            self._say(tr("How well it does"), "head")
        for words in said:
            self._say(words)
        for words in short:
            self._say(words, "danger")
        self._details = self._table(rest)
        self._column.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addWidget(self._details)
        self.more.setVisible(bool(rest))
        self._unfold(False)
        self.setVisible(bool(said or short or rest))

    @property
    def sentences(self) -> list[str]:
        """What is said, in order."""
        return [part.text() for part in self._parts if isinstance(part, QLabel)]

    @property
    def details(self) -> QWidget:
        """The table, shown or not."""
        return self._details

    def _say(self, words: str, role: str = "") -> None:
        label = _label(words, role)
        self._parts.append(label)
        self._column.addWidget(label)

    def _table(self, sections: list[tuple[str, list[tuple[str, str]]]]) -> QWidget:
        made = QWidget()
        grid = QGridLayout(made)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(0, 1)
        row = 0
        for head, lines in sections:
            grid.addWidget(_label(head, "head"), row, 0, 1, 2)
            for words, value in lines:
                row += 1
                number = _label(value, "dim", wrap=False)
                grid.addWidget(_label(words, "dim"), row, 0)
                grid.addWidget(number, row, 1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
            row += 1
        return made

    def _unfold(self, open_: bool) -> None:
        self._details.setVisible(open_)
        self.more.setText(tr("Fewer figures") if open_ else tr("More figures"))
        self.more.setAccessibleName(self.more.text())


def _label(text: str, role: str = "", wrap: bool = True) -> QLabel:
    """A line of plain text."""
    label = QLabel(text)
    label.setWordWrap(wrap)
    label.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        label.setProperty("role", role)
    return label


class ModelCard(QScrollArea):
    """The card of one model.

    Args:
        actions: the window's QActions by id; the verbs among them become buttons.
        why_not: why a verb cannot be used now.
        theme: colours.
    """

    def __init__(
        self, actions: Mapping[str, QAction], why_not: Callable[[str], str], theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._why_not, self._theme = why_not, theme
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumWidth(248)  # its widest button
        inside = QWidget()
        inside.setProperty("role", "panel")
        self.setWidget(inside)
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(16, 8, 16, 16)
        self._column.setSpacing(8)
        self.title = self._label("", "title")
        self.promise = self._label("")
        self.reason = self._label("", "dim")
        self._column.addSpacing(8)
        self.buttons = {name: self._button(actions[name]) for name in VERBS}
        self._column.addSpacing(8)
        self._rule()
        self.figures = Figures()
        self._column.addWidget(self.figures)
        self._origin_head = self._label(tr("Where it comes from"), "head")
        self.origin = self._label("", "dim")
        self._column.addStretch(1)
        self.set_theme(theme)
        self.refresh()
        for widget in (self.figures, self._origin_head, self.origin):
            widget.hide()

    def _label(self, text: str, role: str = "") -> QLabel:
        label = _label(text, role)
        self._column.addWidget(label)
        return label

    def _button(self, action: QAction) -> VerbButton:
        button = VerbButton(action, action.text())
        self._column.addWidget(button)
        return button

    def _rule(self) -> None:
        rule = QFrame()
        rule.setProperty("role", "line")
        self._column.addWidget(rule)
        self._column.addSpacing(4)

    def show_model(self, title: str, promise: str, year: int, paper: str, header: Mapping[str, Any]) -> None:
        """Fill the card.

        Args:
            title: what people call the model.
            promise: what it does for a composer.
            year: of the paper.
            paper: authors, title, place.
            header: of its bundle; empty if it is not trained.
        """
        self.title.setText(title)
        self.promise.setText(promise)
        self.origin.setText(origin_of(paper, header))
        self.figures.show_header(header)
        self._origin_head.setVisible(True)
        self.origin.setVisible(True)
        self.setAccessibleName(f"{title}, {year}. {promise}")

    def refresh(self) -> None:
        """Ask again what can be used."""
        reasons = {name: self._why_not(name) for name in VERBS}
        for name, button in self.buttons.items():
            button.show_reason(reasons[name])
        shared = reasons[VERBS[0]]
        self.reason.setText(shared)
        self.reason.setVisible(bool(shared))

    def set_theme(self, theme: Theme) -> None:
        """Redraw in another theme."""
        self._theme = theme
        for name, button in self.buttons.items():
            sign = {"generate.four": "generate", "generate.put": "pin", "generate.here": "map"}[name]
            button.setIcon(icon(sign, theme))
