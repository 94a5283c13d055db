"""The living room: a map of melodies. Drag the puck and hear them turn into one another."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPoint, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QLabel, QStackedLayout, QVBoxLayout, QWidget

from app.gestures.pins import Pins
from app.gestures.steer import AlongWay, Code, SteerGesture, code_at, fits, in_meter
from app.i18n import tr
from app.theme import GRID, Theme
from app.views.map_card import MapHead
from app.views.map_hover import MapHover
from app.views.map_menu import MapActs, open_menu
from app.views.morph_bar import MorphBar
from engine.commands.document import Steering
from engine.errors import UserError
from engine.events import DocumentChanged, Event, Failed, MapReady, PutOnMap
from engine.jobs.generate import pinned
from engine.latent.attributes import AXES

if TYPE_CHECKING:
    from app.views.map_canvas import MapCanvas
    from engine.session import Session

SETTLE_MS = 450  # arrow keys this close together are one undo step
SHADED = "density"  # the quality that shades the dots


class LatentMapView(QWidget):
    """Map, state line and morph bar.

    Until `MapReady` arrives it shows a calm line instead, and pyqtgraph is not imported.

    Args:
        session: the engine; asked for melodies, never waited for.
        theme: colours.

    Attributes:
        hover: draws and sounds the melody under the mouse (`hover.sounds` can be switched off).
        bar: the slider from A to B. pins, way: the pins and the way between them.
        shown: indices of the map's melodies that are dots now (those of the meter in use).

    Signals: `cancelled` when Escape took a drag back (ghost notes should go).
    """

    cancelled = Signal()

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._theme = session, theme
        self._gesture = SteerGesture(session, self)
        self._label = ""
        self._canvas: MapCanvas | None = None
        self.way, self.pins = AlongWay(), Pins(session, self)
        self.shown = np.zeros(0, np.intp)  # indices of the map's dots that are painted
        self._compound = False  # in which meter
        self._playable = False
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._release)
        self._build_frame()
        self.hover = MapHover(session, theme, self)
        self.set_theme(theme)
        if session.map is not None:
            self._build_canvas()

    # ----------------------------------------------------------------------------------------------------- building

    def _build_frame(self) -> None:
        self._head = MapHead(self._theme)
        self._head.plane_chosen.connect(self._choose_plane)
        self._waiting = QLabel(tr("The map is loading"))
        self._waiting.setObjectName("waiting")
        self._waiting.setProperty("role", "dim")
        self._waiting.setWordWrap(True)
        self._waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._place, self.bar = QStackedLayout(), MorphBar(self._theme)
        self._place.addWidget(self._waiting)
        self.bar.moved.connect(self._morph_between)
        self.bar.dropped.connect(self._release)
        self.bar.cancelled.connect(self._cancel)
        self.bar.left.connect(self._settled)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID, 0, GRID, GRID)
        column.setSpacing(GRID // 2)
        column.addWidget(self._head)
        column.addLayout(self._place, 1)
        column.addWidget(self.bar)

    def _build_canvas(self) -> None:
        from app.views.map_canvas import MapCanvas  # pyqtgraph takes long to import: not before the first paint

        latent = self._session.map
        if latent is None or self._canvas is not None:
            return
        canvas = self._canvas = MapCanvas(self._theme)
        canvas.grabbed.connect(self._grab)
        canvas.dragged.connect(self._steer_to)
        canvas.released.connect(self._release)
        canvas.stepped.connect(self._step)
        canvas.settled.connect(self._settled)
        canvas.cancelled.connect(self._cancel)
        canvas.doubled.connect(lambda place: self.pin("", place))
        canvas.menu_wanted.connect(self._open_menu)
        canvas.hovered.connect(self._hover)
        self._head.put_legend_on(canvas)
        self._place.addWidget(canvas)
        self._place.setCurrentWidget(canvas)
        QWidget.setTabOrder(self._head.planes, canvas)  # it came last, and would take the Tab key in a circle
        self._show_plane()

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme = theme
        for part in (self._head, self.bar, self.hover.card, self._canvas):
            if part is not None:
                part.set_theme(theme)

    # ----------------------------------------------------------------------------------------------------- steering

    def _grab(self, place: QPointF, dot: int) -> None:
        self._release()
        self.hover.leave()
        self._gesture.press()
        latent = self._session.map
        if dot >= 0 and latent is not None:
            self._label = tr("go to a melody of the map")
            self._go(tuple(latent.codes[self.shown[dot]].tolist()))
        else:
            self._steer_to(place)

    def _steer_to(self, place: QPointF) -> None:
        self._label = tr("morph")
        self._go(self._code_at(place))

    def _go(self, code: Code) -> None:
        """Move puck and bar to a code, and ask for its melody."""
        steering = replace(self._gesture.steering, code=code)
        self._show_place(steering, held=True)
        self._gesture.move(steering)  # last: the decoder wakes at once and wants its share of the interpreter

    def _code_at(self, place: QPointF) -> Code:
        latent, canvas = self._session.map, self._canvas
        assert latent is not None and canvas is not None  # there is a place only once there is a map
        return code_at(place.x(), place.y(), canvas.scale_px(), latent, self._session.steering, self.way)

    def _step(self, way: QPointF) -> None:
        latent, canvas = self._session.map, self._canvas
        assert latent is not None and canvas is not None
        place = canvas.puck + way
        self._label = tr("morph")
        self._go(tuple(latent.from_plane(place.x(), place.y(), self._gesture.steering.code)))
        self._settle.start()

    def _morph_between(self, t: float) -> None:
        if not self.way.there:
            return  # a pin was taken away under the hand
        self._label = tr("morph from A to B")
        self._go(self.way.code(t))
        if not self.bar.held:
            self._settle.start()

    def _settled(self) -> None:
        if self._settle.isActive():
            self._release()

    def _release(self) -> None:
        self._settle.stop()
        if self._gesture.active and not self._gesture.release(self._label):
            self._show_document()  # nothing was changed: the puck goes back to where it is

    def _cancel(self) -> None:
        self._settle.stop()
        if self._gesture.cancel():
            self.cancelled.emit()
        self._show_document()

    # --------------------------------------------------------------------------------------------------------- pins

    def pin(self, label: str = "", place: QPointF | None = None) -> None:
        """Pin what sounds at a place of the map (at the puck, if none) under a letter; one undo step."""
        self._release()
        steering = self._gesture.steering
        code = steering.code if place is None else self._code_at(place)
        self.pins.keep(label or self.pins.free_letter(), replace(steering, code=code))

    def put_my_melody(self) -> None:
        """Put the two bars that are written where the map writes on the map, pinned: they come back exactly."""
        self._release()
        steering, tracks = self._session.steering, self._session.score.tracks
        notes = tracks[min(steering.track, len(tracks) - 1)].notes
        self._session.ask.put_on_map(notes, steering.at_tick, self.pins.free_letter())

    def _average_pins(self) -> None:
        self._label = tr("average of the pins")
        self._go(self.pins.middle())
        self._release()

    def _open_menu(self, place: QPointF, at: QPoint) -> None:
        latent, canvas = self._session.map, self._canvas
        if latent is None or canvas is None:
            return
        acts = MapActs(
            pin=lambda letter: self.pin(letter, place),
            unpin=self.pins.remove,
            put_mine=self.put_my_melody,
            average=self._average_pins,
            plane=self._choose_plane,
            whole=canvas.reset_view,
        )
        open_menu(self, at, self._session.steering.pins, latent.chosen, acts)

    # -------------------------------------------------------------------------------------------------------- hover

    def _hover(self, dot: int) -> None:
        if dot < 0 or self._gesture.active:
            self.hover.leave()
        else:
            self.hover.over(int(self.shown[dot]), self.mapFromGlobal(QCursor.pos()))

    # -------------------------------------------------------------------------------------------------------- events

    def on_event(self, event: Event) -> None:
        """Follow the engine: build when the map is there, answer hovers and pins, go where undo goes."""
        if isinstance(event, MapReady):
            self._build_canvas()
            self._playable = event.playable
            self._say_state(self._session.steering)
        elif isinstance(event, PutOnMap):
            self._release()
            self.pins.put_mine(event)
        elif isinstance(event, DocumentChanged):
            if self._gesture.active:  # something else was done meanwhile: keeping this drag would take that back
                self._cancel()
            if event.steering and self._session.steering.compound != self._compound:
                self._show_plane(whole=False)
            elif event.steering:
                self._show_document()
        elif isinstance(event, Failed) and isinstance(event.error, UserError) and self._session.map is None:
            self._waiting.setText(str(event.error))

    # ------------------------------------------------------------------------------------------------------ showing

    def _show_document(self) -> None:
        """Puck, pins, way and bar as the document has them."""
        latent, canvas, steering = self._session.map, self._canvas, self._session.steering
        if latent is None or canvas is None:
            return
        pins = tuple(pin for pin in steering.pins if fits(pin.code, latent))
        self.bar.show_pins(pins, self._session.score.ticks_per_quarter, steering.compound)
        self.way.lay(pins, latent.to_plane)
        canvas.place_pins([(pin.label, *latent.to_plane(pin.code)) for pin in pins], self.way.points)
        self._show_place(steering, held=False)

    def _show_place(self, steering: Steering, held: bool) -> None:
        latent, canvas = self._session.map, self._canvas
        if latent is None or canvas is None:
            return
        x, y = latent.to_plane(steering.code) if fits(steering.code, latent) else (0.0, 0.0)
        canvas.place_puck(x, y, held)
        self.bar.show_place(self.way.place_of(steering.code))
        self._say_state(steering)

    def _say_state(self, steering: Steering) -> None:
        known = tr("● your notes") if pinned(steering) else tr("○ reconstruction")
        ready = known if steering.code else tr("drag the puck")
        self._head.say(ready if self._playable else tr("warming up"))

    def _show_plane(self, whole: bool = True) -> None:
        """Dots in the meter in use, words and legend of the plane in use, then puck and pins on it."""
        latent, canvas = self._session.map, self._canvas
        if latent is None or canvas is None:
            return
        self._compound = self._session.steering.compound
        self.shown = in_meter(latent, self._compound)
        left, right, lower, upper = (tr(word) if word else "" for word in (*latent.label_x, *latent.label_y))
        canvas.show_plane(latent.dots[self.shown], latent.attributes[SHADED][self.shown], (left, right, lower, upper))
        canvas.set_extent(latent.extent)
        if whole:
            canvas.reset_view()
        self._head.show_plane(latent.chosen, (tr(AXES[SHADED][0]), tr(AXES[SHADED][1])), (left, right))
        self._show_document()

    def _choose_plane(self, name: str) -> None:
        self._release()
        if self._session.map is not None:
            self._session.map.chosen = name
            self._show_plane()

    @property
    def state(self) -> str:
        """What is said about the melody under the puck."""
        return self._head.said
