"""The layers of the roll from the paper up, painted inside one dirty rectangle."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QWidget

from app.theme import Theme, mix
from app.views.chords.tones import paint_tones
from app.views.roll.grid import paint_foot, paint_lines, paint_playhead, paint_rows, paint_spans, rows_in
from app.views.roll.note_table import LENGTH, PITCH, START, Indices, NoteTable, without
from app.views.roll.overview import Overview
from app.views.roll.paint import RECTANGLES_UP_TO, NotePainter, paint_flat
from app.views.roll.state import Overlay, RollState
from engine.score.columns import Columns


class RollLayers:
    """Paints paper, other tracks, notes, drag preview, ghosts, box and playhead of one roll in one theme."""

    def __init__(self, roll: RollState, theme: Theme) -> None:
        self._roll = roll
        self._theme = theme
        self._notes = NotePainter(theme)
        self._far: dict[NoteTable, Overview] = {}
        self._faint = mix(theme.row_white, theme.text_dim, 0.21)

    def paint(self, widget: QWidget, rect: QRect) -> None:
        """Paint all layers that touch `rect` (pixels of the widget)."""
        painter = QPainter(widget)
        painter.setClipRect(rect)
        roll, theme = self._roll, self._theme
        paint_rows(painter, rect, roll, theme)
        paint_tones(painter, rect, roll, theme)
        paint_lines(painter, rect, roll, theme)
        paint_spans(painter, rect, roll, theme)
        paint_foot(painter, rect, roll.geometry, theme)
        self._others(painter, rect)
        self._mine(painter, rect)
        self._ghosts(painter, rect)
        roll.faults.paint(painter, rect, roll.geometry, theme)
        if roll.overlay:
            self._overlay(painter, roll.overlay)
        paint_playhead(painter, roll.geometry.x_of(roll.playhead), rect.top(), rect.height(), theme)
        if widget.hasFocus():
            painter.setPen(theme.accent)
            painter.drawLine(0, 0, widget.width(), 0)
        painter.end()

    def _reach(self, rect: QRect) -> tuple[float, float, int, int]:
        """Ticks and pitches a rectangle shows, with a little air for outlines."""
        geometry = self._roll.geometry
        rows = rows_in(geometry, rect, more=1)
        return (
            geometry.left + (rect.left() - 3) / geometry.scale,
            geometry.left + (rect.right() + 4) / geometry.scale,
            rows[-1],
            rows[0],
        )

    def _others(self, painter: QPainter, rect: QRect) -> None:
        if not self._roll.others_shown:
            return
        found = self._roll.others.between(*self._reach(rect))
        if self._roll.geometry.rows.folded:  # a voice that has no row here would lie on a wrong one
            found = found[self._roll.geometry.rows.shown[self._roll.others.columns[PITCH, found]]]
        if len(found) > RECTANGLES_UP_TO and self._overview(self._roll.others).serves(self._roll.geometry):
            words = np.full(17, self._faint.rgba(), np.uint32)
            words[0] = 0
            self._overview(self._roll.others).paint(painter, rect, self._roll.geometry, words)
        elif len(found):
            paint_flat(painter, rect, self._roll.geometry, self._roll.others.take(found), self._faint)

    def _mine(self, painter: QPainter, rect: QRect) -> None:
        roll = self._roll
        fifths = roll.score.keys[0].fifths if roll.score.keys else 0
        found = roll.table.between(*self._reach(rect))
        if len(roll.preview.hide):
            found = without(found, roll.preview.hide)
        for left, right in self._replaced:  # what the morph or the verb will replace steps back
            starts = roll.table.columns[START, found]
            replaced = found[(starts >= left) & (starts < right)]
            found = without(found, replaced)
            painter.setOpacity(0.25)
            self._paint_notes(painter, rect, replaced, fifths)
            painter.setOpacity(1.0)
        self._paint_notes(painter, rect, found, fifths)
        moving = roll.preview.show
        if moving.shape[1]:
            order = np.argsort(moving[START], kind="stable")
            moving = moving[:, order]
            moving = moving[:, NoteTable(moving).between(*self._reach(rect))]
            self._notes.paint(painter, rect, roll.geometry, moving, np.ones(moving.shape[1], bool), fifths)

    @property
    def _replaced(self) -> list[tuple[int, int]]:
        """Stretches of the track that what is not written yet would take."""
        roll = self._roll
        morph = [roll.target] if roll.ghosts is not None else []
        return [*morph, *([roll.sketch.span] if roll.sketch is not None and roll.sketch.here else [])]

    def _paint_notes(self, painter: QPainter, rect: QRect, found: Indices, fifths: int) -> None:
        roll = self._roll
        if len(found) > RECTANGLES_UP_TO and not len(roll.preview.hide) and not self._replaced:
            overview = self._overview(roll.table)
            if overview.serves(roll.geometry):
                overview.paint(painter, rect, roll.geometry, self._notes.overview_words)
                found = found[roll.mask[found]]
        self._notes.paint(painter, rect, roll.geometry, roll.table.take(found), roll.mask[found], fifths)

    def _overview(self, table: NoteTable) -> Overview:
        """The far view of a table, kept as long as that table is shown."""
        if table not in self._far:
            shown = (self._roll.table, self._roll.others)
            self._far = {known: view for known, view in self._far.items() if known in shown}
            self._far[table] = Overview(table.columns, self._roll.score.ticks_per_quarter)
        return self._far[table]

    def _ghosts(self, painter: QPainter, rect: QRect) -> None:
        for ghosts in (self._roll.ghosts, self._roll.sketch.columns if self._roll.sketch else None):
            if ghosts is not None:
                self._outlined(painter, rect, ghosts)

    def _outlined(self, painter: QPainter, rect: QRect, ghosts: Columns) -> None:
        left, right, low, high = self._reach(rect)
        seen = (ghosts[START] < right) & (ghosts[START] + ghosts[LENGTH] > left)
        seen &= (ghosts[PITCH] >= low) & (ghosts[PITCH] <= high)
        outline = QColor(self._theme.ghost)
        outline.setAlpha(255)
        paint_flat(painter, rect, self._roll.geometry, ghosts[:, seen], self._theme.ghost, outline)

    def _overlay(self, painter: QPainter, overlay: Overlay) -> None:
        geometry, theme = self._roll.geometry, self._theme
        x0, x1 = geometry.x_of(overlay.left), geometry.x_of(overlay.right)
        top, bottom = geometry.y_of(overlay.high), geometry.y_of(overlay.low) + geometry.row
        if overlay.kind == "box":
            tint = QColor(theme.accent)
            tint.setAlpha(36)
            painter.setPen(QPen(theme.accent, 1))
            painter.setBrush(tint)
            painter.drawRect(QRectF(round(x0), top, round(x1 - x0), bottom - top - 1))
        elif overlay.kind == "cut":
            painter.setPen(QPen(theme.danger, 1, Qt.PenStyle.DashLine))
            painter.drawLine(round(x0), top - 4, round(x0), bottom + 4)
