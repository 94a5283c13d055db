"""The report on a folder of music, before anything is learnt from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.i18n import tr
from app.icons import icon
from app.panels.models.verb_form import line
from app.panels.training.survey_lists import Fold, Rows, RowsTable
from app.panels.training.survey_words import about, against, head, learns, verdict
from app.theme import GRID, Theme

if TYPE_CHECKING:
    from engine.corpus.survey import Survey, Told
    from engine.models.row import Row

SIGN = 18  # px


class SurveyReport(QWidget):
    """What was found, what the chosen model would get, what speaks against it; the rest unfolds.

    Args:
        rows: of every model.
        theme: colours.

    Signals: `picked` with the name of a model that was picked from the table of all.
    """

    picked = Signal(str)

    def __init__(self, rows: Iterable[Row], theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows, self._theme = tuple(rows), theme
        self.survey: Survey | None = None
        self.setAccessibleName(tr("What is in the folder"))
        self.head, self.about = line("", "card"), line("", "dim")
        self.learns, self.against, self._sign = line("", "card"), line(""), QLabel()
        self._sign.setPixmap(icon("warning", theme, theme.warning).pixmap(QSize(SIGN, SIGN), self.devicePixelRatioF()))
        self._sign.setAccessibleName(tr("Something speaks against it"))
        said = QHBoxLayout()
        said.setSpacing(GRID)
        said.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        said.addWidget(self.against, 1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, GRID // 2, 0, GRID // 2)
        self._column.setSpacing(6)
        for widget in (self.head, self.about, self.learns):
            self._column.addWidget(widget)
        self._column.addLayout(said)
        self.folds: dict[str, Fold] = {}

    def show_survey(self, survey: Survey, row: Row) -> None:
        """Tell what was found, and what it means for a model."""
        self.survey = survey
        self.head.setText(head(survey))
        self.about.setText(about(survey))
        self.about.setVisible(bool(self.about.text()))
        for fold in self.folds.values():
            self._column.removeWidget(fold)
            fold.deleteLater()
        self.folds = {}
        self._fold_files("skipped", tr("{n} files were skipped"), tr("One file was skipped"), survey.skipped)
        self._fold_files("repaired", tr("{n} files were repaired"), tr("One file was repaired"),
                         survey.repaired)  # fmt: skip
        self._fold_files("copies", tr("{n} copies count once"), tr("One copy counts once"), survey.copies)
        if survey.read:
            self._add("models", Fold(tr("What the other models would get"), self._models, self._theme))
        self.show_model(row)

    def show_model(self, row: Row) -> None:
        """What it means for another model."""
        if self.survey is None:
            return
        self.learns.setText(learns(row, self.survey))
        self.learns.setVisible(self.survey.read > 0)
        words = against(row, self.survey) if self.survey.read else ""
        self.against.setText(words)
        for widget in (self.against, self._sign):
            widget.setVisible(bool(words))

    def _fold_files(self, name: str, many: str, one: str, told: Sequence[Told]) -> None:
        if told:
            title = one if len(told) == 1 else many.format(n=f"{len(told):,}")
            self._add(name, Fold(title, partial(self._files, title, told), self._theme))

    def _add(self, name: str, fold: Fold) -> None:
        self.folds[name] = fold
        self._column.addWidget(fold)

    @staticmethod
    def _files(title: str, told: Sequence[Told]) -> QWidget:
        return RowsTable(title, Rows((tr("File"), tr("What")), [(one.file, one.words) for one in told]))

    def _models(self) -> QWidget:
        assert self.survey is not None
        survey, rows = self.survey, []
        for row in self._rows:
            windows, pieces = survey.windows.get(row.codec, 0), survey.pieces.get(row.codec, 0)
            rows.append((row.title, f"{windows:,}", f"{pieces:,}", verdict(row, survey)))
        titles = (tr("Model"), tr("Windows"), tr("Pieces"), tr("Is that enough?"))
        made = RowsTable(
            tr("What the other models would get"), Rows(titles, rows, (1, 2), [row.name for row in self._rows])
        )
        made.setToolTip(tr("Double click or Enter: choose this model"))
        made.picked.connect(self.picked)
        return made
