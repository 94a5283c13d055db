"""What the composer does to the window itself: panels, theme, help, preferences."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QObject, Qt, QTimer
from PySide6.QtWidgets import QDockWidget, QMessageBox, QTabBar, QWidget

from app.dock_room import DockRoom
from app.i18n import tr
from app.settings import Preferences
from app.theme import choose
from engine.errors import UserError

if TYPE_CHECKING:
    from app.main_window import MainWindow

LAYOUT_VERSION = 2  # of the docks; a stored layout of another version is not restored


def sound_devices() -> list[str]:
    """Names of the outputs that are there; none where the library that knows is missing."""
    from engine.audio.output import list_devices

    try:
        return [device.name for device in list_devices()]
    except UserError:
        return []


class WindowDesk(QObject):
    """Answers the View and Help menus of one window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.ghosts = True
        self._first_layout = QByteArray()
        self.room = DockRoom(window)

    # ------------------------------------------------------------------------------------------------------- layout

    def remember_first_layout(self) -> None:
        """What `reset_docks` goes back to."""
        self._first_layout = self._window.saveState(LAYOUT_VERSION)

    def restore(self) -> None:
        """Size and docks as they were left; what no longer fits is ignored."""
        known = self._window.settings.preferences
        roll = self._window.roll
        roll.set_chords_mode(known.chord_lane)
        roll.set_grid(known.grid)
        roll.set_velocity_visible(known.velocity_lane)
        roll.follow_playhead = known.follow
        if known.geometry:
            self._window.restoreGeometry(QByteArray.fromBase64(QByteArray(known.geometry.encode())))
        if known.docks:
            self._window.restoreState(QByteArray.fromBase64(QByteArray(known.docks.encode())), LAYOUT_VERSION)

    def keep(self) -> None:
        """Write size, docks, volume and metronome into the settings."""
        window = self._window
        self.room.untuck()
        window.models.remembered.flush()
        geometry = bytes(window.saveGeometry().toBase64().data()).decode()
        docks = bytes(window.saveState(LAYOUT_VERSION).toBase64().data()).decode()
        window.settings.put(
            replace(
                window.settings.preferences,
                geometry=geometry,
                docks=docks,
                volume=window.transport.volume.value() / 100,
                metronome=window.transport.metronome,
                chord_lane=window.roll.chords_mode,
                grid=window.roll.grid,
                velocity_lane=window.roll.velocity_visible,
                follow=window.roll.follow_playhead,
                first_launch=False,
            )
        )

    def reset_docks(self) -> None:
        """Panels where they were at first."""
        self._window.restoreState(self._first_layout, LAYOUT_VERSION)
        self.room.begin()

    def toggle_dock(self, name: str) -> None:
        """Show or hide a panel."""
        dock = self._window.docks[name]
        dock.setVisible(dock.isHidden())
        if not dock.isHidden():
            dock.raise_()

    def show_dock(self, name: str) -> QDockWidget:
        """Bring a panel up."""
        dock = self._window.docks[name]
        dock.show()
        dock.raise_()
        return dock

    def tidy_tabs(self) -> None:
        """Name the tabs that Qt makes where panels share a place; one without tabs, left over the menus, goes."""
        for tabs in self._window.findChildren(QTabBar):
            tabs.setAccessibleName(tr("Panels"))
            if tabs.parent() is self._window and tabs.count() < 2:
                tabs.move(-tabs.width(), -tabs.height())

    def focus_on(self, name: str) -> None:
        """Put the keyboard into the pianoroll, the map or the sliders."""
        if name == "roll":
            self._window.roll.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return
        inside = self.show_dock(name).widget()
        if inside.focusPolicy() == Qt.FocusPolicy.NoFocus and inside.focusProxy() is None:
            tab = Qt.FocusPolicy.TabFocus
            first = next((w for w in inside.findChildren(QWidget) if w.focusPolicy() & tab and w.isVisible()), None)
            inside = inside.findChild(QWidget, "first in the panel") or first or inside
        inside.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def toggle_full_screen(self) -> None:
        """Fill the screen or no longer."""
        window = self._window
        window.setWindowState(window.windowState() ^ Qt.WindowState.WindowFullScreen)

    def close(self) -> None:
        """Close the window once the key that asked for it is dealt with."""
        QTimer.singleShot(0, self._window.close)

    # -------------------------------------------------------------------------------------------------------- views

    def use_theme(self, name: str) -> None:
        """Light, dark or as the system; at once and for good."""
        settings = self._window.settings
        settings.put(replace(settings.preferences, theme=name))
        self._window.set_theme(choose(name))

    def follow_system(self) -> None:
        """The system went light or dark."""
        if self._window.settings.preferences.theme == "system":
            self._window.set_theme(choose("system"))

    def swap_theme(self) -> None:
        """From light to dark and back."""
        self.use_theme("light" if self._window.theme.dark else "dark")

    def toggle_ghosts(self) -> None:
        """Other tracks behind this one, or not."""
        self.ghosts = not self.ghosts
        self._window.roll.show_other_tracks(self.ghosts)

    def toggle_velocity(self) -> None:
        """The lane of velocities below the roll, or not."""
        self._window.roll.set_velocity_visible(not self._window.roll.velocity_visible)

    def toggle_chords(self) -> None:
        """The lane of chords above the roll, or not; remembered."""
        roll, settings = self._window.roll, self._window.settings
        roll.set_chords_mode("hidden" if roll.chords_visible else "shown")
        settings.put(replace(settings.preferences, chord_lane=roll.chords_mode))

    def toggle_tool(self) -> None:
        """Pencil or select."""
        self._window.roll.toggle_tool()

    # ---------------------------------------------------------------------------------------------- sheets and words

    def show_help(self) -> None:
        """The `?` sheet."""
        from app.panels.help_sheet import HelpSheet

        self._open(HelpSheet(self._window))

    def show_model_help(self, name: str) -> None:
        """The page about a model."""
        from app.panels.models.help_page import HelpPage

        entries = {name: card.entry for name, card in self._window.models.cards.items()}
        headers = {name: entry.header for name, entry in entries.items()}
        self._open(HelpPage(entries[name].row, headers[name], self._window.theme, self._window, headers))

    def show_palette(self) -> None:
        """Find a command by typing."""
        from app.panels.palette import CommandPalette

        palette = CommandPalette(self._window.menus.usable, self._window.menus.run, self._window)
        palette.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        palette.open_over(self._window)

    def show_preferences(self) -> None:
        """The preferences."""
        from app.panels.preferences import PreferencesDialog

        dialog = PreferencesDialog(self._window.settings.preferences, sound_devices(), self._window)
        dialog.changed.connect(self.apply_preferences)
        self._open(dialog)

    def apply_preferences(self, preferences: object) -> None:
        """Take over what the dialog holds."""
        window, before = self._window, self._window.settings.preferences
        assert isinstance(preferences, Preferences)
        window.settings.put(preferences)
        if preferences.theme != before.theme:
            window.set_theme(choose(preferences.theme))
        self.apply_hover()
        if preferences.volume != before.volume:
            window.transport.set_volume(preferences.volume)
        if preferences.sound_device != before.sound_device:
            window.session.player.set_device(preferences.sound_device or None)
        if (preferences.midi_in, preferences.midi_out) != (before.midi_in, before.midi_out):
            window.midi.apply()
        if preferences.soundfont != before.soundfont:
            window.session.soundfont = Path(preferences.soundfont) if preferences.soundfont else None
            window.session.player.set_soundfont(window.session.soundfont)

    def apply_hover(self) -> None:
        """Whether melodies under the mouse are heard."""
        known = self._window.settings.preferences
        self._window.map.hover.set_sounds(known.map_sounds)
        self._window.candidates.hover_sounds = known.candidate_sounds

    def show_sound(self) -> None:
        """Whether the sound works, in words.

        Raises:
            UserError: it does not; shown as a line with its remedy.
        """
        trouble = self._window.session.player.available
        if trouble:
            raise UserError(trouble, tr("Run “melomorph doctor” to see what is missing."))
        self._window.bar.say(tr("The sound works."))

    def show_about(self) -> None:
        """What this is."""
        box = QMessageBox(self._window)
        box.setWindowTitle(tr("About Melomorph"))
        box.setText(tr("Melomorph draws, generates and morphs music, on your own machine."))
        box.setInformativeText(tr("What you make with it is yours."))
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()

    def _open(self, dialog: QWidget) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.show()
