"""What the map looks like: head, canvas and morph bar, and how they show the document. Hands are in `latent_map`."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QLabel, QStackedLayout, QVBoxLayout, QWidget

from app.gestures.knobs import Knobs
from app.gestures.steer import AlongWay, fits, in_meter
from app.i18n import tr
from app.theme import GRID, Theme
from app.views.map.head import MapHead
from app.views.map.hover import MapHover
from app.views.map.morph_bar import MorphBar
from engine.commands.document import Pin, Steering
from engine.commands.map_bars import codec_on_map
from engine.errors import UserError
from engine.jobs.generate import mixed, pinned
from engine.latent.attributes import AXES
from engine.models.registry import find
from engine.score import Origin, Track

if TYPE_CHECKING:
    from app.views.map.canvas import MapCanvas
    from engine.latent.map import LatentMap
    from engine.session import Session

SHADED = "density"  # the quality that shades the dots
PATIENCE_MS = 150  # another model's map is usually there before this; then nothing need be said about waiting


class MapFrame(QWidget):
    """Map, state line and morph bar, as the document has them.

    Until `MapReady` arrives it shows a calm line instead, and pyqtgraph is not imported.

    Args:
        session: the engine.
        theme: colours.

    Attributes:
        hover: draws and sounds the melody under the mouse (`hover.sounds` can be switched off).
        bar: the slider from A to B. way: what lies between the pins. knobs: of a controller, which move the puck.
        shown: indices of the map's melodies that are dots now (those of the meter in use).
    """

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._theme = session, theme
        self._canvas: MapCanvas | None = None
        self._latent: LatentMap | None = None
        self.way, self.knobs = AlongWay(), Knobs()
        self.shown = np.zeros(0, np.intp)  # indices of the map's dots that are painted
        self._compound = False  # in which meter
        self._playable = False
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self._show_waiting)
        self._build_frame()
        self.hover = MapHover(session, theme, self)
        self.set_theme(theme)

    def _build_frame(self) -> None:
        self._head = MapHead(self._theme, self._session.ask.maps)
        self._waiting = QLabel(tr("The map is loading"))
        self._waiting.setObjectName("waiting")
        self._waiting.setProperty("role", "dim")
        self._waiting.setWordWrap(True)
        self._waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._place, self.bar = QStackedLayout(), MorphBar(self._theme)
        self._place.addWidget(self._waiting)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID, 0, GRID, GRID)
        column.setSpacing(GRID // 2)
        column.addWidget(self._head)
        column.addLayout(self._place, 1)
        column.addWidget(self.bar)
        self._name_model()

    def _build_canvas(self) -> MapCanvas:
        from app.views.map.canvas import MapCanvas  # pyqtgraph takes long to import: not before the first paint

        canvas = self._canvas = MapCanvas(self._theme)
        self._head.put_legend_on(canvas)
        self._place.addWidget(canvas)
        QWidget.setTabOrder(self._head.planes, canvas)  # it came last, and would take the Tab key in a circle
        return canvas

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme = theme
        for part in (self._head, self.bar, self.hover.card, self._canvas):
            if part is not None:
                part.set_theme(theme)

    # ---------------------------------------------------------------------------------------------------- which map

    @property
    def latent(self) -> LatentMap | None:
        """The map that is shown, while it is that of the document's model."""
        latent = self._latent
        return latent if latent is not None and latent.model == self._session.steering.model else None

    def _take_map(self) -> None:
        """Show the map that the session holds now."""
        latent, known = self._session.map, self._latent
        if latent is None:
            return
        self._patience.stop()
        self._latent = latent
        canvas = self._canvas or self._build_canvas()
        self._place.setCurrentWidget(canvas)
        if latent is not known or not self._head.has_plane:
            self._show_plane()

    def _await_map(self) -> None:
        """Another model's map was asked for."""
        self.hover.leave()
        self._playable = False
        self._name_model()
        self._patience.start()

    def _show_waiting(self) -> None:
        self._say_waiting(tr("The map is loading"))

    def _say_waiting(self, text: str) -> None:
        self._patience.stop()
        self._waiting.setText(text)
        self._head.show_no_plane()
        self._place.setCurrentWidget(self._waiting)

    def _name_model(self) -> None:
        name = self._session.steering.model
        known = find(name)
        self._head.show_model(name, known.title if known else name)

    # ------------------------------------------------------------------------------------------------------ showing

    def _show_document(self) -> None:
        """Puck, pins, way and bar as the document has them."""
        latent, canvas, steering = self.latent, self._canvas, self._session.steering
        if latent is None or canvas is None:
            return
        pins = tuple(pin for pin in steering.pins if fits(pin.code, latent))
        self.bar.show_pins(pins, codec_on_map(steering), self._session.score.ticks_per_quarter, steering.compound)
        for pin in pins:
            self._learn_place(pin, latent)
        self.way.lay(pins, latent)
        canvas.place_pins([(pin.label, *latent.to_plane(pin.code)) for pin in pins], self.way.points)
        self._show_place(steering, held=False)

    def _learn_place(self, pin: Pin, latent: LatentMap) -> None:
        """On musical axes a pin stands where its notes are measured, unless the hand put it elsewhere."""
        steering, ticks = self._session.steering, self._session.score.ticks_per_quarter
        with suppress(UserError):  # silence is measured nowhere
            latent.learn_place(pin.code, latent.codec.read((Track.of(pin.notes),), ticks, 0, steering.compound))

    def _show_place(self, steering: Steering, held: bool) -> None:
        latent, canvas = self.latent, self._canvas
        if latent is None or canvas is None:
            return
        t = self.way.place_of(steering.code)
        if t is not None and latent.curved:
            x, y = self.way.seen(t)
        else:
            x, y = latent.to_plane(steering.code) if fits(steering.code, latent) else (0.0, 0.0)
        canvas.place_puck(x, y, held)
        self.bar.show_place(t)
        if t is not None and 0 < t < 1:  # at the ends both ways are one
            self.bar.show_way(steering.crossfade is not None)
        self._say_state(steering)

    def _say_state(self, steering: Steering) -> None:
        pin = pinned(steering)
        if pin is not None:
            mine = any(note.origin is Origin.MINE for note in pin.notes)
            known = tr("● your notes") if mine else tr("● notes of pin {label}").format(label=pin.label)
        elif mixed(steering):
            known = tr("◐ steps of both")
        else:
            known = tr("○ reconstruction")
        ready = known if steering.code else tr("drag the puck")
        self._head.say((self.knobs.wanted or ready) if self._playable else tr("warming up"))

    def _show_plane(self, whole: bool = True) -> None:
        """Dots in the meter in use, words and legend of the plane in use, then puck and pins on it."""
        latent, canvas = self.latent, self._canvas
        if latent is None or canvas is None:
            return
        self._compound = self._session.steering.compound
        self.shown = in_meter(latent, self._compound)
        left, right, lower, upper = (tr(word) if word else "" for word in (*latent.label_x, *latent.label_y))
        shades = latent.attributes.get(SHADED, np.zeros(len(latent.codes), np.float32))
        canvas.show_plane(latent.dots[self.shown], shades[self.shown], (left, right, lower, upper))
        canvas.set_extent(latent.extent)
        if whole:
            canvas.reset_view()
        self._head.show_plane(latent, (tr(AXES[SHADED][0]), tr(AXES[SHADED][1])), (left, right))
        self._show_document()

    @property
    def state(self) -> str:
        """What is said about the melody under the puck."""
        return self._head.said

    @property
    def truth(self) -> str:
        """What is said about the plane."""
        return self._head.truth
