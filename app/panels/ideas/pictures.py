"""Why an idea is as it is: its pictures in a window of their own, which follows the work while it goes on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog, QScrollArea, QVBoxLayout, QWidget

from app.i18n import tr
from app.panels.models.verb_form import line
from app.panels.pictures.matrix import MatrixPicture
from app.theme import GRID, Theme
from engine.verbs.idea import Idea, Picture, Plot

if TYPE_CHECKING:
    from app.panels.pictures.plot import PlotPicture
    from engine.events import IdeaSketched

Pictures = Sequence[Picture | Plot]


class PictureView(QDialog):
    """Pictures below one another, each under its caption. Escape closes it.

    Args:
        title: of the window.
        pictures: what is shown.
        theme: colours.
    """

    def __init__(self, title: str, pictures: Pictures, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.parts: list[MatrixPicture | PlotPicture] = []
        self._pictures: Pictures = ()
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setAccessibleName(tr("Pictures"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._scroll)
        self.show_pictures(title, pictures)
        self.resize(560, min(760, 60 + 340 * max(1, len(pictures))))

    def show_pictures(self, title: str, pictures: Pictures) -> None:
        """Show others, or newer ones of the same kinds, which take the places of the old ones without a flicker."""
        self.setWindowTitle(title)
        before, self._pictures = self._pictures, tuple(pictures)
        if [(type(p), p.caption) for p in before] == [(type(p), p.caption) for p in pictures]:
            for part, picture, old in zip(self.parts, pictures, before, strict=True):
                if picture is not old:
                    part.set_picture(picture)  # type: ignore[arg-type]
        else:
            self._build()

    def _build(self) -> None:
        inside = QWidget()
        inside.setProperty("role", "panel")
        column = QVBoxLayout(inside)
        column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        column.setSpacing(GRID)
        self.parts = [self._part(picture) for picture in self._pictures]
        for picture, part in zip(self._pictures, self.parts, strict=True):
            caption = picture.caption[:1].upper() + picture.caption[1:]
            column.addWidget(line(caption, "head"))
            column.addWidget(part, 1)
        self._scroll.setWidget(inside)

    def _part(self, picture: Picture | Plot) -> MatrixPicture | PlotPicture:
        if isinstance(picture, Picture):
            return MatrixPicture(picture, self._theme)
        from app.panels.pictures.plot import PlotPicture  # pyqtgraph: not needed at the start

        return PlotPicture(picture, self._theme)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme = theme
        for part in self.parts:
            part.set_theme(theme)


class Why(QObject):
    """The one picture window of a panel.

    Attributes:
        view: made when first asked for.
    """

    def __init__(self, panel: QWidget) -> None:
        super().__init__(panel)
        self._panel = panel
        self._follows = False
        self.view: PictureView | None = None

    def show_idea(self, idea: Idea, theme: Theme) -> None:
        """The pictures of one idea."""
        self._follows = False
        self._open(idea, theme)

    def show_sketch(self, sketch: IdeaSketched | None, theme: Theme) -> None:
        """The pictures of the work that goes on, as it goes on."""
        if sketch is not None and sketch.idea.pictures:
            self._follows = True
            self._open(sketch.idea, theme)

    def follow(self, sketch: IdeaSketched | None) -> None:
        """The work went on; the last picture of it stays."""
        if sketch is None:
            self._follows = False
        elif self._follows and self.view is not None and self.view.isVisible():
            self.view.show_pictures(_title(sketch.idea), sketch.idea.pictures)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        if self.view is not None:
            self.view.set_theme(theme)

    def _open(self, idea: Idea, theme: Theme) -> None:
        if self.view is None:
            self.view = PictureView(_title(idea), idea.pictures, theme, self._panel)
        else:
            self.view.show_pictures(_title(idea), idea.pictures)
        self.view.show()
        self.view.raise_()
        self.view.activateWindow()


def _title(idea: Idea) -> str:
    words = " · ".join(part for part in (idea.row, idea.caption) if part)
    return tr("Why: {idea}").format(idea=words)
