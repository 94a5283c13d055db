"""The room of trainings: what is learnt, how it goes in plain words, curves that grow, and two ways to end it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal, SignalInstance
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.i18n import tr
from app.icons import icon
from app.panels.jobs import STEPS, ended, state_words
from app.panels.training_words import how_far
from app.panels.verb_form import line
from app.theme import GRID, Theme
from engine.events import Event, JobChanged, TrainingProgressed

if TYPE_CHECKING:
    from app.panels.training_plots import LivePlots

LEFT = 240  # px of what is said, beside the curves
HEIGHT = 236  # px of the panel when it first comes up
SIGN = 18  # px
LEARNT = 0.955  # of a job: from here on its result is measured


class TrainingPanel(QWidget):
    """Shows the training that runs, or how the last one ended.

    Args:
        theme: colours.

    Signals: `train_asked` by its button; `finish_asked`, `stop_asked` and `resume_asked` with a job's number; `learnt`
    when a training has come to its end.
    """

    train_asked = Signal()
    finish_asked = Signal(int)
    stop_asked = Signal(int)
    resume_asked = Signal(int)
    learnt = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.job: JobChanged | None = None
        self._trainings: dict[int, str] = {}  # jobs that train -> the title of what they train
        self._heard: dict[int, JobChanged] = {}  # the newest of jobs nobody has said anything about
        self._latest: TrainingProgressed | None = None
        self._plots: LivePlots | None = None
        self.setAccessibleName(tr("Training"))
        self.title, self.where = line("", "title"), line("", "dim")
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setRange(0, STEPS)
        self.progress.setAccessibleName(tr("Progress"))
        self.sign, self.verdict, self.remedy = QLabel(), line(""), line("", "dim")
        self.finish = self._button(tr("Finish now"), tr("Ends it and keeps the best there was so far"))
        self.stop = self._button(tr("Stop"), tr("Ends it without a result; you can go on with it later"))
        self.go_on = self._button(tr("Go on"), tr("Goes on where it was stopped"))
        self.train = self._button(tr("Train a model…"), tr("On music of the built-in collections, or on your own"))
        self._empty = line(
            tr("Models can learn from your own music. How that goes, and what to do about it, is shown here."), "dim"
        )
        self._scroll = QScrollArea()
        self._lay_out()
        self.finish.clicked.connect(lambda: self._end(self.finish, self.finish_asked))
        self.stop.clicked.connect(lambda: self._end(self.stop, self.stop_asked))
        self.go_on.clicked.connect(lambda: self._emit(self.resume_asked))
        self.train.clicked.connect(self.train_asked)
        self._show()

    def _button(self, title: str, hint: str) -> QPushButton:
        button = QPushButton(title)
        button.setToolTip(hint)
        button.setAccessibleDescription(hint)
        return button

    def _lay_out(self) -> None:
        said = QHBoxLayout()
        said.setSpacing(GRID)
        said.addWidget(self.sign, 0, Qt.AlignmentFlag.AlignTop)
        said.addWidget(self.verdict, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID // 2)
        for button in (self.finish, self.stop, self.go_on, self.train):
            buttons.addWidget(button)
        buttons.addStretch(1)
        inside = QWidget()
        inside.setProperty("role", "panel")
        left = QVBoxLayout(inside)
        left.setContentsMargins(2 * GRID, GRID, GRID, GRID)
        left.setSpacing(6)
        for widget in (self.title, self.progress, self.where, self._empty):
            left.addWidget(widget)
        left.addLayout(said)
        left.addWidget(self.remedy)
        left.addLayout(buttons)
        left.addStretch(1)
        words = QScrollArea()
        words.setWidget(inside)
        words.setAccessibleName(tr("How the training goes"))
        words.setMinimumWidth(LEFT)
        words.setMaximumWidth(LEFT + 40)
        for area in (words, self._scroll):
            area.setWidgetResizable(True)
            area.setFrameShape(QFrame.Shape.NoFrame)
            area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(words, 1)
        row.addWidget(self._scroll, 2)
        self.setMinimumHeight(132)

    def sizeHint(self) -> QSize:
        """Two plots beside the words."""
        return QSize(720, HEIGHT)

    # ------------------------------------------------------------------------------------------------------- hearing

    def expect(self, job_id: int, title: str) -> None:
        """A training was queued; it may have said something already."""
        self._trainings[job_id] = title
        if job_id in self._heard:
            self.on_event(self._heard.pop(job_id))

    def on_event(self, event: Event) -> None:
        """Follow the trainings."""
        if isinstance(event, TrainingProgressed):
            self._hear(event)
        elif isinstance(event, JobChanged) and event.job_id not in self._trainings:
            self._heard = {event.job_id: event}
        elif isinstance(event, JobChanged):
            if event.state == "queued" and self.job is not None and not ended(self.job):
                return  # one at a time: it has its line in the list of jobs
            self.job = event
            if event.state == "queued" or (event.state == "running" and not event.fraction):
                self._latest = None
            self._show()
            if event.state == "done":
                self.learnt.emit()

    def _hear(self, event: TrainingProgressed) -> None:
        self._latest = event
        if self._plots is None:
            from app.panels.training_plots import LivePlots

            self._plots = LivePlots(self._theme)
            self._plots.setProperty("role", "panel")
            self._scroll.setWidget(self._plots)
            self._scroll.setAccessibleName(tr("Curves of the training"))
        if not event.progress.network:  # a twin's curves would begin anew
            self._plots.show_looks(event.progress.looks)
        self._show()

    # ------------------------------------------------------------------------------------------------------- showing

    def _show(self) -> None:
        job, latest = self.job, self._latest
        running = job is not None and not ended(job)
        self._empty.setVisible(job is None)
        for widget in (self.title, self.where):
            widget.setVisible(job is not None)
        self.progress.setVisible(running)
        self._scroll.setVisible(latest is not None)
        self.finish.setVisible(running and latest is not None)
        self.stop.setVisible(running)
        self.go_on.setVisible(job is not None and job.state in ("cancelled", "failed"))
        self.train.setVisible(not running)
        if not running:
            self._rest()
        if job is not None:
            self.title.setText(self._trainings[job.job_id])
            self.progress.setValue(round(job.fraction * STEPS))
            self.where.setText(self._where(job))
        self._judge(running)

    def _where(self, job: JobChanged) -> str:
        if job.state == "done":
            return tr("Done. Its card plays what it learnt.")
        if job.state == "cancelled":
            return tr("Stopped. What it had learnt is kept: it can go on.")
        learning = self._latest is not None and not ended(job) and job.fraction < LEARNT
        if learning and not self.finish.isEnabled() and self.finish.text() != tr("Finish now"):
            return tr("Keeping the best there was so far…")
        return how_far(self._latest.progress) if self._latest and learning else state_words(job)

    def _judge(self, running: bool) -> None:
        progress = self._latest.progress if self._latest else None
        for widget in (self.sign, self.verdict, self.remedy):
            widget.setVisible(progress is not None)
        if progress is None:
            return
        found = progress.verdict
        self.verdict.setText(tr(found.words))
        self.remedy.setText(tr(found.remedy))
        self.remedy.setVisible(bool(found.remedy))
        theme = self._theme
        name, colour = ("check", theme.accent) if found.good else ("warning", theme.warning)
        self.sign.setPixmap(icon(name, theme, colour).pixmap(QSize(SIGN, SIGN), self.devicePixelRatioF()))
        self.sign.setAccessibleName(tr("Goes well") if found.good else tr("Something is the matter"))

    def set_theme(self, theme: Theme) -> None:
        """Redraw in another theme."""
        self._theme = theme
        if self._plots is not None:
            self._plots.set_theme(theme)
        self._show()

    # ------------------------------------------------------------------------------------------------------- buttons

    def _end(self, button: QPushButton, signal: SignalInstance) -> None:
        """Asked once is enough: both buttons rest until it has ended."""
        self.finish.setEnabled(False)
        self.stop.setEnabled(False)
        button.setText(tr("Finishing…") if button is self.finish else tr("Stopping…"))
        self._emit(signal)

    def _rest(self) -> None:
        for button, title in ((self.finish, tr("Finish now")), (self.stop, tr("Stop"))):
            button.setEnabled(True)
            button.setText(title)

    def _emit(self, signal: SignalInstance) -> None:
        if self.job is not None:
            signal.emit(self.job.job_id)
