"""The one door to the composer for what went wrong: a line, a dialog for a crash, nothing for Cancelled."""

from __future__ import annotations

import platform
import sys
import threading
import traceback
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import TracebackType

import PySide6
from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from app.i18n import tr
from engine.errors import Cancelled, UserError
from engine.events import Events, Failed

LOG_LIMIT = 1_000_000  # bytes; a longer log is started anew


def report_of(error: BaseException) -> str:
    """What a programmer needs to mend it: versions and traceback."""
    lines = traceback.format_exception(type(error), error, error.__traceback__)
    head = f"Python {platform.python_version()}, PySide6 {PySide6.__version__}, {platform.platform()}"
    return f"{datetime.now():%Y-%m-%d %H:%M:%S}\n{head}\n\n{''.join(lines)}"


def log(path: Path, text: str) -> None:
    """Append to the log; a disk that refuses is nobody's concern here."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        mode = "w" if path.exists() and path.stat().st_size > LOG_LIMIT else "a"
        with path.open(mode, encoding="utf-8") as file:
            file.write(text.rstrip() + "\n")
    except OSError:
        pass


class CrashDialog(QDialog):
    """A bug of ours: says that the work is safe, and gives a report to copy."""

    def __init__(self, report: str, saved: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Something went wrong"))
        self.setMinimumSize(560, 360)
        title = QLabel(tr("Something went wrong in Melomorph"))
        title.setProperty("role", "title")
        safe = tr("Your work has been saved and will be offered again at the next start. You can go on working.")
        lost = tr("Save your work now under a new name.")
        words = QLabel(safe if saved else lost)
        words.setWordWrap(True)
        self.text = QPlainTextEdit(report)
        self.text.setReadOnly(True)
        self.text.setAccessibleName(tr("Report"))
        copy, close = QPushButton(tr("Copy report")), QPushButton(tr("Go on"))
        close.setProperty("role", "primary")
        close.setDefault(True)
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(report))
        close.clicked.connect(self.accept)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(copy)
        row.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(12)
        column.addWidget(title)
        column.addWidget(words)
        column.addWidget(self.text, 1)
        column.addLayout(row)


class ErrorDoor:
    """Shows errors; nothing else in the interface may.

    Args:
        line: shows a sentence and its remedy inside the window.
        save_first: saves the work before a crash is told; returns whether it could.
        log_path: where reports are kept.
        parent: window over which the crash dialog opens.
    """

    def __init__(
        self, line: Callable[[str, str], None], save_first: Callable[[], bool], log_path: Path, parent: QWidget | None
    ) -> None:
        self._line = line
        self._save_first = save_first
        self._log_path = log_path
        self._parent = parent
        self._told: set[str] = set()  # bugs that were shown, by where they were raised
        self.dialog: CrashDialog | None = None

    def show(self, error: BaseException) -> None:
        """The door itself."""
        if isinstance(error, Cancelled | KeyboardInterrupt):
            return
        if isinstance(error, UserError):
            self._line(error.what, error.remedy)
            return
        report = report_of(error)
        log(self._log_path, report)
        print(report, file=sys.stderr)
        place = "".join(traceback.format_tb(error.__traceback__)[-1:]) + repr(type(error))
        if place in self._told:  # the composer knows; and saving may be the very thing that fails
            return
        self._told.add(place)
        saved = self._try_to_save()
        if self.dialog is None or not self.dialog.isVisible():  # one at a time, however often it repeats
            self.dialog = CrashDialog(report, saved, self._parent)
            self.dialog.open()

    def _try_to_save(self) -> bool:
        try:
            return self._save_first()
        except Exception:  # what broke may be the saving itself
            return False

    def install(self, events: Events) -> None:
        """Catch what nobody caught, on every thread, and what Qt complains about."""

        def caught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
            self.show(error.with_traceback(trace))

        def caught_on_thread(args: threading.ExceptHookArgs) -> None:
            if args.exc_value is not None:
                events.emit(Failed(args.exc_value))

        def qt_says(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
            log(self._log_path, f"{datetime.now():%Y-%m-%d %H:%M:%S} Qt {kind.name}: {text}")
            if kind in (QtMsgType.QtCriticalMsg, QtMsgType.QtFatalMsg):
                print(text, file=sys.stderr)

        sys.excepthook = caught
        threading.excepthook = caught_on_thread
        qInstallMessageHandler(qt_says)

    @staticmethod
    def uninstall() -> None:
        """Give the hooks back."""
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__
        qInstallMessageHandler(None)
