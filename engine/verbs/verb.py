"""What a composer can ask of a model in one word: draw, dream, harmonize, continue. One file per verb beside this one.

A verb takes windows of music and options, and gives ideas: things to hear and perhaps to use. It changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.codecs.codec import Codec, Tokens
from engine.jobs.job import Report
from engine.models.row import Row
from engine.score import Note, Score, Track
from engine.verbs.idea import Idea, Picture, Plot

if TYPE_CHECKING:
    from engine.models.shelf import Shelf

__all__ = ["Asked", "Idea", "Passage", "Picture", "Plot", "Verb"]


@dataclass(frozen=True)
class Passage:
    """Where in a piece a verb works; a snapshot.

    Attributes:
        score: the piece.
        at_tick: where the first window begins, a bar line.
        track: the one that is edited.
        texture: all pitched tracks are heard, not only the edited one.
        marked: first tick and end of what the composer marked, if anything.
        locked: notes of the piece that stay whatever happens.
    """

    score: Score
    at_tick: int
    track: int = 0
    texture: bool = False
    marked: tuple[int, int] | None = None
    locked: tuple[Note, ...] = ()

    @property
    def tracks(self) -> tuple[Track, ...]:
        """What is heard."""
        tracks = self.score.tracks
        if self.texture:
            return tuple(track for track in tracks if not track.drums)
        return (tracks[min(self.track, len(tracks) - 1)],)


def _nobody(idea: Idea) -> None:
    """Nobody watches."""


@dataclass(frozen=True)
class Asked:
    """All that a verb works on; nothing in it changes while it works.

    Attributes:
        row: the system that is asked.
        shelf: where its network is.
        codec: of the row.
        windows: the composer's music, as windows of the codec.
        compound: bars of 12 sixteenths.
        ticks_per_quarter: of the score the ideas are for.
        options: the verb's own.
        titles: what the windows are called, as far as they are called anything.
        passage: where in the piece the first window stands; None: nowhere, it was handed in.
        sketch: shows an idea while it takes shape; it is forgotten when the next one comes.
        keep: a finished idea, so that it is not lost if the composer stops the work.
    """

    row: Row
    shelf: Shelf
    codec: Codec
    windows: tuple[Tokens, ...]
    compound: bool
    ticks_per_quarter: int
    options: Any
    titles: tuple[str, ...] = ()
    passage: Passage | None = None
    sketch: Callable[[Idea], None] = field(default=_nobody, compare=False)
    keep: Callable[[Idea], None] = field(default=_nobody, compare=False)

    @property
    def network(self) -> Any:
        """The trained network. Imports torch."""
        return self.shelf.network(self.row.name)

    def idea(self, caption: str, tokens: Tokens, code: tuple[float, ...] = (), remark: str = "", row: str = "") -> Idea:
        """An idea of one window of tokens."""
        return Idea(caption, self.codec.write(tokens, self.ticks_per_quarter), code, remark, row)

    @property
    def span(self) -> int:
        """Length of a window in ticks."""
        return self.codec.span_ticks(self.ticks_per_quarter, self.compound)

    def place(self, ticks: int = 0) -> int | None:
        """The tick of the piece that lies so far behind the beginning of the passage; None without a passage."""
        return None if self.passage is None else self.passage.at_tick + ticks

    def window(self, ticks: int) -> Tokens:
        """The window of the piece that begins so far behind the beginning of the passage.

        Raises:
            UserError: nothing sounds there.
        """
        assert self.passage is not None
        at = self.passage.at_tick + ticks
        return self.codec.read(self.passage.tracks, self.ticks_per_quarter, at, self.compound)


@dataclass(frozen=True)
class Verb:
    """One word a composer can say to a model.

    Attributes:
        name, title, text: for commands, for buttons, and one sentence for tool tips and help.
        capability: what a system must have to offer it.
        windows: how many windows of the composer's music it needs.
        options: frozen dataclass of `option()` fields.
        run: does it.
        rows: the only systems that offer it, if not all with the capability do.
        codecs: the only codecs whose systems offer it, if not all do.
    """

    name: str
    title: str
    text: str
    capability: str
    windows: int
    options: type
    run: Callable[[Asked, Report], list[Idea]]
    rows: tuple[str, ...] = ()
    codecs: tuple[str, ...] = ()

    def offered_by(self, row: Row) -> bool:
        """Whether a system can be asked for it."""
        fits = (not self.rows or row.system in self.rows) and (not self.codecs or row.codec in self.codecs)
        return fits and self.capability in row.capabilities
