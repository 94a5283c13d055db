"""Which track is edited, what it is called and played on: one line above the pianoroll."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QLineEdit,
    QListView,
    QStyleOptionComboBox,
    QToolButton,
    QWidget,
)

from app.i18n import tr
from app.theme import Theme
from engine.commands import arrange
from engine.events import DocumentChanged, Event
from engine.score import Score
from engine.score.general_midi import INSTRUMENTS, instrument_name

if TYPE_CHECKING:
    from engine.session import Session

ARROW = 44  # px that the arrow and the edges take


class Chooser(QComboBox):
    """Shows a name that is too long with an ellipsis."""

    def initStyleOption(self, option: QStyleOptionComboBox) -> None:
        super().initStyleOption(option)
        room = self.width() - ARROW
        option.currentText = self.fontMetrics().elidedText(option.currentText, Qt.TextElideMode.ElideMiddle, room)


class TracksBar(QWidget):
    """Choose a track and its instrument; add, rename and remove tracks."""

    track_chosen = Signal(int)
    shown = Signal()  # names, choice or who is heard may be others
    finished = Signal()  # the hand is done with the text box; the keyboard may go elsewhere

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.index = min(session.steering.track, len(session.score.tracks) - 1)
        self.chooser, self.instrument, self.search = Chooser(), QComboBox(), QLineEdit()
        self.chooser.setAccessibleName(tr("Track"))
        self.chooser.setToolTip(tr("Track that is edited"))
        self.chooser.setMinimumWidth(96)
        self.chooser.setMaximumWidth(208)
        self.chooser.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.chooser.setMaxVisibleItems(24)
        self.chooser.activated.connect(self.choose)
        self._make_instrument()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(4)
        label = QLabel(tr("Track"))
        label.setProperty("role", "dim")
        label.setBuddy(self.chooser)
        for widget in (label, self.chooser, self.instrument):
            self._row.addWidget(widget)
        self.show_tracks()

    def add_button(self, action: QAction) -> None:
        """A button at the end of the line."""
        button = QToolButton()
        button.setDefaultAction(action)
        button.setIconSize(QSize(20, 20))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(action.text())
        self._row.addWidget(button)

    def _make_instrument(self) -> None:
        box = self.instrument
        box.setLineEdit(self.search)
        box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        box.addItems([*INSTRUMENTS, instrument_name(0, drums=True)])
        box.setMaxVisibleItems(16)
        box.setMinimumWidth(104)
        box.setMaximumWidth(192)
        box.setAccessibleName(tr("Instrument"))
        self.search.setAccessibleName(tr("Instrument: type to search"))
        box.setToolTip(tr("Instrument of this track: type to search"))
        completer = QCompleter(box.model(), box)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        found = QListView()
        found.setProperty("role", "popup")
        completer.setPopup(found)
        box.setCompleter(completer)
        box.activated.connect(self._play_on)
        self.search.returnPressed.connect(self._choose_typed)
        self.search.editingFinished.connect(self.show_tracks)  # a name that was not chosen is put back

    # ------------------------------------------------------------------------------------------------ what it does

    def choose(self, index: int) -> None:
        """Edit another track."""
        self.index = max(0, min(index, len(self._session.score.tracks) - 1))
        self.show_tracks()
        self.track_chosen.emit(self.index)

    def step(self, by: int) -> None:
        """Edit the next track (1) or the one before (-1); from the last one on to the first."""
        self.choose((self.index + by) % max(1, len(self._session.score.tracks)))

    def add(self) -> None:
        """One more track, and edit it."""
        name = tr("Track {number}").format(number=len(self._session.score.tracks) + 1)
        self._do(tr("add track"), arrange.with_new_track(self._session.score, name))
        self.choose(len(self._session.score.tracks) - 1)

    def duplicate(self) -> None:
        """The track that is edited once more, at the end, and edit that."""
        self._do(tr("duplicate track"), arrange.duplicated(self._session.score, self.index))
        self.choose(len(self._session.score.tracks) - 1)

    def remove(self) -> None:
        """Remove the track that is edited."""
        index = self.index
        self._do(tr("remove track"), arrange.without_track(self._session.score, index))
        self.choose(min(index, len(self._session.score.tracks) - 1))

    def mute(self, index: int | None = None) -> None:
        """Silence a track, or no longer; None: the one that is edited."""
        self._session.listen(self._session.hearing.with_mute(self.index if index is None else index))
        self.show_tracks()

    def solo(self, index: int | None = None) -> None:
        """Hear a track alone (with others that are soloed), or no longer; None: the one that is edited."""
        self._session.listen(self._session.hearing.with_solo(self.index if index is None else index))
        self.show_tracks()

    def rename(self) -> None:
        """Ask for another name."""
        dialog = QInputDialog(self.window())
        dialog.setWindowTitle(tr("Rename the track"))
        dialog.setLabelText(tr("Name"))
        dialog.setTextValue(self._session.score.tracks[self.index].name)
        dialog.textValueSelected.connect(self.rename_to)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def rename_to(self, name: str) -> None:
        """Call the track that is edited `name`."""
        self._do(tr("rename track"), arrange.renamed(self._session.score, self.index, name.strip()))

    def accept_generated(self) -> None:
        """Take the generated notes of this track over as one's own."""
        self._do(tr("accept notes"), arrange.accepted(self._session.score, self.index))

    def _play_on(self, row: int) -> None:
        track = self._session.score.tracks[self.index]
        drums = row == len(INSTRUMENTS)
        program = track.program if drums else row
        changed = arrange.with_program(self._session.score, self.index, program, drums)
        self._do(tr("change instrument"), changed)
        self.finished.emit()

    def _choose_typed(self) -> None:
        """Enter takes the first instrument that holds what was typed."""
        typed = self.search.text().casefold().strip()
        names = [self.instrument.itemText(row).casefold() for row in range(self.instrument.count())]
        row = next((row for row, name in enumerate(names) if typed and typed in name), None)
        if row is not None:
            self._play_on(row)

    def _do(self, label: str, score: Score) -> None:
        self._session.history.do(label, score=score)
        self.show_tracks()

    # ---------------------------------------------------------------------------------------------- what it shows

    def on_event(self, event: Event) -> None:
        """Follow the score: undo may bring tracks back."""
        if isinstance(event, DocumentChanged) and event.score:
            if self.index >= len(self._session.score.tracks):
                self.choose(self.index)
            self.show_tracks()

    def show_tracks(self) -> None:
        """Show names and instrument as the score has them."""
        tracks = self._session.score.tracks
        names = [track.name or tr("Track {number}").format(number=i + 1) for i, track in enumerate(tracks)]
        silent = tr("{name} (silent)")
        hears = self._session.hearing.hears
        names = [name if hears(i) else silent.format(name=name) for i, name in enumerate(names)]
        if names != [self.chooser.itemText(i) for i in range(self.chooser.count())]:
            self.chooser.clear()
            self.chooser.addItems(names)
        self.chooser.setCurrentIndex(self.index)
        self.chooser.setToolTip(tr("Track that is edited: {name}").format(name=self.chooser.currentText()))
        if tracks:
            self.instrument.blockSignals(True)  # the search box must not open its list because the track changed
            track = tracks[self.index]
            self.instrument.setCurrentIndex(len(INSTRUMENTS) if track.drums else track.program)
            self.search.setText(instrument_name(track.program, track.drums))
            self.search.setCursorPosition(0)
            self.instrument.blockSignals(False)
        self.shown.emit()

    @property
    def has_generated(self) -> bool:
        """Whether this track holds notes a model wrote."""
        tracks = self._session.score.tracks
        return bool(tracks) and arrange.has_generated(tracks[min(self.index, len(tracks) - 1)])

    def set_theme(self, theme: Theme) -> None:
        """Nothing is painted here that the style sheet does not paint."""
