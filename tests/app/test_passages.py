"""Where in the piece a verb works: what leads to where it goes on, what is marked, what the engine is told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from app.desks.generate import GenerateDesk
from app.music_given import Place, bars_words, given
from app.passages import Use
from engine.codecs.catalog import codec
from engine.commands.document import Document, Steering
from engine.models.registry import REGISTRY
from engine.score import Meter, Note, Score, Track
from engine.verbs.catalog import VERBS

BAR = 1920


def tune(bars: int, pitch: int = 60) -> Track:
    return Track.of([Note(480 * i, pitch + i % 5, 480) for i in range(4 * bars)], "Tune")


def before(score: Score, steering: Steering, place: Place, codec_name: str = "melody") -> Any:
    return given(score, steering, place, codec_name, 1, use=Use.BEFORE)


def around(score: Score, steering: Steering, place: Place, codec_name: str = "melody4") -> Any:
    return given(score, steering, place, codec_name, 1, use=Use.AROUND, wants_mark=True)


def test_it_goes_on_behind_the_selection_else_at_the_marker_else_at_the_end() -> None:
    score = Score((tune(8), Track.of([], "Empty")))
    notes = score.tracks[0].columns
    chosen = before(score, Steering(at_tick=6 * BAR), Place(0.0, 0, notes[:, 8:14]))
    assert chosen.words == "Goes on at bar 5, after bars 3 to 4 of Tune."
    gap = Score((tune(8).with_columns(notes[:, (notes[0] < 6 * BAR) | (notes[0] >= 7 * BAR)]),))
    at_marker = before(gap, Steering(at_tick=6 * BAR), Place())
    assert at_marker.words == "Goes on at bar 7, after bars 5 to 6 of Tune."
    assert before(score, Steering(at_tick=6 * BAR), Place()).words.startswith("Goes on at bar 9"), "bar 7 is taken"
    at_end = before(score, Steering(), Place())
    assert at_end.words == "Goes on at bar 9, after bars 7 to 8 of Tune."
    assert "nothing to go on from" in before(Score((Track.of([], "Empty"),)), Steering(), Place()).why_not


def test_a_young_piece_begins_with_silence() -> None:
    score = Score((tune(2),))
    found = before(score, Steering(), Place(), "phrase")
    (window,) = found.windows(codec("phrase"), 480)
    assert found.sources[0].at_tick == -6 * BAR and window[:2].tolist() == [1, 0] and (window[96:] >= 2).sum() == 8
    passage = found.passage(score)
    assert passage is not None and passage.at_tick + 8 * BAR == 2 * BAR, "it goes on where the tune ends"
    assert found.words == "Goes on at bar 3, after bars 1 to 2 of Tune."


def test_it_goes_on_in_the_meter_of_the_place() -> None:
    score = Score((Track.of([Note(240 * i, 60 + i % 5, 240) for i in range(24)], "Jig"),), meters=(Meter(0, 6, 8),))
    found = before(score, Steering(), Place())
    assert found.sources[0].compound and found.words == "Goes on at bar 5, after bars 3 to 4 of Jig."
    assert not given(score, Steering(), Place(), "chorale", 1, True, use=Use.BEFORE).sources[0].compound


def test_what_is_marked_lies_in_the_middle_of_what_is_heard() -> None:
    score = Score((tune(12),))
    notes = score.tracks[0].columns
    found = around(score, Steering(), Place(0.0, 0, notes[:, 20:24]))
    assert found.sources[0].at_tick == 3 * BAR and found.marked == (5 * BAR, 6 * BAR)
    assert found.words == "Works on bars 4 to 7 of Tune. Marked: bar 6."
    whole = found.windows(codec("melody4"), 480)[0]
    assert (whole >= 2).sum() == 16, "all that stands there is heard, not the selection alone"
    within = around(score, Steering(), Place(0.0, 0, notes[:, 21:23], (4 * BAR, 8 * BAR)))
    assert within.marked == (5 * BAR + 480, 5 * BAR + 1440) and "bar 6 beat 2 to bar 6 beat 3" in within.words
    looped = around(score, Steering(), Place(0.0, 0, notes[:, 0:2], (4 * BAR, 6 * BAR)))
    assert looped.marked == (4 * BAR, 6 * BAR) and "Marked: bars 5 to 6." in looped.words


def test_what_is_longer_than_the_window_marks_nothing() -> None:
    score = Score((tune(12),))
    found = around(score, Steering(), Place(0.0, 0, score.tracks[0].columns))
    assert found.marked is None and "second half" in found.words
    assert "More is marked than fits in" in found.words
    exact = around(score, Steering(), Place(0.0, 0, loop=(2 * BAR, 6 * BAR)))
    assert exact.marked == (2 * BAR, 6 * BAR) and "Marked: bars 3 to 6." in exact.words, "all of it is marked"
    nothing = around(score, Steering(at_tick=2 * BAR), Place())
    assert nothing.sources[0].at_tick == 2 * BAR and nothing.marked is None


class Asking:
    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []

    def verb(self, *words: Any) -> int:
        self.asked.append(words)
        return len(self.asked)


@dataclass
class Session:
    document: Document
    ask: Asking

    @property
    def score(self) -> Score:
        return self.document.score

    @property
    def steering(self) -> Steering:
        return self.document.steering


def test_the_engine_is_told_the_passage() -> None:
    score = Score((tune(8, 48), tune(8, 72)))
    session = Session(Document(score, Steering()), Asking())
    place = Place(0.0, 1, score.tracks[1].columns[:, 16:20])
    desk = GenerateDesk(session, lambda: place, lambda: None, lambda: None)  # type: ignore[arg-type]
    row, fill = replace(REGISTRY["vae"], codec="melody4", capabilities=("inpaints",)), VERBS["fill"]
    desk.run_verb(row, fill, fill.options())
    passage = session.ask.asked[0][-1]
    assert (passage.track, passage.at_tick, passage.texture) == (1, 2 * BAR, False)
    assert passage.score is score and passage.marked == (4 * BAR, 5 * BAR)
    desk.run_verb(replace(row, name="chorale", codec="chorale"), fill, fill.options())
    assert session.ask.asked[1][-1].texture and len(session.ask.asked[1][-1].tracks) == 2
    harmonize = VERBS["harmonize"]
    sings = replace(row, name="other", codec="chorale", capabilities=("harmonizes",))
    assert not desk.given(sings, harmonize, harmonize.options()).texture
    assert desk.given(sings, harmonize, harmonize.options(voice="as it lies")).texture


def test_a_verb_that_needs_no_music_has_a_place_to_write_at() -> None:
    score = Score((tune(8, 48), tune(8, 72)))
    session = Session(Document(score, Steering(at_tick=3 * BAR)), Asking())
    row, over = REGISTRY["midinet"], VERBS["over_chords"]
    places = {
        3 * BAR: Place(0.0, 1),
        2 * BAR: Place(0.0, 1, score.tracks[1].columns[:, 9:12]),
        5 * BAR: Place(0.0, 1, score.tracks[1].columns[:, 9:12], loop=(5 * BAR + 480, 7 * BAR)),
    }
    for at, place in places.items():
        desk = GenerateDesk(session, lambda place=place: place, lambda: None, lambda: None)  # type: ignore[arg-type,misc]
        assert desk.given(row, over, over.options()).words == f"Writes from bar {at // BAR + 1} on."
        desk.run_verb(row, over, over.options())
        assert session.ask.asked[-1][-1].at_tick == at


def test_drums_are_no_notes_to_a_model_and_the_reason_says_so() -> None:
    drums = Track.of([Note(480 * i, 36 + 2 * (i % 2), 120) for i in range(32)], "Kit", drums=True)
    for use in Use:
        if use is not Use.OVER:
            found = given(Score((drums,)), Steering(), Place(), "melody", 1, use=use)
            assert not found.sources and "Kit is a drum track" in found.why_not, use
    both = given(Score((drums, tune(4))), Steering(track=1), Place(), "melody", 1)
    assert both.words == "Works on bars 1 to 2 of Tune.", "what the map's marker stands on is still there"
    kit = drums.columns[:, :8]
    chosen = given(Score((drums, tune(4))), Steering(track=1), Place(selected=kit), "chorale", 1, True)
    assert [track.name for track in chosen.sources[0].tracks] == ["Tune"]


def test_one_bar_is_called_one_bar() -> None:
    assert bars_words(3, 3, "Tune") == "bar 3 of Tune" and bars_words(3, 4, "Tune") == "bars 3 to 4 of Tune"
