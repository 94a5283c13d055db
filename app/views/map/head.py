"""The lines over the map: whose map it is, which plane is seen and how true that is, what stands under the puck."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QVBoxLayout, QWidget

from app.i18n import tr
from app.panels.elided import ElidedLabel
from app.panels.sliders.words import attribute_words
from app.theme import GRID, Theme
from app.views.map.card import Legend
from engine.latent.distortion import Distortion
from engine.latent.map import LatentMap
from engine.latent.planes import Plane

ARROW = " \N{BLACK DOWN-POINTING SMALL TRIANGLE}"


def plane_words(name: str) -> str:
    """What a plane of the map is called."""
    return {
        "code": tr("The space itself"),
        "qualities": tr("Musical axes"),
        "pca": tr("Main directions"),
        "tsne": tr("Neighbourhoods"),
        "isomap": tr("Unrolled"),
    }[name]


def plane_title(name: str) -> str:
    """What a plane is called, with the name of its method where it has one."""
    method = {"pca": "PCA", "tsne": "t-SNE", "isomap": "Isomap"}.get(name)
    return f"{plane_words(name)} ({method})" if method else plane_words(name)


def plane_hint(name: str, plane: Plane) -> str:
    """What a plane of the map shows."""
    axes = tr("Across: {left} to {right}; up: {lower} to {upper}")
    left, right, lower, upper = (tr(word) if word else "" for word in (*plane.label_x, *plane.label_y))
    return {
        "code": tr("The model's space has two dimensions: this is all of it"),
        "qualities": axes.format(left=left, right=right, lower=lower, upper=upper),
        "pca": tr("The two directions in which the melodies differ most"),
        "tsne": tr("Melodies that are alike lie together; far means nothing"),
        "isomap": tr("The ways from neighbour to neighbour, laid flat as on a map of the Earth"),
    }[name]


def share_words(found: Distortion) -> str:
    """How true a plane is, in few words."""
    return tr("{share} % of neighbours").format(share=round(100 * found.kept))


def truth_words(plane: str, found: Distortion) -> str:
    """How true a plane is, in a sentence; musical axes do not mean to keep who is alike in all else."""
    words = tr("keeps {share} % of each melody's ten nearest neighbours")
    if plane == "qualities":
        words = tr("dots lie by what the edges say; keeps {share} % of neighbours")
    return words.format(share=round(100 * found.kept))


def truth_hint(found: Distortion) -> str:
    """What that means."""
    words = tr(
        "A flat map of a space of many dimensions hides most of it. Here {share} % of the ten melodies most alike stay "
        "among the ten nearest, and distances agree with those of the space with a correlation of {distances}."
    )
    return words.format(share=round(100 * found.kept), distances=f"{found.distances:.2f}")


class MapHead(QWidget):
    """The two lines over the map.

    Args:
        theme: colours.
        maps: names and titles of the models that have a map, asked when the menu opens.

    Signals: `plane_chosen` and `model_chosen`, with a name; `axes_chosen` with the qualities across and up.
    """

    plane_chosen = Signal(str)
    axes_chosen = Signal(str, str)
    model_chosen = Signal(str)

    def __init__(self, theme: Theme, maps: Callable[[], Sequence[tuple[str, str]]], parent: QWidget | None = None):
        super().__init__(parent)
        self._maps, self._model = maps, ""
        self._state, self._truth, self._legend = ElidedLabel(), ElidedLabel(), Legend(theme)
        for label in (self._state, self._truth):
            label.setProperty("role", "dim")
        self._state.setAccessibleDescription(
            tr("At a pin the very notes come back; anywhere else the model plays the place in its own words.")
        )
        self.models = self._button(tr("Whose map this is: every model has a space of its own"))
        self.models.menu().aboutToShow.connect(self._list_models)
        self.planes = self._button(tr("What the two directions of the map are"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        for part in (self.models, None, self._state, None, self.planes):
            line.addStretch(1) if part is None else line.addWidget(part)
        column.addLayout(line)
        self._truth.setContentsMargins(GRID, 0, GRID // 2, 0)
        column.addWidget(self._truth)
        self._legend.hide()
        self.planes.hide()

    def _button(self, hint: str) -> QToolButton:
        button = QToolButton()
        button.setProperty("role", "small")
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setToolTip(hint)
        button.setMenu(QMenu(self))
        button.menu().setToolTipsVisible(True)
        return button

    def put_legend_on(self, canvas: QWidget) -> None:
        """Lay the legend of the dots into the lower left corner of the map."""
        corner = QVBoxLayout(canvas)
        corner.setContentsMargins(GRID // 2, GRID // 2, GRID // 2, GRID // 2)
        corner.addWidget(self._legend, 0, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft)

    # --------------------------------------------------------------------------------------------------------- saying

    @property
    def said(self) -> str:
        """What is said about the melody under the puck."""
        return self._state.text()

    @property
    def truth(self) -> str:
        """What is said about the plane."""
        return self._truth.text()

    def say(self, text: str) -> None:
        """Say something about the melody under the puck."""
        self._state.setText(text)

    def show_model(self, name: str, title: str) -> None:
        """Name the model whose map it is."""
        self._model = name
        self.models.setText(title + ARROW)
        self.models.setAccessibleName(tr("Map of {model}").format(model=title))

    def _list_models(self) -> None:
        menu = self.models.menu()
        menu.clear()
        for name, title in self._maps():
            action = menu.addAction(title, partial(self.model_chosen.emit, name))
            action.setCheckable(True)
            action.setChecked(name == self._model)
        if menu.isEmpty():
            menu.addAction(tr("No model with a map is trained yet")).setEnabled(False)

    @property
    def has_plane(self) -> bool:
        """A plane is named."""
        return not self.planes.isHidden()

    def show_no_plane(self) -> None:
        """There is no map to say anything of."""
        self.planes.hide()
        self._state.setText("")
        self._truth.setText("")

    def show_plane(self, latent: LatentMap, shades: tuple[str, str], axis: tuple[str, str]) -> None:
        """Name the plane in use, list all, and name the ends of the shades unless the axis across says the same."""
        self._legend.show_scale(*shades)
        self._legend.setVisible(shades != axis and any(shades))
        self.planes.setText(plane_words(latent.chosen) + ARROW)
        self.planes.setAccessibleName(tr("Directions of the map: {plane}").format(plane=plane_words(latent.chosen)))
        menu = self.planes.menu()
        menu.clear()
        for name in latent.planes:
            text = f"{plane_title(name)}\t{share_words(latent.distortion(name))}"
            action = menu.addAction(text, partial(self.plane_chosen.emit, name))
            hint = plane_hint(name, latent.planes[name])
            action.setStatusTip(hint)
            action.setToolTip(f"{hint}\n{truth_hint(latent.distortion(name))}")
            action.setData(name)
            action.setCheckable(True)
            action.setChecked(name == latent.chosen)
        self._list_axes(menu, latent)
        found = latent.distortion(latent.chosen)
        self._truth.setText(truth_words(latent.chosen, found))
        self._truth.setToolTip(truth_hint(found))
        self.planes.show()

    def _list_axes(self, menu: QMenu, latent: LatentMap) -> None:
        """What may lie across and up: every quality that the model's sliders move."""
        names = latent.axis_names
        if len(names) < 2:
            return
        across, up = latent.axes or (names[0], names[1])
        menu.addSeparator()
        for title, place in ((tr("Across: {quality}"), 0), (tr("Up: {quality}"), 1)):
            present, other = (across, up) if place == 0 else (up, across)
            below = menu.addMenu(title.format(quality=attribute_words(present)[0]))
            for name in names:
                kept = present if name == other else other  # what stands on the other axis changes places
                pair = (name, kept) if place == 0 else (kept, name)
                name_of, less, more = attribute_words(name)
                action = below.addAction(f"{name_of}\t{less} – {more}", partial(self.axes_chosen.emit, *pair))
                action.setData(name)
                action.setCheckable(True)
                action.setChecked(name == present and latent.axes is not None)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._legend.set_theme(theme)
