"""Four bars as a row of sixteen bricks: choose others from the book, swap, lock, draw the open ones, mix with B."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.i18n import tr
from app.music_given import Place, given
from app.panels.bench import Bench
from app.panels.bricks.head import BrickHead
from app.panels.bricks.palette import BrickPalette
from app.panels.bricks.row import COUNT, PER_BAR, BrickRow
from app.theme import GRID, Theme
from engine.codecs.catalog import codec
from engine.commands.ask_codes import OPEN
from engine.errors import UserError
from engine.events import BrickChoices, BricksHeard, Event
from engine.models.registry import find
from engine.models.registry import row as row_of

if TYPE_CHECKING:
    from engine.session import Session

CHUNK = 32  # bricks of the book that are heard in one go
HIGHEST_SEED = 999_999
Ids = tuple[int, ...]


@dataclass(frozen=True)
class Wall:
    """The bricks as they stand.

    Attributes:
        a: numbers of A, the row that is worked on; beyond the sixteenth what else the model tells of a window.
        b: of B; empty if none was put aside.
        locked: places of A that a draw leaves alone.
    """

    a: Ids = ()
    b: Ids = ()
    locked: frozenset[int] = frozenset()

    def swapped(self, one: int, other: int) -> Wall:
        """Two bricks of A have changed places."""
        a = list(self.a)
        a[one], a[other] = a[other], a[one]
        return replace(self, a=tuple(a))

    def with_brick(self, place: int, brick: int) -> Wall:
        """Another brick in a place of A."""
        return replace(self, a=(*self.a[:place], brick, *self.a[place + 1 :]))

    def exchanged(self, bar: int) -> Wall:
        """A and B have swapped a bar (0 ...)."""
        part = slice(bar * PER_BAR, (bar + 1) * PER_BAR)
        a, b = list(self.a), list(self.b)
        a[part], b[part] = b[part], a[part]
        return replace(self, a=tuple(a), b=tuple(b))

    def keep(self) -> list[bool]:
        """What a draw of the open ones leaves: locked bricks, and all that is no brick."""
        return [place in self.locked or place >= COUNT for place in range(len(self.a))]


class BricksPanel(QWidget):
    """The wall, the music it stands for, and what is done to it.

    Args:
        session: the engine.
        theme: colours.
        marker: where music is written: tick and edited track.
        place: where the composer is, for "My bars".
    """

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
        self.model = ""
        self.wall = Wall()
        self._compound, self._book = False, 0
        self._asked = self._silent = 0
        self._palette: BrickPalette | None = None
        self.bench = Bench(session, theme, marker, tr("bricks"))
        self._build()
        self._show()

    def _build(self) -> None:
        self.setAccessibleName(tr("Bricks"))
        self.head = BrickHead()
        self.head.mine_asked.connect(self.lay_mine)
        self.head.draw_asked.connect(self.draw)
        self.head.again_asked.connect(self.draw_open)
        self.head.aside_asked.connect(self.put_aside)
        self.head.first_asked.connect(lambda note: self._become(self.wall.with_brick(COUNT, note)))
        self.head.bar_asked.connect(lambda bar: self._become(self.wall.exchanged(bar)))
        self.row = BrickRow(tr("Bricks"), self._theme)
        self.row.pressed.connect(self.open_book)
        self.row.swapped.connect(lambda one, other: self._become(self.wall.swapped(one, other)))
        self.row.locked.connect(self._turn_lock)
        self.other = BrickRow(tr("Bricks of B"), self._theme, locks=False)
        self.other.pressed.connect(lambda place: self._become(self.wall.with_brick(place, self.wall.b[place])))
        self.bench.below.addWidget(self.row)
        self.bench.below.addWidget(self.head.bars)
        self.bench.below.addWidget(self.other)
        self.bench.below.addStretch(1)
        self.says = QLabel()
        self.says.setProperty("role", "dim")
        self.says.setWordWrap(True)
        inside = QWidget()
        inside.setProperty("role", "panel")
        line = QHBoxLayout(inside)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(GRID)
        line.addWidget(self.head, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.bench, 1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setMinimumWidth(inside.minimumSizeHint().width())
        scroll.setWidget(inside)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID, GRID // 2, GRID, GRID // 2)
        column.setSpacing(GRID // 2)
        column.addWidget(self.says)
        column.addWidget(scroll, 1)

    # --------------------------------------------------------------------------------------------------- the model

    def show_model(self, name: str) -> None:
        """Another model was chosen. One without bricks says so, and leaves those that are there alone."""
        row = find(name)
        if row is not None and "bricks" in row.capabilities:
            if name != self.model:  # a number means another brick in another book
                self.model, self.wall, self._book, self._asked = name, Wall(), 0, 0
                self.bench.clear()
        elif not self.wall.a and row is not None:
            self._say(tr("{model} writes no bricks; here the VQ-VAE does.").format(model=row.title))
        if self.isVisible():
            self._find_model()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._find_model()

    def _find_model(self) -> None:
        """A model with bricks that is there."""
        if self._book:
            return
        able = [e for e in self._session.shelf.entries() if "bricks" in e.row.capabilities]
        trained = [entry for entry in able if entry.path is not None]
        chosen = next((entry for entry in trained if entry.row.name == self.model), trained[0] if trained else None)
        if chosen is None:
            title = able[0].row.title if able else ""
            self._say(tr("{model} is not trained yet: there are no bricks to lay.").format(model=title))
        else:
            self.model = chosen.row.name
            self._book = int(chosen.header.get("options", {}).get("book", 0))
            self._say(tr("Lay your own four bars in bricks, or draw a new row."))
        self._show()

    # ------------------------------------------------------------------------------------------------------ acting

    def lay_mine(self) -> None:
        """The composer's own four bars as bricks."""
        session, row = self._session, row_of(self.model)
        music = given(session.score, session.steering, self._place(), row.codec, 1)
        try:
            if music.why_not:
                raise UserError(music.why_not)
            (window,) = music.windows(codec(row.codec), session.score.ticks_per_quarter)
        except UserError as error:
            self._say(str(error))
            return
        self._compound = music.sources[0].compound
        self.wall = replace(self.wall, locked=frozenset())
        self._asked = session.ask.bricks_of(self.model, window, self._wishes())
        self._say(music.titles[0])

    def draw(self) -> None:
        """A new row from the model's own sense of what follows what."""
        self._compound = self._session.steering.compound
        self.wall = replace(self.wall, locked=frozenset())
        self._asked = self._session.ask.bricks(self.model, [OPEN] * (COUNT + 1), (), self._drawn())

    def draw_open(self) -> None:
        """Draw every brick that is not locked again."""
        self._asked = self._session.ask.bricks(self.model, self.wall.a, self.wall.keep(), self._drawn())

    def put_aside(self) -> None:
        """What is worked on becomes B as well, to be mixed with what comes next."""
        self.wall = replace(self.wall, b=self.wall.a)
        self._show()

    def open_book(self, place: int) -> None:
        """The palette of what could stand in a place."""
        bar = self.bench.span * (place // PER_BAR) // (COUNT // PER_BAR)
        stretch = bar, self.bench.span // (COUNT // PER_BAR)
        self._palette = BrickPalette(self._book, place, self.wall.a[place], stretch, self._theme, self)
        self._palette.chosen.connect(partial(self._take, place))
        self._palette.heard.connect(lambda brick: self._hear(self.wall.with_brick(place, brick).a))
        self._palette.closed.connect(self._forget_palette)
        for first in range(0, self._book, CHUNK):
            choices = range(first, min(self._book, first + CHUNK))
            self._session.ask.brick_choices(self.model, self.wall.a, place, choices, self._wishes())
        tile = self.row.tile(place)
        corner = self.row.mapToGlobal(QPoint(round(tile.left()), 0))
        size = self._palette.sizeHint()
        screen = self.screen().availableGeometry()
        below = corner.y() + self.row.height() + 2
        top = below if below + size.height() <= screen.bottom() else corner.y() - size.height() - 2
        left = min(corner.x(), screen.right() - size.width())
        self._palette.move(max(screen.left(), left), max(screen.top(), top))
        self._palette.show()

    def _take(self, place: int, brick: int) -> None:
        self._palette = None
        self._become(self.wall.with_brick(place, brick))

    def _forget_palette(self) -> None:
        """Closed: what was only tried out makes way for the bricks that are laid."""
        self._palette = None
        if self.wall.a:
            self._hear(self.wall.a)
            self._silent = self._asked

    def _become(self, wall: Wall) -> None:
        """Lay other bricks and hear them."""
        self.wall = wall
        self._show()
        self._hear(wall.a)

    def _hear(self, ids: Ids) -> None:
        self._asked = self._session.ask.bricks(self.model, ids, (), self._wishes())

    def _turn_lock(self, place: int) -> None:
        self.wall = replace(self.wall, locked=self.wall.locked ^ {place})
        self._show()

    def _wishes(self) -> dict[str, object]:
        return {"compound": self._compound}

    def _drawn(self) -> dict[str, object]:
        seed = random.randint(1, HIGHEST_SEED)
        self._say(tr("Drawn with seed {seed}.").format(seed=seed))
        return {"compound": self._compound, "seed": seed}

    # ----------------------------------------------------------------------------------------------------- showing

    def on_event(self, event: Event) -> None:
        """Show and sound what was built."""
        self.bench.on_event(event)
        if isinstance(event, BricksHeard) and event.request == self._asked:
            if self._palette is None:  # else it is only tried out
                self.wall = replace(self.wall, a=event.ids)
            self.bench.show_music(event.model, event.voices, self._compound)
            if event.request != self._silent:
                self.bench.hear()
            self._show()
        elif isinstance(event, BrickChoices) and self._palette is not None and event.place == self._palette.place:
            self._palette.show_voices(event.choices, event.voices)

    def _show(self) -> None:
        wall, there = self.wall, bool(self._book)
        self.row.show_bricks(wall.a, wall.locked, self._book or -1)
        self.other.show_bricks(wall.b, nothing=self._book or -1)
        self.head.setEnabled(there)
        self.bench.setVisible(there)
        self.head.setVisible(there)
        self.row.setVisible(bool(wall.a))
        self.other.setVisible(bool(wall.b))
        if len(wall.a) > COUNT:
            self.head.show_first(wall.a[COUNT])
        self.head.show_state(bool(wall.a), bool(wall.b), len(wall.locked) < COUNT)

    def _say(self, words: str) -> None:
        self.says.setText(words)
        self.says.setVisible(bool(words))

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme = theme
        self.bench.set_theme(theme)
        self.row.set_theme(theme)
        self.other.set_theme(theme)
