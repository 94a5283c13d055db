"""The sheet on which a training begins: which model, on what music, how long; the rest is folded away."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.i18n import tr
from app.icons import icon
from app.panels.options_form import OptionsForm
from app.panels.verb_form import SIGN, FoldButton, line
from app.theme import GRID, Theme, pad_spin_boxes
from app.training_choices import LENGTH, OWN, TITLES, changes, collections, recipe, terms, time_words
from engine.options import changed

if TYPE_CHECKING:
    from engine.models.shelf import Entry

FIRST = "gan"  # the model a sheet begins with when no card was opened
WIDTH, HEIGHT = 560, 620  # px


class TrainingForm(QDialog):
    """Asks what is to be trained.

    Args:
        entries: the models.
        chosen: the name of the one to begin with; empty: any.
        pace: steps in a second of a model as they were before, 0 if nobody knows.
        theme: colours.
        unfinished: names of models with a training that was stopped and never gone on with.

    Signals: `wanted` with a model's name, a collection or folder, and what differs from the recipe's `TrainOptions` and
    from the network's options; `failed` with what went wrong in between.
    """

    wanted = Signal(str, str, object, object)
    failed = Signal(object)

    def __init__(
        self,
        entries: Iterable[Entry],
        chosen: str,
        pace: Callable[[Entry], float],
        theme: Theme,
        unfinished: Collection[str] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Train a model"))
        self.resize(WIDTH, HEIGHT)
        self._entries = {entry.row.name: entry for entry in entries}
        self._pace, self._unfinished = pace, unfinished
        self.model, self.corpus, self.folder = QComboBox(), QComboBox(), QLineEdit()
        self.promise, self.terms, self.time = line("", "dim"), line("", "dim"), line("", "dim")
        self.browse, self.go, self.cancel = QPushButton(tr("Choose…")), QPushButton(tr("Train")), QPushButton()
        self.place = line(tr("The result takes the place of the shipped one on its card; the folder of your models "
                             "keeps it, and deleting it there brings the shipped one back."), "dim")  # fmt: skip
        self.lost = line(
            tr("A training of this model was stopped and can still go on; this one takes its place."), "danger"
        )
        self.length: OptionsForm | None = None
        self.more = FoldButton(tr("How it learns"))
        self.inner = FoldButton(tr("The network itself"))
        self.learning: OptionsForm | None = None
        self.network: OptionsForm | None = None
        self._network_before: Any = None
        for box in (self.model, self.corpus):  # titles may be long: they are cut, not the sheet widened
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(24)
        signs = {True: "arrow_up", False: "arrow_down"}
        self._signs = {out: icon(name, theme, theme.text_dim).pixmap(SIGN, SIGN) for out, name in signs.items()}
        self._fill_models(chosen)
        self._lay_out()
        self._connect()
        self._show_model()

    def _fill_models(self, chosen: str) -> None:
        group = ""
        for name, entry in self._entries.items():
            if group and entry.row.group != group:
                self.model.insertSeparator(self.model.count())
            group = entry.row.group
            self.model.addItem(entry.row.title, name)
        names = list(self._entries)
        begin = next((name for name in (chosen, FIRST, *names) if name in self._entries), "")
        self.model.setCurrentIndex(max(0, self.model.findData(begin)))

    def _lay_out(self) -> None:
        self._lay_out_choices()
        self._lay_out_sheet()

    def _lay_out_choices(self) -> None:
        folder = QHBoxLayout()
        folder.setSpacing(GRID)
        folder.addWidget(self.folder, 1)
        folder.addWidget(self.browse)
        self.folder.setPlaceholderText(tr("A folder of MIDI or ABC files"))
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(3 * GRID)
        self._form.setVerticalSpacing(GRID)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._form.addRow(tr("Model"), self.model)
        self._form.addRow("", self.promise)
        self._form.addRow(tr("Music"), self.corpus)
        self._form.addRow("", folder)
        named = ((self.model, tr("Model")), (self.corpus, tr("Music")), (self.folder, tr("Folder")))
        for widget, name in named:
            widget.setAccessibleName(name)
        self._form.addRow("", self.terms)

    def _lay_out_sheet(self) -> None:
        inside = QWidget()
        inside.setProperty("role", "panel")
        self._inside = QVBoxLayout(inside)
        self._inside.setContentsMargins(3 * GRID, 2 * GRID, 3 * GRID, GRID)
        self._inside.setSpacing(GRID)
        self._inside.addWidget(line(tr("Train a model"), "title"))
        self._inside.addLayout(self._form)
        folded: tuple[QWidget, ...] = (self.lost, self.time, self.more, self.inner, self.place)
        for part in folded:
            self._inside.addWidget(part)
        self._inside.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        self.cancel.setText(tr("Cancel"))
        self.go.setProperty("role", "primary")
        self.go.setDefault(True)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(3 * GRID, GRID, 3 * GRID, 2 * GRID)
        buttons.setSpacing(GRID)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.go)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(scroll, 1)
        column.addLayout(buttons)

    def _connect(self) -> None:
        self.model.activated.connect(self._show_model)
        self.corpus.activated.connect(self._show_corpus)
        self.folder.textChanged.connect(self._show_corpus)
        self.browse.clicked.connect(self._choose_folder)
        self.more.clicked.connect(lambda: self._fold(self.learning))
        self.inner.clicked.connect(self._fold_network)
        self.cancel.clicked.connect(self.reject)
        self.go.clicked.connect(self._begin)

    # ------------------------------------------------------------------------------------------------------- showing

    @property
    def entry(self) -> Entry:
        """The model that is chosen."""
        return self._entries[self.model.currentData()]

    @property
    def music(self) -> str:
        """A collection's name, or a folder; empty while there is none."""
        known: str = self.corpus.currentData()
        return known if known != OWN else self.folder.text().strip()

    def _show_model(self) -> None:
        """The choices of another model."""
        row = self.entry.row
        self.promise.setText(tr(row.promise))
        self.lost.setVisible(row.name in self._unfinished)
        self.corpus.clear()
        for name, words in collections(row).items():
            self.corpus.addItem(tr(words), name)
        for old in (self.length, self.learning, self.network):
            if old is not None:
                self._inside.removeWidget(old)
                self._form.removeWidget(old)
                old.deleteLater()
        options = recipe(row)
        rest = {field.name for field in fields(options)} - set(LENGTH)
        self.length = OptionsForm(options, hidden=rest, titles=TITLES)
        self.length.changed.connect(self._show_time)
        self.learning = OptionsForm(options, hidden=LENGTH, titles=TITLES, narrow=True)
        self.learning.hide()
        self.network = self._network_before = None
        self._inside.insertWidget(self._inside.indexOf(self.lost), self.length)
        self._inside.insertWidget(self._inside.indexOf(self.more) + 1, self.learning)
        pad_spin_boxes(self)
        self._show_corpus()
        self._show_time()
        self._show_folds()

    def _show_corpus(self) -> None:
        own = self.corpus.currentData() == OWN
        self.folder.setVisible(own)
        self.browse.setVisible(own)
        self.terms.setText(terms(self.corpus.currentData()))
        self.go.setEnabled(bool(self.music))
        self.go.setToolTip("" if self.music else tr("Choose a folder of music first."))

    def _show_time(self) -> None:
        if self.length is not None:
            self.time.setText(time_words(self.length.options, self._pace(self.entry)))

    def _fold(self, form: OptionsForm | None) -> None:
        if form is not None:
            form.setVisible(form.isHidden())
        self._show_folds()

    def _show_folds(self) -> None:
        for button, form in ((self.more, self.learning), (self.inner, self.network)):
            button.sign = self._signs[form is not None and not form.isHidden()]
            button.update()

    def _fold_network(self) -> None:
        """The options of the network; they are in its own file, which is read only now."""
        if self.network is None:
            try:
                row = self.entry.row
                self._network_before = changed(row.load_module().Options(), row.recipe.network)
            except Exception as error:
                self.failed.emit(error)
                return
            self.network = OptionsForm(self._network_before, narrow=True)
            self._inside.insertWidget(self._inside.indexOf(self.inner) + 1, self.network)
            pad_spin_boxes(self.network)
            self._show_folds()
            return
        self._fold(self.network)

    def _choose_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, tr("A folder of music"), self.folder.text())
        if folder:
            self.folder.setText(folder)

    # ------------------------------------------------------------------------------------------------------- the end

    def _begin(self) -> None:
        if not self.music or self.length is None or self.learning is None:
            return
        before = recipe(self.entry.row)
        wished = changes(self.length.options, before) | changes(self.learning.options, before)
        network = changes(self.network.options, self._network_before) if self.network is not None else {}
        self.wanted.emit(self.entry.row.name, self.music, wished, network)
        self.accept()
