"""What a composer can ask of a model in one word: draw, dream, repair, harmonize. One file per verb beside this one.

A verb takes windows of music and options, and gives ideas: things to hear and perhaps to use. It changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.codecs.codec import Codec, Tokens, Voice
from engine.jobs.job import Report
from engine.models.row import Row

if TYPE_CHECKING:
    from engine.models.shelf import Shelf


@dataclass(frozen=True)
class Idea:
    """Something to hear and perhaps use.

    Attributes:
        caption: a few letters: "round 3", "0.25", "unit 12".
        voices: its notes from tick 0 on, one voice per track.
        code: where it lies in the model's latent space, if it has one.
        remark: what should be known of it, e.g. how much of it is in one training piece.
        row: heading of the row it stands in, where a verb makes several rows.
    """

    caption: str
    voices: tuple[Voice, ...]
    code: tuple[float, ...] = ()
    remark: str = ""
    row: str = ""


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
    """

    row: Row
    shelf: Shelf
    codec: Codec
    windows: tuple[Tokens, ...]
    compound: bool
    ticks_per_quarter: int
    options: Any
    titles: tuple[str, ...] = ()

    @property
    def network(self) -> Any:
        """The trained network. Imports torch."""
        return self.shelf.network(self.row.name)

    def idea(self, caption: str, tokens: Tokens, code: tuple[float, ...] = (), remark: str = "", row: str = "") -> Idea:
        """An idea of one window of tokens."""
        return Idea(caption, self.codec.write(tokens, self.ticks_per_quarter), code, remark, row)


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
    """

    name: str
    title: str
    text: str
    capability: str
    windows: int
    options: type
    run: Callable[[Asked, Report], list[Idea]]
    rows: tuple[str, ...] = ()

    def offered_by(self, row: Row) -> bool:
        """Whether a system can be asked for it."""
        return self.capability in row.capabilities and (not self.rows or row.name in self.rows)
