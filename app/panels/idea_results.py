"""What a verb made, as the ideas panel keeps it: the last ten results, with the stars the composer gave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from app.i18n import tr
from app.views.mini_roll import Frame
from engine.codecs.catalog import codec
from engine.codecs.codec import Voice
from engine.commands.place import rescaled
from engine.models.registry import REGISTRY

if TYPE_CHECKING:
    from engine.verbs.verb import Idea

KEPT = 10  # results


@dataclass(eq=False)
class Result:
    """One answer of a verb.

    Attributes:
        verb: what was asked for.
        model: the registry row that answered.
        title: as the list of results calls it.
        ideas: what came, in order.
        ticks: length of each.
        bars: how many bars that is.
        ticks_per_quarter: resolution of their notes.
        starred: places of those to be kept.
    """

    verb: str
    model: str
    title: str
    ideas: tuple[Idea, ...]
    ticks: int
    bars: int
    ticks_per_quarter: int
    starred: set[int] = field(default_factory=set)

    @classmethod
    def of(
        cls,
        verb: str,
        model: str,
        ideas: Sequence[Idea],
        ticks_per_quarter: int,
        compound: bool,
        when: datetime | None = None,
    ) -> Result:
        """A result that came just now; `compound` if it may be in bars of twelve sixteenths."""
        how = codec(REGISTRY[model].codec)
        short, long = (how.span_ticks(ticks_per_quarter, swaying) for swaying in (True, False))
        end = max((note.end for idea in ideas for voice in idea.voices for note in voice.notes), default=0)
        clock = f"{when or datetime.now():%H:%M}"
        title = tr("{verb} · {model}, {clock}").format(verb=name_of(verb), model=REGISTRY[model].title, clock=clock)
        ticks = short if compound and end <= short else long
        return cls(verb, model, title, tuple(ideas), ticks, how.bars, ticks_per_quarter)

    @property
    def rows(self) -> list[tuple[str, list[int]]]:
        """Headings, and the places of the ideas below each, in the order in which they came.

        Where several systems answer in several lines ("VAE, line 2"), equal lines stand below one another.
        """
        found: dict[str, list[int]] = {}
        for place, idea in enumerate(self.ideas):
            found.setdefault(idea.row, []).append(place)
        lines = [heading.rpartition(", ")[2] for heading in found]
        if len(set(lines)) == len(lines):
            return list(found.items())
        return sorted(found.items(), key=lambda row: lines.index(row[0].rpartition(", ")[2]))

    @property
    def frame(self) -> Frame:
        """The stretch of time of each idea."""
        return Frame(0, self.ticks, self.bars)

    def voices(self, place: int, ticks_per_quarter: int) -> tuple[Voice, ...]:
        """The voices of one idea for a piece of that resolution."""
        return rescaled(self.ideas[place].voices, self.ticks_per_quarter, ticks_per_quarter)

    def span(self, ticks_per_quarter: int) -> int:
        """Length of each idea in ticks of a piece of that resolution."""
        return round(self.ticks * ticks_per_quarter / self.ticks_per_quarter)

    def only_starred(self) -> Result | None:
        """What stays when it is cleared."""
        if not self.starred:
            return None
        ideas = tuple(idea for place, idea in enumerate(self.ideas) if place in self.starred)
        stars = set(range(len(ideas)))
        return Result(self.verb, self.model, self.title, ideas, self.ticks, self.bars, self.ticks_per_quarter, stars)


class Results:
    """The last ten results, newest first; those with stars stay longer."""

    def __init__(self) -> None:
        self.items: list[Result] = []

    def add(self, result: Result) -> None:
        """Put one at the head; the oldest without a star makes way."""
        self.items.insert(0, result)
        for old in reversed(self.items[1:]):
            if len(self.items) <= KEPT:
                break
            if not old.starred:
                self.items.remove(old)

    def clear(self, result: Result) -> Result | None:
        """Forget a result but for its stars; returns what stays of it."""
        place = next(i for i, known in enumerate(self.items) if known is result)
        kept = result.only_starred()
        self.items[place : place + 1] = [] if kept is None else [kept]
        return kept


def name_of(verb: str) -> str:
    """What the interface calls a verb."""
    from engine.verbs.catalog import VERBS

    known = VERBS.get(verb)
    return tr(known.title) if known is not None else verb.capitalize()
