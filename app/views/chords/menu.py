"""The menus of the chord lane: of a place in it, and of the button beside it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu

from app.i18n import tr
from app.views.roll.chords import shown, shown_degree
from app.views.roll.state import RollState
from engine.commands.accompany import STYLES
from engine.commands.chords import EVERY, chords_of_key, degree

if TYPE_CHECKING:
    from app.views.chords.lane import ChordLane

Trying = Callable[[Callable[[], None]], None]


def style_titles() -> dict[str, str]:
    """How accompaniments are called."""
    return dict(zip(STYLES, (tr("Held chords"), tr("Broken chords"), tr("Bass and chords")), strict=True))


def every_titles() -> dict[str, str]:
    """How often chords may change."""
    return dict(zip(EVERY, (tr("In every bar"), tr("Twice a bar"), tr("On every beat")), strict=True))


def chord_menu(lane: ChordLane, roll: RollState, tick: int, trying: Trying) -> QMenu:
    """What can be done at a place of the lane; deletes itself when closed."""
    menu = QMenu(lane)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    chords, present = roll.chords, roll.chords.at(tick)
    menu.addAction(tr("Change…") if present else tr("Write a chord…")).triggered.connect(lambda: lane.ask(tick))
    key = roll.scale.key_at(tick)
    inside = menu.addMenu(tr("Change to") if present else tr("Write"))
    for chord in chords_of_key(key):
        title = f"{shown(chord.name(key.fifths))}\t{shown_degree(degree(chord, key))}"
        inside.addAction(title).triggered.connect(partial(lambda one, _=False: chords.put(tick, one), chord))
    if present is not None:
        menu.addAction(tr("Hear")).triggered.connect(lambda: chords.hear(present))
        menu.addAction(tr("Delete")).triggered.connect(lambda: chords.remove(tick))
    menu.addSeparator()
    fill(menu, roll, trying)
    return menu


def fill(menu: QMenu, roll: RollState, trying: Trying) -> None:
    """What can be done with all chords."""
    chords = roll.chords
    found = menu.addMenu(tr("Find chords"))
    for every, title in every_titles().items():
        found.addAction(title).triggered.connect(partial(lambda how, _=False: trying(partial(chords.find, how)), every))
    played = menu.addMenu(tr("Play chords"))
    played.setEnabled(bool(chords.all))
    for style, title in style_titles().items():
        act = played.addAction(title)
        act.triggered.connect(partial(lambda how, _=False: trying(partial(chords.play, how)), style))
    tones = menu.addAction(tr("Show chord tones in the roll"))
    tones.setCheckable(True)
    tones.setChecked(chords.tones)
    tones.triggered.connect(chords.set_tones)
    every_one = menu.addAction(tr("Delete all chords"))
    every_one.setEnabled(bool(chords.all))
    every_one.triggered.connect(chords.remove_all)
