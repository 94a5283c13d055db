"""Which tracks are heard: mute and solo, of the ear only. They are no part of the document and never of an export."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.score import Score


@dataclass(frozen=True)
class Hearing:
    """What the composer listens to.

    Attributes:
        muted: indices of tracks that are silent.
        solo: indices of tracks that are heard alone; none: all but the muted ones.
    """

    muted: frozenset[int] = frozenset()
    solo: frozenset[int] = frozenset()

    def hears(self, track: int) -> bool:
        """Whether a track sounds: solo outdoes mute."""
        return track in self.solo if self.solo else track not in self.muted

    def with_mute(self, track: int) -> Hearing:
        """The same with one track's mute turned over."""
        return replace(self, muted=self.muted ^ {track})

    def with_solo(self, track: int) -> Hearing:
        """The same with one track's solo turned over."""
        return replace(self, solo=self.solo ^ {track})

    def of(self, score: Score) -> Score:
        """The score with silent tracks emptied; the others keep their places, and so their channels."""
        if not (self.muted or self.solo):
            return score
        heard = (track if self.hears(i) else replace(track, notes=()) for i, track in enumerate(score.tracks))
        return replace(score, tracks=tuple(heard))
