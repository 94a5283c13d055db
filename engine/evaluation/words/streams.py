"""Words for the figures of systems that improvise in free time."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "stream_fd": ("Improvisations: distance from real music (50 features)", "plain"),
    "real_stream_fd": ("For comparison: other real music", "plain"),
    "markov_stream_fd": ("For comparison: a Markov chain of notes", "plain"),
    "stream_in_a_row": ("Improvisations: notes in a row that are in one training piece", "plain"),
    "real_stream_in_a_row": ("For comparison, real music never heard: the same", "plain"),
    "carried_on_in_key": ("Going on from music never heard: notes in its key", "percent"),
    "real_carried_on_in_key": ("For comparison, that music itself: notes in its key", "percent"),
}
for _prefix, _whose in (("stream_", "Improvisations"), ("real_stream_", "For comparison, real music")):
    WORDS |= {
        f"{_prefix}polyphony": (f"{_whose}: beginnings with two notes or more", "percent"),
        f"{_prefix}scale": (f"{_whose}: notes in the scale that fits best", "percent"),
        f"{_prefix}twos": (f"{_whose}: pairs of notes that come again (of all pairs of pairs)", "precise"),
        f"{_prefix}threes": (f"{_whose}: groups of three notes that come again", "precise"),
        f"{_prefix}span": (f"{_whose}: semitones from the lowest to the highest note", "plain"),
        f"{_prefix}tones": (f"{_whose}: different pitches", "plain"),
        f"{_prefix}intensity": (f"{_whose}: velocity, from the softest to the loudest note", "plain"),
    }
