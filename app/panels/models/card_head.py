"""The top of a model's card, which is all of it while the card is closed: title, year, promise."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.i18n import tr
from app.icons import icon
from app.panels.elided import ElidedLabel
from app.panels.models.verb_form import line
from app.theme import RADIUS, Theme, mix

SIGN = 12  # px of the sign that says open or closed


class CardHead(QAbstractButton):
    """Opens and closes its card.

    Args:
        title: what people call the model.
        note: the year of its paper, or what else there is to say of it in a word.
        promise: what it does for a composer; of one of their own, what it is and on what it was trained.
        theme: colours.
        sign: file in resources/icons that stands before the title of a model of the composer's own.
        wrong: its file cannot be used: the sign says so.

    Signals: `clicked`; `stepped` with +1 or -1 when Down or Up is pressed.
    """

    stepped = Signal(int)

    def __init__(
        self,
        title: str,
        note: str,
        promise: str,
        theme: Theme,
        sign: str = "",
        wrong: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._title, self._open, self._on_map = title, False, False
        self._sign, self._wrong = sign, wrong
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        # a button's own policy would not let it shrink
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleDescription(promise)
        self.title = ElidedLabel(title)
        self.title.setProperty("role", "card")
        self.note = line(note, "danger" if wrong else "dim", wrap=False)
        self.own = QLabel()
        self.own.setFixedSize(SIGN + 2, SIGN + 2)
        self.own.setVisible(bool(sign))
        self.sign = QLabel()
        self.sign.setFixedSize(SIGN, SIGN)
        self.promise = line(promise, "dim")
        self._lay_out()
        self.set_theme(theme)
        self._name()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.own)
        top.addWidget(self.title, 1)
        top.addWidget(self.note)
        top.addWidget(self.sign)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(16, 8, 12, 10)
        self._column.setSpacing(2)
        self._column.addLayout(top)
        self._column.addWidget(self.promise)
        for label in (self.own, self.title, self.note, self.sign, self.promise):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def set_open(self, open_: bool) -> None:
        """Show that the card is open or closed."""
        self._open = open_
        self._show_sign()
        self._name()

    def set_on_map(self, on_map: bool) -> None:
        """Show that the map is this model's."""
        self._on_map = on_map
        self._name()
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Redraw in another theme."""
        self._theme = theme
        self._show_sign()
        if self._sign:
            colour = theme.danger if self._wrong else theme.accent
            own = icon("warning" if self._wrong else self._sign, theme, colour)
            self.own.setPixmap(own.pixmap(self.own.size(), self.devicePixelRatioF()))
        self.update()

    def sizeHint(self) -> QSize:
        return self._column.totalSizeHint()

    def minimumSizeHint(self) -> QSize:
        return self._column.totalMinimumSize()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Quiet, but for the mouse above it, the keyboard in it, and a bar where the map is this model's."""
        painter, theme = QPainter(self), self._theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(4.5, 0.5, -4.5, -0.5)
        if self.isDown() or self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(mix(theme.panel, theme.accent, 0.16 if self.isDown() else 0.08))
            painter.drawRoundedRect(area, RADIUS, RADIUS)
        if self._on_map:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.accent)
            painter.drawRoundedRect(QRectF(6, 11, 3, self.title.height() - 2), 1.5, 1.5)
        if self.hasFocus():
            painter.setPen(QPen(theme.accent, 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area, RADIUS, RADIUS)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        if event.key() in steps:
            self.stepped.emit(steps[Qt.Key(event.key())])
        elif event.key() in (Qt.Key.Key_Right, Qt.Key.Key_Left):
            if self._open != (event.key() == Qt.Key.Key_Right):
                self.click()
        else:
            event.ignore()  # Space plays, Enter is the window's

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.update()

    def _show_sign(self) -> None:
        name = "arrow_up" if self._open else "arrow_down"
        self.sign.setPixmap(icon(name, self._theme, self._theme.text_dim).pixmap(SIGN, SIGN))

    def _name(self) -> None:
        state = tr("open") if self._open else tr("closed")
        where = tr(", on the map") if self._on_map else ""
        self.setAccessibleName(f"{self._title}, {self.note.text()}{where}, {state}")
