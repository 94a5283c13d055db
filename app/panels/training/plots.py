"""Curves that grow while a training runs. Imports pyqtgraph, so it is itself imported only when one runs."""

from __future__ import annotations

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.i18n import tr
from app.panels.models.verb_form import line
from app.panels.pictures.curves import STYLES
from app.panels.training.words import Plot, number, plots_of, points
from app.theme import GRID, Theme
from engine.training.progress import Look

LEAST_WIDTH, HEIGHT = 176, 132  # px of a plot
SIGNS = ("━", "╍", "┅", "┉")


class LivePlot(QWidget):
    """One plot: title, a legend with the newest values, the lines.

    Args:
        plot: what it shows.
        theme: colours.
    """

    def __init__(self, plot: Plot, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.about = plot
        self.title, self.legend, self.area = line(tr(plot.title)), QLabel(), pg.PlotWidget()
        self.legend.setTextFormat(Qt.TextFormat.RichText)
        self.legend.setWordWrap(True)
        self.legend.setProperty("role", "dim")
        area = self.area
        area.setMinimumWidth(LEAST_WIDTH)
        area.setFixedHeight(HEIGHT)
        area.setMenuEnabled(False)
        area.setMouseEnabled(False, False)
        area.hideButtons()
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setLogMode(False, plot.log)
        area.getPlotItem().setContentsMargins(0, 6, 0, 0)  # for half of the uppermost number
        area.getAxis("left").setWidth(44)
        area.getAxis("left").setStyle(maxTextLevel=0 if plot.log else 2)
        area.setAccessibleName(tr(plot.title))
        self.setToolTip(tr(plot.hint))
        self.lines = {name: area.plot([], []) for name in plot.lines}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, GRID)
        column.setSpacing(2)
        for widget in (self.title, self.legend, area):
            column.addWidget(widget)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._newest: dict[str, float] = {}
        self.set_theme(theme)

    def show_looks(self, looks: Sequence[Look]) -> None:
        """Draw all there is, and nothing of what was drawn before."""
        self._newest = {}
        for name, drawn in self.lines.items():
            places, values = points(looks, name)
            drawn.setData(places, values)
            if values:
                self._newest[name] = values[-1]
        self._say()

    def set_theme(self, theme: Theme) -> None:
        """Redraw in another theme."""
        self._theme = theme
        self.area.setBackground(theme.panel)
        for side in ("left", "bottom"):
            axis = self.area.getAxis(side)
            axis.setPen(theme.line_strong)
            axis.setTextPen(theme.text_dim)
        for index, drawn in enumerate(self.lines.values()):
            drawn.setPen(pg.mkPen(self._colour(index), width=2, style=STYLES[index % len(STYLES)]))
        self._say()

    def _say(self) -> None:
        said, plain = [], []
        for index, (name, words) in enumerate(self.about.lines.items()):
            if name in self._newest:
                text = f"{tr(words)} {number(self._newest[name])}"
                said.append(f'<span style="color:{self._colour(index).name()}">{SIGNS[index]} {text}</span>')
                plain.append(text)
        self.legend.setText(" &nbsp; ".join(said))
        self.area.setAccessibleDescription("; ".join(plain))

    def _colour(self, index: int) -> QColor:
        theme = self._theme
        return (theme.accent, theme.playhead, theme.pin, theme.text_dim)[index % 4]


class LivePlots(QWidget):
    """As many plots beside one another as there is room for.

    Args:
        theme: colours.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.plots: dict[str, LivePlot] = {}
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, GRID, 0)
        self._grid.setHorizontalSpacing(2 * GRID)
        self._grid.setVerticalSpacing(GRID // 2)

    def show_looks(self, looks: Sequence[Look]) -> None:
        """Draw what can be drawn; a new training begins with new plots."""
        wanted = plots_of(looks)
        names = [plot.name for plot in wanted]
        if names != list(self.plots):
            for name in [name for name in self.plots if name not in names]:
                self.plots.pop(name).deleteLater()
            known = self.plots
            self.plots = {plot.name: known.get(plot.name) or LivePlot(plot, self._theme) for plot in wanted}
            self._lay_out(force=True)
        for plot in self.plots.values():
            plot.show_looks(looks)

    def set_theme(self, theme: Theme) -> None:
        """Redraw in another theme."""
        self._theme = theme
        for plot in self.plots.values():
            plot.set_theme(theme)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def sizeHint(self) -> QSize:
        """As wide as there is room; as high as the plots."""
        return QSize(LEAST_WIDTH, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """One column at least."""
        return QSize(LEAST_WIDTH + GRID, super().minimumSizeHint().height())

    def _lay_out(self, force: bool = False) -> None:
        columns = max(1, min(4, self.width() // (LEAST_WIDTH + 2 * GRID)))
        if columns == self._columns and not force:
            return
        self._columns = columns
        for place, plot in enumerate(self.plots.values()):
            self._grid.addWidget(plot, place // columns, place % columns, Qt.AlignmentFlag.AlignTop)
        for row in range(self._grid.rowCount()):
            self._grid.setRowStretch(row, 0)
        self._grid.setRowStretch(len(self.plots) // columns + 1, 1)  # what is too much is below
        for column in range(4):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
