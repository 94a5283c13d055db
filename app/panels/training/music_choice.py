"""The music to learn from: a collection, or a folder of one's own, which is looked through as soon as it is chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.i18n import tr
from app.icons import icon
from app.panels.elided import ElidedLabel
from app.panels.jobs import STEPS, ended, state_words
from app.panels.models.verb_form import line
from app.panels.training.survey_report import SIGN, SurveyReport
from app.theme import GRID, Theme
from app.training.choices import OWN, at_hand, collections, terms, warning
from engine.events import Event, FolderSurveyed, JobChanged

if TYPE_CHECKING:
    from engine.corpus.survey import Survey
    from engine.models.row import Row


class MusicChoice(QWidget):
    """Chooses music; of a folder, shows how far it is looked through and then fills the `report`, whose place is
    elsewhere.

    Args:
        rows: of every model, for the report.
        scan: begins to look through a folder; returns the job's number.
        stop: ends such a job.
        theme: colours.

    Signals: `changed` when other music is chosen, or more is known of it; `picked` with a model's name.
    """

    changed = Signal()
    picked = Signal(str)

    def __init__(
        self,
        rows: Iterable[Row],
        scan: Callable[[str], int],
        stop: Callable[[int], None],
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._scan, self._stop = scan, stop
        self._row: Row | None = None
        self._folder = ""  # that is being looked through, or was
        self._job = 0  # what looks through it; 0: nothing does
        self._early: list[Event] | None = None  # said before the number of its job was known
        self.survey: Survey | None = None
        self._why = ""  # why there is no report
        self.corpus, self.folder, self.browse = QComboBox(), QLineEdit(), QPushButton(tr("Choose…"))
        self.terms, self.warning, self._sign = line("", "dim"), line(""), QLabel()
        self._sign.setPixmap(icon("warning", theme, theme.warning).pixmap(QSize(SIGN, SIGN), self.devicePixelRatioF()))
        self.progress, self.words, self.cancel = QProgressBar(), ElidedLabel(), QPushButton(tr("Stop reading"))
        self.report = SurveyReport(rows, theme)
        self._lay_out()
        self.corpus.activated.connect(self._show)
        self.folder.editingFinished.connect(lambda: self.choose_folder(self.folder.text()))
        self.browse.clicked.connect(self._browse)
        self.cancel.clicked.connect(self._cancel_or_again)
        self.report.picked.connect(self.picked)

    def _lay_out(self) -> None:
        self.corpus.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.corpus.setMinimumContentsLength(16)  # titles may be long: they are cut, not the sheet widened
        self.folder.setPlaceholderText(tr("Drop a folder on this sheet, or choose one"))
        self.words.setProperty("role", "dim")
        self.progress.setRange(0, STEPS)
        self.progress.setTextVisible(False)
        names = ((self.corpus, tr("Music")), (self.folder, tr("Folder")), (self.progress, tr("How far it is read")))
        for widget, name in names:
            widget.setAccessibleName(name)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(self.corpus)
        column.addLayout(_row(self.folder, self.browse))
        column.addWidget(self.terms)
        column.addLayout(_row(self.warning, self._sign, last_first=True))
        column.addWidget(self.progress)
        column.addLayout(_row(self.words, self.cancel))

    # ------------------------------------------------------------------------------------------------------- answers

    @property
    def own(self) -> bool:
        """A folder of the composer's own is wanted, not a collection."""
        return bool(self.corpus.currentData() == OWN)

    @property
    def music(self) -> str:
        """A collection's name, or a folder; empty while there is none."""
        return self._folder if self.own else str(self.corpus.currentData())

    @property
    def found(self) -> Survey | None:
        """What is in the folder that is chosen; None of a collection, or before it is known."""
        return self.survey if self.own else None

    @property
    def why_not(self) -> str:
        """Why nothing can begin with this music yet, whatever the model; empty if it can."""
        if not self.own:
            return "" if at_hand(self.music) else warning(self.music)
        if not self._folder:
            return tr("Choose a folder of music first.")
        return "" if self.survey is not None else self._why

    # ------------------------------------------------------------------------------------------------------- choosing

    def show_model(self, row: Row) -> None:
        """What another model can learn from; a folder that is chosen stays, and is not looked through again."""
        own, self._row = self.corpus.count() > 0 and self.own, row
        self.corpus.clear()
        for name, words in collections(row).items():
            self.corpus.addItem(words if name == OWN else tr(words), name)
        if own:
            self.corpus.setCurrentIndex(self.corpus.findData(OWN))
        self.report.show_model(row)
        self._show()

    def choose_folder(self, folder: str) -> None:
        """Look through a folder, unless it is the one that is known already."""
        folder = folder.strip()
        self.corpus.setCurrentIndex(self.corpus.findData(OWN))
        if folder == self._folder and (self._job or self.survey is not None):
            self._show()
            return
        self.leave()
        self._folder, self.survey, self._why = folder, None, ""
        self.folder.setText(folder)
        self.folder.setToolTip(folder)
        if folder and Path(folder).is_dir():
            self._look()
        elif folder:
            self._why = tr("There is no such folder.")
        self._show()

    def leave(self) -> None:
        """Stop looking through a folder."""
        if self._job:
            job, self._job = self._job, 0
            self._stop(job)

    def _look(self) -> None:
        self._why, self._early = tr("The folder is being read."), []
        self.progress.setValue(0)
        self.words.setText(tr("Looking for music…"))
        job = self._scan(self._folder)
        early, self._early, self._job = self._early, None, job
        for event in early:
            self.on_event(event)

    def _browse(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, tr("A folder of music"), self.folder.text())
        if folder:
            self.choose_folder(folder)

    def _cancel_or_again(self) -> None:
        if self._job:
            self._stop(self._job)
        elif Path(self._folder).is_dir():
            self._look()
            self._show()

    # ------------------------------------------------------------------------------------------------------- hearing

    def on_event(self, event: Event) -> None:
        """Follow the job that looks through the folder."""
        if not isinstance(event, JobChanged | FolderSurveyed):
            return
        if self._early is not None:
            self._early.append(event)
        elif not self._job or event.job_id != self._job:
            return
        elif isinstance(event, FolderSurveyed):
            self._end("")
            self.survey = event.survey
            if self._row is not None:
                self.report.show_survey(event.survey, self._row)
            self._show()
        elif event.state == "running" or event.state == "queued":
            self.progress.setValue(round(event.fraction * STEPS))
            self.words.setText(state_words(event))
        elif ended(event) and event.state != "done":
            stopped = event.state == "cancelled"
            self._end(tr("The folder was not read to its end.") if stopped else state_words(event))
            self._show()

    def _end(self, why: str) -> None:
        self._job, self._why = 0, why

    # ------------------------------------------------------------------------------------------------------- showing

    def _show(self) -> None:
        own, reading = self.own, bool(self._job)
        known = self.found is not None
        self.terms.setText(terms(self.corpus.currentData()))
        self.terms.setVisible(not (own and known))
        self.warning.setText(warning(self.corpus.currentData()))
        for sign in (self.warning, self._sign):
            sign.setVisible(bool(self.warning.text()))
        self.folder.setVisible(own)
        self.browse.setVisible(own)
        self.progress.setVisible(own and reading)
        if not reading:
            self.words.setText(self._why)
        self.words.setVisible(own and bool(self.words.text()) and not known)
        again = bool(self._folder) and not known and Path(self._folder).is_dir()
        self.cancel.setText(tr("Stop reading") if reading else tr("Read it again"))
        self.cancel.setVisible(own and (reading or again))
        self.report.setVisible(known)
        self.changed.emit()


def _row(wide: QWidget, narrow: QWidget, last_first: bool = False) -> QHBoxLayout:
    """Two widgets side by side, the first as wide as there is room."""
    row = QHBoxLayout()
    row.setSpacing(GRID)
    row.addWidget(wide, 1)
    row.insertWidget(0 if last_first else 1, narrow)
    return row
