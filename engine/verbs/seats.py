"""Into which tracks an idea goes that was made of all that sounds: those it was made of, not new ones beside them."""

from __future__ import annotations

from dataclasses import replace

from engine.codecs.codec import Voice
from engine.score import Score
from engine.verbs.idea import Idea
from engine.verbs.verb import Passage


def seated(passage: Passage | None, idea: Idea) -> Idea:
    """The idea with voices called as the tracks whose parts they take over.

    A voice that is nobody's yet takes the highest track that is still free, the last voice the lowest. Where the idea
    stands in the place of all that sounded, tracks that no voice took over fall silent there.
    """
    if passage is None or not passage.texture or idea.at is None:
        return idea
    voices = list(idea.voices)
    free = _free(passage.score, voices)
    nobody = [n for n, voice in enumerate(voices) if voice.name and _taken(passage.score, voice) is None]
    if len(voices) == 1 and len(free) > 1:
        nobody = []  # one instrument plays what several did: it has a track of its own
    if len(nobody) > 1 and len(free) > 1:
        last = nobody.pop()
        voices[last] = _as(passage.score, free.pop(), voices[last])
    for number in nobody[: len(free)]:
        voices[number] = _as(passage.score, free.pop(0), voices[number])
    everything = idea.written is None or set(idea.written) == set(range(len(idea.voices)))
    written = idea.written
    if idea.fresh is not None and everything:
        silent = [Voice(passage.score.tracks[n].name, passage.score.tracks[n].program, (), n) for n in free]
        voices, written = voices + silent, None
    return replace(idea, voices=tuple(voices), written=written)


def _free(score: Score, voices: list[Voice]) -> list[int]:
    """Tracks that are heard and that no voice is called like, the highest first."""
    taken = {_taken(score, voice) for voice in voices}
    heard = [n for n, track in enumerate(score.tracks) if len(track) and not track.drums and n not in taken]
    return sorted(heard, key=lambda n: -float(score.tracks[n].columns[1].mean()))


def _taken(score: Score, voice: Voice) -> int | None:
    """The track a voice goes to, if there is one already."""
    if voice.track is not None and voice.track < len(score.tracks) and score.tracks[voice.track].name == voice.name:
        return voice.track
    wanted = voice.name.casefold()
    return next((n for n, t in enumerate(score.tracks) if t.name.casefold() == wanted and not t.drums), None)


def _as(score: Score, track: int, voice: Voice) -> Voice:
    return replace(voice, name=score.tracks[track].name, program=score.tracks[track].program, track=track)
