"""A shown map over a real engine, for tests."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, Qt
from pytestqt.qtbot import QtBot

from app.bridge import Bridge
from app.theme import LIGHT
from app.views.map.canvas import MapCanvas
from app.views.map.latent_map import LatentMapView
from engine.events import MapReady
from engine.session import Session

LEFT = Qt.MouseButton.LeftButton


class Room:
    """A shown map over a session whose decoder is warm."""

    def __init__(self, qtbot: QtBot, session: Session) -> None:
        self.qtbot, self.session = qtbot, session
        self.heard: list[object] = []
        self.bridge = Bridge(session.events)
        self.view = LatentMapView(session, LIGHT)
        qtbot.addWidget(self.view)
        self.view.resize(420, 520)
        self.view.show()
        self.bridge.heard.connect(self.view.on_event)
        self.bridge.heard.connect(self.heard.append)
        session.ask.load_map()
        qtbot.waitUntil(lambda: any(isinstance(e, MapReady) and e.playable for e in self.heard), timeout=20_000)

    @property
    def canvas(self) -> MapCanvas:
        canvas = self.view.findChild(MapCanvas)
        assert canvas is not None
        return canvas

    def pixel(self, x: float, y: float) -> QPoint:
        return self.canvas.pixel(x, y).toPoint()

    def free_pixel(self, x: float, y: float) -> QPoint:
        """A pixel near a place with no dot under it."""
        at = self.canvas.pixel(x, y)
        spots = (at + QPointF(dx, dy) for dx in range(-60, 61, 4) for dy in range(-60, 61, 4))
        return next(spot.toPoint() for spot in spots if self.canvas.dot_at(QPointF(spot.toPoint())) < 0)

    def press(self, at: QPoint) -> None:
        self.qtbot.mousePress(self.canvas.viewport(), LEFT, pos=at)

    def move(self, at: QPoint) -> None:
        self.qtbot.mouseMove(self.canvas.viewport(), at)

    def release(self, at: QPoint) -> None:
        self.qtbot.mouseRelease(self.canvas.viewport(), LEFT, pos=at)

    def click(self, at: QPoint) -> None:
        self.press(at)
        self.release(at)

    def bars(self) -> list[tuple[int, int, int]]:
        """What is written where the map writes, from tick 0 on."""
        start = self.session.steering.at_tick
        notes = self.session.score.tracks[0].notes
        return [(n.start - start, n.pitch, n.length) for n in notes if start <= n.start < start + 3840]
