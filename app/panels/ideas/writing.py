"""Ideas written into the piece: where each of them goes, and how that is said before it is done."""

from __future__ import annotations

from collections.abc import Sequence

from app.i18n import tr
from app.panels.ideas.results import Result
from app.views.roll.bars import Bars
from engine.commands.place import Placed, place, place_idea
from engine.score import Score

Marker = tuple[int, int]  # tick and edited track


def written(score: Score, result: Result, places: Sequence[int], marker: Marker) -> Placed:
    """The piece with ideas in it: one where it belongs, several one after the other at the marker."""
    tick, track = marker
    resolution = score.ticks_per_quarter
    if len(places) == 1:
        idea = result.idea(places[0], resolution)
        there = track if idea.at is None or result.track is None else result.track
        return place_idea(score, idea, tick, result.span(resolution), there)
    ideas = [result.voices(place, resolution) for place in places]
    return place(score, ideas, tick, result.span(resolution), track)


def hint(score: Score, result: Result, marker: Marker) -> str:
    """What a click does, and where Enter would write the ideas."""
    idea = result.idea(len(result.ideas) - 1, score.ticks_per_quarter)  # the first one may be mine, for comparison
    home = idea.at is not None
    tick = marker[0] if idea.at is None else idea.at + (idea.fresh or (0, 0))[0]
    track = result.track if home and result.track is not None else marker[1]
    bar, _ = Bars(score).place(tick)
    known = {track.name.casefold() for track in score.tracks}
    drums = track < len(score.tracks) and score.tracks[track].drums
    if len(idea.voices) == 1 and not idea.voices[0].name and not drums:
        words = tr("Enter: write it at bar {bar} of {where} · click: hear it · or drag it")
    elif all(voice.name.casefold() in known for voice in idea.voices):
        words = tr("Enter: write it at bar {bar}, on its voices' tracks · click: hear it · or drag it")
    else:
        words = tr("Enter: write it at bar {bar}, on tracks of its own · click: hear it · or drag it")
    name = score.tracks[track].name if track < len(score.tracks) else ""
    return words.format(bar=bar, where=name or tr("the track"))
