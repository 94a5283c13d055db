"""The living room: a map of melodies. Drag the puck and hear them turn into one another."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QTimer, Signal
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QWidget

from app.gestures.pins import Pins
from app.gestures.steer import Code, SteerGesture, code_at
from app.i18n import tr
from app.theme import Theme
from app.views.map.frame import MapFrame
from app.views.map.menu import MapActs, open_menu
from engine.errors import UserError
from engine.events import DocumentChanged, Event, Failed, KnobTurned, MapReady, PutOnMap, WayWalked

if TYPE_CHECKING:
    from app.views.map.canvas import MapCanvas
    from engine.session import Session

SETTLE_MS = 450  # arrow keys this close together are one undo step


class LatentMapView(MapFrame):
    """The map under the composer's hands: it asks for melodies, and never waits for them.

    Args:
        session: the engine.
        theme: colours.

    Attributes:
        pins: the pins of the session.

    Signals: `cancelled` when Escape took a drag back (ghost notes should go); `around_asked(code, radius)` when
    candidates around a place are wanted, `pad_asked` when a pad between the pins is.
    """

    cancelled = Signal()
    around_asked = Signal(tuple, float)
    pad_asked = Signal()

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(session, theme, parent)
        self._gesture, self.pins = SteerGesture(session, self), Pins(session, self)
        self._label = ""
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self._release)
        self._head.plane_chosen.connect(self._choose_plane)
        self._head.axes_chosen.connect(self._choose_axes)
        self._head.model_chosen.connect(self.choose_model)
        self.bar.moved.connect(self._morph_between)
        self.bar.dropped.connect(self._release)
        self.bar.cancelled.connect(self._cancel)
        self.bar.left.connect(self._settled)
        self.bar.way_chosen.connect(self._choose_way)
        if session.map is not None:
            self._take_map()

    def _build_canvas(self) -> MapCanvas:
        canvas = super()._build_canvas()
        canvas.grabbed.connect(self._grab)
        canvas.dragged.connect(self._steer_to)
        canvas.released.connect(self._release)
        canvas.stepped.connect(self._step)
        canvas.settled.connect(self._settled)
        canvas.cancelled.connect(self._cancel)
        canvas.doubled.connect(lambda place: self.pin("", place))
        canvas.menu_wanted.connect(self._open_menu)
        canvas.hovered.connect(self._hover)
        return canvas

    # ----------------------------------------------------------------------------------------------------- steering

    def _grab(self, place: QPointF, dot: int) -> None:
        self._release()
        self.hover.leave()
        latent = self.latent
        if latent is None:
            return
        self._gesture.press()
        if dot >= 0:
            self._label = tr("go to a melody of the map")
            self._go(tuple(latent.codes[self.shown[dot]].tolist()))
        else:
            self._steer_to(place)

    def _steer_to(self, place: QPointF) -> None:
        self._label = tr("morph")
        if self.latent is not None:
            self._go(self._code_at(place))

    def _go(self, code: Code, crossfade: float | None = None) -> None:
        """Move puck and bar to a code, and ask for its melody."""
        steering = replace(self._gesture.steering, code=code, crossfade=crossfade)
        self._show_place(steering, held=True)
        self._gesture.move(steering)  # last: the decoder wakes at once and wants its share of the interpreter

    def _code_at(self, place: QPointF) -> Code:
        latent, canvas = self.latent, self._canvas
        assert latent is not None and canvas is not None  # there is a place only once there is a map
        return code_at(place.x(), place.y(), canvas.scale_px(), latent, self._session.steering, self.way)

    def _step(self, way: QPointF) -> None:
        latent, canvas = self.latent, self._canvas
        if latent is None or canvas is None:
            return
        place = canvas.puck + way
        self._label = tr("morph")
        self._go(tuple(latent.from_plane(place.x(), place.y(), self._gesture.steering.code)))
        self._settle.start()

    def let_knobs_move(self, on: bool) -> None:
        """Two knobs of a MIDI controller move the puck from now on, or no longer; which two is learnt by turning."""
        if not on:
            self.knobs.stop()
        elif self._session.keyboards.names:
            self.knobs.begin()
        else:
            missing = UserError(tr("No MIDI controller is connected."), tr("Plug one in: it is found by itself."))
            self._session.events.emit(Failed(missing))
        self._say_state(self._session.steering)

    def _turn(self, event: KnobTurned) -> None:
        latent, canvas = self.latent, self._canvas
        by_hand = self._gesture.active and not self._settle.isActive()
        if latent is None or canvas is None or by_hand or not self.knobs.turned(event):
            return
        x, y = self.knobs.place(latent.extent, (canvas.puck.x(), canvas.puck.y()))
        self._steer_to(QPointF(x, y))
        self._settle.start()

    def _morph_between(self, t: float) -> None:
        if not self.way.there or self.latent is None:
            return  # a pin was taken away under the hand
        crossfade = t if self.bar.crossfades and 0 < t < 1 else None
        words = tr("morph from {first} to {last}") if crossfade is None else tr("crossfade from {first} to {last}")
        self._label = words.format(first=self.bar.ends[0], last=self.bar.ends[1])
        self._go(self.way.code(t), crossfade)
        if not self.bar.held:
            self._settle.start()

    def _choose_way(self, crossfades: bool) -> None:
        """Hear the same place between A and B the other way; elsewhere it waits for the next drag of the bar."""
        self._release()
        t = self.way.place_of(self._session.steering.code)
        self.bar.show_way(crossfades)
        if t is not None and 0 < t < 1:
            self._morph_between(t)
            self._release()

    def _settled(self) -> None:
        if self._settle.isActive():
            self._release()

    def _release(self) -> None:
        self._settle.stop()
        if self._gesture.active and not self._gesture.release(self._label):
            self._show_document()  # nothing was changed: the puck goes back to where it is

    def _let_go(self) -> None:
        """Keep what was steered so far; a hand that is still down holds nothing any more."""
        self._release()
        self._loosen()

    def _loosen(self) -> None:
        if self._canvas is not None:
            self._canvas.let_go()
        self.bar.let_go()

    def _cancel(self) -> None:
        self._settle.stop()
        self._loosen()
        if self._gesture.cancel():
            self.cancelled.emit()
        self._show_document()

    # --------------------------------------------------------------------------------------------------------- pins

    def pin(self, label: str = "", place: QPointF | None = None) -> None:
        """Pin what sounds at a place of the map (at the puck, if none) under a letter; one undo step."""
        self._release()
        canvas = self._canvas
        if self.latent is None or canvas is None:
            return
        steering = self._gesture.steering
        if place is not None and not canvas.on_puck(canvas.pixel(place.x(), place.y())):  # there, what is heard counts
            steering = replace(steering, code=self._code_at(place), crossfade=None)
        self.pins.keep(label or self.pins.free_letter(), steering)

    def put_my_melody(self) -> None:
        """Put the bars that are written where the map writes on the map, pinned: they come back exactly."""
        self._release()
        steering, tracks = self._session.steering, self._session.score.tracks
        notes = tracks[min(steering.track, len(tracks) - 1)].notes
        self._session.ask.put_on_map(notes, steering.at_tick, self.pins.free_letter())

    def _average_pins(self) -> None:
        self._label = tr("average of the pins")
        self._go(self.pins.middle())
        self._release()

    def _learn_slider(self, label: str) -> None:
        try:
            self.pins.learn_slider(label)
        except UserError as error:
            self._session.events.emit(Failed(error))

    def _open_menu(self, place: QPointF, at: QPoint) -> None:
        latent, canvas = self.latent, self._canvas
        if latent is None or canvas is None:
            return
        acts = MapActs(
            pin=lambda letter: self.pin(letter, place),
            unpin=self.pins.remove,
            around=lambda radius: self.around_asked.emit(self._code_at(place), radius),
            put_mine=self.put_my_melody,
            average=self._average_pins,
            pad=self.pad_asked.emit,
            learn=self._learn_slider,
            walk=self._walk,
            plane=self._choose_plane,
            whole=canvas.reset_view,
            knobs=self.let_knobs_move,
            listens=self.knobs.on,
        )
        pins = tuple(pin for pin in self._session.steering.pins if latent.fits(pin.code))
        open_menu(self, at, pins, latent.codec.bars, tuple(latent.planes), latent.chosen, acts)

    def _walk(self, count: int, bars: int) -> None:
        self._let_go()
        self._session.ask.walk(count, bars, self.bar.crossfades)

    # -------------------------------------------------------------------------------------------------------- hover

    def _hover(self, dot: int) -> None:
        if dot < 0 or self._gesture.active or self.latent is None:
            self.hover.leave()
        else:
            self.hover.over(int(self.shown[dot]), self.mapFromGlobal(QCursor.pos()))

    # ------------------------------------------------------------------------------------------------------- events

    def on_event(self, event: Event) -> None:
        """Follow the engine: build when the map is there, answer hovers and pins, go where undo goes."""
        if isinstance(event, MapReady):
            if event.model == self._session.steering.model:
                self._playable = event.playable
                self._take_map()
                self._say_state(self._session.steering)
        elif isinstance(event, KnobTurned):
            self._turn(event)
        elif isinstance(event, PutOnMap):
            self._let_go()
            self.pins.put_mine(event)
        elif isinstance(event, WayWalked):
            self._let_go()
            words = tr("way from {first} to {last}").format(first=self.bar.ends[0], last=self.bar.ends[1])
            self._session.ask.keep_way(event, words, self)
        elif isinstance(event, DocumentChanged):
            if self._gesture.active:  # something else was done meanwhile: keeping this drag would take that back
                self._cancel()
            if event.steering:
                self._follow_steering()
        elif isinstance(event, Failed) and isinstance(event.error, UserError) and self._session.map is None:
            self._say_waiting(str(event.error))

    def _follow_steering(self) -> None:
        if self._latent is not None and self.latent is None:
            self._await_map()
        elif self._session.steering.compound != self._compound:
            self._show_plane(whole=False)
        else:
            self._show_document()

    def _choose_plane(self, name: str) -> None:
        self._let_go()
        if self.latent is not None:
            self.latent.chosen = name
            self._show_plane()

    def _choose_axes(self, across: str, up: str) -> None:
        self._let_go()
        if self.latent is not None:
            self.latent.choose_axes(across, up)
            self._show_plane()

    def choose_model(self, name: str) -> None:
        """Show the map of another model; one undo step."""
        self._let_go()
        try:
            self._session.ask.choose_map(name)
        except UserError as error:
            self._session.events.emit(Failed(error))
