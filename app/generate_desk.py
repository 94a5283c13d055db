"""What the composer asks of the model on the map, and why that cannot be done now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from app.i18n import tr
from app.views.roll_bars import Bars
from engine.codecs.melody import span_ticks

if TYPE_CHECKING:
    from engine.session import Session


class GenerateDesk:
    """Answers the Generate menu and the model card.

    Args:
        session: the engine.
        place: where the playhead is (ticks) and which track is edited.
        four: draws four candidates.
        put: puts the melody under the map's two bars on the map.
    """

    def __init__(
        self,
        session: Session,
        place: Callable[[], tuple[float, int]],
        four: Callable[[], None],
        put: Callable[[], None],
    ) -> None:
        self._session, self._place, self._four, self._put = session, place, four, put
        self.playable = False
        self.trouble = ""  # why there is no map at all

    def why_not(self, action_id: str) -> str:
        """Why a verb cannot be used now; empty if it can."""
        if self.trouble:
            return self.trouble
        if not self.playable:
            return tr("The model is being loaded; a moment.")
        if action_id == "generate.put" and not self._has_melody():
            return tr("Nothing is written in the two bars of the map yet. Draw a melody there first.")
        return ""

    def generate_four(self) -> None:
        """Four melodies to hear; nothing is written until one is chosen."""
        self._four()

    def put_on_map(self) -> None:
        """Find the place on the map of the two bars that are written there."""
        self._put()

    def morph_here(self) -> None:
        """Let the map write at the bar under the playhead, on the track that is edited."""
        tick, track = self._place()
        session = self._session
        start = Bars(session.score).bar_start(int(tick))
        session.history.do(tr("move the map's bars"), steering=replace(session.steering, at_tick=start, track=track))

    def _has_melody(self) -> bool:
        steering, score = self._session.steering, self._session.score
        if steering.track >= len(score.tracks):
            return False
        start = steering.at_tick
        stop = start + span_ticks(score.ticks_per_quarter, steering.compound)
        starts = score.tracks[steering.track].columns[0]
        return bool(((starts >= start) & (starts < stop)).any())
