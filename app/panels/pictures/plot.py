"""Curves over the rounds of some work. Imports pyqtgraph, so it is itself imported only when one is shown."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from app.i18n import tr
from app.theme import Theme
from engine.verbs.idea import Plot

STYLES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine, Qt.PenStyle.DashDotLine)
SIGNS = ("━", "╍", "┅", "┉")
PLOT_HEIGHT = 240  # px
ABREAST = 3  # words of a line of the legend


class PlotPicture(QWidget):
    """Lines told apart by colour and by dashes, with a word for each.

    Args:
        picture: what is shown.
        theme: colours.
    """

    def __init__(self, picture: Plot, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.plot = pg.PlotWidget(background=theme.panel)
        self.plot.setMenuEnabled(False)
        self.plot.setMouseEnabled(False, False)
        self.plot.hideButtons()
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plot.setFixedHeight(PLOT_HEIGHT)
        self.lines: dict[str, pg.PlotDataItem] = {}
        self._legend = QGridLayout()
        self._legend.setHorizontalSpacing(12)
        self._legend.setVerticalSpacing(0)
        self._legend.setColumnStretch(ABREAST, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._legend)
        column.addWidget(self.plot, 1)
        self.set_picture(picture)

    def set_picture(self, picture: Plot) -> None:
        """Show newer curves: only what is new is made, so that they may move many times a second."""
        self.picture = picture
        if [name for name, _ in picture.lines] != list(self.lines):
            self._begin()
        for name, values in picture.lines:
            self.lines[name].setData(np.arange(1, len(values) + 1), np.asarray(values, dtype=float))
        said = [f"{name}: {v[0]:.3g} … {v[-1]:.3g}" for name, v in picture.lines if v]
        self.plot.setAccessibleName(picture.caption)
        self.plot.setAccessibleDescription("; ".join(said))

    def _begin(self) -> None:
        theme = self._theme
        self.plot.clear()
        self.lines = {}
        while (item := self._legend.takeAt(0)) is not None:
            if widget := item.widget():
                widget.deleteLater()
        for index, (name, _) in enumerate(self.picture.lines):
            colour = (theme.accent, theme.playhead, theme.pin, theme.text_dim, theme.warning)[index % 5]
            pen = pg.mkPen(colour, width=2, style=STYLES[index % 4])
            self.lines[name] = self.plot.plot([], [], pen=pen)
            label = QLabel(f"{SIGNS[index % 4]} {name}")
            label.setStyleSheet(f"color: {colour.name()}")
            self._legend.addWidget(label, index // ABREAST, index % ABREAST)
        for side in ("left", "bottom"):
            axis = self.plot.getAxis(side)
            axis.setPen(theme.line_strong)
            axis.setTextPen(theme.text_dim)
        self.plot.setLabel("bottom", self.picture.across or tr("Rounds"), color=theme.text_dim.name())

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme = theme
        self.plot.setBackground(theme.panel)
        self._begin()
        self.set_picture(self.picture)
