"""Where a tick and a pitch are on the screen: one geometry shared by keyboard, ruler, roll and velocity lane."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from app.views.roll.rows import ALL_ROWS, Rows

ROW_HEIGHTS = (4, 40)  # logical pixels a semitone may take; whole numbers keep every row crisp
QUARTER_WIDTHS = (0.02, 1200.0)  # logical pixels a quarter note may take


class RollGeometry(QObject):
    """Maps ticks to x and pitches to y, in logical pixels of the roll; `changed` after every scroll, zoom or resize,
    `time_changed` and `rows_changed` before it where that direction is concerned.

    Attributes:
        left: tick at the left edge (a float, so that scrolling is smooth).
        rows: pitches that have a row.
        top: pixels of the rows hidden above the top edge.
        row: height of one semitone in pixels.
        scale: pixels a tick takes.
        width, height: size of the roll in pixels.
        end: tick up to which one may scroll.
    """

    changed = Signal()
    time_changed = Signal()
    rows_changed = Signal()

    def __init__(self, ticks_per_quarter: int = 480) -> None:
        super().__init__()
        self.ticks_per_quarter = ticks_per_quarter
        self.left = 0.0
        self.rows = ALL_ROWS
        self.row = 14
        self.top = self.rows.place[83] * self.row
        self.scale = 64 / ticks_per_quarter
        self.width = 800
        self.height = 480
        self.end = ticks_per_quarter * 64
        self._time: tuple[float, ...] = ()
        self._rows: tuple[object, ...] = ()

    def x_of(self, tick: float) -> float:
        """Pixels from the left edge of the roll."""
        return (tick - self.left) * self.scale

    def tick_at(self, x: float) -> float:
        """Tick under a pixel column, never before the piece starts."""
        return max(0.0, self.left + x / self.scale)

    def y_of(self, pitch: int) -> int:
        """Pixels from the top edge of the roll to the top of a pitch's row."""
        return self.rows.place[pitch] * self.row - self.top

    def tops_of(self, pitches: NDArray[np.int64]) -> NDArray[np.int64]:
        """`y_of` for many pitches at once, shape [n]."""
        return self.rows.places[pitches] * self.row - self.top

    def y_of_row(self, row: int) -> int:
        """Pixels from the top edge of the roll to the top of a row."""
        return row * self.row - self.top

    def row_at(self, y: float) -> int:
        """Row at a pixel line, counted from the top one; the outermost beyond the edge."""
        return min(len(self.rows) - 1, max(0, int((y + self.top) // self.row)))

    def pitch_at(self, y: float) -> int:
        """MIDI pitch of the row at a pixel line, 0..127."""
        return self.rows.pitches[self.row_at(y)]

    @property
    def foot(self) -> int:
        """Pixels from the top edge of the roll to the end of the lowest row."""
        return len(self.rows) * self.row - self.top

    @property
    def visible_ticks(self) -> float:
        """Ticks from the left to the right edge."""
        return self.width / self.scale

    @property
    def right(self) -> float:
        """Tick at the right edge."""
        return self.left + self.visible_ticks

    @property
    def max_left(self) -> float:
        """Furthest the view may scroll: the end stays in sight with a little air behind it."""
        return max(0.0, self.end - 0.75 * self.visible_ticks)

    @property
    def max_top(self) -> int:
        """Furthest the view may scroll down."""
        return max(0, len(self.rows) * self.row - self.height)

    def resize(self, width: int, height: int) -> None:
        """The roll got another size, in pixels; the row in the middle stays there."""
        if (width, height) != (self.width, self.height):
            self.top += (self.height - height) // 2
            self.width, self.height = max(1, width), max(1, height)
            self._settle()

    def set_extent(self, end: int, ticks_per_quarter: int) -> None:
        """The piece got longer, shorter or another resolution."""
        if (end, ticks_per_quarter) != (self.end, self.ticks_per_quarter):
            self.scale *= self.ticks_per_quarter / ticks_per_quarter
            self.end, self.ticks_per_quarter = end, ticks_per_quarter
            self._settle()

    def scroll_to(self, left: float | None = None, top: float | None = None) -> None:
        """Put a tick at the left edge, or a pixel of the rows at the top edge."""
        self.left = self.left if left is None else left
        self.top = self.top if top is None else int(top)
        self._settle()

    def scroll_by(self, dx: float = 0.0, dy: float = 0.0) -> None:
        """Move what is seen by pixels."""
        self.scroll_to(self.left + dx / self.scale, self.top + dy)

    def set_rows(self, rows: Rows, row: int | None = None) -> None:
        """Give rows to other pitches, of another height if given; what is in the middle stays there if it can."""
        middle = self.height // 2
        pitch = self.pitch_at(middle)
        within = (middle - self.y_of(pitch)) / self.row
        self.rows = rows
        self.row = self.row if row is None else min(ROW_HEIGHTS[1], max(ROW_HEIGHTS[0], row))
        self.top = round((rows.place[pitch] + within) * self.row) - middle
        self._settle()

    def zoom_time(self, factor: float, x: float) -> None:
        """Stretch time about a pixel column: the tick under it stays under it."""
        anchor = self.left + x / self.scale
        low, high = (width / self.ticks_per_quarter for width in QUARTER_WIDTHS)
        self.scale = min(high, max(low, self.scale * factor))
        self.left = anchor - x / self.scale
        self._settle()

    def zoom_rows(self, steps: int, y: float) -> None:
        """Make rows taller or flatter by whole pixels about a pixel line."""
        anchor = (y + self.top) / self.row
        self.row = min(ROW_HEIGHTS[1], max(ROW_HEIGHTS[0], self.row + steps))
        self.top = round(anchor * self.row - y)
        self._settle()

    def fit(self, first: float, last: float, low: int, high: int) -> None:
        """Show ticks first..last and pitches low..high, as large as fits (rows at most 18 pixels)."""
        span = max(last - first, self.ticks_per_quarter)
        width_low, width_high = (width / self.ticks_per_quarter for width in QUARTER_WIDTHS)
        self.scale = min(width_high, max(width_low, self.width / (span * 1.03)))
        self.left = max(0.0, first - (0.005 * span if first else 0.0))
        first, last = self.rows.place[high], self.rows.place[low]
        self.row = min(18, ROW_HEIGHTS[1], max(ROW_HEIGHTS[0], self.height // (last - first + 5)))
        self.top = round((first + last + 1) / 2 * self.row - self.height / 2)
        self._settle()

    def reveal(self, tick: float, pitch: int | None = None) -> None:
        """Scroll as little as brings a tick (and a pitch) into sight."""
        margin = 0.06 * self.visible_ticks
        left = min(max(self.left, tick + margin - self.visible_ticks), max(0.0, tick - margin))
        top = self.top
        if pitch is not None:
            y = self.rows.place[pitch] * self.row
            top = min(max(top, y + 2 * self.row - self.height), max(0, y - self.row))
        self.scroll_to(left, top)

    def _settle(self) -> None:
        self.left = min(self.max_left, max(0.0, self.left))
        self.top = min(self.max_top, max(0, self.top))
        time, rows = (self.left, self.scale, self.width, self.end), (self.top, self.row, self.height, self.rows)
        other_time, other_rows = time != self._time, rows != self._rows
        self._time, self._rows = time, rows
        if other_time:
            self.time_changed.emit()
        if other_rows:
            self.rows_changed.emit()
        if other_time or other_rows:
            self.changed.emit()
