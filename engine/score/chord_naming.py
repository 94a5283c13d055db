"""What notes that sound together are called, where there is no doubt: their pitch classes are exactly those of a chord.

Where there is doubt `chord_finding` guesses from the whole piece.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from engine.score.chords import Chord, Quality

Sounding = tuple[int, int, int]  # onset, end, pitch

PASSING = 0.13  # of a stretch: what sounds no longer is no part of a chord
# Those that a set of notes may be, the surest first; those with a root in doubt only where it is the lowest note.
_SURE = (
    Quality.MAJOR, Quality.MINOR, Quality.SEVENTH, Quality.MAJOR_SEVENTH, Quality.MINOR_SEVENTH, Quality.DIMINISHED,
    Quality.HALF_DIMINISHED, Quality.NINTH, Quality.MINOR_MAJOR_SEVENTH,
)  # fmt: skip
_ON_THE_ROOT = (
    Quality.SIXTH, Quality.MINOR_SIXTH, Quality.AUGMENTED, Quality.DIMINISHED_SEVENTH, Quality.SUSPENDED_FOURTH,
    Quality.SEVENTH_SUSPENDED, Quality.ADDED_NINTH, Quality.MAJOR_NINTH, Quality.MINOR_NINTH,
)  # fmt: skip


def chord_of(pitches: Collection[int], tick: int = 0) -> Chord | None:
    """The chord that some pitches are, in its root position whatever the lowest is; None if they are none."""
    if not pitches:
        return None
    classes, lowest = {pitch % 12 for pitch in pitches}, min(pitches) % 12
    choices = [(lowest, quality) for quality in (*_SURE, *_ON_THE_ROOT)]
    choices += [(root, quality) for quality in _SURE for root in sorted(classes)]
    for root, quality in choices:
        if classes == {(root + interval) % 12 for interval in quality.intervals}:
            return Chord(tick, root, quality)
    return None


def plain_chord(notes: Sequence[Sounding], start: int, end: int) -> Chord | None:
    """The chord that a stretch plainly is: of all its notes or of all below the highest voice, whichever is simpler.

    Args:
        notes: those that sound in the stretch, in any order.
        start: its first tick.
        end: the tick after it.

    Returns:
        The chord, None where in doubt.
    """
    plain: Chord | None = None
    for part in (notes, _below_the_top(notes)):
        heard: dict[int, int] = {}
        for onset, stop, pitch in part:
            heard[pitch] = heard.get(pitch, 0) + min(stop, end) - max(onset, start)
        shares: dict[int, int] = {}
        for pitch, ticks in heard.items():
            shares[pitch % 12] = shares.get(pitch % 12, 0) + ticks
        held = [pitch for pitch in heard if shares[pitch % 12] >= PASSING * (end - start)]
        chord = chord_of(held, start)
        if chord is not None and (len(chord.classes) == 3 or _together(part) >= 3):
            plain = chord if plain is None or len(chord.classes) < len(plain.classes) else plain
    return plain


def _below_the_top(notes: Sequence[Sounding]) -> list[Sounding]:
    """Notes without those above which nothing sounds while they begin."""
    return [note for note in notes if any(other[2] > note[2] and other[0] <= note[0] < other[1] for other in notes)]


def _together(notes: Sequence[Sounding]) -> int:
    """The most pitch classes that sound at one time."""
    return max(len({p % 12 for onset, stop, p in notes if onset <= note[0] < stop}) for note in notes)
