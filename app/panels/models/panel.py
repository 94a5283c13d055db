"""Every model as a card, in groups by what they do for the composer; one is open at a time, a search box filters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.i18n import tr
from app.panels.models.card import ModelCard
from app.panels.models.remembered import Remembered
from app.panels.models.verb_form import line
from app.theme import Theme
from engine.events import Event, MapReady

if TYPE_CHECKING:
    from app.desks.generate import GenerateDesk
    from app.settings import Settings
    from engine.models.row import Row
    from engine.models.shelf import Entry
    from engine.verbs.verb import Verb

SOON_MS = 60  # a burst of changes (a box drawn over a thousand notes) is answered once
WIDTH = 248  # px; its widest button


class ModelsPanel(QWidget):
    """The models. Empty until `show_entries`: reading the bundles' headers waits until the window is painted.

    Args:
        actions: the window's QActions by id.
        desk: knows what can be used now, and runs it.
        theme: colours.
        settings: where what was chosen last in the forms is kept; None: nowhere.

    Signals: `opened` with the name of a model whose card was opened; `panel_asked` with a model's name and the panel
    where it is worked on by hand; `help_asked` with a model's name; `own_asked` with the name of one of the composer's
    own and what is to be done with it; `failed` with what a verb raised.
    """

    opened = Signal(str)
    panel_asked = Signal(str, str)
    help_asked = Signal(str)
    own_asked = Signal(str, str)
    failed = Signal(object)

    def __init__(
        self,
        actions: Mapping[str, QAction],
        desk: GenerateDesk,
        theme: Theme,
        settings: Settings | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._actions, self._desk, self._theme = actions, desk, theme
        self.cards: dict[str, ModelCard] = {}
        self._groups: dict[str, tuple[QLabel, list[ModelCard]]] = {}
        self.remembered = Remembered(settings)
        self._on_map = ""
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SOON_MS)
        self._soon.timeout.connect(self.refresh)
        self.setMinimumWidth(WIDTH)
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search models"))
        self.search.setAccessibleName(tr("Search models"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self.filter)
        self._none = line(tr("No model is called that."), "dim")
        self._none.setContentsMargins(16, 8, 16, 8)
        self._none.hide()
        self._lay_out()

    def _lay_out(self) -> None:
        inside = QWidget()
        inside.setProperty("role", "panel")
        self._list = QVBoxLayout(inside)
        self._list.setContentsMargins(0, 0, 0, 8)
        self._list.setSpacing(0)
        self._list.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(inside)
        top = QHBoxLayout()
        top.setContentsMargins(12, 8, 8, 8)
        top.setSpacing(4)
        top.addWidget(self.search, 1)
        if "generate.compare" in self._actions:
            compare = QToolButton()
            compare.setDefaultAction(self._actions["generate.compare"])
            top.addWidget(compare)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        rule = QFrame()
        rule.setProperty("role", "line")
        column.addWidget(rule)
        column.addWidget(self._none)
        column.addWidget(self._scroll, 1)

    # ------------------------------------------------------------------------------------------------------- filling

    def show_entries(self, entries: Iterable[Entry], verbs_of: Callable[[Row], Sequence[Verb]]) -> None:
        """Fill the list; the card of the model on the map opens, or the one that was open stays so.

        Args:
            entries: models in the order of their groups.
            verbs_of: what a model offers.
        """
        opened = next((name for name, card in self.cards.items() if card.is_open), self._on_map)
        self._clear()
        for entry in entries:
            card = ModelCard(entry, tuple(verbs_of(entry.row)), self._actions, self._desk, self.remembered, self._theme)
            card.pressed.connect(lambda card=card: self._pressed(card))
            card.head.stepped.connect(lambda step, card=card: self._step(card, step))
            card.unfolded.connect(self._show_whole)
            card.panel_asked.connect(self.panel_asked)
            card.help_asked.connect(self.help_asked)
            card.own_asked.connect(self.own_asked)
            card.failed.connect(self.failed)
            self.cards[card.name] = card
            self._group(entry.row.group)[1].append(card)
        for title, cards in self._groups.values():
            self._list.insertWidget(self._list.count() - 1, title)
            for card in cards:
                self._list.insertWidget(self._list.count() - 1, card)
        self.set_on_map(self._on_map)
        if opened in self.cards:
            self.open(opened)
        elif self.cards:
            self._put_tab_stop(next(iter(self.cards.values())))
        self.filter(self.search.text())

    def _group(self, name: str) -> tuple[QLabel, list[ModelCard]]:
        if name not in self._groups:
            title = line(tr(name), "group")
            title.setContentsMargins(16, 12, 16, 4)
            self._groups[name] = (title, [])
        return self._groups[name]

    def _clear(self) -> None:
        for title, cards in self._groups.values():
            for widget in (title, *cards):
                self._list.removeWidget(widget)
                widget.hide()
                widget.deleteLater()
        self.cards, self._groups = {}, {}

    # ------------------------------------------------------------------------------------------------------- showing

    def open(self, name: str) -> None:
        """Open a model's card, close the others, and bring it into sight."""
        for card in self.cards.values():
            card.set_open(card.name == name)
        self._put_tab_stop(self.cards[name])
        QTimer.singleShot(0, self, lambda: self._bring_into_sight(name))

    def set_on_map(self, name: str) -> None:
        """The map is now this model's."""
        self._on_map = name
        for card in self.cards.values():
            card.set_on_map(card.name == name)

    def filter(self, text: str) -> None:
        """Show only the cards that hold every word."""
        words = text.casefold().split()
        shown = 0
        for title, cards in self._groups.values():
            fitting = [card for card in cards if card.matches(words)]
            for card in cards:
                card.setVisible(card in fitting)
            title.setVisible(bool(fitting))
            shown += len(fitting)
        self._none.setVisible(bool(self.cards) and not shown)
        visible = [card for card in self.cards.values() if not card.isHidden()]
        if visible and not any(card.head.focusPolicy() & Qt.FocusPolicy.TabFocus for card in visible):
            self._put_tab_stop(visible[0])

    def refresh(self) -> None:
        """Ask again what can be used."""
        for card in self.cards.values():
            card.refresh()

    def refresh_soon(self) -> None:
        """The same, once for a burst of changes."""
        self._soon.start()

    def on_event(self, event: Event) -> None:
        """A model that was at work may be free again; another one may have come on the map."""
        if isinstance(event, MapReady):
            self.set_on_map(event.model)
        if self._desk.on_event(event):
            self.refresh()

    def set_theme(self, theme: Theme) -> None:
        """Redraw in another theme."""
        self._theme = theme
        for card in self.cards.values():
            card.set_theme(theme)

    # ---------------------------------------------------------------------------------------------------- the keyboard

    def _pressed(self, card: ModelCard) -> None:
        if card.is_open:
            card.set_open(False)
        else:
            self.open(card.name)
            self.opened.emit(card.name)

    def _step(self, card: ModelCard, step: int) -> None:
        """Up and Down go from head to head: Tab need not pass all of them."""
        visible = [other for other in self.cards.values() if not other.isHidden()]
        index = visible.index(card) + step
        if 0 <= index < len(visible):
            self._put_tab_stop(visible[index])
            visible[index].head.setFocus(Qt.FocusReason.TabFocusReason)
            self._scroll.ensureWidgetVisible(visible[index].head, 0, 16)

    def _put_tab_stop(self, card: ModelCard) -> None:
        for other in self.cards.values():
            one = other is card
            other.head.setFocusPolicy(Qt.FocusPolicy.StrongFocus if one else Qt.FocusPolicy.ClickFocus)

    def _show_whole(self, form: QWidget) -> None:
        """Scroll so that a form that just opened is seen down to its button."""
        QTimer.singleShot(0, self, lambda: self._scroll.ensureWidgetVisible(form, 0, 8))

    def _bring_into_sight(self, name: str) -> None:
        card = self.cards.get(name)
        if card is None or not card.isVisible():
            return
        QApplication.sendPostedEvents(self._scroll.widget())
        bar, top = self._scroll.verticalScrollBar(), card.y()
        bottom = top + card.height()
        seen = bar.value() + self._scroll.viewport().height()
        if top < bar.value() or bottom > seen:
            bar.setValue(max(0, min(top, bottom - self._scroll.viewport().height()) if top >= bar.value() else top))
