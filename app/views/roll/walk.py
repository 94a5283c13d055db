"""What hands on the keys do besides editing a selection: walk the playhead, write at it, loop, zoom, choose a grid."""

from __future__ import annotations

import math

import numpy as np

from app.i18n import tr
from app.views.roll.bars import GRIDS
from app.views.roll.note_table import LENGTH, PITCH, START
from app.views.roll.state import RollState
from engine.commands import edit
from engine.score import Note

ZOOM = 1.4  # factor of one press
ROWS = 2  # pixels that rows grow with one press
MIDDLE_C, BASS_DRUM = 60, 36
STRAIGHT = tuple(name for name in GRIDS if name != "off" and not name.endswith("T"))  # coarse to fine


def step_playhead(roll: RollState, by: int) -> None:
    """Move the playhead to the next line of the grid (1) or the one before (-1); bar lines are among them."""
    at, step, bars = roll.playhead, roll.nudge_step, roll.bars
    if by > 0:
        put_playhead(roll, min(bars.snap(at, step, "down") + step, bars.bar_end(int(at) + 1)))
    else:
        put_playhead(roll, bars.snap(max(0, math.ceil(at) - 1), step, "down"))


def step_bar(roll: RollState, by: int) -> None:
    """Move the playhead to the next bar line (1) or the one before (-1)."""
    at = roll.playhead
    put_playhead(roll, roll.bars.bar_end(int(at) + 1) if by > 0 else roll.bars.bar_start(max(0, math.ceil(at) - 1)))


def put_playhead(roll: RollState, tick: int) -> None:
    """Put the playhead somewhere, bring it into sight and say where it is."""
    roll.seek_requested.emit(tick)
    roll.geometry.reveal(tick)
    bar, beat = roll.bars.place(tick)
    roll.say(tr("Playhead at bar {bar} beat {beat}").format(bar=bar, beat=beat))


def write_note(roll: RollState) -> None:
    """Write a note at the playhead, as long and loud as the last one, and go on behind it.

    It has the pitch of what is selected, else of the note before the playhead, so that arrows need not go far.
    """
    at, columns = roll.bars.snap(roll.playhead, roll.step, "down"), roll.table.columns
    if roll.mask.any():
        pitch = int(columns[PITCH, roll.selected[-1]])
    elif before := int(np.searchsorted(columns[START], at, side="right")):
        pitch = int(columns[PITCH, before - 1])
    else:
        pitch = BASS_DRUM if roll.current.drums else MIDDLE_C
    note = Note(at, pitch, roll.draw_length, roll.default_velocity)
    roll.commit(tr("Draw note"), edit.add_notes(roll.score, roll.track, (note,)))
    roll.sound(pitch)
    put_playhead(roll, note.end)
    roll.geometry.reveal(at, pitch)


def loop_selection(roll: RollState) -> None:
    """Repeat what is selected, from grid line to grid line."""
    if not roll.mask.any():
        roll.say(tr("Select the notes that shall be repeated"))
        return
    chosen = roll.table.columns[:, roll.selected]
    start, end = int(chosen[START].min()), int((chosen[START] + chosen[LENGTH]).max())
    roll.set_loop((roll.bars.snap(start, roll.nudge_step, "down"), roll.bars.snap(end, roll.nudge_step, "up")))


def zoom(roll: RollState, by: int) -> None:
    """Stretch time (1) or press it together (-1) about the playhead, or about the middle where it is out of sight."""
    x = roll.geometry.x_of(roll.playhead)
    roll.geometry.zoom_time(ZOOM**by, x if 0 <= x <= roll.geometry.width else roll.geometry.width / 2)


def zoom_rows(roll: RollState, by: int) -> None:
    """Make rows taller (1) or flatter (-1)."""
    roll.geometry.zoom_rows(ROWS * by, roll.geometry.height / 2)


def zoom_selection(roll: RollState) -> None:
    """Show what is selected as large as fits."""
    if not roll.mask.any():
        roll.say(tr("Select the notes that shall be seen"))
        return
    chosen = roll.table.columns[:, roll.selected]
    ends = chosen[START] + chosen[LENGTH]
    roll.geometry.fit(int(chosen[START].min()), int(ends.max()), int(chosen[PITCH].min()), int(chosen[PITCH].max()))


def change_grid(roll: RollState, how: str) -> None:
    """Snap to a "finer" or "coarser" grid, to one of "triplet"s or no longer, or "off" and on again."""
    name = roll.grid
    if name == "off" or how == "off":
        other = "off" if name != "off" else roll.last_grid
    elif how == "triplet":
        other = name[:-1] if name.endswith("T") else f"{name}T"
    else:
        at = STRAIGHT.index(name.rstrip("T")) + (1 if how == "finer" else -1)
        other = STRAIGHT[max(0, min(at, len(STRAIGHT) - 1))] + ("T" if name.endswith("T") else "")
    if other in GRIDS:
        roll.set_grid(other)
    roll.say(tr("Grid {name}").format(name=roll.grid) if roll.grid != "off" else tr("No grid"))
