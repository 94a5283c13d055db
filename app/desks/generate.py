"""What the composer asks of the models, and why that cannot be done now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from app.i18n import tr
from app.music_given import TEXTURES, Given, Place, bars_words, given
from app.passages import Use
from app.views.roll.bars import Bars
from engine.codecs.catalog import codec as codec_of
from engine.commands.map_bars import map_span, sways
from engine.errors import UserError
from engine.events import Event, JobChanged
from engine.models.registry import find
from engine.verbs.catalog import VERBS
from engine.verbs.harmonize import AS_WRITTEN
from engine.verbs.holes import MARKED
from engine.verbs.transfer import length
from engine.verbs.verb import Passage

if TYPE_CHECKING:
    from engine.models.row import Row
    from engine.models.shelf import Entry
    from engine.session import Session
    from engine.verbs.verb import Verb

MANY = ("average", "compare", "pad")  # verbs that take every pin there is
USES = {
    "continues": Use.BEFORE,
    "inpaints": Use.AROUND,
    "rewrites": Use.AROUND,
    "harmonizes": Use.WHOLE,
    "transfers": Use.WHOLE,
    "follows": Use.OVER,
}
ENDED = ("done", "cancelled", "failed")


class GenerateDesk:
    """Answers the Generate menu and the cards of the models.

    Args:
        session: the engine.
        place: where the composer is.
        four: draws four candidates.
        put: puts the melody under the map's bars on the map.
    """

    def __init__(
        self,
        session: Session,
        place: Callable[[], Place],
        four: Callable[[], None],
        put: Callable[[], None],
    ) -> None:
        self._session, self._place, self._four, self._put = session, place, four, put
        self.playable = False
        self.trouble = ""  # why there is no map at all
        self._at_work: dict[int, str] = {}  # job -> the row it works for

    # the model on the map ------------------------------------------------------------------------------------------

    def why_not(self, action_id: str) -> str:
        """Why an action cannot be used now; empty if it can."""
        if self.trouble:
            return self.trouble
        if not self.playable:
            return tr("The model is being loaded; a moment.")
        if action_id == "generate.put" and not self._has_melody():
            return tr("Nothing is written in the bars of the map yet. Draw a melody there first.")
        return ""

    def generate_four(self) -> None:
        """Four melodies to hear; nothing is written until one is chosen."""
        self._four()

    def put_on_map(self) -> None:
        """Find the place on the map of the bars that are written there."""
        self._put()

    def morph_here(self) -> None:
        """Let the map write at the bar under the playhead, on the track that is edited."""
        place, session = self._place(), self._session
        start = Bars(session.score).bar_start(int(place.playhead))
        compound = sways(session.score, start)  # bars as they are there
        steering = replace(session.steering, at_tick=start, track=place.track, compound=compound)
        session.history.do(tr("move the map's bars"), steering=steering)

    def _has_melody(self) -> bool:
        steering, score = self._session.steering, self._session.score
        if steering.track >= len(score.tracks):
            return False
        start, stop = map_span(steering, score.ticks_per_quarter)
        starts = score.tracks[steering.track].columns[0]
        return bool(((starts >= start) & (starts < stop)).any())

    # the verbs of every model --------------------------------------------------------------------------------------

    def given(self, row: Row, verb: Verb, options: Any) -> Given:
        """The music a verb of a model would work on now."""
        one_voice = verb.capability == "harmonizes" and getattr(options, "voice", "") != AS_WRITTEN
        texture = row.codec in TEXTURES and not one_voice
        session, count = self._session, max(verb.windows, int(getattr(options, "start", "") == "mine"))
        more, use = verb.name in MANY, USES.get(verb.capability, Use.ALONE)
        wants_mark = getattr(options, "where", "") == MARKED
        place = self._place()
        found = given(session.score, session.steering, place, row.codec, count, texture, more, use, wants_mark)
        return self._longer(found, row, options.bars) if verb.capability == "transfers" else found

    def _longer(self, found: Given, row: Row, bars: int) -> Given:
        """The same music, with words for a passage that may be longer than a window of the model."""
        if not found.sources:
            return found
        first, score = found.sources[0], self._session.score
        bar = codec_of(row.codec).span_ticks(score.ticks_per_quarter, first.compound) // codec_of(row.codec).bars
        number = Bars(score).place(first.at_tick)[0]
        count = min(length(bars, found.marked, first.at_tick, bar), -(-(first.tracks[0].end - first.at_tick) // bar))
        whose = first.tracks[0].name or tr("track {number}").format(number=first.track + 1)
        words = tr("Works on {music}.").format(music=bars_words(number, number + max(1, count) - 1, whose))
        return replace(found, said=words)

    def blocked(self, entry: Entry) -> str:
        """Why a model cannot be used at all; empty if it can."""
        if entry.wrong:
            return entry.wrong
        if entry.path is None:
            words = tr("Not trained yet. In a terminal, “melomorph train {name}” makes its weights.")
            return words.format(name=entry.row.name)
        return ""

    def busy(self, row: Row) -> str:
        """Why a model must be waited for; empty if it need not."""
        return tr("{title} is at work; a moment.").format(title=row.title) if row.name in self._at_work.values() else ""

    def run_verb(self, row: Row, verb: Verb, options: Any) -> None:
        """Run a verb on the music at hand; what comes of it is shown as ideas.

        Raises:
            UserError: there is no music where it should be.
        """
        session, music = self._session, self.given(row, verb, options)
        if music.why_not:
            raise UserError(tr("There is no music to work on."), music.why_not)
        windows = music.windows(codec_of(row.codec), session.score.ticks_per_quarter)
        compound = music.sources[0].compound if music.sources else session.steering.compound
        place = self._place()  # a verb that needs no music may still look at the piece: its meter, its key
        at = music.at_tick if music.at_tick >= 0 else session.steering.at_tick
        here = Passage(session.score, at, place.track)
        passage = music.passage(session.score) or (here if session.score.tracks else None)
        job = session.ask.verb(verb.name, row.name, options, windows, compound, music.titles, passage)
        self._at_work[job] = row.name

    def fill_pad(self) -> None:
        """The model on the map fills a pad between its pins."""
        known = find(self._session.steering.model)
        if known is not None:
            self.run_verb(known, VERBS["pad"], VERBS["pad"].options())

    def show_on_map(self, row: Row) -> None:
        """Make a model the one whose map is shown."""
        self._session.ask.choose_map(row.name)

    def on_event(self, event: Event) -> bool:
        """Follow the jobs; returns whether a model came free."""
        if isinstance(event, JobChanged) and event.state in ENDED:
            return self._at_work.pop(event.job_id, None) is not None
        return False
