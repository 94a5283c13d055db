"""A model as a card: what it does for the composer; opened, its verbs as buttons, its figures, where it comes from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QPushButton, QVBoxLayout, QWidget

from app.i18n import tr
from app.icons import icon
from app.panels.models.card_head import CardHead
from app.panels.models.card_words import origin_of, whence
from app.panels.models.figures_box import Figures
from app.panels.models.remembered import Remembered
from app.panels.models.verb_fields import choices, offered, unused
from app.panels.models.verb_form import VerbForm, line
from app.theme import Theme

if TYPE_CHECKING:
    from app.desks.generate import GenerateDesk
    from engine.models.shelf import Entry
    from engine.verbs.verb import Verb

MAP_ACTIONS = {"generate.four": "generate", "generate.put": "pin", "generate.here": "map"}  # with their signs
BY_HAND = (  # capability, the panel where it is worked on by hand, the button's title
    ("encodes", "dials", "Turn its dials"),
    ("bricks", "bricks", "Lay its bricks"),
)
OWN = {  # what can be done with a model of the composer's own
    "train": "Train it further…",
    "rename": "Rename…",
    "export": "Export…",
    "delete": "Delete",
}


def note_of(entry: Entry) -> str:
    """What stands beside the title: whose it is, or how old the idea."""
    if entry.wrong:
        return tr("damaged")
    return tr("yours") if entry.mine else str(entry.row.year) if entry.path else tr("not trained")


class VerbButton(QPushButton):
    """Runs an action; when that cannot be used its tool tip and the status bar say why."""

    def __init__(self, action: QAction, title: str) -> None:
        super().__init__(title)
        self.action = action
        self.setProperty("role", "verb")
        self.setIconSize(QSize(18, 18))
        self.clicked.connect(action.trigger)
        self.setAccessibleName(title)

    def show_reason(self, reason: str) -> None:
        """Enabled without a reason, disabled with one."""
        self.setEnabled(not reason)
        self.setToolTip(reason or self.action.toolTip())
        self.setStatusTip(reason or self.action.statusTip())
        self.setAccessibleDescription(reason)


class ModelCard(QWidget):
    """The card of one model. What is inside is made when the card is first opened.

    Args:
        entry: the model and its bundle's header.
        verbs: that it offers.
        actions: the window's QActions by id; those of the map become buttons.
        desk: knows what can be used now, and runs it.
        remembered: options chosen last, kept by the panel.
        theme: colours.

    Signals: `pressed` by the head; `unfolded` with the form that opened; `panel_asked` with the model's name and the
    panel where it is worked on by hand; `help_asked` with the model's name; `own_asked` with its name and what is to be
    done with it (see OWN); `failed` with what a verb raised.
    """

    pressed = Signal()
    unfolded = Signal(object)
    panel_asked = Signal(str, str)
    help_asked = Signal(str)
    own_asked = Signal(str, str)
    failed = Signal(object)

    def __init__(
        self,
        entry: Entry,
        verbs: tuple[Verb, ...],
        actions: Mapping[str, QAction],
        desk: GenerateDesk,
        remembered: Remembered,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.entry = entry
        self.verbs = tuple(v for v in verbs if not entry.wrong and offered(v, entry.path))  # unread, it can do nothing
        self._actions, self._desk, self._remembered, self._theme = actions, desk, remembered, theme
        row = entry.row
        about = whence(entry) if row.own else row.promise
        sign = "own" if entry.mine else ""
        self.head = CardHead(row.title, note_of(entry), about, theme, sign, bool(entry.wrong))
        self.head.clicked.connect(self.pressed)
        if entry.mine:
            self.head.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            self.head.customContextMenuRequested.connect(lambda at: self.own_menu().popup(self.head.mapToGlobal(at)))
        self.body: QWidget | None = None
        self.buttons: dict[str, VerbButton] = {}
        self.by_hand: list[QPushButton] = []
        self.forms: dict[str, VerbForm] = {}
        self.more = self._own_button() if entry.mine else None
        self._on_map = False
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.head)

    @property
    def name(self) -> str:
        """Of the model, as commands call it."""
        return self.entry.row.name

    @property
    def has_map(self) -> bool:
        """Its bundle has dots for the map."""
        return bool(self.entry.header.get("map"))

    @property
    def is_open(self) -> bool:
        """More than the head is shown."""
        return self.body is not None and not self.body.isHidden()

    def matches(self, words: list[str]) -> bool:
        """Whether every word is in what the card says."""
        row = self.entry.row
        verbs = " ".join(tr(verb.title) for verb in self.verbs)
        learnt = whence(self.entry) if row.own else ""
        text = f"{row.title} {row.name} {row.year} {row.promise} {row.paper} {row.group} {learnt} {verbs}".casefold()
        return all(word in text for word in words)

    def set_open(self, open_: bool) -> None:
        """Open or close it."""
        if open_ and self.body is None:
            self.body = self._made()
            self._column.addWidget(self.body)
        if self.body is not None:
            self.body.setVisible(open_)
        self.head.set_open(open_)
        self.refresh()

    def set_on_map(self, on_map: bool) -> None:
        """Whether this model's map is the one that is shown."""
        self._on_map = on_map
        self.head.set_on_map(on_map)
        self.refresh()

    def refresh(self) -> None:
        """Ask again what can be used; a closed card need not know."""
        if not self.is_open:
            return
        blocked = self._desk.blocked(self.entry)
        self.reason.setText(blocked)
        self.reason.setVisible(bool(blocked))
        for name, button in self.buttons.items():
            button.setVisible(self._on_map)
            button.show_reason(self._desk.why_not(name))
        self.show_map.setVisible(self.has_map and not self._on_map)
        busy = self._desk.busy(self.entry.row)
        for by_hand in self.by_hand:
            by_hand.setEnabled(not blocked)
            by_hand.setToolTip(blocked)
        for form in self.forms.values():
            music = self._desk.given(self.entry.row, form.verb, form.options)
            key = (tuple((s.words, s.at_tick) for s in music.sources), tuple(s.tracks for s in music.sources))
            form.show_state(blocked, busy or music.why_not, music.words, key)

    def set_theme(self, theme: Theme) -> None:
        """Redraw in another theme."""
        self._theme = theme
        self.head.set_theme(theme)
        for name, button in self.buttons.items():
            button.setIcon(icon(MAP_ACTIONS[name], theme))
        for form in self.forms.values():
            form.set_theme(theme)
        if self.body is not None:
            self.show_map.setIcon(icon("map", theme))
            for by_hand in self.by_hand:
                by_hand.setIcon(icon("sliders", theme))
            if self.more is not None:
                self.more.setIcon(icon("own", theme))
            self.about.setIcon(icon("info", theme, theme.accent))

    # ------------------------------------------------------------------------------------------------------- making

    def _made(self) -> QWidget:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(16, 0, 12, 16)
        column.setSpacing(8)
        self.reason = line("", "dim")
        column.addWidget(self.reason)
        for name in MAP_ACTIONS:
            self.buttons[name] = VerbButton(self._actions[name], self._actions[name].text())
            column.addWidget(self.buttons[name])
        self.show_map = self._button(tr("Show on map"), lambda: self._desk.show_on_map(self.entry.row))
        column.addWidget(self.show_map)
        for verb in self.verbs:
            self.forms[verb.name] = self._form(verb)
            column.addWidget(self.forms[verb.name])
        self.by_hand = [
            self._button(tr(title), partial(self.panel_asked.emit, self.name, panel))
            for capability, panel, title in BY_HAND
            if capability in self.entry.row.capabilities and not self.entry.wrong
        ]
        for button in self.by_hand:
            column.addWidget(button)
        if self.more is not None:
            column.addWidget(self.more)
        self.about = self._button(tr("About this model"), lambda: self.help_asked.emit(self.name))
        self.about.setProperty("role", "quiet")
        column.addWidget(self.about, 0, Qt.AlignmentFlag.AlignLeft)
        self.figures = Figures()
        self.figures.show_header(self.entry.header)
        column.addWidget(self.figures)
        column.addWidget(line(tr("Where it comes from"), "head"))
        self.origin = line(origin_of(self.entry.row.paper, self.entry.header), "dim")
        column.addWidget(self.origin)
        self.body = body
        self.set_theme(self._theme)
        return body

    def own_menu(self) -> QMenu:
        """What can be done with a model of the composer's own; one that cannot be read can only be deleted."""
        menu = QMenu(self)
        for wish, title in OWN.items():
            action = menu.addAction(tr(title), partial(self.own_asked.emit, self.name, wish))
            action.setEnabled(wish == "delete" or not self.entry.wrong)
        return menu

    def _own_button(self) -> QPushButton:
        button = QPushButton(tr("Your model"))
        button.setProperty("role", "verb")
        button.setIconSize(QSize(18, 18))
        button.setAccessibleName(f"{button.text()}: {self.entry.row.title}")
        button.setMenu(self.own_menu())
        return button

    def _button(self, title: str, call: Callable[[], object]) -> QPushButton:
        button = QPushButton(title)
        button.setProperty("role", "verb")
        button.setIconSize(QSize(18, 18))
        button.setAccessibleName(f"{title}: {self.entry.row.title}")
        button.clicked.connect(lambda: self._trying(call))
        return button

    def _form(self, verb: Verb) -> VerbForm:
        row, remembered = self.entry.row, self._remembered
        hidden = unused(row, verb)
        options, known = remembered.options(row, verb, hidden), choices(verb, self.entry.header, self.entry.path)
        form = VerbForm(verb, options, self._theme, hidden, choices=known)

        def run(options: Any) -> None:
            remembered.ran(row, verb, options)
            self._trying(lambda: self._desk.run_verb(row, verb, options))
            self.refresh()

        def alone() -> None:
            for other in self.forms.values():
                if other is not form and other.folded_out:
                    other.set_folded_out(False)
            self.unfolded.emit(form)

        form.run_asked.connect(run)
        form.changed.connect(lambda: remembered.keep(row, verb, form.options))
        form.changed.connect(self.refresh)
        form.unfolded.connect(alone)
        return form

    def _trying(self, call: Callable[[], object]) -> None:
        try:
            call()
        except Exception as error:  # shown by the window's one door
            self.failed.emit(error)
