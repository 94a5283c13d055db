"""Where the voices of an idea go: into which tracks of the piece, and with which instruments they are heard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.audio.side import Played
from engine.codecs.codec import Voice
from engine.commands.arrange import with_new_track
from engine.commands.phrases import replace_span
from engine.score import Note, Score, Track
from engine.score.columns import is_generated, is_locked
from engine.verbs.idea import Idea

Voices = Sequence[Voice]
UNNAMED = "Melody"  # of the track a nameless voice gets where drums are edited


@dataclass(frozen=True)
class Placed:
    """A piece with ideas in it.

    Attributes:
        score: the piece after it.
        tracks: which tracks were written to.
        notes: what was written, at its place in the piece.
    """

    score: Score
    tracks: tuple[int, ...]
    notes: tuple[Note, ...]


def place(score: Score, ideas: Sequence[Voices], at_tick: int, ticks: int, track: int) -> Placed:
    """Write ideas into the piece, one after the other; what stood there on their tracks makes way, if it is not locked.

    A voice without a name goes to the track that is edited, if that is not drums. A named one goes to the first track
    of that name that has its instrument or only generated notes, or to a new one with the voice's program. Every track
    that any of the ideas uses is cleared over the whole stretch.

    Args:
        score: the piece.
        ideas: the voices of each, notes from tick 0 on.
        at_tick: where the first one begins.
        ticks: length of each.
        track: the one that is edited; an index beyond the last means the last.
    """
    notes: dict[int, list[Note]] = {}
    for number, voices in enumerate(ideas):
        for voice in voices:
            score, where = _track_of(score, voice, track)
            notes.setdefault(where, []).extend(n.moved(at_tick + number * ticks) for n in voice.notes)
    end = at_tick + ticks * len(ideas)
    for where, written in notes.items():
        score = replace_span(score, where, at_tick, end, written).score
    return Placed(score, tuple(notes), tuple(note for written in notes.values() for note in written))


def place_idea(score: Score, idea: Idea, at_tick: int, ticks: int, track: int) -> Placed:
    """Write an idea where it belongs, or at `at_tick` if it belongs nowhere: only what is new in it, as one change.

    Args:
        score: the piece.
        idea: in the piece's resolution.
        at_tick: where the composer's marker is.
        ticks: length of an idea that does not tell its own.
        track: the one that is edited.
    """
    start = at_tick if idea.at is None else idea.at
    first, end = idea.fresh or (0, idea.ticks or ticks)
    placed = place(score, [idea.to_write()], start + first, end - first, track)
    return _held_over(placed, idea, start, first, track)


def _held_over(placed: Placed, idea: Idea, start: int, first: int, track: int) -> Placed:
    """Notes from before what is new that sound into it do so as long as the idea says."""
    score = placed.score
    for number, voice in enumerate(idea.voices):
        ends = {note.pitch: note.end for note in voice.notes if note.start < first < note.end}
        if not ends or (idea.written is not None and number not in idea.written):
            continue
        _, where = _track_of(score, voice, track)
        columns = score.tracks[where].columns.copy()
        for at in np.flatnonzero((columns[0] + columns[2] == start + first) & ~is_locked(columns)):
            end = ends.get(int(columns[1, at]), 0)
            columns[2, at] = max(columns[2, at], start + end - columns[0, at])
        score = score.with_track(where, score.tracks[where].with_columns(columns))
    return replace(placed, score=score)


def targets(score: Score, voices: Voices, track: int) -> tuple[str, ...]:
    """Names of the tracks that `place` would write to, new ones among them."""
    return tuple(made.tracks[where].name for made, where in (_track_of(score, voice, track) for voice in voices))


def played(score: Score, ideas: Sequence[Voices], ticks: int, track: int) -> list[Played]:
    """What a player sounds for ideas one after the other, from tick 0 on; a nameless voice as the edited track."""
    melodies: dict[tuple[str, int], list[Note]] = {}
    edited = score.tracks[min(track, len(score.tracks) - 1)] if score.tracks else None
    here = edited.program if edited is not None and not edited.drums else 0
    for number, voices in enumerate(ideas):
        for voice in voices:
            key = (voice.name, voice.program if voice.name else here)
            melodies.setdefault(key, []).extend(n.moved(number * ticks) for n in voice.notes)
    return [(notes, program) for (_, program), notes in melodies.items()]


def rescaled(voices: Voices, ticks_per_quarter: int, wanted: int) -> tuple[Voice, ...]:
    """Voices for a piece of another resolution."""
    if ticks_per_quarter == wanted:
        return tuple(voices)
    factor = wanted / ticks_per_quarter

    def fitted(note: Note) -> Note:
        start = round(note.start * factor)
        return replace(note, start=start, length=max(1, round(note.end * factor) - start))

    return tuple(replace(voice, notes=tuple(map(fitted, voice.notes))) for voice in voices)


def rescaled_idea(idea: Idea, ticks_per_quarter: int, wanted: int) -> Idea:
    """An idea for a piece of another resolution."""
    if ticks_per_quarter == wanted:
        return idea
    factor = wanted / ticks_per_quarter
    return replace(
        idea,
        voices=rescaled(idea.voices, ticks_per_quarter, wanted),
        at=None if idea.at is None else round(idea.at * factor),
        ticks=round(idea.ticks * factor),
        fresh=None if idea.fresh is None else (round(idea.fresh[0] * factor), round(idea.fresh[1] * factor)),
    )


def _may_sing(track: Track, voice: Voice) -> bool:
    """Whether a track of a voice's name is that voice's: the composer's own double bass is no bass of a choir."""
    return track.program == voice.program or bool(is_generated(track.columns).all())


def _track_of(score: Score, voice: Voice, track: int) -> tuple[Score, int]:
    """The track a voice goes to, made if there is none."""
    if voice.track is not None and voice.track < len(score.tracks) and score.tracks[voice.track].name == voice.name:
        return score, voice.track
    if not voice.name and score.tracks:
        edited = min(max(0, track), len(score.tracks) - 1)
        if not score.tracks[edited].drums:
            return score, edited
        voice = replace(voice, name=UNNAMED)  # on drums a melody would be a rattle
    wanted = voice.name.casefold()
    for index, known in enumerate(score.tracks):
        if known.name.casefold() == wanted and not known.drums and _may_sing(known, voice):
            return score, index
    return with_new_track(score, voice.name, voice.program), len(score.tracks)
