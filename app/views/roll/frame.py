"""How keyboard, ruler, chord lane, roll, velocity lane and scrollbars lie together, aligned to the pixel."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QGridLayout, QMenu, QScrollBar, QSplitter, QToolButton, QVBoxLayout, QWidget

from app.i18n import tr
from app.theme import Theme
from app.views.chords.lane import HEIGHT as CHORDS_HEIGHT
from app.views.chords.lane import ChordLane
from app.views.chords.menu import fill
from app.views.roll.geometry import RollGeometry
from app.views.roll.keyboard import WIDTH as KEYBOARD_WIDTH
from app.views.roll.keyboard import Keyboard
from app.views.roll.pianoroll import PianoRoll
from app.views.roll.ruler import HEIGHT as RULER_HEIGHT
from app.views.roll.ruler import Ruler
from app.views.roll.state import RollState
from app.views.roll.velocity_lane import VelocityGutter, VelocityLane

SCROLLBAR = 12
LANE_HEIGHT = 88
CHORDS = ("auto", "shown", "hidden")  # when the lane of chords is there; auto: where the piece has some


class RollFrame(QWidget):
    """The parts of the editor and their places; what they do is `RollEditor`.

    Args:
        state: shared by all parts.
        theme: colours.
    """

    def __init__(self, state: RollState, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.keyboard = Keyboard(state, theme)
        self.ruler = Ruler(state, theme)
        self.chords = ChordLane(state, theme)
        self.roll = PianoRoll(state, theme)
        self.lane = VelocityLane(state, theme)
        self._gutter = VelocityGutter(self.lane, theme)
        self._grid_button = self._make_grid_button()
        self._chord_button = self._make_chord_button(state)
        self._chords_mode = "auto"
        self._across = QScrollBar(Qt.Orientation.Horizontal)
        self._down = QScrollBar(Qt.Orientation.Vertical)
        self._lower = QWidget()
        self._split = QSplitter(Qt.Orientation.Vertical)
        self._lay_out()
        _tie(state.geometry, self._across, self._down)
        self._has_chords = lambda: bool(state.chords.all)
        state.chords.changed.connect(self._show_chords)
        self._show_chords()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        for before, after in pairwise((self.roll, self._grid_button, self._chord_button, self.chords)):
            QWidget.setTabOrder(before, after)  # Tab comes in at the roll: what it would pass over follows

    def set_theme(self, theme: Theme) -> None:
        """Other colours everywhere."""
        for part in (self.keyboard, self.ruler, self.chords, self.roll, self.lane, self._gutter):
            part.set_theme(theme)

    def set_velocity_visible(self, shown: bool) -> None:
        """Show the velocity lane, or fold it away."""
        self._lower.setVisible(shown)

    @property
    def velocity_visible(self) -> bool:
        """Whether the velocity lane is shown."""
        return not self._lower.isHidden() and self._split.sizes()[1] > 0

    def set_chords_mode(self, mode: str) -> None:
        """Show the lane of chords ("shown"), fold it away ("hidden"), or as the piece has chords or not ("auto")."""
        self._chords_mode = mode if mode in CHORDS else "auto"
        self._show_chords()

    @property
    def chords_mode(self) -> str:
        """When the lane of chords is there, one of `CHORDS`."""
        return self._chords_mode

    @property
    def chords_visible(self) -> bool:
        """Whether the lane of chords is shown."""
        return not self.chords.isHidden()

    def _show_chords(self) -> None:
        there = self._chords_mode == "shown" or (self._chords_mode == "auto" and self._has_chords())
        self.chords.setVisible(there)
        self._chord_button.setVisible(there)

    def _make_chord_button(self, state: RollState) -> QToolButton:
        button = QToolButton()
        button.setObjectName("chord_button")
        button.setText(tr("Chords") + " ▾")
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setFixedSize(KEYBOARD_WIDTH, CHORDS_HEIGHT)
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setToolTip(tr("Find chords in the music, play them, show their tones"))
        button.setAccessibleName(tr("Chords: more"))
        menu = QMenu(button)

        def refill() -> None:
            menu.clear()
            fill(menu, state, self.chords.trying)

        menu.aboutToShow.connect(refill)
        button.setMenu(menu)
        return button

    def _make_grid_button(self) -> QToolButton:
        button = QToolButton()
        button.setObjectName("grid_button")
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setFixedSize(KEYBOARD_WIDTH, RULER_HEIGHT)
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setToolTip(tr("Snap to this grid; hold Alt to ignore it"))
        button.setAccessibleName(tr("Snap grid"))
        return button

    def _lay_out(self) -> None:
        self._down.setFixedWidth(SCROLLBAR)
        self._across.setFixedHeight(SCROLLBAR)
        upper, lower, foot = QWidget(), self._lower, QWidget()
        top, bottom, base = (_bare(QGridLayout(part)) for part in (upper, lower, foot))
        top.addWidget(self._grid_button, 0, 0)
        top.addWidget(self.ruler, 0, 1)
        top.addWidget(self._chord_button, 1, 0)
        top.addWidget(self.chords, 1, 1)
        top.addWidget(self.keyboard, 2, 0)
        top.addWidget(self.roll, 2, 1)
        top.addWidget(self._down, 0, 2, 3, 1)
        top.setRowStretch(2, 1)  # a folded lane of chords leaves its height to the roll
        bottom.addWidget(self._gutter, 0, 0)
        bottom.addWidget(self.lane, 0, 1)
        bottom.setColumnMinimumWidth(2, SCROLLBAR)
        base.setColumnMinimumWidth(0, KEYBOARD_WIDTH)
        base.addWidget(self._across, 0, 1)
        base.setColumnMinimumWidth(2, SCROLLBAR)
        self._split.addWidget(upper)
        self._split.addWidget(lower)
        self._split.setStretchFactor(0, 1)
        self._split.setStretchFactor(1, 0)
        self._split.setCollapsible(0, False)
        self._split.setHandleWidth(5)
        self._split.setSizes([600, LANE_HEIGHT])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._split, 1)
        whole.addWidget(foot)


def _bare(layout: QGridLayout) -> QGridLayout:
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    layout.setColumnStretch(1, 1)
    return layout


def _tie(geometry: RollGeometry, across: QScrollBar, down: QScrollBar) -> None:
    """Scrollbars and geometry follow each other. Across counts ticks, down counts pixels."""

    def show_time() -> None:
        across.blockSignals(True)
        across.setRange(0, int(geometry.max_left))
        across.setPageStep(max(1, int(geometry.visible_ticks)))
        across.setSingleStep(max(1, int(48 / geometry.scale)))
        across.setValue(int(geometry.left))
        across.blockSignals(False)

    def show_rows() -> None:
        down.blockSignals(True)
        down.setRange(0, geometry.max_top)
        down.setPageStep(min(geometry.height, len(geometry.rows) * geometry.row))
        down.setSingleStep(geometry.row * 2)
        down.setValue(geometry.top)
        down.blockSignals(False)

    across.valueChanged.connect(lambda tick: geometry.scroll_to(left=tick))
    down.valueChanged.connect(lambda top: geometry.scroll_to(top=top))
    geometry.time_changed.connect(show_time)
    geometry.rows_changed.connect(show_rows)
    show_time()
    show_rows()
