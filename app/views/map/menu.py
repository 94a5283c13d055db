"""The menu of the map, opened with the right button or the menu key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget

from app.gestures.pins import LETTERS
from app.i18n import tr
from app.views.map.head import plane_title
from engine.commands.document import Pin

FEW = 2  # pins, of which every one has its own lines in the menu
LONGEST = 64  # bars that the way through the pins fills


@dataclass(frozen=True)
class MapActs:
    """What the menu can do.

    Attributes:
        pin: pin the place under a letter. unpin: take a letter's pin away.
        around: draw melodies around the place, within a radius of 0..1.
        put_mine: put the composer's melody on the map. average: go to the middle of the pins.
        pad: fill a pad between the pins.
        learn: learn a slider from a letter's pin, against the other pins or the rest of the map.
        walk: write the way through the pins as so many variations, of so many bars each.
        plane: show another plane, by name. whole: show the whole map.
        knobs: let a controller move the puck, or no longer. listens: it does now.
    """

    pin: Callable[[str], None]
    unpin: Callable[[str], None]
    around: Callable[[float], None]
    put_mine: Callable[[], None]
    average: Callable[[], None]
    pad: Callable[[], None]
    learn: Callable[[str], None]
    walk: Callable[[int, int], None]
    plane: Callable[[str], None]
    whole: Callable[[], None]
    knobs: Callable[[bool], None]
    listens: bool = False


def open_menu(
    parent: QWidget, at: QPoint, pins: tuple[Pin, ...], bars: int, planes: tuple[str, ...], chosen: str, acts: MapActs
) -> None:
    """Open the menu at a place of the screen; it deletes itself when closed. `bars` are those the model writes."""
    menu = QMenu(parent)
    menu.setObjectName("map menu")
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    taken = [pin.label for pin in pins]
    free = next((letter for letter in LETTERS if letter not in taken), "")
    for letter in sorted({"A", "B", *taken, *free}):
        menu.addAction(tr("Pin {label} here").format(label=letter), partial(acts.pin, letter))
    menu.addAction(tr("Put my melody on the map"), acts.put_mine)
    near = menu.addMenu(tr("Candidates around here"))
    for radius, words in ((0.25, tr("A little different")), (0.5, tr("Different")), (0.8, tr("Very different"))):
        near.addAction(words, partial(acts.around, radius))
    menu.addSeparator()
    _list_pins(menu, pins, bars, acts)
    menu.addSeparator()
    for name in planes:
        action = menu.addAction(plane_title(name), partial(acts.plane, name))
        action.setCheckable(True)
        action.setChecked(chosen == name)
    menu.addAction(tr("Show the whole map"), acts.whole)
    menu.addSeparator()
    knobs = menu.addAction(tr("Move the puck with a MIDI controller"))
    knobs.setCheckable(True)
    knobs.setChecked(acts.listens)
    knobs.toggled.connect(acts.knobs)
    menu.popup(at)


def _list_pins(menu: QMenu, pins: tuple[Pin, ...], bars: int, acts: MapActs) -> None:
    """What can be done with the pins there are."""
    average = menu.addAction(tr("Average the pins"), acts.average)
    average.setEnabled(len(pins) >= 2)
    menu.addAction(tr("Corner pad of the pins"), acts.pad).setEnabled(len(pins) >= 2)
    _list_ways(menu.addMenu(tr("Write the way through the pins")), len(pins), bars, acts)
    for title, words, act in (
        (tr("Make a slider of a pin"), tr("Make a slider of pin {label}"), acts.learn),
        (tr("Remove a pin"), tr("Remove pin {label}"), acts.unpin),
    ):
        below = menu if len(pins) <= FEW else menu.addMenu(title)
        for pin in pins:
            below.addAction(words.format(label=pin.label), partial(act, pin.label))


def _list_ways(menu: QMenu, pins: int, bars: int, acts: MapActs) -> None:
    """How long the way may be, and how often it turns; every length has room for all pins."""
    menu.setEnabled(pins >= 2)
    for each in sorted({1, bars} if bars == 2 else {bars}):
        for count in (4, 8, 16):
            if count >= pins and count * each <= LONGEST:
                often = tr("a variation every bar") if each == 1 else tr("a variation every {n} bars").format(n=each)
                words = tr("{bars} bars: {often}").format(bars=count * each, often=often)
                menu.addAction(words, partial(acts.walk, count, each))
