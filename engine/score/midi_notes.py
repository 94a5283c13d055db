"""From note-on and note-off events to notes: which off ends which on, and which instrument plays it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.score.columns import Columns
from engine.score.midi_chunks import Oddities
from engine.score.midi_events import Events
from engine.score.note import MAX_TICK

Ints = NDArray[np.int64]
_DRUM_CHANNEL = 9


@dataclass(frozen=True)
class Part:
    """What one track of the file has on one channel with one program."""

    track: int
    channel: int
    program: int
    columns: Columns  # tidy

    @property
    def drums(self) -> bool:
        """Channel 10 as musicians count."""
        return self.channel == _DRUM_CHANNEL


def find_parts(events: Events, factor: int, ticks_per_quarter: int, odd: Oddities) -> list[Part]:
    """All notes, sorted into parts by track, channel and program.

    A note-off ends the oldest sounding note of its pitch. A note that is never ended stops at the next note on its
    pitch, else with its track. A note of no length lasts one tick.

    Args:
        events: all events.
        factor: ticks are multiplied by this.
        ticks_per_quarter: of the result; a note without an end on the last tick of its track lasts a sixteenth.
        odd: is told what was wrong.
    """
    tick = events.tick if factor == 1 else events.tick * factor
    kind = events.status & 0xF0
    is_on = (kind == 0x90) & (events.data2 > 0)
    chosen = np.flatnonzero(is_on | (kind == 0x80) | (kind == 0x90))
    if not is_on.any():
        return []
    track = np.repeat(np.arange(len(events.first) - 1), np.diff(events.first))
    voice = (track[chosen] * 16 + (events.status[chosen] & 15)) * 128 + events.data1[chosen].astype(np.int64)
    # Within a voice events stay in time order. 16-bit numbers are sorted by radix, six times as fast.
    order = np.argsort(voice.astype(np.uint16) if len(events.first) <= 33 else voice, kind="stable")
    chosen, voice = chosen[order], voice[order]
    on, time = is_on[chosen], tick[chosen]
    at, end = _pair(voice, on, time, odd)
    if len(at) and end.min() < 0:
        last = tick[events.first[track[chosen[at]] + 1] - 1]  # when the track ends
        end = np.where(end < 0, np.maximum(last, time[at] + max(1, ticks_per_quarter // 4)), end)
    voice, start, velocity = voice[at], time[at], events.data2[chosen[at]]
    odd.add("notes of no length", int((end <= start).sum()))
    kept, length = _tidy_lengths(voice, start, np.maximum(end - start, 1), odd)
    if len(kept) < len(start):
        voice, start, velocity = voice[kept], start[kept], velocity[kept]
    return _parts(voice, start, length, velocity, _programs(events, track, tick))


def _tidy_lengths(voice: Ints, start: Ints, length: Ints, odd: Oddities) -> tuple[Ints, Ints]:
    """Which notes stay, and their lengths, such that no two overlap on one pitch. Sorted by voice, then start."""
    kept = np.arange(len(start))
    new = _changes(voice)
    out = _changes(start)
    np.logical_or(new, out, out=out)  # begins a voice, or later than the note before
    doubled = len(out) - int(out.sum())
    beyond = int((start >= MAX_TICK).sum())
    if doubled or beyond:
        out[:-1] = out[1:]  # of notes that begin together the last one ends last: it stays
        out[-1] = True
        kept = np.flatnonzero(out & (start < MAX_TICK))
        odd.add("notes beyond any sensible length of a piece were left out", beyond)
        odd.add("notes doubled on one pitch", doubled)
        start, length, new = start[kept], length[kept], _changes(voice[kept])
    np.minimum(length, MAX_TICK - start, out=length)
    room = start[1:] - start[:-1]
    cut = ~new[1:] & (length[:-1] > room)
    if cut.any():
        odd.add("notes cut where their pitch begins again", int(cut.sum()))
        length[:-1][cut] = room[cut]
    return kept, length


def _changes(values: Ints) -> NDArray[np.bool_]:
    """Where a value differs from the one before it; True for the first."""
    changes = np.ones(len(values), dtype=bool)
    np.not_equal(values[1:], values[:-1], out=changes[1:])
    return changes


def _pair(voice: Ints, on: NDArray[np.bool_], time: Ints, odd: Oddities) -> tuple[Ints, Ints]:
    """Places of the note-ons, and the tick at which each ends (-1: never).

    Args:
        voice: of note-ons and note-offs, rising; within a voice they are in file order.
        on: which are note-ons.
        time: their ticks.
        odd: is told what was wrong.
    """
    half = len(on) // 2
    if len(on) % 2 == 0 and on[::2].all() and not on[1::2].any() and (voice[::2] == voice[1::2]).all():
        return np.arange(half) * 2, time[1::2]  # on, off, on, off: as it should be
    stray = _stray(voice, on)
    odd.add("note-offs that end no note", int(stray.sum()))
    kept = np.flatnonzero(~stray)
    voice = np.cumsum(_changes(voice)) - 1  # numbered without gaps
    at, end = _first_in_first_out(voice[kept], on[kept], time[kept], odd)
    return kept[at], end


def _stray(voice: Ints, on: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which note-offs come when nothing sounds in their voice."""
    step = np.where(on, 1, -1)
    begins = _changes(voice)
    segment = np.cumsum(begins) - 1
    depth = np.cumsum(step)
    depth -= (depth - step)[begins][segment]
    # A lower floor for each voice makes the running minimum start afresh there.
    segment *= -(len(on) + 1)
    low = np.minimum.accumulate(np.minimum(depth, 0) + segment)
    before = np.where(begins, segment, np.append(0, low[:-1]))
    return ~on & (low < before)


def _first_in_first_out(voice: Ints, on: NDArray[np.bool_], time: Ints, odd: Oddities) -> tuple[Ints, Ints]:
    """Pair where no off comes before its on; `voice` rises."""
    ons, offs = np.flatnonzero(on), np.flatnonzero(~on)
    voices = int(voice[-1]) + 1
    on_count, off_count = np.bincount(voice[ons], minlength=voices), np.bincount(voice[offs], minlength=voices)
    on_first, off_first = np.cumsum(on_count) - on_count, np.cumsum(off_count) - off_count
    rank = np.arange(len(ons)) - on_first[voice[ons]]
    partner = off_first[voice[ons]] + rank
    ended = rank < off_count[voice[ons]]
    end = np.where(ended, np.append(time[offs], -1)[np.minimum(partner, len(offs))], -1)
    if ended.all():
        return ons, end
    # A voice with too few offs: from where it last was silent on, first-in-first-out would hand every later note the
    # off of the one before. There a note ends at the next note or the first later off of its pitch.
    depth = np.cumsum(np.where(on, 1, -1))  # whole voices before this one may be unbalanced: compare within the voice
    base = (np.cumsum(on_count - off_count) - (on_count - off_count))[voice]
    silent = np.where(depth == base, np.arange(len(on)), -1)
    last_silent = np.full(voices, -1)
    np.maximum.at(last_silent, voice, silent)
    loose = np.flatnonzero((on_count > off_count)[voice[ons]] & (ons > last_silent[voice[ons]]))
    where = ons[loose]
    high = np.int64(1) << 40
    clipped = np.minimum(time, high - 1)
    spots = np.append(voice[offs] * high + clipped[offs], -1)
    later = np.searchsorted(spots[:-1], voice[where] * high + clipped[where], side="right")
    off_time = np.where(spots[later] // high == voice[where], np.append(time[offs], -1)[later], -1)
    following = np.append(ons, len(on))[loose + 1]
    same = np.append(voice, -1)[following] == voice[where]
    on_time = np.where(same, np.append(time, -1)[following], -1)
    end[loose] = np.where((off_time >= 0) & ((on_time < 0) | (off_time <= on_time)), off_time, on_time)
    odd.add("notes that are never ended", int((~ended).sum()))
    return ons, end


@dataclass(frozen=True)
class _Programs:
    """Program changes of one kind of place, as sorted keys place * 2**32 + tick, and what they change to."""

    keys: Ints
    programs: Ints

    def at(self, place: Ints, tick: Ints) -> tuple[Ints, NDArray[np.bool_]]:
        """The program in force at each place and tick, and whether the place has any program change."""
        if len(self.keys) == 0:
            return np.zeros(len(place), dtype=np.int64), np.zeros(len(place), dtype=bool)
        places = self.keys >> 32
        if not (self.keys & 0xFFFFFFFF).any():  # all at the very start, as in most files
            lookup = np.full(int(max(places[-1], place.max())) + 1, -1)
            lookup[places] = self.programs
            found = lookup[place]
            return np.maximum(found, 0), found >= 0
        index = np.searchsorted(self.keys, (place << 32) + tick, side="right") - 1
        here = (index >= 0) & (self.keys[index] >> 32 == place)
        following = np.minimum(index + 1, len(self.keys) - 1)
        return np.where(here, self.programs[index], 0), here | (self.keys[following] >> 32 == place)


def _programs(events: Events, track: Ints, tick: Ints) -> tuple[_Programs, _Programs]:
    """Program changes by (track, channel), and by channel alone."""
    found = np.flatnonzero(events.status & 0xF0 == 0xC0)
    channel = (events.status[found] & 15).astype(np.int64)
    program = events.data1[found].astype(np.int64)
    at = np.minimum(tick[found], MAX_TICK)
    both = []
    for place in (track[found] * 16 + channel, channel):
        keys = (place << 32) + at
        order = np.argsort(keys, kind="stable")
        both.append(_Programs(keys[order], program[order]))
    return both[0], both[1]


def _parts(
    voice: Ints, start: Ints, length: Ints, velocity: NDArray[np.uint8], programs: tuple[_Programs, _Programs]
) -> list[Part]:
    """Sort notes, which come in order of voice, into parts."""
    place = voice >> 7
    program, own = programs[0].at(place, start)
    if not own.all():  # set up in another track of the file
        program = np.where(own, program, programs[1].at(place & 15, start)[0])
    group = place * 128 + program
    runs = np.flatnonzero(_changes(group))
    names = group[runs].tolist()
    groups = sorted(set(names))  # few, where the notes may be many
    rank_of = {name: rank for rank, name in enumerate(groups)}
    lengths = np.diff(runs, append=len(group))
    ranks = np.repeat(np.array([rank_of[name] for name in names], dtype=np.int64), lengths)
    order = np.argsort((ranks << 38) + (start << 7) + (voice & 127))
    columns = np.zeros((5, len(group)), dtype=np.int64)
    for row, values in enumerate((start, voice & 127, length, velocity)):
        columns[row] = values[order]
    bounds = np.append(0, np.cumsum(np.bincount(ranks))).tolist()
    parts = [Part(g >> 11, g >> 7 & 15, g & 127, columns[:, bounds[i] : bounds[i + 1]]) for i, g in enumerate(groups)]
    return sorted(parts, key=lambda part: (part.track, part.channel, int(part.columns[0, 0])))
