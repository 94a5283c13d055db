"""A card dragged out of its panel: into the roll of the piece, or as a MIDI file into whatever program takes files."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import chain, count
from pathlib import Path

import numpy as np
from PySide6.QtCore import QMimeData, QPoint, Qt, QTimer, QUrl
from PySide6.QtGui import QDrag, QPixmap
from PySide6.QtWidgets import QApplication, QWidget

from app.views.roll.note_table import START
from engine.codecs.codec import Voice
from engine.commands.arrange import tempo_at
from engine.commands.place import Placed, place, rescaled
from engine.errors import UserError
from engine.score import Meter, Note, Origin, Score, Track
from engine.score.columns import GENERATED, Columns, to_columns
from engine.score.midi_write import write_midi

KIND = "application/x-melomorph-music"  # of the data that only this studio reads
MOST = 8_000_000  # bytes of it: what comes by drag and drop may come from anywhere


@dataclass(frozen=True)
class Carried:
    """Music in the hand.

    Attributes:
        label: of the undo step that writes it.
        voices: what is written, from tick 0 on.
        ticks: how much of the piece it takes.
        ticks_per_quarter: its resolution.
    """

    label: str
    voices: tuple[Voice, ...]
    ticks: int
    ticks_per_quarter: int

    def placed(self, score: Score, tick: int, track: int) -> Placed:
        """The piece with it at a tick; a nameless voice on `track`, a named one on the track of that name."""
        return place(score, [self._fitted(score)], tick, self.span(score), track)

    def span(self, score: Score) -> int:
        """Its length in ticks of a piece."""
        return max(1, round(self.ticks * score.ticks_per_quarter / self.ticks_per_quarter))

    def columns(self, score: Score, tick: int) -> Columns:
        """Its notes at a place of the piece, sorted by start."""
        columns = to_columns([note for voice in self._fitted(score) for note in voice.notes])
        columns[START] += tick
        return columns[:, np.argsort(columns[START], kind="stable")]

    def _fitted(self, score: Score) -> tuple[Voice, ...]:
        return rescaled(self.voices, self.ticks_per_quarter, score.ticks_per_quarter)

    def data(self) -> bytes:
        """As it travels."""
        voices = [[v.name, v.program, v.track, to_columns(v.notes).tolist()] for v in self.voices]
        return json.dumps([self.label, self.ticks, self.ticks_per_quarter, voices]).encode()

    @classmethod
    def of(cls, mime: QMimeData) -> Carried | None:
        """What a drag brings; None if it is something else, or no music after all."""
        if not mime.hasFormat(KIND):
            return None
        data = bytes(mime.data(KIND).data())
        try:
            label, ticks, resolution, voices = json.loads(data if len(data) <= MOST else b"")
            if not (0 < int(ticks) < 2**31 and 0 < int(resolution) < 2**15):
                return None
            made = tuple(_voice(*voice) for voice in voices)
            return cls(str(label), made, int(ticks), int(resolution))
        except (ValueError, TypeError, OverflowError, RecursionError):
            return None


def _voice(name: str, program: int, track: int | None, columns: list[list[int]]) -> Voice:
    notes = tuple(
        Note(int(start), int(pitch), int(length), int(velocity), Origin.GENERATED if marks & GENERATED else Origin.MINE)
        for start, pitch, length, velocity, marks in zip(*columns, strict=True)
    )
    if not 0 <= program <= 127:
        raise ValueError("no such instrument")
    return Voice(str(name), program, notes, None if track is None else int(track))


def far_enough(pressed: QPoint, now: QPoint) -> bool:
    """Whether the hand has left the place where it pressed, so that it drags."""
    return (now - pressed).manhattanLength() >= QApplication.startDragDistance()


def alone(score: Score, voices: Sequence[Voice], tick: int, track: int, meter: tuple[int, int] | None = None) -> Score:
    """Voices as a piece of their own, in tempo, meter and key of a place in the piece they are for.

    Args:
        score: that piece.
        voices: notes from tick 0 on; nameless ones get name and instrument of `track`.
        tick: the place.
        track: an index beyond the last means the last.
        meter: where they have one of their own.
    """
    home = score.tracks[min(track, len(score.tracks) - 1)] if score.tracks else Track()
    named = [voice if voice.name else replace(voice, name=home.name, program=home.program) for voice in voices]
    keys = [key for key in score.keys if key.tick <= tick][-1:]
    return Score(
        tracks=tuple(Track.of(voice.notes, voice.name, voice.program) for voice in named),
        tempos=(replace(tempo_at(score, tick), tick=0),),
        meters=(Meter(0, *meter) if meter else replace(score.meter_at(tick), tick=0),),
        keys=tuple(replace(key, tick=0) for key in keys),
        ticks_per_quarter=score.ticks_per_quarter,
    )


def carry(source: QWidget, music: Carried, heard: Score, picture: QPixmap | None = None) -> None:
    """Let the hand carry music until it lets go; whoever takes it writes it.

    Args:
        source: where the drag began.
        music: for a roll.
        heard: the same as a piece of its own, for other programs.
        picture: under the mouse meanwhile; the whole of `source` by default.
    """
    mime = QMimeData()
    mime.setData(KIND, music.data())
    if (path := _as_file(heard, music.label)) is not None:
        mime.setUrls([QUrl.fromLocalFile(str(path))])
    drag = QDrag(source.window())  # the card itself may go meanwhile: new ideas come while the hand is on its way
    drag.setMimeData(mime)
    shown = source.grab() if picture is None else picture
    drag.setPixmap(shown)
    drag.setHotSpot(QPoint(0, round(shown.height() / shown.devicePixelRatio() / 2)))
    QTimer.singleShot(0, drag, partial(_begin, drag))


def _begin(drag: QDrag) -> None:
    if QApplication.mouseButtons() & Qt.MouseButton.LeftButton:  # else the hand was quicker
        drag.exec(Qt.DropAction.CopyAction)
    drag.deleteLater()


def _as_file(score: Score, title: str) -> Path | None:
    """A MIDI file of a name that says what it is; None if the disk refuses: the roll can do without."""
    from engine.export_score import file_name

    words = file_name(title)
    try:
        names = chain([f"{words}.mid"], (f"{words} {n}.mid" for n in count(2)))
        path = next(path for path in map(Path(_folder().name).joinpath, names) if not path.exists())
        write_midi(score, path)
        return path
    except (OSError, UserError):
        return None


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    """Where files lie until they are taken; gone with the studio."""
    return tempfile.TemporaryDirectory(prefix="melomorph-", ignore_cleanup_errors=True)
