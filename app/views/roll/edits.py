"""What keys and menus do to the selection of a roll. Each change is one undo step."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from app.i18n import tr
from app.views.roll.bars import grid_ticks
from app.views.roll.grid import called
from app.views.roll.note_table import LENGTH, PITCH, START, Indices
from app.views.roll.options import Humanise, Quantise, Transpose
from app.views.roll.state import RollState
from app.views.roll.telling import commit_told
from engine.commands import edit
from engine.commands.edit import Clip
from engine.commands.humanize import humanize
from engine.score import Note
from engine.score.columns import GENERATED, LOCKED, is_generated, to_notes


class RollEdits:
    """Commands over a selection.

    Args:
        roll: what is edited; its selection is meant.

    Attributes:
        quantise: how `quantize` does it.
    """

    def __init__(self, roll: RollState) -> None:
        self._roll = roll
        self._clip: Clip | None = None
        self.quantise = Quantise()

    # -------------------------------------------------------------------------------------------------- selecting

    def select_all(self) -> None:
        """Select every note of the track."""
        self._roll.select(np.arange(len(self._roll.table)))
        self._roll.say(self._roll.count_text())

    def step_note(self, by: int) -> None:
        """Select the next (1) or the one before (-1), sound it, say it and bring it into sight."""
        roll = self._roll
        if not len(roll.table):
            return
        chosen = roll.selected
        if len(chosen):
            index = int(chosen[-1 if by > 0 else 0]) + by
        else:  # from the left edge of what is seen
            index = int(np.searchsorted(roll.table.columns[START], roll.geometry.left))
            index -= by < 0
        index = max(0, min(index, len(roll.table) - 1))
        start, pitch, _, velocity, _ = (int(value) for value in roll.table.columns[:, index])
        roll.select([index])
        roll.geometry.reveal(start, pitch)
        roll.sound(pitch, velocity)

    # ---------------------------------------------------------------------------------------------------- changing

    def delete(self) -> None:
        """Remove what is selected."""
        if notes := self._roll.notes(self._roll.loose()):
            label = tr("Delete note") if len(notes) == 1 else tr("Delete notes")
            self._roll.commit(label, edit.remove_notes(self._roll.score, self._roll.track, notes))

    def copy(self) -> None:
        """Keep what is selected for pasting."""
        if notes := self._roll.notes():
            self._clip = edit.copy(notes, self._roll.score)
            self._roll.say(tr("{count} notes copied").format(count=len(notes)))

    def cut(self) -> None:
        """Copy and remove."""
        self.copy()
        if notes := self._roll.notes(self._roll.loose()):
            self._roll.commit(tr("Cut notes"), edit.remove_notes(self._roll.score, self._roll.track, notes))

    def paste(self) -> None:
        """Put what was copied at the playhead, on the grid."""
        if self._clip is not None:
            roll = self._roll
            at = roll.bars.snap(roll.playhead, roll.step, "down")
            roll.commit(tr("Paste notes"), edit.paste(roll.score, roll.track, self._clip, at))
            roll.geometry.reveal(at)

    def duplicate(self) -> None:
        """Repeat what is selected right after itself, a whole number of grid steps later."""
        roll = self._roll
        if notes := roll.notes():
            span = max(note.end for note in notes) - notes[0].start
            whole = -(-span // roll.nudge_step) * roll.nudge_step  # the copy keeps its place in the grid
            roll.commit(tr("Duplicate notes"), edit.duplicate(roll.score, roll.track, notes, whole))

    @property
    def meant(self) -> Indices:
        """Indices of what a command over notes changes: those selected, or all where none is."""
        roll = self._roll
        return roll.loose(roll.selected if roll.mask.any() else np.arange(len(roll.table)))

    def quantize(self) -> None:
        """Move onsets to the grid, those selected or all, as the dialog was left the last time."""
        if len(meant := self.meant):
            commit_told(self._roll, tr("Quantise"), self.quantized(meant, self.quantise), len(meant))

    def quantized(self, meant: Indices, options: Quantise) -> edit.Edit:
        """What quantising these notes would give."""
        roll = self._roll
        step = grid_ticks(options.grid, roll.score.ticks_per_quarter) if options.grid else roll.nudge_step
        part, swing = options.strength / 100, options.swing / 100
        return edit.quantize(roll.score, roll.track, roll.notes(meant), max(1, step), part, swing)

    def humanized(self, meant: Indices, options: Humanise) -> edit.Edit:
        """What humanising these notes would give."""
        roll = self._roll
        return humanize(roll.score, roll.track, roll.notes(meant), options.timing, options.velocity, options.seed)

    def join(self) -> None:
        """Make neighbours of one pitch one note."""
        if notes := self._roll.notes(self._roll.loose()):
            self._roll.commit(tr("Join notes"), edit.join(self._roll.score, self._roll.track, notes))

    def legato(self) -> None:
        """Let every note last until the next begins."""
        if notes := self._roll.notes(self._roll.loose()):
            self._roll.commit(tr("Legato"), edit.legato(self._roll.score, self._roll.track, notes))

    def split(self) -> None:
        """Cut at the playhead what is selected (or everything there); else cut each selected note in the middle."""
        roll = self._roll
        columns, tick = roll.table.columns, int(roll.playhead)
        across = (columns[START] < tick) & (columns[START] + columns[LENGTH] > tick)
        met = roll.loose(np.flatnonzero(across & roll.mask) if roll.mask.any() else np.flatnonzero(across))
        if len(met):
            roll.commit(tr("Split notes"), edit.split_at(roll.score, roll.track, roll.notes(met), tick))
        elif notes := roll.notes(roll.loose()):
            halves = [half for note in notes for half in _halves(note)]
            roll.commit(tr("Split notes"), edit.replace_notes(roll.score, roll.track, notes, halves))

    def transpose(self, semitones: int) -> None:
        """Move what is selected up or down, sounding one note of it."""
        roll = self._roll
        if notes := roll.notes(roll.loose()):
            pitches = roll.table.columns[PITCH, roll.selected]
            if pitches.max() + semitones > 127 or pitches.min() + semitones < 0:
                roll.say(tr("There is no room for that: pitches end here"))
                return
            roll.commit(tr("Transpose"), edit.transpose(roll.score, roll.track, notes, semitones))
            self._after(sound=True)

    def transposed(self, meant: Indices, options: Transpose) -> edit.Edit:
        """What transposing these notes would give."""
        roll, notes = self._roll, self._roll.notes(meant)
        if options.unit == "scale" and notes:
            key = roll.scale.key_at(notes[0].start)
            return edit.transpose_in_scale(roll.score, roll.track, notes, options.amount, key)
        semitones = options.amount * (12 if options.unit == "octave" else 1)
        return edit.transpose(roll.score, roll.track, notes, semitones)

    def transpose_in_scale(self, steps: int) -> None:
        """Move what is selected by steps of the key in force (C major where none is written)."""
        roll = self._roll
        if notes := roll.notes(roll.loose()):
            key = roll.scale.key_at(notes[0].start)
            roll.commit(tr("Transpose"), edit.transpose_in_scale(roll.score, roll.track, notes, steps, key))
            self._after(sound=True)

    def nudge(self, steps: int) -> None:
        """Move what is selected by steps of the grid."""
        roll = self._roll
        if notes := roll.notes(roll.loose()):
            ticks = max(steps * roll.nudge_step, -int(roll.table.columns[START, roll.selected].min()))
            if ticks:
                roll.commit(tr("Move notes"), edit.move_notes(roll.score, roll.track, notes, ticks, 0))
                self._after()

    def lengthen(self, steps: int) -> None:
        """Make what is selected longer or shorter by steps of the grid; a note keeps one step at least."""
        roll = self._roll
        if notes := roll.notes(roll.loose()):
            ticks, least = steps * roll.nudge_step, roll.nudge_step
            roll.commit(tr("Resize notes"), edit.resize_notes(roll.score, roll.track, notes, ticks, least=least))
            roll.adopt(int(roll.selected[0]))
            self._after()

    def set_velocity(self, index: int, velocity: int) -> None:
        """Give one note, or all selected with it, a velocity."""
        roll = self._roll
        notes = roll.notes(roll.loose(roll.selected if roll.mask[index] else np.array([index])))
        values = (velocity,) * len(notes)
        roll.commit(tr("Set velocity"), edit.set_velocity(roll.score, roll.track, notes, values))
        roll.default_velocity = velocity

    def set_value(self, index: int, row: int, value: int) -> None:
        """Give one note another pitch, length or velocity: `row` of the table's columns says which."""
        roll, columns = self._roll, self._roll.table.columns[:, [index]].copy()
        columns[row] = value
        made = edit.replace_notes(roll.score, roll.track, roll.notes([index]), to_notes(columns))
        roll.commit(tr("Edit note"), made)

    def accept(self) -> None:
        """Take generated notes over as one's own: those selected, or all of the track where none of them is."""
        roll = self._roll
        made = is_generated(roll.table.columns)
        chosen = made & roll.mask
        notes = roll.notes(np.flatnonzero(chosen if chosen.any() else made))
        if notes:
            accepted = edit.accept(roll.score, roll.track, notes)
            roll.commit(tr("accept notes"), accepted, select=accepted.notes if chosen.any() else roll.notes())
            roll.say(tr("{count} notes are yours").format(count=len(notes)))

    def toggle_lock(self) -> None:
        """Lock what is selected; let it go where all of it is locked."""
        roll = self._roll
        if notes := roll.notes():
            locked = not all(note.locked for note in notes)
            label = tr("Lock notes") if locked else tr("Unlock notes")
            roll.commit(label, edit.lock(roll.score, roll.track, notes, locked))
            words = tr("{count} notes locked") if locked else tr("{count} notes unlocked")
            roll.say(words.format(count=len(notes)))

    def _after(self, sound: bool = False) -> None:
        roll = self._roll
        if not len(roll.selected):
            return
        start, pitch, _, velocity, _ = (int(value) for value in roll.table.columns[:, roll.selected[0]])
        roll.geometry.reveal(start, pitch)
        if sound:
            roll.sound(pitch, velocity)


def _halves(note: Note) -> tuple[Note, ...]:
    """A note cut in the middle; one tick cannot be cut."""
    first = note.length // 2
    if not first:
        return (note,)
    return replace(note, length=first), replace(note, start=note.start + first, length=note.length - first)


def fit(roll: RollState, bars: int | None = None) -> None:
    """Show the whole piece, or its first bars; an empty piece shows eight bars around middle C."""
    parts = [table.columns for table in (roll.table, roll.others) if len(table)]
    bar = roll.score.bar_ticks(roll.score.meters[0])
    last = roll.piece_end if parts else max(8 * bar, roll.piece_end)
    if bars is not None:
        last = min(last, bars * bar)
    if not parts:
        pitches = np.array([55, 79])
    else:  # the beginning shows the track that is edited, the whole piece shows every track
        shown = [part[PITCH, part[START] < last] for part in parts[: 1 if bars else 2]]
        pitches = np.concatenate(shown) if any(map(len, shown)) else parts[0][PITCH]
    low, high = int(pitches.min()), int(pitches.max())
    middle, reach = (low + high) // 2, max(high - low, 20) // 2
    roll.geometry.fit(0, last, max(0, middle - reach), min(127, middle + reach))


def describe(roll: RollState) -> str:
    """The selection in words: one note as "C5, bar 3 beat 2, eighth, velocity 80", several by their number."""
    chosen = roll.selected
    if len(chosen) != 1:
        return roll.count_text() if len(chosen) else ""
    start, pitch, length, velocity, marks = (int(value) for value in roll.table.columns[:, chosen[0]])
    fifths = roll.score.keys[0].fifths if roll.score.keys else 0
    bar, beat = roll.bars.place(start)
    text = tr("{name}, bar {bar} beat {beat}, {length}, velocity {velocity}").format(
        name=called(roll, pitch, fifths),
        bar=bar,
        beat=beat,
        length=length_name(length, roll.score.ticks_per_quarter),
        velocity=velocity,
    )
    return text + (tr(", generated") if marks & GENERATED else "") + (tr(", locked") if marks & LOCKED else "")


def length_name(ticks: int, ticks_per_quarter: int) -> str:
    """A length as musicians call it, or in beats where it has no name."""
    names = {
        4.0: tr("whole"),
        3.0: tr("dotted half"),
        2.0: tr("half"),
        1.5: tr("dotted quarter"),
        1.0: tr("quarter"),
        0.75: tr("dotted eighth"),
        0.5: tr("eighth"),
        0.25: tr("sixteenth"),
        0.125: tr("thirty-second"),
    }
    quarters = ticks / ticks_per_quarter
    if quarters in names:
        return names[quarters]
    if (thirds := quarters * 1.5) in names:
        return tr("{name} triplet").format(name=names[thirds])
    return tr("{count:.2f} quarters").format(count=quarters)
