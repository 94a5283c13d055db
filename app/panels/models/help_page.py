"""The page about a model: what it is for, how it was trained and measured, with its curves beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextBlockFormat, QTextCharFormat, QTextCursor, QTextFrameFormat, QTextLength, QTextTable
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QScrollArea, QTextBrowser, QVBoxLayout, QWidget

from app.i18n import tr
from app.theme import Theme
from engine.models.help import page

if TYPE_CHECKING:
    from engine.models.row import Row

SIZE, NARROW = (1080, 720), (720, 720)  # px, with and without curves
CURVES_WIDTH = 360  # px
LINE_HEIGHT = 130  # per cent: prose, not a form
HEADING_SPACE = 22  # px
MANY_COLUMNS = 5


class HelpPage(QDialog):
    """Everything there is to say about one model. Escape closes it.

    Args:
        row: of the registry.
        header: of its bundle; empty if it is not trained.
        theme: colours.
        others: headers of the other models by name, for comparison.
    """

    def __init__(
        self,
        row: Row,
        header: Mapping[str, Any],
        theme: Theme,
        parent: QWidget | None = None,
        others: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("About {title}").format(title=row.title))
        self.text = QTextBrowser()
        self.text.setAccessibleName(self.windowTitle())
        self.text.setOpenExternalLinks(True)
        self.text.setProperty("role", "page")
        self.text.document().setDocumentMargin(24)
        self.text.setMarkdown(page(row, header, others))
        _set_well(self.text, theme)
        self.curves = self._curves(header, theme)
        close = QPushButton(tr("Done"))
        close.setProperty("role", "primary")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        body = QHBoxLayout()
        body.setSpacing(0)
        body.addWidget(self.text, 1)
        if self.curves is not None:
            body.addWidget(self.curves)
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 8, 16, 12)
        foot.addStretch(1)
        foot.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(body, 1)
        column.addLayout(foot)
        self.resize(*(SIZE if self.curves is not None else NARROW))
        if parent is not None:  # no larger than the window it belongs to
            self.resize(self.size().boundedTo(parent.window().size() * 0.95))
        self.text.setFocus()

    def _curves(self, header: Mapping[str, Any], theme: Theme) -> QScrollArea | None:
        found = header.get("curves")
        if not isinstance(found, Mapping) or not found:
            return None
        from app.panels.pictures.curves import (
            Curves,  # pyqtgraph takes long to import: only where there is something to plot
        )

        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setAccessibleName(tr("Curves"))
        scroll.setFixedWidth(CURVES_WIDTH)
        scroll.setWidget(Curves(found, theme))
        return scroll


def _set_well(text: QTextBrowser, theme: Theme) -> None:
    """Lines with air between them; tables with hairlines instead of boxes; the page begins at its top."""
    document = text.document()
    cursor = QTextCursor(document)
    cursor.select(QTextCursor.SelectionType.Document)
    air = QTextBlockFormat()
    air.setLineHeight(LINE_HEIGHT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
    cursor.mergeBlockFormat(air)
    _space_headings(text)
    for table in document.rootFrame().childFrames():
        if not isinstance(table, QTextTable):
            continue
        for column in range(table.columns() if table.rows() > 1 else 0):  # a head stands over its numbers
            below = table.cellAt(1, column).firstCursorPosition().blockFormat().alignment()
            head = QTextBlockFormat()
            head.setAlignment(below)
            table.cellAt(0, column).firstCursorPosition().mergeBlockFormat(head)
        wide = table.columns() > MANY_COLUMNS
        if wide:
            _write_smaller(table)
        style = table.format()
        style.setCellPadding(2 if wide else 5)
        style.setCellSpacing(0)
        style.setBorder(0.5)
        style.setBorderCollapse(True)
        style.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
        style.setBorderBrush(theme.line)
        style.setWidth(QTextLength(QTextLength.Type.PercentageLength, 99))  # its border stands outside
        table.setFormat(style)
    text.moveCursor(QTextCursor.MoveOperation.Start)


def _write_smaller(table: QTextTable) -> None:
    """So that a table of many columns fits the page."""
    small = QTextCharFormat()
    small.setFontPointSize(table.document().defaultFont().pointSizeF() * 0.8)
    for row in range(table.rows()):
        for column in range(table.columns()):
            cursor = table.cellAt(row, column).firstCursorPosition()
            cursor.setPosition(table.cellAt(row, column).lastPosition(), QTextCursor.MoveMode.KeepAnchor)
            cursor.mergeCharFormat(small)


def _space_headings(text: QTextBrowser) -> None:
    """A heading belongs to what follows it."""
    block = text.document().begin()
    while block.isValid():
        level = block.blockFormat().headingLevel()
        if level:
            space = QTextBlockFormat()
            space.setTopMargin(0 if level == 1 else HEADING_SPACE)
            space.setBottomMargin(4)
            QTextCursor(block).mergeBlockFormat(space)
        block = block.next()
