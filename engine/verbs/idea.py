"""What comes of asking a model: music to hear and perhaps to use, with pictures that explain it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.codecs.codec import Voice


@dataclass(frozen=True)
class Picture:
    """A matrix to look at: attention, self-similarity, filters.

    Attributes:
        caption: what it is: "which of your notes each new one listens to".
        rows: brightness, from the top row down; any scale.
        across, down: what the two axes are.
    """

    caption: str
    rows: tuple[tuple[float, ...], ...]
    across: str = ""
    down: str = ""


@dataclass(frozen=True)
class Plot:
    """Curves over the rounds of some work: rewards, constraint errors.

    Attributes:
        caption: what is drawn.
        lines: name and values of each.
        across: what is counted from left to right.
    """

    caption: str
    lines: tuple[tuple[str, tuple[float, ...]], ...]
    across: str = ""


@dataclass(frozen=True)
class Idea:
    """Something to hear and perhaps use.

    Attributes:
        caption: a few letters: "round 3", "0.25", "unit 12".
        voices: its notes from tick 0 on, one voice per track.
        code: where it lies in the model's latent space, if it has one.
        remark: what should be known of it, e.g. how much of it is in one training piece.
        row: heading of the row it stands in, where a verb makes several rows.
        at: tick of the piece where it belongs; None: wherever the composer's marker is.
        ticks: its length; 0: one window of the model.
        fresh: first tick and end of what is new in it: only that is written; None: all of it.
        written: numbers of the voices that are written; None: all. The others are there to be heard.
        pictures: what explains it.
        meter: of its bars, where it has one of its own.
        parent: place in the list of the idea it goes on from, whose music it begins with; None: it goes on from none.
    """

    caption: str
    voices: tuple[Voice, ...]
    code: tuple[float, ...] = ()
    remark: str = ""
    row: str = ""
    at: int | None = None
    ticks: int = 0
    fresh: tuple[int, int] | None = None
    written: tuple[int, ...] | None = None
    pictures: tuple[Picture | Plot, ...] = ()
    meter: tuple[int, int] | None = None
    parent: int | None = None

    def to_write(self) -> tuple[Voice, ...]:
        """The voices that are written, their notes from the first fresh tick on; the last may sound beyond the end."""
        chosen = [v for n, v in enumerate(self.voices) if self.written is None or n in self.written]
        if self.fresh is None:
            return tuple(chosen)
        first, end = self.fresh
        return tuple(
            replace(voice, notes=tuple(
                replace(note, start=note.start - first) for note in voice.notes if first <= note.start < end
            ))
            for voice in chosen
        )  # fmt: skip


def ends(ideas: Sequence[Idea]) -> list[Idea]:
    """Those that no other goes on from: of a tree its tips, of others all."""
    parents = {idea.parent for idea in ideas}
    return [idea for place, idea in enumerate(ideas) if place not in parents]
