"""An idea's voices find their tracks, and a whole row is one arrangement."""

from __future__ import annotations

from engine.codecs.codec import Voice
from engine.commands.place import place, played, rescaled, targets
from engine.score import Note, Origin, Score, Track

BAR = 1920
NAMES = ("Soprano", "Alto", "Tenor", "Bass")
CHORALE = tuple(Voice(name, 52, (Note(0, 72 - 5 * i, BAR),)) for i, name in enumerate(NAMES))
TUNE = (Voice("", 0, (Note(0, 60, 480), Note(480, 62, 480))),)


def piece() -> Score:
    tune = [Note(bar * BAR, 50 + bar, 480) for bar in range(4)]
    return Score((Track.of(tune, "Melody", 73), Track.of([Note(0, 36, BAR * 4)], "bass", 32)))


def test_a_nameless_voice_takes_the_place_of_what_the_edited_track_had() -> None:
    placed = place(piece(), [TUNE], BAR, 2 * BAR, 0)
    assert [(n.start, n.pitch) for n in placed.score.tracks[0].notes] == [
        (0, 50),
        (BAR, 60),
        (BAR + 480, 62),
        (3 * BAR, 53),
    ]
    assert placed.score.tracks[1] == piece().tracks[1] and placed.tracks == (0,)
    assert [n.start for n in placed.notes] == [BAR, BAR + 480]


def test_an_index_beyond_the_last_track_means_the_last() -> None:
    assert place(piece(), [TUNE], 0, BAR, 9).tracks == (1,)
    assert place(Score(()), [TUNE], 0, BAR, 0).score.tracks[0].notes == TUNE[0].notes


def test_named_voices_use_the_tracks_of_their_names_and_add_the_others() -> None:
    sung = piece().tracks[0], Track.of([Note(0, 36, BAR * 4, origin=Origin.GENERATED)], "bass", 32)
    placed = place(Score(sung), [CHORALE], 0, 4 * BAR, 0)
    assert [track.name for track in placed.score.tracks] == ["Melody", "bass", "Soprano", "Alto", "Tenor"]
    assert placed.score.tracks[1].program == 32  # an instrument that was chosen stays
    assert [track.program for track in placed.score.tracks[2:]] == [52, 52, 52]
    assert [n.pitch for n in placed.score.tracks[1].notes] == [57]
    assert placed.score.tracks[0] == piece().tracks[0]
    assert targets(Score(sung), CHORALE, 0) == ("Soprano", "Alto", "Tenor", "bass")


def test_the_composers_own_bass_is_no_bass_of_a_choir() -> None:
    placed = place(piece(), [CHORALE], 0, 4 * BAR, 0)
    assert [track.name for track in placed.score.tracks] == ["Melody", "bass", "Soprano", "Alto", "Tenor", "Bass"]
    assert placed.score.tracks[:2] == piece().tracks


def test_a_row_is_written_one_after_the_other() -> None:
    silent = (Voice("", 0, ()),)
    placed = place(piece(), [TUNE, silent, TUNE], 0, BAR, 0)
    assert [n.start for n in placed.score.tracks[0].notes] == [0, 480, 2 * BAR, 2 * BAR + 480, 3 * BAR]


def test_two_places_in_a_row_write_the_same() -> None:
    once = place(piece(), [CHORALE], BAR, 4 * BAR, 0).score
    assert place(once, [CHORALE], BAR, 4 * BAR, 0).score == once


def test_what_is_heard_has_the_instruments_of_the_voices() -> None:
    assert [program for _, program in played(piece(), [CHORALE], BAR, 0)] == [52] * 4
    ((notes, program),) = played(piece(), [TUNE, TUNE], BAR, 0)
    assert program == 73 and [n.start for n in notes] == [0, 480, BAR, BAR + 480]
    drums = Score((Track.of([], "Kit", 0, drums=True),))
    assert played(drums, [TUNE], BAR, 0)[0][1] == 0


def test_ideas_fit_a_piece_of_another_resolution() -> None:
    assert rescaled(TUNE, 480, 480) == TUNE
    (voice,) = rescaled(TUNE, 480, 96)
    assert [(n.start, n.length) for n in voice.notes] == [(0, 96), (96, 96)]
    (coarse,) = rescaled((Voice("", 0, (Note(3, 60, 1),)),), 480, 1)
    assert coarse.notes[0].length == 1
