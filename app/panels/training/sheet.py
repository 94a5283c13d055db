"""The sheet on which a training begins: which model, on what music, from what start; then what that will take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.i18n import tr
from app.panels.elided import breakable
from app.panels.models.verb_form import line
from app.panels.training.how import HowItLearns, refuse_drops
from app.panels.training.music_choice import MusicChoice
from app.panels.training.result import NameChoice, StartChoice, stack
from app.panels.training.tab_order import by_place
from app.theme import GRID, Theme
from app.training.choices import NOTHING, Wish, learnt_from, sensible, usual_start, why_not
from app.training.duration import Pace, in_all, time_words
from engine.events import Event
from engine.models.row import OWN as TITLED

if TYPE_CHECKING:
    from engine.models.row import Row
    from engine.models.shelf import Entry
    from engine.training.options import TrainOptions

FIRST = "gan"  # the model a sheet begins with when no card was opened
WIDTH, HEIGHT = 600, 720  # px
SMALLEST = 420, 320
PLENTY = 10**9  # windows, of a folder that is not looked through yet


@dataclass(frozen=True)
class Around:
    """What a sheet has to know of the studio it is in.

    Attributes:
        entries: every model there is, the composer's own among them.
        folder: where the composer's own models are.
        scan, stop: begin to look through a folder (returns the job's number), and end such a job.
        pace: how fast a model learns, given what it would begin with (the shipped one, where that is nothing).
        chip: names what computes here; empty: not known yet.
        device: the chip that the composer prefers.
    """

    entries: tuple[Entry, ...]
    folder: Path
    scan: Callable[[str], int]
    stop: Callable[[int], None]
    pace: Callable[[Entry], Pace]
    chip: Callable[[], str]
    device: str = "auto"


class TrainingForm(QDialog):
    """Asks what is to be trained. A folder of music may be dropped on it anywhere.

    Args:
        around: the studio.
        chosen: name of the model to begin with; empty: any. One of the composer's own is proposed as the start.
        theme: colours.

    Signals: `wanted` with a `Wish`; whoever hears it closes the sheet. `failed` with what went wrong.
    """

    wanted = Signal(object)
    failed = Signal(object)

    def __init__(self, around: Around, chosen: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Train a model"))
        self.resize(WIDTH, HEIGHT)
        self.setMinimumSize(*SMALLEST)
        self.setAcceptDrops(True)
        self._around = around
        self._chose_start = False
        self._systems = {entry.row.name: entry for entry in around.entries if not entry.row.own}
        self.model, self.promise = QComboBox(), line("", "dim")
        rows = [entry.row for entry in self._systems.values()]
        self.music = MusicChoice(rows, around.scan, around.stop, theme)
        self.start, self.name = StartChoice(around.entries), NameChoice(around.folder)
        self.how = HowItLearns(theme)
        self.reason, self.go, self.cancel = line(""), QPushButton(tr("Train")), QPushButton(tr("Cancel"))
        self._fill_models(chosen.partition(TITLED)[0])
        self._lay_out()
        self._connect()
        refuse_drops(self)
        self._show_model(start=chosen if TITLED in chosen else NOTHING)

    def _fill_models(self, chosen: str) -> None:
        group = ""
        for name, entry in self._systems.items():
            if group and entry.row.group != group:
                self.model.insertSeparator(self.model.count())
            group = entry.row.group
            self.model.addItem(entry.row.title, name)
        begin = next((name for name in (chosen, FIRST, *self._systems) if name in self._systems), "")
        self.model.setCurrentIndex(max(0, self.model.findData(begin)))
        self.model.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.model.setMinimumContentsLength(16)
        self.model.setAccessibleName(tr("Model"))

    # -------------------------------------------------------------------------------------------------------- layout

    def _lay_out(self) -> None:
        inside = self._inside = QWidget()
        inside.setProperty("role", "panel")
        column = QVBoxLayout(inside)
        column.setContentsMargins(3 * GRID, 2 * GRID, 3 * GRID, GRID)
        column.setSpacing(2 * GRID)
        column.addWidget(line(tr("Train a model"), "title"))
        column.addLayout(self._choices())
        column.addWidget(self.how)
        column.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(inside)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._scroll, 1)
        whole.addLayout(self._end())

    def _choices(self) -> QFormLayout:
        form = QFormLayout()
        form.setHorizontalSpacing(3 * GRID)
        form.setVerticalSpacing(GRID)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        model = QWidget()
        stack(model, self.model, self.promise)
        form.addRow(tr("Model"), model)
        form.addRow(tr("Music"), self.music)
        form.addRow(self.music.report)
        form.addRow(tr("Begin with"), self.start)
        form.addRow(tr("Name"), self.name)
        return form

    def _end(self) -> QHBoxLayout:
        self.go.setProperty("role", "primary")
        self.go.setDefault(True)
        for button in (self.music.browse, self.music.cancel, self.cancel):
            button.setAutoDefault(False)
        row = QHBoxLayout()
        row.setContentsMargins(3 * GRID, GRID, 3 * GRID, 2 * GRID)
        row.setSpacing(GRID)
        row.addWidget(self.reason, 1)
        row.addWidget(self.cancel)
        row.addWidget(self.go)
        return row

    def _connect(self) -> None:
        self.model.activated.connect(lambda index: self._show_model())
        self.music.changed.connect(self._music_changed)
        self.music.picked.connect(self._pick)
        self.start.changed.connect(self._start_changed)
        self.name.changed.connect(self._show_reason)
        self.how.changed.connect(self._show_time)
        self.how.failed.connect(self.failed)
        self.cancel.clicked.connect(self.reject)
        self.go.clicked.connect(self._begin)

    # ------------------------------------------------------------------------------------------------------- showing

    @property
    def entry(self) -> Entry:
        """The model that is chosen."""
        return self._systems[self.model.currentData()]

    @property
    def row(self) -> Row:
        """Its row."""
        return self.entry.row

    @property
    def why_not(self) -> str:
        """Why nothing can be trained as the sheet stands; empty if it can."""
        found, start = self.music.found, self.start.entry
        learnt = why_not(self.row, found, start.header if start is not None else {}) if found is not None else ""
        return self.music.why_not or learnt or self.name.why_not

    def choose_folder(self, folder: str) -> None:
        """Look through a folder of music."""
        self.music.choose_folder(folder)

    def say(self, words: str) -> None:
        """Beside the button: why nothing can begin, or how long it will take in all."""
        self.reason.setText(breakable(words))

    def on_event(self, event: Event) -> None:
        """Hear how far a folder is looked through."""
        self.music.on_event(event)

    def _show_model(self, start: str = NOTHING) -> None:
        """The choices of another model."""
        self._chose_start = start != NOTHING
        self.promise.setText(tr(self.row.promise))
        self.start.show_model(self.row, start)
        self.how.show_model(self.row, self._sensible())
        self.how.fix_network(self.start.entry is not None)
        self.music.show_model(self.row)  # which tells that the music has changed

    def _pick(self, name: str) -> None:
        self.model.setCurrentIndex(self.model.findData(name))
        self._show_model()

    def _music_changed(self) -> None:
        self.name.propose(self.row, self.music.music)
        if not self._chose_start:
            self.start.choose(usual_start(self.entry, self._windows))
            self.how.fix_network(self.start.entry is not None)
        self._propose()

    def _start_changed(self) -> None:
        self._chose_start = True
        self.how.fix_network(self.start.entry is not None)
        self._propose()

    def _propose(self) -> None:
        self.how.propose(self._sensible())
        self._show_time()

    @property
    def _windows(self) -> int | None:
        """Of the folder, for this model; None: a collection is learnt."""
        found = self.music.found
        return found.windows.get(self.row.codec, 0) if found is not None else PLENTY if self.music.own else None

    def _sensible(self) -> TrainOptions:
        fine = self.start.entry is not None
        return sensible(self.row, self._windows, learnt_from(self.entry), fine, self._around.device)

    def _show_time(self) -> None:
        pace = self._around.pace(self.start.entry or self.entry)
        other = bool(self.how.network_changes)
        words = time_words(self.how.options, pace, self._around.chip(), other)
        if self.music.found is not None and self.how.as_proposed:
            words += " " + tr("So long is proposed for this much music.")
        self.how.time.setText(words)
        self._show_reason()

    def _show_reason(self) -> None:
        why = self.why_not
        self.say(why or in_all(self.how.options, self._around.pace(self.start.entry or self.entry)))
        self.go.setEnabled(not why)
        self.go.setToolTip(why)
        self.go.setAccessibleDescription(why or self.how.time.text())

    def focusNextPrevChild(self, next: bool) -> bool:
        """Forms are made anew and unfold: their order is looked up when somebody wants to go on."""
        by_place(self._inside, (self.cancel, self.go))
        return super().focusNextPrevChild(next)

    # ------------------------------------------------------------------------------------------------------- dropping

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        folder = next((path for path in paths if path.is_dir()), None)
        if folder is not None:
            event.acceptProposedAction()
            self.choose_folder(str(folder))
        elif paths:
            self.say(tr("A model learns from a folder: put the files into one, and drop that."))

    # ------------------------------------------------------------------------------------------------------- the end

    def done(self, result: int) -> None:
        """Closed, one way or the other: a folder that is still being read need not be."""
        self.music.leave()
        super().done(result)

    def _begin(self) -> None:
        if not self.why_not:
            wish = Wish(self.row.name, self.music.music, self.how.changes, self.how.network_changes,
                        self.name.title, self.start.name)  # fmt: skip
            self.wanted.emit(wish)
