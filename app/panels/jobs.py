"""What the engine works on: a line in the status bar, and the list of all jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.i18n import tr
from app.icons import icon
from app.panels.elided import ElidedLabel
from app.theme import Theme
from engine.errors import UserError
from engine.events import Event, JobChanged

if TYPE_CHECKING:
    from engine.session import Session

KEPT = 20  # ended jobs that stay in the list
WORDS_WIDTH = 420  # px of the line at the bottom, at most
STEPS = 1000  # of a progress bar


def time_left(seconds: float | None) -> str:
    """How long it will still take, in words."""
    if seconds is None:
        return ""
    if seconds < 1:
        return tr("almost done")
    if seconds < 90:
        return tr("{n} s left").format(n=round(seconds))
    if seconds < 5400:
        return tr("{n} min left").format(n=round(seconds / 60))
    return tr("{n} h left").format(n=round(seconds / 3600, 1))


def state_words(job: JobChanged) -> str:
    """What became of a job, or how far it is."""
    if job.state == "failed":
        known = isinstance(job.error, UserError)
        return str(job.error) if known else tr("failed: {reason}").format(reason=job.text or job.error)
    if job.state == "running":
        parts = (f"{job.fraction:.0%}" if job.fraction else "", job.text, time_left(job.seconds_left))
        return " · ".join(part for part in parts if part) or tr("running")
    return {"queued": tr("waiting"), "done": tr("done"), "cancelled": tr("cancelled")}.get(job.state, job.state)


def ended(job: JobChanged) -> bool:
    """Nothing more will happen to it."""
    return job.state in ("done", "cancelled", "failed")


class JobRow(QWidget):
    """One job: title, how far, how long still, cancel."""

    cancel_asked = Signal(int)

    def __init__(self, job: JobChanged, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.job = job
        self.title, self.words = ElidedLabel(), QLabel()
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        self.words.setProperty("role", "dim")
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setRange(0, STEPS)
        self.progress.setAccessibleName(tr("Progress"))
        self.cancel = QToolButton()
        self.cancel.clicked.connect(lambda: self.cancel_asked.emit(self.job.job_id))
        text = QVBoxLayout()
        text.setSpacing(4)
        text.addWidget(self.title)
        text.addWidget(self.progress)
        text.addWidget(self.words)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 12, 8)
        row.setSpacing(8)
        row.addLayout(text, 1)
        row.addWidget(self.cancel, 0, Qt.AlignmentFlag.AlignTop)
        self.set_theme(theme)
        self.show_job(job)

    def show_job(self, job: JobChanged) -> None:
        """Show a newer state of the same job."""
        self.job = job
        self.title.setText(job.title)
        self.words.setText(state_words(job))
        self.progress.setVisible(job.state == "running")
        self.progress.setValue(round(job.fraction * STEPS))
        self.cancel.setVisible(not ended(job))
        self.cancel.setAccessibleName(tr("Cancel {title}").format(title=job.title))
        self.cancel.setToolTip(tr("Cancel"))
        self.setAccessibleName(f"{job.title}: {state_words(job)}")

    def set_theme(self, theme: Theme) -> None:
        """Redraw in another theme."""
        self.cancel.setIcon(icon("close", theme))


class JobsPanel(QWidget):
    """All jobs: what runs, what waits, then what has ended, the latest first."""

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._theme = session, theme
        self.setProperty("role", "panel")
        self.rows: dict[int, JobRow] = {}
        self._empty = QLabel(tr("Nothing to do. Exports, generations and trainings appear here."))
        self._empty.setProperty("role", "dim")
        self._empty.setWordWrap(True)
        self._empty.setContentsMargins(16, 8, 16, 8)
        inside = QWidget()
        inside.setProperty("role", "panel")
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self._empty)
        self._column.addStretch(1)
        scroll = QScrollArea()
        scroll.setAccessibleName(tr("Jobs"))
        scroll.setWidget(inside)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)

    def sizeHint(self) -> QSize:
        """Room for two or three jobs."""
        return QSize(480, 168)

    @property
    def active(self) -> list[JobChanged]:
        """What runs or waits."""
        return [row.job for row in self.rows.values() if not ended(row.job)]

    def on_event(self, event: Event) -> None:
        """Follow the work lane."""
        if not isinstance(event, JobChanged):
            return
        row = self.rows.get(event.job_id)
        if row is None:
            row = self.rows[event.job_id] = JobRow(event, self._theme)
            row.cancel_asked.connect(self._session.cancel)
            self._column.insertWidget(len(self.active) - 1, row)  # behind what runs and waits, above what has ended
        else:
            row.show_job(event)
            if ended(event):
                self._column.removeWidget(row)
                self._column.insertWidget(len(self.active), row)
        self._forget_old()
        self._empty.setVisible(not self.rows)

    def _forget_old(self) -> None:
        over = [number for number, row in self.rows.items() if ended(row.job)][:-KEPT]
        for number in over:
            row = self.rows.pop(number)
            self._column.removeWidget(row)
            row.deleteLater()

    def set_theme(self, theme: Theme) -> None:
        """Redraw in another theme."""
        self._theme = theme
        for row in self.rows.values():
            row.set_theme(theme)


class JobStrip(QFrame):
    """The running job at a glance, and the chip in use; a click opens the list."""

    opened = Signal()
    cancel_asked = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._job: JobChanged | None = None
        self.words = ElidedLabel()
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setFixedWidth(120)
        self.progress.setAccessibleName(tr("Progress"))
        self.progress.setRange(0, STEPS)
        self.cancel, self.list = QToolButton(), QToolButton()
        self.cancel.setToolTip(tr("Cancel this job"))
        self.cancel.setAccessibleName(tr("Cancel this job"))
        self.cancel.clicked.connect(self._ask_cancel)
        self.list.setToolTip(tr("Show all jobs"))
        self.list.setAccessibleName(tr("Show all jobs"))
        self.list.clicked.connect(self.opened)
        self._chip, self.device = QLabel(), QLabel()
        self.device.setToolTip(tr("The chip the models run on"))
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(4)
        for widget in (self.words, self.progress, self.cancel, self.list, self._chip, self.device):
            row.addWidget(widget)
        self.show_jobs([])
        self.show_device("")
        self.set_theme(theme)

    def show_jobs(self, active: list[JobChanged]) -> None:
        """Show what runs; nothing when idle."""
        running = [job for job in active if job.state == "running"]
        self._job = running[0] if running else (active[0] if active else None)
        for widget in (self.words, self.progress, self.cancel):
            widget.setVisible(self._job is not None)
        if self._job is not None:
            parts = [self._job.title, time_left(self._job.seconds_left)]
            if len(active) > 1:
                parts.append(tr("{n} more").format(n=len(active) - 1))
            self.words.setMaximumWidth(WORDS_WIDTH)
            self.words.setText(" · ".join(part for part in parts if part))
            self.progress.setValue(round(self._job.fraction * STEPS))

    def _ask_cancel(self) -> None:
        if self._job is not None:
            self.cancel_asked.emit(self._job.job_id)

    def show_device(self, name: str) -> None:
        """Name the chip in use; empty while it is not known."""
        self.device.setText(name)
        self.device.setVisible(bool(name))
        self._chip.setVisible(bool(name))

    def set_theme(self, theme: Theme) -> None:
        """Redraw in another theme."""
        self.cancel.setIcon(icon("close", theme))
        self.list.setIcon(icon("jobs", theme))
        for button in (self.cancel, self.list):
            button.setIconSize(QSize(14, 14))
        self._chip.setPixmap(icon("chip", theme, theme.text_dim).pixmap(QSize(16, 16), self.devicePixelRatioF()))
