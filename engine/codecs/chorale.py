"""Four voices in four bars: soprano, alto, tenor and bass, one token per voice and sixteenth.

The form of Briot's MiniBach (Briot, Hadjeres and Pachet, 2020, "Deep Learning Techniques for Music Generation"), with
one addition: a HOLD goes on with what sounds, so that a repeated note is struck again instead of melting into one.
Each voice has tokens of its own: HOLD 0, REST 1, then its pitches. The ranges are those of Bach's chorales: of 81,000
sung notes, one lies outside.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray

from engine.codecs.codec import Tokens, Voice
from engine.errors import UserError
from engine.score import Note, Origin, Score, Track

HOLD, REST, FIRST_PITCH = 0, 1, 2
VOICES = ("Soprano", "Alto", "Tenor", "Bass")
LOWEST, HIGHEST = (60, 53, 48, 36), (81, 74, 69, 64)  # of each voice, MIDI
BAR, BEAT, BARS = 16, 4, 4  # sixteenths, and bars of a window
STEPS = BAR * BARS
SILENT = 0  # in rows of sounding pitches
FURTHEST = 6  # semitones a window is moved at most
CHOIR = 52  # General MIDI, "Choir Aahs"
CROSSED = 12  # what two voices in the wrong order cost when chords are split, semitones

Step = tuple[int, int, int]  # onset, end (sixteenths of the window), pitch
Pitches = NDArray[np.int16]
_LOW = np.array(LOWEST, np.int16)


class ChoraleCodec:
    """Scores to tokens uint8 [4, 64] and back; see `codec.Codec`."""

    name = "chorale"
    bars = BARS
    shape: tuple[int, ...] = (len(VOICES), STEPS)
    sizes = tuple(FIRST_PITCH + high - low + 1 for low, high in zip(LOWEST, HIGHEST, strict=True))
    vocabulary = max(sizes)  # the bass has the widest range

    def span_ticks(self, ticks_per_quarter: int, compound: bool = False) -> int:
        """Length of the four bars in ticks; a chorale's bars always have sixteen sixteenths."""
        return BARS * 4 * ticks_per_quarter

    def read(self, tracks: Sequence[Track], ticks_per_quarter: int, at_tick: int = 0, compound: bool = False) -> Tokens:
        """The four bars from `at_tick` on, snapped to sixteenths; a note sounding into them begins with them.

        Up to four one-voiced tracks are the voices, the highest first; a voice nobody sings rests. Anything with chords
        in it is put together and split, from the highest note to the lowest. Pitches out of range move by octaves.

        Raises:
            UserError: nothing sounds there.
        """
        return read_steps(tracks, ticks_per_quarter, at_tick)

    def write(self, tokens: Tokens, ticks_per_quarter: int) -> tuple[Voice, ...]:
        """Four choir voices from tick 0 on, with a light metric accent; a voice that only rests has no notes."""
        voices = []
        for name, line in zip(VOICES, decode(tokens), strict=True):
            notes = []
            for onset, end, pitch in line:
                start, stop = (step * ticks_per_quarter // 4 for step in (onset, end))
                accent = 6 if onset % BAR == 0 else 0 if onset % BEAT == 0 else -6
                notes.append(Note(start, pitch, max(1, stop - start), 84 + accent, Origin.GENERATED))
            voices.append(Voice(name, CHOIR, tuple(notes)))
        return tuple(voices)

    def windows(self, score: Score) -> Iterator[Tokens]:
        """Every four bars of a four-voiced score in 4/4 or 2/2, bar by bar.

        Left out are windows in which all voices are silent for two beats (a pickup, a gap; one beat is a breath),
        and those that leave a voice's range.
        """
        tracks = [track for track in score.tracks if not track.drums and len(track)]
        bar = 4 * score.ticks_per_quarter
        if len(tracks) != len(VOICES) or any(score.bar_ticks(m) != bar for m in score.meters):
            return
        tracks.sort(key=lambda track: -float(track.columns[1].mean()))
        steps = -(-score.end // bar) * BAR
        lines = [_steps(track, score.ticks_per_quarter, 0, steps) for track in tracks]
        sounding, struck = (np.stack(part) for part in zip(*(_grid(v, steps) for v in lines), strict=True))
        for first in range(0, steps - STEPS + 1, BAR):
            window = sounding[:, first : first + STEPS]
            silent = (window == SILENT).all(0).reshape(-1, BEAT).all(1)
            if not (silent[1:] & silent[:-1]).any() and (window != SILENT).any(1).all() and _in_range(window):
                yield _tokens(window, struck[:, first : first + STEPS])

    def transpose_randomly(self, windows: Tokens, rng: np.random.Generator) -> Tokens:
        """Windows [n, 4, 64], each moved as a whole by -6..6 semitones, as far as all its voices stay in range."""
        pitch = windows.astype(np.int16) - FIRST_PITCH
        sung = pitch >= 0
        room = np.array(self.sizes, np.int16)[:, None] - FIRST_PITCH - 1
        down = np.where(sung, pitch, FURTHEST).min((1, 2)).clip(0, FURTHEST)
        up = np.where(sung, room - pitch, FURTHEST).min((1, 2)).clip(0, FURTHEST)
        shift = rng.integers(-down, up + 1)
        return np.where(sung, windows + shift[:, None, None], windows).astype(np.uint8)

    def cells(self, tokens: Tokens, first: int, end: int) -> NDArray[np.bool_]:
        """All voices of the sixteenths from `first` up to `end`."""
        mask = np.zeros(tokens.shape, dtype=bool)
        mask[:, first:end] = True
        return mask

    def shape_of(self, windows: Tokens) -> Tokens:
        """Rows [n, 256]: pitches above the lowest of the window, all voices in one scale."""
        pitch = windows.astype(np.int16) + (_LOW[:, None] - FIRST_PITCH)
        sung = windows >= FIRST_PITCH
        lowest = np.where(sung, pitch, 127).min((1, 2))
        rows = np.where(sung, pitch - lowest[:, None, None] + FIRST_PITCH, windows)
        return rows.reshape(len(windows), -1).astype(np.uint8)


CHORALE = ChoraleCodec()


def pitches(tokens: NDArray[np.integer]) -> Pitches:
    """What sounds at every step of windows [..., 4, 64]: MIDI pitches, 0 where a voice is silent."""
    places = np.arange(tokens.shape[-1])
    spoken = np.maximum.accumulate(np.where(tokens != HOLD, places, 0), axis=-1)
    last = np.take_along_axis(tokens.astype(np.int16), spoken, -1)
    return np.where(last >= FIRST_PITCH, last - FIRST_PITCH + _LOW[:, None], SILENT).astype(np.int16)


def read_steps(tracks: Sequence[Track], ticks_per_quarter: int, at_tick: int = 0, steps: int = STEPS) -> Tokens:
    """As `ChoraleCodec.read`, but any number of sixteenths [4, steps]: a track sings the same voice throughout.

    Raises:
        UserError: nothing sounds there.
    """
    heard = [_steps(track, ticks_per_quarter, at_tick, steps) for track in tracks if not track.drums]
    lines = [line for line in heard if line]
    if not lines:
        raise UserError("Nothing sounds in these four bars.", "Choose bars that have notes in them.")
    if len(lines) > len(VOICES) or not all(_one_voiced(line) for line in lines):
        voices = _split([note for line in lines for note in line])
    else:
        lines.sort(key=lambda line: -np.mean([pitch for _, _, pitch in line]))
        middles = [float(np.mean([pitch for _, _, pitch in line])) for line in lines]
        voices = [[] for _ in VOICES]
        for voice, line in zip(_seats(middles, range(len(VOICES)), {}), lines, strict=True):
            voices[voice] = line
    sounding, struck = (np.stack(part) for part in zip(*(_grid(v, steps) for v in voices), strict=True))
    return _tokens(_folded(sounding), struck)


def read_as_voice(
    tracks: Sequence[Track], ticks_per_quarter: int, at_tick: int, voice: int, steps: int = STEPS
) -> tuple[Tokens, int]:
    """The highest line of tracks as one voice [4, steps], the others rest; and by how many octaves it was moved.

    It moves as a whole into the voice's range, as little as needed; only notes that still lie outside move alone.

    Raises:
        UserError: nothing sounds there.
    """
    notes = [n for track in tracks if not track.drums for n in _steps(track, ticks_per_quarter, at_tick, steps)]
    if not notes:
        raise UserError("Nothing sounds in these bars.", "Choose bars that have notes in them.")
    line: list[Step] = []
    for note in sorted(notes, key=lambda note: (note[0], -note[2])):
        if not line or note[2] > line[-1][2] or note[0] >= line[-1][1]:
            line.append(note)
    low, high = LOWEST[voice], HIGHEST[voice]

    def outside(octaves: int) -> tuple[int, int]:
        return sum(not low <= pitch + 12 * octaves <= high for _, _, pitch in line), abs(octaves)

    octaves = min(range(-10, 11), key=outside)
    moved = [(onset, end, pitch + 12 * octaves) for onset, end, pitch in line]
    rows = [_grid(moved if index == voice else [], steps) for index in range(len(VOICES))]
    sounding, struck = (np.stack(part) for part in zip(*rows, strict=True))
    return _tokens(_folded(sounding), struck), octaves


def as_voice(tokens: Tokens, voice: int) -> Tokens:
    """The highest voice that sings in a window [4, n], moved by octaves into another's range; the others rest."""
    steps = tokens.shape[1]
    lines = decode(tokens)
    line = next((line for line in lines if line), [])
    voices: list[list[Step]] = [line if index == voice else [] for index in range(len(VOICES))]
    sounding, struck = (np.stack(part) for part in zip(*(_grid(v, steps) for v in voices), strict=True))
    return _tokens(_folded(sounding), struck)


def decode(tokens: Tokens) -> list[list[Step]]:
    """The notes of each voice of a window [4, 64]; a HOLD with nothing before it is silence."""
    voices: list[list[Step]] = []
    for low, line in zip(LOWEST, tokens.tolist(), strict=True):
        changes = [step for step, token in enumerate(line) if token != HOLD] + [len(line)]
        notes = pairwise(changes)
        voices.append([(on, end, line[on] - FIRST_PITCH + low) for on, end in notes if line[on] >= FIRST_PITCH])
    return voices


def _steps(track: Track, ticks_per_quarter: int, at_tick: int, steps: int = STEPS) -> list[Step]:
    """The notes that sound within `steps` sixteenths of `at_tick`, snapped to the nearest."""
    start, pitch, length = track.columns[:3]
    sixteenth = ticks_per_quarter / 4
    onset = np.rint((start - at_tick) / sixteenth).astype(int)
    end = np.maximum(np.rint((start + length - at_tick) / sixteenth).astype(int), onset + 1)
    inside = (onset < steps) & (end > 0)
    rows = (column[inside].tolist() for column in (np.maximum(onset, 0), np.minimum(end, steps), pitch))
    return list(zip(*rows, strict=True))


def _one_voiced(line: list[Step]) -> bool:
    """Whether no two notes sound together."""
    order = sorted(line)
    return all(before[1] <= after[0] for before, after in pairwise(order))


def _grid(line: list[Step], steps: int) -> tuple[Pitches, NDArray[np.bool_]]:
    """Sounding pitch and "a note begins here" of each step; the next note cuts one off, of two the longer stays."""
    sounding, struck = np.full(steps, SILENT, np.int16), np.zeros(steps, bool)
    for onset, end, pitch in sorted(line, key=lambda note: (note[0], note[1])):
        sounding[onset:] = SILENT
        sounding[onset:end] = pitch
        struck[onset] = True
    return sounding, struck


def _tokens(sounding: Pitches, struck: NDArray[np.bool_]) -> Tokens:
    """Tokens [4, steps] of rows whose pitches are in range; what sounds into the window begins with it."""
    begins = struck.copy()
    begins[:, 0] = True
    begins[:, 1:] |= sounding[:, 1:] != sounding[:, :-1]
    spoken = np.where(sounding == SILENT, REST, sounding - _LOW[:, None] + FIRST_PITCH)
    return np.where(begins, spoken, HOLD).astype(np.uint8)


def _in_range(sounding: Pitches) -> bool:
    low, high = np.array(LOWEST)[:, None], np.array(HIGHEST)[:, None]
    return bool(((sounding == SILENT) | ((sounding >= low) & (sounding <= high))).all())


def _folded(sounding: Pitches) -> Pitches:
    """Pitches moved by octaves into each voice's range (all are wider than an octave)."""
    low, high = np.array(LOWEST)[:, None], np.array(HIGHEST)[:, None]
    up, down = -(-np.maximum(low - sounding, 0) // 12), -(-np.maximum(sounding - high, 0) // 12)
    return np.where(sounding == SILENT, SILENT, sounding + 12 * (up - down)).astype(np.int16)


def _seats(falling: Sequence[float], free: Sequence[int], held: dict[int, int]) -> tuple[int, ...]:
    """Which of the free voices sing these pitches, highest first: nearest to their range, in order with those held."""

    def cost(seats: tuple[int, ...]) -> float:
        far = 0.0
        for pitch, voice in zip(falling, seats, strict=True):
            far += abs(pitch - (LOWEST[voice] + HIGHEST[voice]) / 2)
            far += CROSSED * sum((other - voice) * (sung - pitch) > 0 for other, sung in held.items())
        return far

    return min(combinations(free, len(falling)), key=cost)


def _split(notes: list[Step]) -> list[list[Step]]:
    """Any notes as four voices: a sounding note keeps its voice, new ones take the free voices from the top down.

    Of more than four at once, the three highest and the lowest are kept.
    """
    voices: list[list[Step]] = [[] for _ in VOICES]
    for onset in sorted({note[0] for note in notes}):
        new = sorted({note[2]: note for note in notes if note[0] == onset}.values(), key=lambda note: -note[2])
        new = new if len(new) <= len(VOICES) else [*new[:3], new[-1]]
        held = {i: line[-1][2] for i, line in enumerate(voices) if line and line[-1][1] > onset}
        if len(new) + len(held) > len(VOICES):
            held = {}
        free = [i for i in range(len(VOICES)) if i not in held]
        for voice, note in zip(_seats([note[2] for note in new], free, held), new, strict=True):
            voices[voice].append(note)
    return voices
