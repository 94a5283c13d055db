"""Where in the piece a verb works, and what of it the composer marked."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from app.i18n import tr
from app.views.roll.bars import Bars
from engine.score import Score, Track
from engine.score.columns import Columns

if TYPE_CHECKING:
    from app.music_given import Place
    from engine.commands.document import Steering

LEAST_SELECTED = 2
Stretch = tuple[int, int]  # first tick and end


class Use(Enum):
    """What of the music a verb is given."""

    ALONE = "the selected notes and nothing else"
    WHOLE = "all that stands in the bars of the selection"
    AROUND = "the bars around what is marked, which is written anew"
    BEFORE = "what leads to the place where it goes on"
    OVER = "a place to write at, and whatever stands there"


def mark_of(selected: Columns, loop: Stretch | None) -> Stretch | None:
    """What is marked: the loop, or the span of the selected notes, which counts for more inside of a loop."""
    if not selected.shape[1]:
        return loop
    span = int(selected[0].min()), int((selected[0] + selected[2]).max())
    return loop if loop is not None and not loop[0] <= span[0] < span[1] <= loop[1] else span


def marked_words(score: Score, mark: Stretch | None, too_long: bool = False) -> str:
    """What is marked, as a sentence; `too_long`: something is, but it does not fit."""
    if mark is None and too_long:
        return tr("More is marked than fits in, so it is the second half: select fewer bars, or draw a shorter loop.")
    if mark is None:
        return tr("Nothing is marked, so it is the second half: select notes, or draw a loop on the ruler.")
    bars = Bars(score)
    (first, beat), (last, end) = bars.place(mark[0]), bars.place(mark[1] - 1)
    if mark == (bars.bar_start(mark[0]), bars.bar_end(mark[1])):
        words = tr("Marked: bars {first} to {last}.") if last > first else tr("Marked: bar {first}.")
    else:
        words = tr("Marked: bar {first} beat {beat} to bar {last} beat {end}.")
    return words.format(first=first, beat=beat, last=last, end=end)


def opening(score: Score, mark: Stretch, span: int) -> int:
    """The bar line at which a window of `span` ticks begins that has what is marked in its middle."""
    bars = Bars(score)
    first = bars.bar_start(mark[0])
    start = bars.bar_start(max(0, (mark[0] + mark[1] - span) // 2))
    while start < first and start + span < mark[1]:
        start = bars.bar_end(start + 1)
    return start


def goals(score: Score, steering: Steering, place: Place) -> list[tuple[int, int]]:
    """Bar lines at which music could go on, and on which track, the nearest to hand first.

    Behind the selection, else at the map's marker if something leads up to it and nothing stands there, else where the
    track ends.
    """
    bars, found = Bars(score), []
    notes, last = place.selected, max(0, len(score.tracks) - 1)
    if notes.shape[1] >= LEAST_SELECTED:
        found.append((_line_behind(bars, score, int((notes[0] + notes[2]).max())), min(place.track, last)))
    track = min(steering.track, last)
    if steering.at_tick and score.tracks and _leads_to(score.tracks[track], steering.at_tick, score):
        found.append((bars.bar_start(steering.at_tick), track))
    for index in dict.fromkeys((min(place.track, last), track)):
        if score.tracks and len(score.tracks[index]):
            found.append((_line_behind(bars, score, score.tracks[index].end), index))
    if score.tracks and score.end:
        found.append((_line_behind(bars, score, score.end), min(place.track, last)))
    return found


def writing_place(score: Score, steering: Steering, place: Place) -> tuple[int, str]:
    """The bar line to write from, and a sentence about it: where the loop begins, else the selection, else the map."""
    at = steering.at_tick
    if place.loop is not None:
        at = place.loop[0]
    elif place.selected.shape[1] >= LEAST_SELECTED:
        at = int(place.selected[0].min())
    bars = Bars(score)
    at = bars.bar_start(at)
    return at, tr("Writes from bar {bar} on.").format(bar=bars.place(at)[0])


def _leads_to(track: Track, tick: int, score: Score) -> bool:
    """Something begins in the bar before a tick, and nothing in the bar after it."""
    starts, bar = track.columns[0], score.bar_ticks(score.meter_at(tick - 1))
    before, after = (starts >= tick - bar) & (starts < tick), (starts >= tick) & (starts < tick + bar)
    return bool(before.any()) and not bool(after.any())


def _line_behind(bars: Bars, score: Score, end: int) -> int:
    """The bar line at which a note that ends there is over; a breath too long does not count."""
    return max(bars.bar_end(max(0, end - score.ticks_per_quarter // 8)), bars.bar_end(1))
