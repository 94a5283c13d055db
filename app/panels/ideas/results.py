"""What a verb made, as the ideas panel keeps it: the last ten results, with the stars the composer gave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.i18n import tr
from app.views.mini_roll import Frame
from engine.codecs.catalog import codec
from engine.codecs.codec import Voice
from engine.commands.place import rescaled, rescaled_idea
from engine.models.registry import row as row_of
from engine.verbs.idea import Idea, ends

KEPT = 10  # results


@dataclass(eq=False)
class Result:
    """One answer of a verb.

    Attributes:
        verb: what was asked for.
        model: the registry row that answered.
        title: as the list of results calls it.
        ideas: what came, in order.
        ticks: length of the longest.
        bars: how many bars that is.
        ticks_per_quarter: resolution of their notes.
        starred: places of those to be kept.
        track: of the passage the verb worked on; None: whichever is edited.
    """

    verb: str
    model: str
    title: str
    ideas: tuple[Idea, ...]
    ticks: int
    bars: int
    ticks_per_quarter: int
    starred: set[int] = field(default_factory=set)
    track: int | None = None

    @classmethod
    def of(
        cls,
        verb: str,
        model: str,
        ideas: Sequence[Idea],
        ticks_per_quarter: int,
        compound: bool,
        when: datetime | None = None,
        track: int | None = None,
    ) -> Result:
        """A result that came just now; `compound` if it may be in bars of twelve sixteenths."""
        ideas = _at_home(ideas)
        how = codec(row_of(model).codec)
        short, long = (how.span_ticks(ticks_per_quarter, swaying) for swaying in (True, False))
        end = max((note.end for idea in ideas for voice in idea.voices for note in voice.notes), default=0)
        clock = f"{when or datetime.now():%H:%M}"
        title = tr("{verb} · {model}, {clock}").format(verb=name_of(verb), model=row_of(model).title, clock=clock)
        window = short if compound and end <= short else long
        ticks = max((idea.ticks or window for idea in ideas), default=window)
        bar = next((ticks_per_quarter * 4 * i.meter[0] // i.meter[1] for i in ideas if i.meter), window // how.bars)
        bars = max(1, round(ticks / bar))
        return cls(verb, model, title, tuple(ideas), ticks, bars, ticks_per_quarter, track=track)

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

    def idea(self, place: int, ticks_per_quarter: int) -> Idea:
        """One idea for a piece of that resolution."""
        return rescaled_idea(self.ideas[place], self.ticks_per_quarter, ticks_per_quarter)

    def belongs(self, places: Sequence[int]) -> bool:
        """Whether any of these ideas belongs to one place of the piece, so that they cannot follow one another."""
        return any(self.ideas[place].at is not None for place in places)

    def span(self, ticks_per_quarter: int) -> int:
        """Length of the longest idea in ticks of a piece of that resolution."""
        return round(self.ticks * ticks_per_quarter / self.ticks_per_quarter)

    @property
    def tree(self) -> bool:
        """Whether some of the ideas go on from others."""
        return any(idea.parent is not None for idea in self.ideas)

    @property
    def tips(self) -> int:
        """Ideas that no other goes on from."""
        return len(ends(self.ideas))

    def new(self, places: Sequence[int]) -> bool:
        """Whether there is anything in these ideas to be written: in mine, at the root of a tree, there is not."""
        return not self.tree or any(voice.notes for place in places for voice in self.ideas[place].to_write())

    def only_starred(self) -> Result | None:
        """What stays when it is cleared."""
        if not self.starred:
            return None
        ideas = tuple(replace(idea, parent=None) for place, idea in enumerate(self.ideas) if place in self.starred)
        stars = set(range(len(ideas)))
        return replace(self, ideas=ideas, starred=stars)


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


def _at_home(ideas: Sequence[Idea]) -> list[Idea]:
    """Ideas that belong nowhere stand where all their fellows do: "mine" is where it was read."""
    homes = {idea.at for idea in ideas if idea.at is not None}
    home = homes.pop() if len(homes) == 1 else None
    return [replace(idea, at=home) if idea.at is None else idea for idea in ideas]


def name_of(verb: str) -> str:
    """What the interface calls a verb."""
    from engine.verbs.catalog import VERBS

    known = VERBS.get(verb)
    return tr(known.title) if known is not None else verb.capitalize()
