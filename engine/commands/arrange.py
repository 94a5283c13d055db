"""Edits of whole tracks and of the tempo: Score -> Score."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace

from engine.errors import UserError
from engine.score import Origin, Score, Tempo, Track
from engine.score.columns import is_generated

SLOWEST, FASTEST = 20.0, 400.0  # quarter notes per minute that can be asked for


def with_tempo(score: Score, bpm: float, tick: float = 0) -> Score:
    """The piece with another tempo in the stretch around `tick`; other stretches of its tempo map stay.

    Args:
        score: the piece.
        bpm: quarter notes per minute, kept within 20..400.
        tick: where; the tempo that is in force there is the one replaced.
    """
    microseconds = round(60e6 / min(FASTEST, max(SLOWEST, bpm)))
    index = max(0, bisect_right(score.tempos, tick, key=lambda tempo: tempo.tick) - 1)
    changed = Tempo(score.tempos[index].tick, microseconds)
    return replace(score, tempos=(*score.tempos[:index], changed, *score.tempos[index + 1 :]))


def tempo_at(score: Score, tick: float) -> Tempo:
    """The tempo in force at a tick."""
    return score.tempos[max(0, bisect_right(score.tempos, tick, key=lambda tempo: tempo.tick) - 1)]


def with_new_track(score: Score, name: str, program: int = 0) -> Score:
    """The piece with one more, empty track at the end."""
    return replace(score, tracks=(*score.tracks, Track(name=name, program=program)))


def duplicated(score: Score, index: int) -> Score:
    """The piece with a track once more, at the end: the others keep their places."""
    return replace(score, tracks=(*score.tracks, score.tracks[index]))


def without_track(score: Score, index: int) -> Score:
    """The piece without one of its tracks.

    Raises:
        UserError: it is the only one.
    """
    if len(score.tracks) < 2:
        raise UserError("A piece needs at least one track.", "Add another before removing this one.")
    return replace(score, tracks=(*score.tracks[:index], *score.tracks[index + 1 :]))


def renamed(score: Score, index: int, name: str) -> Score:
    """The piece with a track called otherwise."""
    return score.with_track(index, replace(score.tracks[index], name=name))


def with_program(score: Score, index: int, program: int, drums: bool = False) -> Score:
    """The piece with a track played on another instrument (General MIDI program 0..127, or the drum kit)."""
    return score.with_track(index, replace(score.tracks[index], program=program, drums=drums))


def has_generated(track: Track) -> bool:
    """Whether a model wrote any note of the track."""
    return bool(is_generated(track.columns).any())


def accepted(score: Score, index: int) -> Score:
    """The piece with every generated note of a track taken over as the composer's own."""
    track = score.tracks[index]
    if not has_generated(track):
        return score
    return score.with_track(index, track.with_notes(replace(note, origin=Origin.MINE) for note in track.notes))
