"""What stands in the place of all that sounded goes to the tracks that sounded."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.codecs.codec import Voice
from engine.commands.place import place_idea
from engine.score import Note, Score, Track
from engine.verbs.idea import Idea
from engine.verbs.seats import seated
from engine.verbs.verb import Passage

BAR = 1920
NAMES = ("Soprano", "Alto", "Tenor", "Bass")


def line(name: str, pitch: int) -> Track:
    return Track.of([Note(480 * i, pitch, 480) for i in range(16)], name, 40)


def idea(count: int = 4, written: tuple[int, ...] | None = None) -> Idea:
    voices = tuple(Voice(NAMES[n], 52, (Note(BAR, 80 - n, BAR),)) for n in range(count))
    return Idea("1", voices, at=0, ticks=4 * BAR, fresh=(BAR, 2 * BAR), written=written)


def test_voices_take_over_the_tracks_from_the_top_and_the_bottom() -> None:
    score = Score((line("Cello", 40), line("Flute", 80), Track.of([Note(0, 36, 9)], "Kit", drums=True)))
    found = seated(Passage(score, 0, texture=True), idea())
    assert [(voice.name, voice.track) for voice in found.voices] == [
        ("Flute", 1), ("Alto", None), ("Tenor", None), ("Cello", 0)
    ]  # fmt: skip
    placed = place_idea(score, found, 0, 4 * BAR, 0).score
    assert [track.name for track in placed.tracks] == ["Cello", "Flute", "Kit", "Alto", "Tenor"]
    inside = [[n.pitch for n in track.notes if BAR <= n.start < 2 * BAR] for track in placed.tracks]
    assert inside == [[77], [80], [], [79], [78]]


def test_tracks_that_nobody_takes_over_fall_silent_there() -> None:
    score = Score(tuple(line(name, pitch) for name, pitch in (("A", 80), ("B", 70), ("C", 60))))
    piano = replace(idea(1), voices=(Voice("Piano", 0, (Note(BAR, 64, BAR), Note(BAR, 60, BAR))),))
    placed = place_idea(score, seated(Passage(score, 0, texture=True), piano), 0, 4 * BAR, 0).score
    assert [len([n for n in t.notes if BAR <= n.start < 2 * BAR]) for t in placed.tracks] == [0, 0, 0, 2]
    assert [(t.name, len(t)) for t in placed.tracks] == [("A", 12), ("B", 12), ("C", 12), ("Piano", 2)]
    alone = seated(Passage(Score((line("Harp", 60),)), 0, texture=True), piano)
    assert [(voice.name, voice.track) for voice in alone.voices] == [("Harp", 0)]


@pytest.mark.parametrize("passage", [None, False])
def test_one_voice_stays_as_it_is(passage: bool | None) -> None:
    score = Score((line("Flute", 80),))
    one = idea()
    assert seated(None if passage is None else Passage(score, 0), one) == one


def test_of_some_voices_only_those_are_written() -> None:
    score = Score(tuple(line(name, pitch) for name, pitch in (("V1", 80), ("V2", 70), ("V3", 60), ("V4", 50))))
    found = seated(Passage(score, 0, texture=True), idea(written=(1,)))
    assert [voice.name for voice in found.voices] == ["V1", "V2", "V3", "V4"] and found.written == (1,)
    placed = place_idea(score, found, 0, 4 * BAR, 0).score
    assert [len([n for n in t.notes if BAR <= n.start < 2 * BAR]) for t in placed.tracks] == [4, 1, 4, 4]
