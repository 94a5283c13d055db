"""Ideas in the key of the piece: how far they are moved, when they stay, and that nothing else of them changes."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from engine.codecs.codec import Voice
from engine.score import Key, Note, Score, Track
from engine.verbs.at_home import ANY, WORTH_OF_MINE, at_home, way_home
from engine.verbs.verb import Idea, Passage

SCALE = (0, 2, 4, 5, 7, 9, 11, 12)


def tune(tonic: int, length: int = 480) -> tuple[Note, ...]:
    return tuple(Note(i * length, tonic + step, length) for i, step in enumerate(SCALE))


def piece(tonic: int, drums: bool = False, keys: tuple[Key, ...] = ()) -> Score:
    return Score((Track.of(tune(tonic), "Melody", drums=drums),), keys=keys)


def shift(score: Score, tonic: int, worth: float = 0.1) -> int:
    return way_home(Passage(score, 0), (Voice("", 0, tune(tonic)),), worth)


@pytest.mark.parametrize("away", range(-5, 7))
def test_a_melody_comes_home_by_the_shortest_way(away: int) -> None:
    assert abs(shift(piece(62), 62 + away)) == abs(away)
    assert (62 + away + shift(piece(62), 62 + away)) % 12 == 2


def test_the_written_key_serves_where_there_are_too_few_notes() -> None:
    few = Score((Track.of([Note(0, 60, 480)], "Melody"),), keys=(Key(0, 2),))
    assert (60 + shift(few, 60)) % 12 in (2, 9), "D major, or A mixolydian, which has its notes"
    assert shift(Score((Track.of([Note(0, 60, 480)], "Melody"),)), 61) == 0


def test_drums_say_no_key_and_the_music_nearby_says_more_than_what_is_far_away() -> None:
    assert shift(piece(61, drums=True), 62) == 0
    far = tuple(replace(note, start=note.start + 64 * 1920) for note in tune(61) * 1)
    score = Score((Track.of((*tune(62), *far), "Melody"),))
    voices = (Voice("", 0, tune(61)),)
    assert way_home(Passage(score, 0), voices) == 1 and way_home(Passage(score, 64 * 1920), voices) == 0


def test_what_was_made_of_mine_is_not_moved_for_a_strange_note() -> None:
    strange = (*tune(62)[:-1], replace(tune(62)[-1], pitch=73 - 1 + 3))
    home, voices = Passage(piece(62), 0), (Voice("", 0, strange),)
    assert way_home(home, voices, WORTH_OF_MINE) == 0
    assert way_home(home, (Voice("", 0, tune(63)),), WORTH_OF_MINE) == -1


def test_nothing_leaves_the_piano() -> None:
    low = tuple(Note(i * 480, 22 + step, 480) for i, step in enumerate(SCALE))
    found = way_home(Passage(piece(60), 0), (Voice("", 0, low),))
    assert 22 + found >= 21 and (22 + found) % 12 in (0, 5, 7)


def test_every_voice_moves_and_the_idea_says_so() -> None:
    asked: Any = SimpleNamespace(passage=Passage(piece(62), 0))
    idea = Idea("1", (Voice("Soprano", 52, tune(63)), Voice("Bass", 52, tune(39))), (0.5,), "12 % of it")
    made = at_home(asked, idea)
    assert [voice.notes[0].pitch for voice in made.voices] == [62, 38]
    assert made.remark == "12 % of it; in your key, 1 semitone lower" and made.code == idea.code
    assert at_home(asked, idea, ANY) is idea
    assert at_home(SimpleNamespace(passage=None), idea) is idea  # type: ignore[arg-type]


def test_a_choir_is_not_led_out_of_its_range() -> None:
    names = ("Soprano", "Alto", "Tenor", "Bass")
    low = tuple(Voice(name, 52, tune(64 if n < 3 else 42)) for n, name in enumerate(names))
    home = Passage(piece(60), 0)  # four down, or eight up: the bass has no four to go
    assert way_home(home, low) in range(-2, 7)
    assert way_home(home, (Voice("", 0, tune(64)), Voice("", 0, tune(40)))) == -4
    under = tuple(Voice(name, 52, tune(62 if n < 3 else 38)) for n, name in enumerate(names))
    assert way_home(home, under) >= 0, "what is too low already goes no lower"
