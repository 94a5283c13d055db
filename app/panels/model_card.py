"""A model as a card: what it does for the composer, its verbs as buttons, where it comes from, how well it does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFormLayout, QFrame, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app.i18n import tr
from app.icons import icon
from app.theme import Theme

VERBS = ("generate.four", "generate.put", "generate.here")

FIGURES = {  # name in a bundle's header -> what it means, and how it is written
    "held_out_tunes": ("Tunes it was tested on", "{:,.0f}"),
    "token_accuracy": ("Steps of a tune it gives back", "{:.1%}"),
    "onset_accuracy": ("Onsets it gives back", "{:.1%}"),
    "prior_fd": ("New melodies: distance from real ones", "{:.1f}"),
    "midpoint_fd": ("Halfway melodies: distance from real ones", "{:.1f}"),
    "prior_copies": ("Copied from the training tunes", "{:.1%}"),
    "prior_unique": ("Different from one another", "{:.1%}"),
}


def figure_lines(figures: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Measured figures in words, in our order; those that say nothing to a composer are left out."""
    known = [(words, form, figures[name]) for name, (words, form) in FIGURES.items() if name in figures]
    return [(tr(words), form.format(value)) for words, form, value in known if isinstance(value, int | float)]


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
        self.figures = QFormLayout()
        self.figures.setHorizontalSpacing(12)
        self.figures.setVerticalSpacing(6)
        self._figures_head = self._label(tr("Measured on tunes it had never seen"), "head")
        self._column.addLayout(self.figures)
        self._origin_head = self._label(tr("Where it comes from"), "head")
        self.origin = self._label("", "dim")
        self._column.addStretch(1)
        self.set_theme(theme)
        self.refresh()
        for widget in (self._figures_head, self._origin_head, self.origin):
            widget.hide()

    def _label(self, text: str, role: str = "") -> QLabel:
        label = QLabel(text)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        if role:
            label.setProperty("role", role)
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
        lines = figure_lines(header.get("figures", {}))
        while self.figures.rowCount():
            self.figures.removeRow(0)
        for words, value in lines:
            self._add_figure(words, value)
        self._figures_head.setVisible(bool(lines))
        self._origin_head.setVisible(True)
        self.origin.setVisible(True)
        self.setAccessibleName(f"{title}, {year}. {promise}")

    def _add_figure(self, words: str, value: str) -> None:
        left, right = QLabel(words), QLabel(value)
        left.setProperty("role", "dim")
        left.setWordWrap(True)
        right.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.figures.addRow(left, right)

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
