"""The one visual language: calm neutrals, one accent, an 8-pixel grid, hairlines. Light and dark as data."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QLineEdit, QWidget

from engine.resources import root

GRID = 8  # pixels; every margin and gap is a multiple of half of it
RADIUS = 6
ICONS = root() / "icons"
SHEET = root() / "themes" / "studio.qss"


@dataclass(frozen=True)
class Theme:
    """Colours by meaning; widgets never name a colour themselves.

    Attributes:
        window: behind everything. panel: docks and bars. raised: buttons and fields.
        line, line_strong: hairlines and grid lines; bar lines and outlines of controls.
        text, text_dim: contrast at least 4.5 on window, panel and raised.
        accent, accent_soft, on_accent: what is active, its quiet background, text upon it.
        mine, generated: fill of a note the composer or a model wrote (apart in lightness too).
        ghost: melody heard while morphing, translucent. selection: outline of what is selected, box.
        playhead, danger, warning: as named.
        row_black, row_white: roll rows. key_black, key_white: the keys.
        dot, pin: of the map.
    """

    name: str
    dark: bool
    window: QColor
    panel: QColor
    raised: QColor
    line: QColor
    line_strong: QColor
    text: QColor
    text_dim: QColor
    accent: QColor
    accent_soft: QColor
    on_accent: QColor
    mine: QColor
    generated: QColor
    ghost: QColor
    selection: QColor
    playhead: QColor
    danger: QColor
    warning: QColor
    row_black: QColor
    row_white: QColor
    key_black: QColor
    key_white: QColor
    dot: QColor
    pin: QColor


LIGHT = Theme(
    name="light",
    dark=False,
    window=QColor("#eceff0"),
    panel=QColor("#f7f8f8"),
    raised=QColor("#ffffff"),
    line=QColor("#dde2e4"),
    line_strong=QColor("#b6bfc4"),
    text=QColor("#1c2427"),
    text_dim=QColor("#566168"),
    accent=QColor("#0b6f84"),
    accent_soft=QColor("#d4e9ed"),
    on_accent=QColor("#ffffff"),
    mine=QColor("#23788d"),
    generated=QColor("#eda283"),
    ghost=QColor(214, 112, 74, 120),
    selection=QColor("#0d2e37"),
    playhead=QColor("#d8482f"),
    danger=QColor("#b3261e"),
    warning=QColor("#8a5a00"),
    row_black=QColor("#eef1f2"),
    row_white=QColor("#fafbfb"),
    key_black=QColor("#3b444a"),
    key_white=QColor("#fdfdfd"),
    dot=QColor("#93a3ab"),
    pin=QColor("#6d4fc4"),
)

DARK = Theme(
    name="dark",
    dark=True,
    window=QColor("#15181a"),
    panel=QColor("#1c2023"),
    raised=QColor("#282d31"),
    line=QColor("#2d3337"),
    line_strong=QColor("#4b555b"),
    text=QColor("#e6eaec"),
    text_dim=QColor("#9ba8af"),
    accent=QColor("#56bdd1"),
    accent_soft=QColor("#1d3e47"),
    on_accent=QColor("#06252c"),
    mine=QColor("#3c97ad"),
    generated=QColor("#f3b79f"),
    ghost=QColor(243, 160, 126, 120),
    selection=QColor("#f1fbfd"),
    playhead=QColor("#ff7a5c"),
    danger=QColor("#ff8f85"),
    warning=QColor("#e6b04e"),
    row_black=QColor("#1a1d20"),
    row_white=QColor("#212529"),
    key_black=QColor("#101315"),
    key_white=QColor("#cfd6da"),
    dot=QColor("#74858e"),
    pin=QColor("#b7a0ff"),
)

CONTRAST = Theme(
    name="contrast",
    dark=True,
    window=QColor("#000000"),
    panel=QColor("#000000"),
    raised=QColor("#0c0c0c"),
    line=QColor("#6e6e6e"),
    line_strong=QColor("#d0d0d0"),
    text=QColor("#ffffff"),
    text_dim=QColor("#e0e0e0"),
    accent=QColor("#4fe3ff"),
    accent_soft=QColor("#0b4a57"),
    on_accent=QColor("#000000"),
    mine=QColor("#2fb7d6"),
    generated=QColor("#ffc861"),
    ghost=QColor(255, 214, 130, 160),
    selection=QColor("#ffffff"),
    playhead=QColor("#ff6f4d"),
    danger=QColor("#ff9d94"),
    warning=QColor("#ffd34d"),
    row_black=QColor("#000000"),
    row_white=QColor("#161616"),
    key_black=QColor("#000000"),
    key_white=QColor("#ffffff"),
    dot=QColor("#b0b8bc"),
    pin=QColor("#d9a8ff"),
)

THEMES = {theme.name: theme for theme in (LIGHT, DARK, CONTRAST)}


def choose(setting: str) -> Theme:
    """The theme for a setting: one of `THEMES` by name, or what the system shows for anything else."""
    if setting in THEMES:
        return THEMES[setting]
    scheme = QGuiApplication.styleHints().colorScheme()
    return DARK if scheme == Qt.ColorScheme.Dark else LIGHT


def font(factor: float = 1.0, bold: bool = False) -> QFont:
    """The application font at a size relative to its own; `bold` means semi-bold."""
    made = QFont(QGuiApplication.font())
    made.setPointSizeF(made.pointSizeF() * factor)
    if bold:
        made.setWeight(QFont.Weight.DemiBold)
    return made


def palette(theme: Theme) -> QPalette:
    """What style-drawn parts (menus, tool tips, disabled text, selections) use."""
    made = QPalette()
    roles = QPalette.ColorRole
    for role, colour in (
        (roles.Window, theme.window),
        (roles.WindowText, theme.text),
        (roles.Base, theme.raised),
        (roles.AlternateBase, theme.panel),
        (roles.Text, theme.text),
        (roles.Button, theme.raised),
        (roles.ButtonText, theme.text),
        (roles.BrightText, theme.danger),
        (roles.ToolTipBase, theme.raised),
        (roles.ToolTipText, theme.text),
        (roles.PlaceholderText, theme.text_dim),
        (roles.Highlight, theme.accent),
        (roles.HighlightedText, theme.on_accent),
        (roles.Link, theme.accent),
        (roles.Mid, theme.line_strong),
        (roles.Light, theme.raised),
        (roles.Dark, theme.line_strong),
    ):
        made.setColor(role, colour)
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, mix(theme.text_dim, theme.panel, 0.4))
    return made


def mix(one: QColor, other: QColor, part: float) -> QColor:
    """A colour between two: `one` at 0, `other` at 1."""
    pairs = zip(one.getRgb()[:3], other.getRgb()[:3], strict=True)  # type: ignore[index]
    return QColor(*(round(a + (b - a) * part) for a, b in pairs))


def pad_spin_boxes(inside: QWidget) -> None:
    """Room before the numbers of every spin box inside a widget: the style sheet's padding does not reach them."""
    for edit in inside.findChildren(QLineEdit, "qt_spinbox_lineedit"):
        edit.setTextMargins(GRID, 0, 0, 0)


def stylesheet(theme: Theme) -> str:
    """The style sheet of the whole application, sizes relative to the application font."""
    points = QGuiApplication.font().pointSizeF()
    names = {key: value.name() for key, value in vars(theme).items() if isinstance(value, QColor)}
    names |= {
        "hover": mix(theme.raised, theme.accent, 0.10).name(),
        "pressed": mix(theme.raised, theme.accent, 0.22).name(),
        "off": mix(theme.text_dim, theme.panel, 0.4).name(),
        "accent_hover": mix(theme.accent, theme.text, 0.15).name(),
        "small": f"{points * 0.9:.2f}pt",
        "large": f"{points * 1.25:.2f}pt",
        "icons": ICONS.as_posix(),
    }
    text = SHEET.read_text(encoding="utf-8")
    for key in sorted(names, key=len, reverse=True):
        text = text.replace("@" + key, names[key])
    return text
