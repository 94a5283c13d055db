"""An idea in the hand: dragged out of the panel, onto the roll or out of the window."""

from __future__ import annotations

from app.gestures.carry import Carried, alone, carry
from app.panels.ideas.cards import IdeaList
from app.panels.ideas.results import Result, name_of
from app.panels.ideas.writing import Marker
from engine.score import Score


def in_hand(result: Result, place: int) -> Carried:
    """What of an idea would be written, wherever it is dropped."""
    idea = result.ideas[place]
    first, end = idea.fresh or (0, idea.ticks or result.ticks)
    return Carried(f"{name_of(result.verb)}: {idea.caption}", idea.to_write(), end - first, result.ticks_per_quarter)


def as_piece(result: Result, place: int, score: Score, marker: Marker) -> Score:
    """All that is heard of an idea, as a piece of its own."""
    idea = result.idea(place, score.ticks_per_quarter)
    return alone(score, idea.voices, marker[0] if idea.at is None else idea.at, marker[1], idea.meter)


def take(cards: IdeaList, card: int, result: Result, score: Score, marker: Marker) -> None:
    """Let the hand carry an idea until it lets go; one in which nothing is new stays where it is."""
    place = cards.ideas.places[card]
    if result.new([place]):
        carry(cards, in_hand(result, place), as_piece(result, place, score, marker), cards.picture(card))
