"""Where the ideas of a tree stand: columns from the trunk at the left to the tips at the right, sisters together."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSizeF

from engine.verbs.idea import Idea

GAP = 26.0  # px between columns, for the branches
ROW, LEAST_ROW = 64.0, 30.0  # px from one tip to the next
COLUMN, LEAST_COLUMN = 250.0, 104.0  # px
AIR = 5.0  # px between two cards, and around all


class TreeShape:
    """Who stands where, in units of columns and rows; and, for a room, in pixels.

    Attributes:
        parents: of each idea; None of the trunk.
        children: of each idea, in order.
        depth: column of each.
        height: row of each, as a fraction: between its children.
        span: rows of the first and the last tip behind each.
        columns, rows: how many there are.
    """

    def __init__(self, ideas: Sequence[Idea]) -> None:
        """Parents come before their children."""
        self.parents = [idea.parent for idea in ideas]
        self.children: list[list[int]] = [[] for _ in ideas]
        self.depth = [0] * len(ideas)
        for place, parent in enumerate(self.parents):
            if parent is not None:
                self.children[parent].append(place)
                self.depth[place] = self.depth[parent] + 1
        self.height = [0.0] * len(ideas)
        self.span = [(0.0, 0.0)] * len(ideas)
        self.rows = 0
        for place, parent in enumerate(self.parents):
            if parent is None:
                self._settle(place)
        self.columns = max(self.depth, default=0) + 1

    def _settle(self, place: int) -> float:
        mine = self.children[place]
        if not mine:
            self.height[place] = float(self.rows)
            self.span[place] = (float(self.rows), float(self.rows))
            self.rows += 1
        else:
            found = [self._settle(child) for child in mine]
            self.height[place] = (found[0] + found[-1]) / 2
            self.span[place] = (self.span[mine[0]][0], self.span[mine[-1]][1])
        return self.height[place]

    def path(self, place: int) -> list[int]:
        """From the trunk to an idea, itself the last."""
        found = [place]
        while (parent := self.parents[found[-1]]) is not None:
            found.append(parent)
        return found[::-1]

    def step(self, place: int, across: int, down: int, known: int | None = None) -> int:
        """The idea beside one: its parent, its child (`known`, if that is one of them, else the first), its neighbour
        in the column; itself if there is none.
        """
        if across < 0:
            parent = self.parents[place]
            return place if parent is None else parent
        if across > 0:
            mine = self.children[place]
            return known if known in mine and known is not None else mine[0] if mine else place
        column = sorted((p for p, d in enumerate(self.depth) if d == self.depth[place]), key=self.height.__getitem__)
        there = column.index(place) + down
        return column[there] if 0 <= there < len(column) else place

    def laid_out(self, room: QSizeF, scrolled: QPointF) -> tuple[list[QRectF], QSizeF]:
        """The card of every idea in a room that is scrolled so far, and the size of the whole, which may be larger.

        A card whose branches reach into sight stays in sight itself.
        """
        wide = (room.width() - 2 * AIR - GAP * (self.columns - 1)) / self.columns
        wide = min(COLUMN, max(LEAST_COLUMN, wide))
        row = min(ROW, max(LEAST_ROW, (room.height() - AIR) / max(1, self.rows)))
        spare = max(0.0, room.height() - AIR - row * self.rows) / 2
        first = (scrolled.y() - spare) / row  # rows in sight
        last = first + (room.height() - AIR) / row - 1
        boxes = []
        for depth, height, (low, high) in zip(self.depth, self.height, self.span, strict=True):
            stands = max(low, min(high, max(first, min(last, height))))
            left, top = AIR + depth * (wide + GAP), AIR + spare + stands * row
            boxes.append(QRectF(left - scrolled.x(), top - scrolled.y(), wide, row - AIR))
        return boxes, QSizeF(2 * AIR + self.columns * (wide + GAP) - GAP, 2 * spare + AIR + row * self.rows)
