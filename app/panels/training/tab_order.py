"""Tab goes as the eye does: from the top down and from the left to the right, whatever came later or unfolds."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget

LINE = 12  # px: what is less apart stands in one line


def by_place(inside: QWidget, last: Sequence[QWidget]) -> None:
    """Order what is on a sheet: all that is inside by its place, then the buttons below."""

    def place(widget: QWidget) -> tuple[int, int]:
        middle = widget.mapTo(inside, QPoint(0, widget.height() // 2))
        return middle.y() // LINE, middle.x()

    found = [
        widget
        for widget in inside.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible() and widget.focusProxy() is None
    ]
    for before, after in pairwise([*sorted(found, key=place), *last]):
        QWidget.setTabOrder(before, after)
