"""When an action can be used, and when it carries a tick: the names that `app/actions.py` uses."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.main_window import MainWindow

Condition = Callable[[], bool]


def conditions(window: MainWindow) -> dict[str, Condition]:
    """Every condition, answered from the present state of a window."""
    session = window.session
    made: dict[str, Condition] = {
        "can_undo": lambda: bool(session.history.undo_label),
        "can_redo": lambda: bool(session.history.redo_label),
        "has_notes": lambda: session.score.note_count > 0,
        "selection": lambda: bool(window.roll.state.mask.any()),
        "marked": lambda: bool(window.roll.state.mask.any()) or window.roll.state.loop is not None,
        "locked": lambda: window.roll.locked,
        "has_generated": lambda: window.tracks.has_generated,
        "several_tracks": lambda: len(session.score.tracks) > 1,
        "map_playable": lambda: not window.verbs.why_not("generate.four"),
        "map_playable_with_notes": lambda: not window.verbs.why_not("generate.put"),
        "muted": lambda: window.tracks.index in session.hearing.muted,
        "solo": lambda: window.tracks.index in session.hearing.solo,
        "playing": lambda: window.transport.playing,
        "looping": lambda: window.transport.looping,
        "recording": lambda: window.midi.recording,
        "metronome": lambda: window.transport.metronome,
        "ghosts": lambda: window.desk.ghosts,
        "velocity": lambda: window.roll.velocity_visible,
        "has_chords": lambda: bool(session.score.chords),
        "chord_lane": lambda: window.roll.chords_visible,
        "chord_tones": lambda: window.roll.state.chords.tones,
        "scale": lambda: window.roll.state.scale.highlight,
        "fold_notes": lambda: window.roll.state.scale.fold == "notes",
        "fold_scale": lambda: window.roll.state.scale.fold == "scale",
        "compared": lambda: window.workshop.evaluate.comparison is not None,
        "follows": lambda: window.roll.follow_playhead,
        "snaps": lambda: window.roll.grid != "off",
        "full_screen": window.isFullScreen,
    }
    for tool in ("select", "pencil", "knife"):
        made[f"tool_{tool}"] = _tool(window, tool)
    for theme in ("system", "light", "dark", "contrast"):
        made[f"theme_{theme}"] = _theme(window, theme)
    for dock in window.docks:
        made[f"dock_{dock}"] = _dock(window, dock)
    return made


def _tool(window: MainWindow, name: str) -> Condition:
    return lambda: window.roll.tool == name


def _theme(window: MainWindow, name: str) -> Condition:
    return lambda: window.settings.preferences.theme == name


def _dock(window: MainWindow, name: str) -> Condition:
    return lambda: not window.docks[name].isHidden()
