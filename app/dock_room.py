"""How much room each panel gets as the window changes its size: the map is the living room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

if TYPE_CHECKING:
    from app.main_window import MainWindow

DOCKS = {  # name -> title, in the order of their making
    "model": "Models",
    "map": "Map",
    "sliders": "Sliders",
    "jobs": "Jobs",
    "events": "Events",
    "ideas": "Ideas",
    "dials": "Dials",
    "bricks": "Bricks",
    "voices": "Voices",
    "tracks": "Tracks",
    "training": "Training",
    "evaluate": "Evaluate",
}
MAP_SHARE = 0.27  # of the window's width
MODEL_WIDTH, SLIDERS_HEIGHT = 256, 252  # px; these need what they need
NARROW = 1080  # px; in a window narrower than this the model's card makes way for the music


class DockRoom:
    """Gives the docks of one window their sizes; what the hand gave a dock, it keeps.

    Args:
        window: whose docks they are.
    """

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._map_share, self._sliders = MAP_SHARE, SLIDERS_HEIGHT
        self._tucked = False  # the model's card was put away because the window is narrow

    def begin(self) -> None:
        """The sizes of a first start."""
        docks = self._window.docks
        self._map_share, self._sliders = MAP_SHARE, SLIDERS_HEIGHT
        self._window.resizeDocks([docks["model"]], [MODEL_WIDTH], Qt.Orientation.Horizontal)
        self.keep()

    def resume(self) -> None:
        """The sizes as they were left, in a window that may be narrow."""
        self.note()
        self._make_way()

    def note(self) -> None:
        """The hand may have moved an edge: from now on it is kept."""
        docks = self._window.docks
        if self._beside("map"):
            self._map_share = docks["map"].width() / max(1, self._window.width())
        if self._beside("sliders") and self._beside("map"):
            self._sliders = docks["sliders"].height()

    def keep(self) -> None:
        """The window has another size: the map keeps its share, the sliders their height."""
        window, docks = self._window, self._window.docks
        self._make_way()
        if self._beside("map"):
            width = max(docks["map"].minimumSizeHint().width(), round(self._map_share * window.width()))
            window.resizeDocks([docks["map"]], [width], Qt.Orientation.Horizontal)
            if self._beside("sliders"):
                both = docks["map"].height() + docks["sliders"].height()
                low = max(docks["sliders"].minimumSizeHint().height(), min(self._sliders, both // 2))
                heights = [max(1, both - low), low]
                window.resizeDocks([docks["map"], docks["sliders"]], heights, Qt.Orientation.Vertical)

    def untuck(self) -> None:
        """Bring back what was only put away for want of room (before the layout is remembered)."""
        if self._tucked:
            self._tucked = False
            model = self._window.docks["model"]
            model.show()
            self._window.resizeDocks([model], [MODEL_WIDTH], Qt.Orientation.Horizontal)

    def _make_way(self) -> None:
        model = self._window.docks["model"]
        if self._window.width() >= NARROW:
            self.untuck()
        elif self._beside("model") and not self._tucked:
            self._tucked = True
            model.hide()

    def _beside(self, name: str) -> bool:
        """The dock is there, at a side of the window."""
        dock = self._window.docks[name]
        return not dock.isHidden() and not dock.isFloating()
