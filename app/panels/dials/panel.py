"""A model's own dials: the units of its code turned by hand, the music they stand for heard at once."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.desks.generate import TEXTURES
from app.i18n import tr
from app.music_given import Place, given
from app.panels.bench import Bench
from app.panels.dials.head import DialHead
from app.panels.dials.model import Chosen, Code
from app.panels.dials.rack import DialRack
from app.theme import GRID, Theme
from engine.codecs.catalog import codec
from engine.errors import UserError
from engine.events import DialsHeard, Event, MotifsCounted
from engine.latent.dials import Dials
from engine.models.registry import find, listed
from engine.models.registry import row as row_of

if TYPE_CHECKING:
    from engine.session import Session

HIGHEST_SEED = 999_999
LOADING = "The model is being loaded; a moment."
KEY_MS = 350  # after the last turn by a key the hand counts as off


class DialsPanel(QWidget):
    """Combo of models, the music, what draws and puts back, and a slider per dial.

    Args:
        session: the engine.
        theme: colours.
        marker: where music is written: tick and edited track.
        place: where the composer is, for "Encode my bars".

    Signals: `first_seen` when the panel comes up for the first time.
    """

    first_seen = Signal()

    def __init__(
        self,
        session: Session,
        theme: Theme,
        marker: Callable[[], tuple[int, int]],
        place: Callable[[], Place],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._theme, self._place = session, theme, place
        self.chosen: Chosen | None = None
        self._wanted, self._hear_next, self._seen = "", False, False
        self._taken: Code = ()
        self._quiet = QTimer(self, singleShot=True, interval=KEY_MS)
        self.bench = Bench(session, theme, marker, tr("dials"))
        self._quiet.timeout.connect(self.bench.let_go)
        self._build()
        self._say_why("")

    def _build(self) -> None:
        self.setAccessibleName(tr("Dials"))
        self.models = QComboBox()
        self.models.setAccessibleName(tr("Model"))
        self.models.activated.connect(lambda index: self.show_model(str(self.models.itemData(index))))
        self.head = DialHead()
        self.head.draw_asked.connect(self.draw)
        self.head.encode_asked.connect(self.encode_mine)
        self.head.reset_asked.connect(self.put_back)
        self.says = QLabel()
        self.says.setProperty("role", "dim")
        self.says.setWordWrap(True)
        self.rack = DialRack(self._theme)
        self.rack.moved.connect(self._turn)
        self.rack.dropped.connect(self.bench.let_go)
        inside = QWidget()
        inside.setProperty("role", "panel")
        self._inside = QVBoxLayout(inside)
        self._inside.setContentsMargins(0, 0, 0, 0)
        self._inside.setSpacing(GRID // 2)
        self._inside.addWidget(self.head)
        self._inside.addWidget(self.says)
        self._inside.addWidget(self.rack)
        self._inside.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(inside)
        self._scroll.setMinimumHeight(GRID * 5)
        self._why = QLabel()
        self._why.setProperty("role", "dim")
        self._why.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID, GRID // 2, GRID, GRID // 2)
        column.setSpacing(GRID // 2)
        column.addWidget(self.models)
        column.addWidget(self.bench)
        column.addWidget(self._why)
        column.addWidget(self._scroll, 1)

    # --------------------------------------------------------------------------------------------------- the model

    def show_model(self, name: str) -> None:
        """Show the dials of a model, as soon as they are seen."""
        self._wanted = name
        if self.isVisible() and (self.chosen is None or self.chosen.row.name != name):
            self._load(name)

    def refill(self) -> None:
        """Look again which models there are."""
        if self.isVisible():
            self._list_models()
            self.models.setCurrentIndex(self.models.findData(self.chosen.row.name if self.chosen else self._wanted))

    def take(self, name: str, code: Code) -> None:
        """Turn the dials of a model to a code that came from elsewhere."""
        self._taken = code
        if self.isVisible() and self.chosen is not None and self.chosen.row.name == name:
            self._start()
        else:
            self.show_model(name)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._seen:
            self._seen = True
            QTimer.singleShot(0, self, self.first_seen.emit)
        self._list_models()
        wanted = self._wanted or self._session.steering.model
        if self.chosen is None or self.chosen.row.name != wanted:
            self._load(wanted)

    def _list_models(self) -> None:
        names = [e.row.name for e in self._session.shelf.entries() if e.path and "encodes" in e.row.capabilities]
        if names != [self.models.itemData(i) for i in range(self.models.count())]:
            self.models.clear()
            for name in names:
                self.models.addItem(listed(row_of(name)), name)

    def _load(self, name: str) -> None:
        self.bench.clear()
        self.chosen, self._wanted = None, name
        self.models.setCurrentIndex(self.models.findData(name))
        row = find(name)
        why = ""
        try:
            if row is None or "encodes" not in row.capabilities:
                why = tr("{model} has no code to turn. Choose a model above.").format(model=row.title if row else name)
            else:
                bundle = self._session.shelf.bundle(name)
                dictionary = "motifs" in row.capabilities
                dials = Dials.switches(bundle) if dictionary else Dials.of(bundle)
                self.chosen = Chosen(row, dials, compound=self._session.steering.compound)
        except UserError as error:
            why = f"{error.what} {error.remedy}"
        self._say_why(why)
        if self.chosen is not None:
            if self.chosen.dictionary:
                self._session.ask.count_motifs(name)
            self._lay_dials()
            self._start()

    def _start(self) -> None:
        """From the code that was brought here, else from the middle."""
        assert self.chosen is not None
        taken, self._taken = self._taken, ()
        fits = self.chosen.dials.fits(taken)
        self._decode(taken if fits else tuple(self.chosen.dials.middle.tolist()), heard=fits)
        self._say(tr(LOADING))

    def _say_why(self, why: str) -> None:
        """Either the dials, or one line that says why there are none."""
        for part in (self.bench, self._scroll):
            part.setVisible(not why and self.chosen is not None)
        self._why.setText(why)
        self._why.setVisible(bool(why))
        self._say("")

    def _lay_dials(self) -> None:
        assert self.chosen is not None
        self.rack.show_dials(self.chosen)
        self._inside.activate()  # now: a frame with all dials on one another is a frame too many

    # ------------------------------------------------------------------------------------------------------ acting

    def draw(self) -> None:
        """A new label by the law that is chosen; locked dials stay where they are."""
        if self.chosen is None:
            return
        seed = random.randint(1, HIGHEST_SEED)
        wishes = {"law": self.head.law.currentData(), "seed": seed, "compound": self.chosen.compound}
        self.chosen.asked = self._session.ask.dials(self.chosen.row.name, (), wishes)
        self.chosen.drawing = self.chosen.asked
        self._say(tr("Drawn with seed {seed}.").format(seed=seed))

    def encode_mine(self) -> None:
        """Turn the dials to where the composer's own bars lie."""
        if self.chosen is None:
            return
        session, row = self._session, self.chosen.row
        music = given(session.score, session.steering, self._place(), row.codec, 1, row.codec in TEXTURES)
        if music.why_not:
            self._say(music.why_not)
            return
        try:
            (window,) = music.windows(codec(row.codec), session.score.ticks_per_quarter)
        except UserError as error:
            self._say(f"{error.what} {error.remedy}")
            return
        self.chosen.compound = music.sources[0].compound
        self.chosen.asked = session.ask.dials_of(row.name, window, {"compound": self.chosen.compound})
        self._say(music.titles[0])
        self._hear_next = True

    def put_back(self) -> None:
        """All dials to the middle."""
        if self.chosen is not None:
            self._say("")
            self._decode(tuple(self.chosen.dials.middle.tolist()), heard=True)

    def _turn(self, dial: int, value: float) -> None:
        chosen = self.chosen
        if chosen is None or not chosen.code:
            return
        self._decode(chosen.dials.turned(chosen.code, {dial: value}), heard=True)
        if not self.rack.rows[dial].slider.isSliderDown():
            self._quiet.start()

    def _decode(self, code: Code, heard: bool = False) -> None:
        assert self.chosen is not None
        self.chosen.code, self._hear_next = code, heard
        wishes = {"compound": self.chosen.compound}
        self.chosen.asked = self._session.ask.dials(self.chosen.row.name, code, wishes)
        self.rack.show_code(self.chosen)

    # ----------------------------------------------------------------------------------------------------- showing

    def on_event(self, event: Event) -> None:
        """Show and sound what was decoded."""
        self.bench.on_event(event)
        chosen = self.chosen
        if isinstance(event, DialsHeard) and chosen is not None and event.model == chosen.row.name:
            if event.request == chosen.asked:
                self._decoded(event, chosen)
            elif event.request < chosen.asked and event.request > chosen.drawing:
                self._show_music(event)  # the hand is further already, but this is nearer than what is shown
        elif isinstance(event, MotifsCounted) and chosen is not None and event.model == chosen.row.name:
            chosen.often = event.often
            self._lay_dials()

    def _decoded(self, event: DialsHeard, chosen: Chosen) -> None:
        drawn, chosen.drawing = event.request == chosen.drawing, 0
        if drawn and chosen.locked and chosen.code:
            now = chosen.dials.values(chosen.code)
            self._decode(
                chosen.dials.turned(event.code, {dial: float(now[dial]) for dial in chosen.locked}), heard=True
            )
            return
        chosen.code = event.code
        self.head.law.setEnabled(self._session.ask.takes(event.model, "law"))
        self.rack.show_code(chosen)
        if self.says.text() == tr(LOADING):
            self._say("")
        self._show_music(event, drawn or self._hear_next)

    def _show_music(self, event: DialsHeard, heard: bool = True) -> None:
        self.bench.show_music(event.model, event.voices, self.chosen is not None and self.chosen.compound)
        if heard:
            dragging = self.rack.held or self._quiet.isActive()
            self.bench.hear(dragging)

    def _say(self, words: str) -> None:
        self.says.setText(words)
        self.says.setVisible(bool(words))

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme = theme
        self.bench.set_theme(theme)
        self.rack.set_theme(theme)
