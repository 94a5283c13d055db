"""A handle that is dragged out of the window: what is selected, or the whole piece, lands in the other program."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDrag, QGuiApplication, QMouseEvent
from PySide6.QtWidgets import QToolButton

from app.export import MIDI, marked
from app.gestures.carry import KIND, far_enough
from app.i18n import tr
from app.icons import icon
from engine.errors import UserError
from engine.score import Score

if TYPE_CHECKING:
    from app.main_window import MainWindow

KEPT = 20  # files in the folder: a program may read one long after it was dropped there


class DragOut(QToolButton):
    """Drag to give a MIDI file away; press to put it on the clipboard instead, for paste in a file manager or a DAW.

    Args:
        window: whose piece it is.
        folder: where the files are written. They stay there, as whoever takes one may not read it at once.
    """

    def __init__(self, window: MainWindow, folder: Path) -> None:
        super().__init__()
        self._window, self._folder = window, folder
        self._pressed: QPoint | None = None
        self._exec: Callable[[QDrag], Qt.DropAction] = lambda drag: drag.exec(Qt.DropAction.CopyAction)
        self.setObjectName("drag_out")
        self.setAccessibleName(tr("Drag out as MIDI"))
        self.setAccessibleDescription(tr("Pressing it copies the music as a MIDI file"))
        self.setToolTip(
            tr("Drag me into another program: the selected notes, the loop or else the whole piece, as MIDI.\n")
            + tr("A click copies the file, to be pasted.")
        )
        self.setIcon(icon("drag", window.theme))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clicked.connect(lambda: self._trying(self.copy))

    # ------------------------------------------------------------------------------------------------------ gestures

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position().toPoint()
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None or not far_enough(self._pressed, event.position().toPoint()):
            super().mouseMoveEvent(event)
            return
        self._pressed = None
        self.setDown(False)  # the release goes to the other program
        self._trying(self.drag)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pressed = None
        super().mouseReleaseEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):  # another theme
            self.setIcon(icon("drag", self._window.theme))
        super().changeEvent(event)

    # --------------------------------------------------------------------------------------------------- what it does

    def drag(self) -> None:
        """Carry the file until the mouse is let go.

        Raises:
            UserError: there is nothing to carry, or it cannot be written.
        """
        drag = QDrag(self)
        drag.setMimeData(self.mime())
        drag.setPixmap(self.icon().pixmap(32, 32))
        self._exec(drag)

    def copy(self) -> None:
        """Put the file on the clipboard (errors as `drag`)."""
        data = self.mime()
        name = data.urls()[0].fileName()
        QGuiApplication.clipboard().setMimeData(data)
        self._window.bar.say(tr("{name} is copied: paste it in another program.").format(name=name))

    def mime(self) -> QMimeData:
        """A file's address, as file managers give it (errors as `drag`)."""
        path = self._write()
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        data.setData(KIND, b"")  # this window does not open its own piece
        return data

    def _write(self) -> Path:
        from engine.export_score import file_name, write_score

        score, title = self._music()
        try:
            place = self._new_folder()
        except OSError as error:
            raise UserError(tr("The file cannot be written."), tr("Export it with Ctrl+E instead.")) from error
        return write_score(score, place / f"{file_name(title)}{MIDI}")

    def _music(self) -> tuple[Score, str]:
        score, title = self._window.session.score, self._window.files.title
        part = marked(score, self._window.place())
        return (score, title) if part is None else (part, tr("{title}, part").format(title=title))

    def _new_folder(self) -> Path:
        """One for each file, so that none is changed while another program reads it; old ones go."""
        self._folder.mkdir(parents=True, exist_ok=True)
        known = sorted((int(path.name), path) for path in self._folder.iterdir() if path.name.isdecimal())
        for _, old in known[: 1 - KEPT]:
            for file in old.iterdir():
                file.unlink()
            old.rmdir()
        made = self._folder / str(known[-1][0] + 1 if known else 1)
        made.mkdir()
        return made

    def _trying(self, call: Callable[[], None]) -> None:
        try:
            call()
        except Exception as error:
            self._window.door.show(error)
