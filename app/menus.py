"""Builds menus, shortcuts and buttons from the table in `app/actions.py`, and keeps the rule of the keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QMainWindow,
    QMenu,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from app.actions import ACTIONS, MENUS, ROLL, Action
from app.i18n import tr
from app.icons import icon
from app.theme import Theme

Desks = Mapping[str, object]  # name in `Action.call` -> who answers
Conditions = Mapping[str, Callable[[], bool]]

PLAIN = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.KeypadModifier)


def types_text(widget: QWidget | None) -> bool:
    """Whether keys pressed here are letters of a text."""
    if isinstance(widget, QComboBox):
        return widget.isEditable()
    return isinstance(widget, QLineEdit | QTextEdit | QPlainTextEdit | QAbstractSpinBox)


def heard_as_text(event: QKeyEvent) -> bool:
    """Whether a key that might be a shortcut belongs to the focused widget instead (accept its ShortcutOverride).

    In a text box keys are text; a focused button is pressed by Enter. Space is neither: it always plays.
    """
    focus = QApplication.focusWidget()
    plain = event.modifiers() in PLAIN and not Qt.Key.Key_F1 <= event.key() <= Qt.Key.Key_F35
    return (plain and types_text(focus)) or presses_button(event)


def presses_button(event: QKeyEvent) -> bool:
    """Whether this is Enter on a focused button."""
    enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
    return enter and isinstance(QApplication.focusWidget(), QAbstractButton)


class Menus:
    """The QActions of one window.

    Args:
        window: gets the menu bar and the shortcuts.
        desks: who answers the calls of the table.
        conditions: what `when` and `checked` name.
        fail: told what a call raised.
    """

    def __init__(
        self, window: QMainWindow, desks: Desks, conditions: Conditions, fail: Callable[[BaseException], None]
    ) -> None:
        self._desks, self._conditions, self._fail = desks, conditions, fail
        self.actions: dict[str, QAction] = {}
        self._menus: dict[str, QMenu] = {}
        for name in MENUS:
            self._menus[name] = window.menuBar().addMenu(tr(name))
        for action in ACTIONS:
            self._add(action, window)
        for menu in self._menus.values():
            menu.aboutToShow.connect(self.refresh)

    def menu(self, name: str) -> QMenu:
        """A menu or submenu (`&View|Theme`), made when first asked for."""
        if name not in self._menus:
            parent, _, title = name.rpartition("|")
            self._menus[name] = self.menu(parent).addMenu(tr(title))
        return self._menus[name]

    def _add(self, action: Action, window: QMainWindow) -> None:
        made = QAction(tr(action.title), window)
        if action.scope == ROLL:  # shown, not bound: the roll hears these keys itself, and the map its own arrows
            shown = QKeySequence(action.keys[0]).toString(QKeySequence.SequenceFormat.NativeText)
            made.setText(f"{tr(action.title)}\t{shown}")
        else:
            made.setShortcuts([QKeySequence(key) for key in action.keys])
        made.setObjectName(action.id)
        made.setCheckable(bool(action.checked))
        made.setAutoRepeat(not action.checked)  # a key that is held switches once, not on and off
        made.setStatusTip(tr(action.hint))
        keys = made.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        made.setToolTip(f"{tr(action.hint or action.title).rstrip('…')}{f'  ({keys})' if keys else ''}")
        made.triggered.connect(lambda: self.run(action))
        made.setMenuRole(QAction.MenuRole.NoRole)
        menu = self.menu(action.menu)
        if action.rule:
            menu.addSeparator()
        menu.addAction(made)
        window.addAction(made)
        self.actions[action.id] = made

    def usable(self, action: Action) -> bool:
        """Whether its condition holds now."""
        return not action.when or self._conditions[action.when]()

    def run(self, action: Action) -> None:
        """Do it, if it can be done now."""
        if not self.usable(action):
            return
        desk, _, method = action.call.partition(".")
        call = getattr(self._desks[desk], method)
        try:
            call() if action.argument is None else call(action.argument)
        except Exception as error:
            self._fail(error)
        self.refresh()

    def refresh(self) -> None:
        """Make enabled and ticked what should be."""
        named = {name for action in ACTIONS for name in (action.when, action.checked) if name}
        holds = {name: self._conditions[name]() for name in named}  # each asked once
        for action in ACTIONS:
            made = self.actions[action.id]
            made.setEnabled(not action.when or holds[action.when])
            if action.checked:
                made.setChecked(holds[action.checked])

    def name(self, action_id: str, title: str) -> None:
        """Change a title ("Undo move notes")."""
        made = self.actions[action_id]
        keys = made.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        made.setText(title)
        made.setToolTip(f"{title}  ({keys})" if keys else title)

    def set_theme(self, theme: Theme) -> None:
        """Redraw the icons. Menus show none; buttons do."""
        for action in ACTIONS:
            if action.icon:
                self.actions[action.id].setIcon(icon(action.icon, theme))
                self.actions[action.id].setIconVisibleInMenu(False)
