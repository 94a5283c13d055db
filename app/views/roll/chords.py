"""The chords over one roll: where the hand stands among them, which one is looked at, and what is done to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from app.i18n import tr
from engine.commands import chords as edits
from engine.commands.accompany import heard, play_chords
from engine.score import Chord, Quality, Score
from engine.score.chords import parse_chord

if TYPE_CHECKING:
    from app.views.roll.state import RollState

LISTEN_MS = 700  # how long a chord sounds when it is set
LOUD = 70


@dataclass(frozen=True)
class Moving:
    """A chord under way: the tick it comes from, where it would be let go, and whether it stays as well."""

    tick: int
    to: int
    copies: bool = False


class RollChords(QObject):
    """Chords of the piece as the lane shows and edits them. Each change is one undo step.

    Args:
        roll: whose score, bars and key are meant.

    Attributes:
        starts, ends: ticks of all chords and where each is over, int64 [n].
        place: tick at which the hand stands in the lane, on a chord or not; None before it was ever there.
        looked_at: number of the chord whose tones the roll shows; -1: none.
        tones: the roll shows the tones of every chord.
        moving: what a drag shows before it is committed.
    """

    changed = Signal()  # other chords
    place_changed = Signal()
    moving_changed = Signal()
    tones_changed = Signal()

    def __init__(self, roll: RollState) -> None:
        super().__init__()
        self._roll = roll
        self._shown: tuple[Chord, ...] | None = None
        self._end = 0
        self._names: dict[tuple[object, ...], str] = {}
        self.starts: NDArray[np.int64] = np.zeros(0, np.int64)
        self.ends: NDArray[np.int64] = np.zeros(0, np.int64)
        self.place: int | None = None
        self.looked_at = -1
        self.tones = False
        self.moving: Moving | None = None
        roll.notes_changed.connect(self.refresh)

    def refresh(self) -> None:
        """Look at the chords of the score again."""
        score, end = self._roll.score, self._roll.piece_end
        if score.chords is self._shown and end == self._end:
            return
        self._shown, self._end, self.moving, self.looked_at = score.chords, end, None, -1
        self.starts = np.array([chord.tick for chord in score.chords], dtype=np.int64)
        self.ends = np.append(self.starts[1:], end)[: len(self.starts)]
        self.changed.emit()
        self.tones_changed.emit()

    # ------------------------------------------------------------------------------------------------ what is there

    @property
    def all(self) -> tuple[Chord, ...]:
        """Every chord."""
        return self._shown or ()

    @property
    def chosen(self) -> Chord | None:
        """The chord that begins where the hand stands."""
        return None if self.place is None else self.at(self.place)

    def at(self, tick: int) -> Chord | None:
        """The chord that begins on a tick."""
        number = int(np.searchsorted(self.starts, tick))
        return self.all[number] if number < len(self.starts) and self.starts[number] == tick else None

    def number_at(self, tick: float) -> int:
        """Number of the chord that sounds at a tick; -1: none."""
        number = int(np.searchsorted(self.starts, tick, side="right")) - 1
        return number if number >= 0 and tick < self.ends[number] else -1

    def name(self, chord: Chord) -> str:
        """A chord in the spelling of the key one writes in there."""
        fifths = self._roll.scale.key_at(chord.tick).fifths
        key = chord.root, chord.quality, chord.bass, fifths
        if key not in self._names:
            self._names[key] = shown(chord.name(fifths))
        return self._names[key]

    def describe(self, tick: int) -> str:
        """A place in words: "Bar 3 beat 1, F sharp minor seventh"."""
        bar, beat = self._roll.bars.place(tick)
        chord = self.at(tick)
        words = chord.spoken(self._roll.scale.key_at(tick).fifths) if chord else tr("nothing written")
        return tr("Bar {bar} beat {beat}, {chord}").format(bar=bar, beat=beat, chord=words)

    def stop(self, tick: int, by: int) -> int:
        """The next place (1), or the one before (-1), where a bar or a chord begins."""
        bars, start = self._roll.bars, self._roll.bars.bar_start(tick)
        if by > 0:
            later = self.starts[self.starts > tick]
            return min(bars.bar_end(tick + 1), int(later[0]) if len(later) else 2**31)
        earlier = self.starts[self.starts < tick]
        before = start if start < tick else bars.bar_start(max(0, tick - 1))
        return max(before, int(earlier[-1]) if len(earlier) else 0)

    # ------------------------------------------------------------------------------------------- where the hand is

    def go_to(self, tick: int, listen: bool = False) -> None:
        """Stand at a tick, bring it into sight and say what is there; with `listen` it is heard."""
        self.place = max(0, tick)
        self._roll.geometry.reveal(self.place)
        self.place_changed.emit()
        self._roll.say(self.describe(self.place))
        if listen and (chord := self.chosen) is not None:
            self.hear(chord)

    def look_at(self, number: int) -> None:
        """Show the tones of a chord in the roll; -1: of none."""
        if number != self.looked_at:
            self.looked_at = number
            self.tones_changed.emit()

    def set_tones(self, shown: bool) -> None:
        """Show the tones of every chord in the roll, or no longer."""
        self.tones = shown
        self.tones_changed.emit()

    def set_moving(self, moving: Moving | None) -> None:
        """Paint a drag that is not committed yet; None removes it."""
        if moving != self.moving:
            self.moving = moving
            self.moving_changed.emit()

    def hear(self, chord: Chord) -> None:
        """Let a chord be heard for a moment, on the instrument of the track."""
        track, player = self._roll.current, self._roll.session.player
        for pitch in heard(chord):
            player.audition(pitch, LOUD, 0 if track.drums else track.program, LISTEN_MS, False)

    # -------------------------------------------------------------------------------------------------- doing things

    def put(self, tick: int, chord: Chord) -> None:
        """Write a chord at a tick, and hear it."""
        label = tr("Change chord") if self.at(tick) else tr("Set chord")
        self._commit(label, edits.set_chord(self._roll.score, chord.at(tick)))
        self.go_to(tick, listen=True)

    def put_typed(self, tick: int, text: str) -> None:
        """Write what was typed; nothing typed takes away what is there (UserError if it is no chord)."""
        if text.strip():
            self.put(tick, parse_chord(text, tick))
        elif self.at(tick) is not None:
            self.remove(tick)

    def remove(self, tick: int) -> None:
        """Take away the chord that begins on a tick; the one before lasts on."""
        if self.at(tick) is not None:
            self._commit(tr("Delete chord"), edits.remove_chords(self._roll.score, {tick}))
            self.go_to(tick)

    def remove_all(self) -> None:
        """Take every chord away."""
        if self.all:
            self._commit(tr("Delete all chords"), edits.remove_chords(self._roll.score, set(self.starts.tolist())))

    def move(self, tick: int, to: int, copies: bool = False) -> None:
        """Move or copy a chord to another tick, in the place of what begins there."""
        chord = self.at(tick)
        self.set_moving(None)
        if chord is None or to == tick or to < 0:
            return
        score = self._roll.score
        if copies:
            self._commit(tr("Copy chord"), edits.set_chord(score, chord.at(to)))
        else:
            self._commit(tr("Move chord"), edits.move_chord(score, tick, to))
        self.go_to(to)

    def step(self, tick: int, by: int) -> None:
        """Change a chord to the next triad of the key above or below it."""
        chord = self.at(tick)
        if chord is None:
            return
        key = self._roll.scale.key_at(tick)
        roots = {one.root: one for one in edits.chords_of_key(key)[:7]}
        root = chord.root
        for _ in range(12):
            root = (root + by) % 12
            if root in roots:
                break
        self.put(tick, roots[root])

    def find(self, every: str) -> None:
        """Write the likely chords of the music, in the bars of the selection or in all (UserError: no music there)."""
        roll = self._roll
        notes = roll.notes()
        span = (min(note.start for note in notes), max(note.end for note in notes)) if notes else None
        before = len(self.all)
        self._commit(tr("Find chords"), edits.find_chords(roll.score, span, every))
        found = len(self.all) - before
        words = tr("{count} chords found") if found != 1 else tr("One chord found")
        roll.say(words.format(count=found) if found else tr("Every bar has its chord already"))

    def play(self, style: str) -> None:
        """Write the chords as notes on a track of their own (UserError: there are none)."""
        played = play_chords(self._roll.score, style)
        self._commit(tr("Play chords"), played.score)
        name = played.score.tracks[played.track].name
        self._roll.say(tr("The chords are on the track {name}").format(name=name))

    def _commit(self, label: str, score: Score) -> None:
        self._roll.session.history.do(label, score=score, initiator=self._roll)
        self._roll.refresh()


def shown(name: str) -> str:
    """The name of a chord with real signs: "F♯m7♭5"."""
    root, *rest = name.split("/")
    head = root[:1] + root[1:].replace("#", "♯").replace("b5", "♭5")
    if head[1:2] == "b":
        head = head[0] + "♭" + head[2:]
    return "/".join([head, *(part.replace("#", "♯").replace("b", "♭") for part in rest)])


def shown_degree(numeral: str) -> str:
    """A numeral with real signs: "♭VI", "♯ivø7"."""
    return numeral.replace("#", "♯").replace("b", "♭")


def is_silent(chord: Chord) -> bool:
    """Whether it says that there is no chord."""
    return chord.quality is Quality.NONE
