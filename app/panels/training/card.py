"""The training that is looked at: what it is, where it stands, how it goes in plain words, what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.i18n import tr
from app.icons import icon
from app.panels.elided import ElidedLabel
from app.panels.flow import Flow
from app.panels.jobs import STEPS
from app.panels.models.verb_form import line
from app.panels.training.said import about, at_length, question
from app.theme import GRID, Theme
from app.training.queue import DONE, FAILED, FINISH, RESTING, RUNNING, WAITING, Training

SIGN = 18  # px


class TrainingCard(QWidget):
    """Words, and below them the buttons, which stay in sight. "Throw away" asks once, in the place of the buttons.

    Args:
        theme: colours.

    Signals, each by a button and about the training that is shown: `finish_asked`, `pause_asked` (also: take it out of
    the queue), `go_on_asked`, `drop_asked` (once the composer has said yes), `card_asked`.
    """

    finish_asked = Signal()
    pause_asked = Signal()
    go_on_asked = Signal()
    drop_asked = Signal()
    card_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shown: Training | None = None
        self.setAccessibleName(tr("The training that is looked at"))
        self.title, self.about, self.where = ElidedLabel(), ElidedLabel(), line("", "dim")
        self.title.setProperty("role", "title")
        self.about.setProperty("role", "dim")
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setRange(0, STEPS)
        self.progress.setAccessibleName(tr("Progress"))
        self.sign, self.verdict, self.remedy = QLabel(), line(""), line("", "dim")
        self.finish = _button(tr("Finish now"), tr("Ends it and keeps the best there was so far"))
        self.pause = _button(tr("Pause"), tr("Stops it for now; what it has learnt is kept, and it can go on"))
        self.out = _button(tr("Take out"), tr("It waits no longer; you can let it go on when you like"))
        self.go_on = _button(tr("Go on"), tr("Goes on from where it was kept last"))
        self.show_card = _button(tr("Show its card"), tr("Opens the card of the model in the list of models"))
        self.drop = _button(tr("Throw away…"), tr("Ends it for good, without a result; asks before"))
        for first in (self.go_on, self.show_card):
            first.setProperty("role", "primary")
        self.question = line("")
        self.yes, self.no = _button(tr("Throw away"), ""), _button(tr("Keep it"), "")
        self.words, self.buttons, self.ask = QWidget(), QWidget(), QWidget()
        self.reading = _Words()
        self._lay_out()
        self._connect()
        self._show_question(False)

    def _lay_out(self) -> None:
        said = QHBoxLayout()
        said.setSpacing(GRID)
        said.addWidget(self.sign, 0, Qt.AlignmentFlag.AlignTop)
        said.addWidget(self.verdict, 1)
        self.words.setProperty("role", "panel")
        inside = self._inside = QVBoxLayout(self.words)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(5)
        for widget in (self.title, self.about, self.progress, self.where):
            inside.addWidget(widget)
        inside.addLayout(said)
        inside.addWidget(self.remedy)
        inside.addStretch(1)
        scroll = self.reading
        scroll.setWidget(self.words)
        scroll.setAccessibleName(tr("How the training goes"))
        self._lay_out_buttons()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(GRID, GRID // 2, GRID, GRID)
        self._column.setSpacing(6)
        for part in (scroll, self.buttons, self.ask):
            self._column.addWidget(part)
        self._column.addStretch(1)

    @property
    def in_order(self) -> tuple[QPushButton, ...]:
        """All buttons, as Tab goes through them."""
        return self.go_on, self.show_card, self.pause, self.finish, self.out, self.drop, self.yes, self.no

    def _lay_out_buttons(self) -> None:
        buttons = Flow(self.buttons, GRID // 2)
        for button in self.in_order[:-2]:
            buttons.addWidget(button)
        asked = QVBoxLayout(self.ask)
        asked.setContentsMargins(0, 0, 0, 0)
        asked.setSpacing(6)
        asked.addWidget(self.question)
        answers = QHBoxLayout()
        answers.setSpacing(GRID // 2)
        answers.addWidget(self.yes)
        answers.addWidget(self.no)
        answers.addStretch(1)
        asked.addLayout(answers)

    def _connect(self) -> None:
        self.finish.clicked.connect(self.finish_asked)
        self.pause.clicked.connect(self.pause_asked)
        self.out.clicked.connect(self.pause_asked)
        self.go_on.clicked.connect(self.go_on_asked)
        self.show_card.clicked.connect(self.card_asked)
        self.drop.clicked.connect(lambda: self._show_question(True))
        self.no.clicked.connect(lambda: self._show_question(False))
        self.yes.clicked.connect(self._drop)

    def set_whole(self, whole: bool) -> None:
        """Show all words, however high that is; or scroll them, so that the buttons stay in sight."""
        self.reading.setVisible(not whole)
        if whole:
            self.reading.takeWidget()
            self._column.insertWidget(0, self.words)
            self.words.show()
        elif self.reading.widget() is not self.words:
            self._column.removeWidget(self.words)
            self.reading.setWidget(self.words)

    # ------------------------------------------------------------------------------------------------------- showing

    def show_training(self, training: Training, before: int) -> None:
        """Show one; `before` it, so many have their turn."""
        if training is not self._shown:
            self._show_question(False)
        self._shown = training
        self.title.setText(training.order.title)
        self.about.setText(about(training.order))
        self.where.setText(at_length(training, before))
        job = training.job
        self.progress.setVisible(training.state == RUNNING)
        self.progress.setValue(round(job.fraction * STEPS) if job is not None else 0)
        self._show_buttons(training)
        self._judge(training)
        self.reading.updateGeometry()
        self._inside.invalidate()  # sentences may have grown by a line within the same height
        self._inside.activate()

    def _show_buttons(self, training: Training) -> None:
        state, free = training.state, not training.wish
        for button, states in (
            (self.finish, (RUNNING,)),
            (self.pause, (RUNNING,)),
            (self.out, (WAITING,)),
            (self.go_on, (RESTING, FAILED)),
            (self.show_card, (DONE,)),
            (self.drop, (RUNNING, WAITING, RESTING, FAILED)),
        ):
            button.setVisible(state in states)
            button.setEnabled(free)
        self.finish.setEnabled(free and training.progress is not None)
        if state in (RESTING, FAILED):
            begin = tr("Try again") if state == FAILED else tr("Begin")
            self.go_on.setText(tr("Go on") if training.kept is not None else begin)
        if state == DONE or training.wish:
            self._show_question(False)

    def _judge(self, training: Training) -> None:
        progress = training.progress
        learns = progress is not None and training.state not in (DONE, FAILED) and training.wish != FINISH
        for widget in (self.sign, self.verdict, self.remedy):
            widget.setVisible(learns)
        if progress is None or not learns:
            return
        found, theme = progress.verdict, self._theme
        self.verdict.setText(tr(found.words))
        self.remedy.setText(tr(found.remedy))
        self.remedy.setVisible(bool(found.remedy))
        name, colour = ("check", theme.accent) if found.good else ("warning", theme.warning)
        self.sign.setPixmap(icon(name, theme, colour).pixmap(QSize(SIGN, SIGN), self.devicePixelRatioF()))
        self.sign.setAccessibleName(tr("Goes well") if found.good else tr("Something is the matter"))

    def set_theme(self, theme: Theme) -> None:
        """Redraw in another theme."""
        self._theme = theme
        if self._shown is not None:
            self._judge(self._shown)

    # ---------------------------------------------------------------------------------------------------- the question

    def _show_question(self, asked: bool) -> None:
        by_key = self.drop.hasFocus() or self.no.hasFocus()
        if asked and self._shown is not None:
            self.question.setText(question(self._shown))
            self.yes.setAccessibleDescription(self.question.text())
        self.ask.setVisible(asked)
        self.buttons.setVisible(not asked)
        if by_key:  # what had the keyboard has gone
            (self.no if asked else self.drop).setFocus(Qt.FocusReason.OtherFocusReason)

    def _drop(self) -> None:
        self._show_question(False)
        self.drop_asked.emit()


class _Words(QScrollArea):
    """As high as its words; it scrolls where there is less room."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        return QSize(60, 40)

    def sizeHint(self) -> QSize:
        words = self.widget()
        return QSize(200, words.heightForWidth(self.width()) if words is not None else 40)


def _button(title: str, hint: str) -> QPushButton:
    button = QPushButton(title)
    button.setToolTip(hint)
    button.setAccessibleDescription(hint)
    return button
