"""Which of the composer's music a verb works on: one place decides, the form says so before anything runs.

One window: the selection, else the bars where the map writes, else the bars at the playhead. Two windows: pins A and B
of the map, else the map's bars and the selection. A verb that works at a place in the piece hears all that stands
there, not the selected notes alone: `app/passages.py` finds that place.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from app.i18n import tr
from app.music_missing import missing, missing_two
from app.passages import Use, goals, mark_of, marked_words, opening, writing_place
from app.views.roll.bars import Bars
from engine.codecs.catalog import codec as codec_of
from engine.codecs.codec import Codec, Tokens
from engine.models.registry import find
from engine.score import Score, Track
from engine.score.columns import Columns, is_locked, no_columns, to_notes
from engine.verbs.verb import Passage

if TYPE_CHECKING:
    from engine.commands.document import Steering

LEAST_SELECTED = 2  # notes: one selected note is what the last click left behind
COMPOUND = {(6, 8), (3, 4)}  # meters whose bars have twelve sixteenths
TEXTURES = ("chorale", "roll", "frames", "stream")  # codecs that hear all tracks; their bars have sixteen sixteenths


@dataclass(frozen=True)
class Place:
    """Where the composer is: playhead in ticks, edited track, the notes selected there as columns [5, n], the loop."""

    playhead: float = 0.0
    track: int = 0
    selected: Columns = field(default_factory=no_columns)
    loop: tuple[int, int] | None = None


@dataclass(frozen=True)
class Source:
    """One window of music that could be given.

    Attributes:
        words: what it is, inside a sentence: "bars 3 to 4 of Melody".
        tracks: what sounds.
        at_tick: where the window begins in them.
        compound: whether its bars have twelve sixteenths.
        track: of the piece, where it stands; -1: it is not in the piece (a pin).
    """

    words: str
    tracks: tuple[Track, ...]
    at_tick: int
    compound: bool
    track: int = -1

    def sounds(self, codec: Codec, ticks_per_quarter: int) -> bool:
        """Whether a note begins in the window; drums are no notes to a model."""
        end = self.at_tick + codec.span_ticks(ticks_per_quarter, self.compound)
        return any(((t.columns[0] >= self.at_tick) & (t.columns[0] < end)).any() for t in self.tracks if not t.drums)


@dataclass(frozen=True)
class Given:
    """What a verb would be given, or why that cannot be done now (a sentence; empty if it can).

    Attributes:
        sources: the windows.
        why_not: what is missing.
        said: which music will be used, in words of its own.
        marked: ticks of the piece between which the composer marked something inside the first window.
        texture: all pitched tracks are heard.
        at_tick: where it writes if it needs no music; -1: at the map's marker.
    """

    sources: tuple[Source, ...] = ()
    why_not: str = ""
    said: str = ""
    marked: tuple[int, int] | None = None
    texture: bool = False
    at_tick: int = -1

    @property
    def words(self) -> str:
        """Which music will be used, as a sentence; empty where none is needed."""
        if not self.sources:
            return self.said
        music = tr(" and ").join(source.words for source in self.sources)
        return self.said or tr("Works on {music}.").format(music=music)

    def passage(self, score: Score) -> Passage | None:
        """Where in the piece the first window stands, if it does."""
        if not self.sources or self.sources[0].track < 0:
            return None
        first = self.sources[0]
        passage = Passage(score, first.at_tick, first.track, self.texture, self.marked)
        locked = (track.columns[:, is_locked(track.columns)] for track in passage.tracks)
        return replace(passage, locked=tuple(note for columns in locked for note in to_notes(columns)))

    @property
    def titles(self) -> tuple[str, ...]:
        """Of each window, to stand over what comes of it."""
        return tuple(source.words[:1].upper() + source.words[1:] for source in self.sources)

    def windows(self, codec: Codec, ticks_per_quarter: int) -> tuple[Tokens, ...]:
        """The windows as tokens.

        Raises:
            UserError: nothing sounds in one of them.
        """
        return tuple(codec.read(s.tracks, ticks_per_quarter, s.at_tick, s.compound) for s in self.sources)


def given(
    score: Score,
    steering: Steering,
    place: Place,
    codec_name: str,
    count: int,
    texture: bool = False,
    more: bool = False,
    use: Use = Use.ALONE,
    wants_mark: bool = False,
) -> Given:
    """What a verb that needs `count` windows of a codec would be given.

    Args:
        score: the piece.
        steering: where the map writes, and its pins.
        place: where the composer is.
        codec_name: a name in codecs.catalog.
        count: 0, 1 or 2.
        texture: all pitched tracks are heard, not only the one that is edited.
        more: further pins are taken as well.
        use: what of the music at the place is heard, and where the place is.
        wants_mark: what is marked there matters, so it is said.
    """
    codec = codec_of(codec_name)
    desk = _Desk(score, steering, place, codec, texture, use)
    if use is Use.OVER:
        at, said = writing_place(score, steering, place)
        return Given(said=said, at_tick=at)
    if count == 0:
        return Given(tuple(desk.pins())) if more else Given()
    found = [source for source in desk.single() if source.sounds(codec, score.ticks_per_quarter)]
    if count == 1:
        drums = _drums(score, place)
        return desk.at_place(found[0], wants_mark) if found else Given(why_not=missing(codec, use, drums))
    pins = desk.pins()
    if len(pins) >= 2:
        return Given(tuple(pins if more else pins[:2]))
    pair = [s for s in (desk.marker(), desk.selection()) if s and s.sounds(codec, score.ticks_per_quarter)]
    return Given(tuple(pair)) if len(pair) == 2 else Given(why_not=missing_two(codec, desk.pins_fit))


def bars_words(first: int, last: int, track: str) -> str:
    """Some bars of a track inside a sentence: "bars 3 to 4 of Melody"."""
    words = tr("bars {first} to {last} of {track}") if last > first else tr("bar {first} of {track}")
    return words.format(first=first, last=last, track=track)


def _drums(score: Score, place: Place) -> str:
    """Name of the track that is edited, if it is drums."""
    track = score.tracks[place.track] if place.track < len(score.tracks) else Track()
    return track.name or tr("this track") if track.drums else ""


@dataclass(frozen=True)
class _Desk:
    """The sources there are, sounding or not."""

    score: Score
    steering: Steering
    place: Place
    codec: Codec
    texture: bool
    use: Use = Use.ALONE

    def single(self) -> list[Source]:
        """For one window, the nearest to hand first."""
        if self.use is Use.BEFORE:
            return [self._before(goal, track) for goal, track in goals(self.score, self.steering, self.place)]
        chosen, mark = self.selection(), self._mark() if self.use is Use.AROUND else None
        if mark is not None:
            start = opening(self.score, mark, self.span(mark[0]))
            chosen = self._source(start, self.place.track, self._compound_at(start))
        return [*([chosen] if chosen else []), self.marker(), self.playhead()]

    def at_place(self, source: Source, wants_mark: bool) -> Given:
        """One window, with what is marked in it and what is said of it."""
        if self.use is Use.BEFORE:
            goal = source.at_tick + self.span(source.at_tick, source.compound)
            bar, _ = Bars(self.score).place(goal)
            said = tr("Goes on at bar {bar}, after {music}.").format(bar=bar, music=source.words)
            return Given((source,), said=said, texture=self.texture)
        mark = self._mark() if self.use is not Use.ALONE else None
        end = source.at_tick + self.span(source.at_tick, source.compound)
        if mark is not None and not source.at_tick <= mark[0] < mark[1] <= end:
            mark = None
        said = tr("Works on {music}.").format(music=source.words)
        if wants_mark:
            said = f"{said} {marked_words(self.score, mark, self._whole_mark() is not None)}"
        return Given((source,), said=said, marked=mark, texture=self.texture)

    def span(self, tick: int, compound: bool | None = None) -> int:
        """Length of a window there."""
        swaying = self._compound_at(tick) if compound is None else compound
        return self.codec.span_ticks(self.score.ticks_per_quarter, swaying and self._sways)

    def _mark(self) -> tuple[int, int] | None:
        """What is marked, if it is no more than a window."""
        mark = self._whole_mark()
        return mark if mark is not None and mark[1] - mark[0] <= self.span(mark[0]) else None

    def _whole_mark(self) -> tuple[int, int] | None:
        notes = self.place.selected
        return mark_of(notes if notes.shape[1] >= LEAST_SELECTED else no_columns(), self.place.loop)

    def _before(self, goal: int, track: int) -> Source:
        """What leads to a bar line; where the piece is too young for a window, it begins with silence."""
        compound = self._compound_at(goal) and self._sways
        return self._source(goal - self.span(goal, compound), track, compound)

    @property
    def _sways(self) -> bool:
        """The codec knows bars of twelve sixteenths."""
        return self.codec.name not in TEXTURES

    def selection(self) -> Source | None:
        """The notes selected on the edited track, from the bar where they begin."""
        notes = self.place.selected
        if notes.shape[1] < LEAST_SELECTED or self.place.track >= len(self.score.tracks):
            return None
        start = Bars(self.score).bar_start(int(notes[0].min()))
        alone = notes if self.use is Use.ALONE else None
        return self._source(start, self.place.track, self._compound_at(start), alone)

    def marker(self) -> Source:
        """Where the map writes."""
        return self._source(self.steering.at_tick, self.steering.track, self.steering.compound)

    def playhead(self) -> Source:
        """The bar under the playhead and what follows, on the edited track."""
        start = Bars(self.score).bar_start(int(self.place.playhead))
        return self._source(start, self.place.track, self._compound_at(start))

    @property
    def pins_fit(self) -> bool:
        """The map's melodies are of this codec, so a pin is a window of it."""
        model = find(self.steering.model)
        return model is not None and model.codec == self.codec.name

    def pins(self) -> list[Source]:
        """The map's pins in the order of their letters."""
        if not self.pins_fit:
            return []
        pins = sorted(self.steering.pins, key=lambda pin: (len(pin.label), pin.label))
        return [
            Source(tr("pin {label}").format(label=pin.label), (Track.of(pin.notes),), 0, self.steering.compound)
            for pin in pins
            if pin.notes
        ]

    def _source(self, start: int, index: int, compound: bool, only: Columns | None = None) -> Source:
        tracks = self.score.tracks
        compound = compound and self._sways
        index = min(index, len(tracks) - 1)
        if self.texture or index < 0:
            chosen = tuple(track for track in tracks if not track.drums)
            whose = tr("all tracks")
        else:
            chosen = (tracks[index] if only is None else Track.from_columns(only.copy(), tidied=True),)
            whose = tracks[index].name or tr("track {number}").format(number=index + 1)
        return Source(self._words(start, compound, whose, only is not None), chosen, start, compound, max(0, index))

    def _words(self, start: int, compound: bool, whose: str, selected: bool) -> str:
        bars = Bars(self.score)
        first, _ = bars.place(max(0, start))
        last, _ = bars.place(start + self.codec.span_ticks(self.score.ticks_per_quarter, compound) - 1)
        words = bars_words(first, last, whose)
        return tr("the selected notes in {bars}").format(bars=words) if selected else words

    def _compound_at(self, tick: int) -> bool:
        meter = self.score.meter_at(tick)
        return (meter.numerator, meter.denominator) in COMPOUND
