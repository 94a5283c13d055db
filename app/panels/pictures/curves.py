"""The curves of a bundle as small plots. Imports pyqtgraph, so it is itself imported only when a page is opened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.i18n import tr
from app.panels.models.verb_form import line
from app.theme import Theme

PLOT_HEIGHT = 200  # px
MINE = "this one"  # the line of the model itself, beside its twins'
ACROSS = {  # name of the line that holds the places along the bottom -> what they are
    "steps": "Steps of training",
    "place": "From A (0) to B (1)",
    "rank": "Bricks, the most used first",
    "round": "Rounds",
    "step": "Steps of the walk",
    "bar": "Bars of the tune",
    "link": "Two bars more",
    "part": "Part of the game that is played",
}
TITLES = {  # name of a plot -> its title
    "loss": "How the loss fell in training",
    "pretraining": "How the loss fell, layer by layer",
    "dream": "How much of a dream still changes, round by round",
    "walks": "How much changes with each step of a walk",
    "compound_walks": "The same in 6/8 and 3/4",
    "interpolation_nats": "How surprising a melody is on the way from A to B",
    "interpolation_in_key": "Share of notes in key on the way from A to B",
    "interpolation_change": "How far it is from A on the way to B",
    "shape": "What is left of the distance from the template's shape, round by round",
    "units": "How often each unit is on",
    "bricks": "How often each brick is used",
    "stream_polyphony": "While it learnt: beginnings with two notes or more",
    "stream_scale": "While it learnt: notes in the scale that fits best",
    "stream_twos": "While it learnt: pairs of notes that come again",
    "stream_threes": "While it learnt: groups of three notes that come again",
    "stream_span": "While it learnt: semitones from the lowest to the highest note",
    "stream_tones": "While it learnt: different pitches",
    "stream_intensity": "While it learnt: velocity, from the softest to the loudest",
    "chain": "How far answers to answers are from real music, two bars after two bars",
    "surprise": "How surprising the notes of unheard tunes are, bar by bar",
}
STYLES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine, Qt.PenStyle.DashDotLine)


class Curves(QWidget):
    """One plot per curve, its lines told apart by colour and by dashes.

    Args:
        curves: name -> line -> values; a line named in `ACROSS` holds the places along the bottom.
        theme: colours.
    """

    def __init__(self, curves: Mapping[str, Any], theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._theme = theme
        self.plots: dict[str, pg.PlotWidget] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 24, 16, 16)
        column.setSpacing(4)
        order = list(TITLES)
        for name, lines in sorted(curves.items(), key=lambda item: order.index(item[0]) if item[0] in order else 99):
            if isinstance(lines, Mapping) and (kept := _drawable(lines)):
                column.addWidget(line(_title(name)))
                column.addLayout(self._legend(kept))
                self.plots[name] = self._plot(name, kept, _across(lines))
                column.addWidget(self.plots[name])
                column.addSpacing(16)
        column.addStretch(1)

    def _plot(self, name: str, lines: Mapping[str, list[float]], across: tuple[str, list[float]]) -> pg.PlotWidget:
        theme = self._theme
        plot = pg.PlotWidget(background=theme.panel)
        plot.setFixedHeight(PLOT_HEIGHT)
        plot.setMenuEnabled(False)
        plot.setMouseEnabled(False, False)
        plot.hideButtons()
        plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for side in ("left", "bottom"):
            axis = plot.getAxis(side)
            axis.setPen(theme.line_strong)
            axis.setTextPen(theme.text_dim)
        plot.setLabel("bottom", across[0], color=theme.text_dim.name())
        for index, (title, values) in enumerate(lines.items()):
            enough = len(across[1]) >= len(values)  # a twin may have been trained for a part of the steps
            places = across[1][: len(values)] if enough else list(range(len(values)))
            pen = pg.mkPen(self._colour(index), width=2, style=STYLES[index % len(STYLES)])
            plot.plot(places, values, pen=pen, name=title)
        plot.setAccessibleName(_title(name))
        said = (f"{_words(title)}: {values[0]:.3g} … {values[-1]:.3g}" for title, values in lines.items())
        plot.setAccessibleDescription("; ".join(said))
        return plot

    def _legend(self, lines: Mapping[str, list[float]]) -> QHBoxLayout:
        """A word per line in its own colour, with its dashes."""
        row = QHBoxLayout()
        row.setSpacing(12)
        signs = ("━", "╍", "┅", "┉")
        for index, title in enumerate(lines if len(lines) > 1 else ()):
            label = QLabel(f"{signs[index % len(signs)]} {_words(title)}")
            label.setStyleSheet(f"color: {self._colour(index).name()}")
            row.addWidget(label)
        row.addStretch(1)
        return row

    def _colour(self, index: int) -> QColor:
        theme = self._theme
        return (theme.accent, theme.playhead, theme.pin, theme.text_dim)[index % 4]


def _drawable(lines: Mapping[str, Any]) -> dict[str, list[float]]:
    """The lines that hold numbers, but for the places along the bottom."""
    found = {}
    for name, values in sorted(lines.items(), key=lambda item: item[0] != MINE):
        if name not in ACROSS and isinstance(values, list) and len(values) > 1:
            found[str(name)] = [float(value) for value in values]
    return found


def _across(lines: Mapping[str, Any]) -> tuple[str, list[float]]:
    """What stands along the bottom, and its places."""
    for name, words in ACROSS.items():
        if isinstance(lines.get(name), list):
            return tr(words), [float(value) for value in lines[name]]
    return "", []


def _title(name: str) -> str:
    return tr(TITLES[name]) if name in TITLES else _words(name)


def _words(name: str) -> str:
    text = name.replace("_", " ")
    return text[:1].upper() + text[1:]
