"""Earlier saves of the open project: when, how much music, and a button that brings one back as one undo step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QDateTime, QLocale
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.i18n import tr
from engine.commands.document import Document
from engine.commands.versions import Version, versions_of
from engine.errors import UserError

if TYPE_CHECKING:
    from engine.session import Session


class VersionsDialog(QDialog):
    """Chooses one of the saves that the project's file holds.

    Args:
        session: whose project it is.
        title: of the open piece.
        parent: over which it opens.
    """

    def __init__(self, session: Session, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._found: list[tuple[str, Document]] = []
        self.setWindowTitle(tr("Earlier versions"))
        self.setMinimumSize(440, 360)
        headline = QLabel(tr("Earlier versions of “{title}”").format(title=title))
        headline.setProperty("role", "title")
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Earlier versions, newest first"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setText(tr("Close"))
        self.back = buttons.addButton(tr("Bring it back"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.back.setProperty("role", "primary")
        buttons.rejected.connect(self.reject)
        buttons.accepted.connect(self.bring_back)
        self.list.itemActivated.connect(self.bring_back)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(12)
        for widget in (headline, self.words):
            column.addWidget(widget)
        column.addWidget(self.list, 1)
        column.addWidget(buttons)
        self._fill()

    def _fill(self) -> None:
        path = self._session.project_path
        for version in versions_of(path) if path is not None else []:
            try:
                self._found.append((_when(version), version.document))
            except UserError:  # damaged: the others are as good as ever
                continue
        for when, document in self._found:
            QListWidgetItem(f"{when}   {_how_much(document)}", self.list)
        self.list.setCurrentRow(0)
        self.list.setVisible(bool(self._found))
        self.back.setVisible(bool(self._found))
        if path is None:
            self.words.setText(tr("This piece is not saved yet. From the second save on, earlier ones are kept here."))
        elif not self._found:
            self.words.setText(tr("There are none yet: every save keeps the one before it, inside the project's file."))
        else:
            self.words.setText(tr("Bringing one back is a step that Ctrl+Z takes back; nothing is saved by it."))

    def bring_back(self) -> None:
        """Put the chosen version in place of the present music."""
        row = self.list.currentRow()
        if row < 0:
            return
        when, document = self._found[row]
        label = tr("version of {when}").format(when=when)
        self._session.history.do(label, score=document.score, steering=document.steering)
        self.accept()


def _when(version: Version) -> str:
    """Date and time as this system writes them."""
    saved = QDateTime.fromSecsSinceEpoch(int(version.saved.timestamp()))
    return QLocale().toString(saved, QLocale.FormatType.ShortFormat)


def _how_much(document: Document) -> str:
    score = document.score
    tracks = tr("one track") if len(score.tracks) == 1 else tr("{count} tracks").format(count=len(score.tracks))
    return tr("{notes} notes, {tracks}").format(notes=f"{score.note_count:,}", tracks=tracks)
