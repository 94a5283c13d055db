"""Where the parts of the room stand: beside one another, or below one another where it is narrow."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QBoxLayout, QFrame, QLayout, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from app.panels.training.card import TrainingCard
from app.panels.training.pages import Pages
from app.panels.training.queue_list import TrainingList
from app.theme import GRID

LIST, CARD = 176, 286  # px across
TIGHT_LIST, TIGHT_CARD = 120, 246  # ... where there is little room, as in a small window
TIGHT = LIST + CARD + 220  # px below which that is so
NARROW = TIGHT_LIST + TIGHT_CARD + 254  # px below which the parts stand below one another
PAGES_HEIGHT = 210  # px of the pages there, at least
LOW = 320  # px of a narrow room in which the list shows but one training


class Frame(QObject):
    """Lays out one room.

    Args:
        trainings: the list.
        train: the button below it.
        empty: what is said while there is nothing.
        card: of the training that is looked at.
        pages: beside it.
        room: the widget that holds all.
    """

    def __init__(
        self, trainings: TrainingList, train: QPushButton, empty: QWidget, card: TrainingCard, pages: Pages,
        room: QWidget,
    ) -> None:  # fmt: skip
        super().__init__(room)
        self._room, self._list, self._card, self._pages, self._empty = room, trainings, card, pages, empty
        self.narrow = self._tight = False
        self._is_empty = True
        self._all, self._inside, self._side = QScrollArea(), QWidget(), QWidget()  # all scrolls where it is narrow
        left = self._left = QVBoxLayout(self._side)
        left.setSpacing(GRID)
        left.addWidget(trainings, 1)
        left.addWidget(empty)
        left.addWidget(train, 0, Qt.AlignmentFlag.AlignLeft)
        left.addStretch(0)
        self._all.setWidgetResizable(True)
        self._all.setFrameShape(QFrame.Shape.NoFrame)
        self._all.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._all.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._inside.setProperty("role", "panel")
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight, self._inside)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(0)
        self._box.addWidget(self._side)
        self._box.addWidget(card)
        self._box.addWidget(pages, 1)
        self._outer = QVBoxLayout(room)
        self._outer.setContentsMargins(0, 0, 0, 0)
        self._outer.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)  # narrow comes before too narrow
        self._outer.addWidget(self._all)
        room.installEventFilter(self)
        self._arrange(narrow=False)

    def set_empty(self, empty: bool) -> None:
        """There is no training at all: a sentence and the button."""
        self._is_empty = empty
        self._empty.setVisible(empty)
        for part in (self._list, self._card, self._pages):
            part.setVisible(not empty)
        self._fit_side()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            width = self._room.width()
            narrow, tight = width < NARROW, width < TIGHT
            if (narrow, tight) != (self.narrow, self._tight):
                self._tight = tight
                self._arrange(narrow)
            elif narrow:
                self._fit_side()
        return False

    def _arrange(self, narrow: bool) -> None:
        self.narrow = narrow
        directions = QBoxLayout.Direction
        self._box.setDirection(directions.TopToBottom if narrow else directions.LeftToRight)
        self._all.setVisible(narrow)
        if narrow:
            self._outer.removeWidget(self._inside)
            self._all.setWidget(self._inside)
        else:
            self._all.takeWidget()
            self._outer.addWidget(self._inside, 1)
        self._inside.show()
        self._card.set_whole(narrow)
        across = TIGHT_CARD if self._tight else CARD
        self._card.setMinimumWidth(0 if narrow else across)
        self._card.setMaximumWidth(16_777_215 if narrow else across)
        self._pages.setMinimumHeight(PAGES_HEIGHT if narrow else 0)
        self._fit_side()

    def _fit_side(self) -> None:
        """The list has a width of its own beside the card, and a height of its own above it."""
        wide = self.narrow or self._is_empty
        self._left.setContentsMargins(GRID, GRID // 2, GRID if wide else 0, GRID)
        across = TIGHT_LIST if self._tight else LIST
        self._side.setMinimumWidth(0 if wide else across)
        self._side.setMaximumWidth(16_777_215 if wide else across)
        fixed, free, grows = QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding
        low = self.narrow and not self._is_empty
        self._side.setSizePolicy(free, fixed if low else grows)
        self._list.setSizePolicy(free, fixed if low else grows)
        self._list.set_most(1 if self._room.height() < LOW else 4)
        self._left.setStretch(self._left.count() - 1, 1 if self._is_empty else 0)  # else the list takes what is left
