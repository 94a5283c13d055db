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
    tick = events.tick * factor
    kind = events.status & 0xF0
    is_on = (kind == 0x90) & (events.data2 > 0)
    chosen = np.flatnonzero(is_on | (kind == 0x80) | (kind == 0x90))
    if not is_on.any():
        return []
    track = np.repeat(np.arange(len(events.first) - 1), np.diff(events.first))
    voice = (track[chosen] * 16 + (events.status[chosen] & 15)) * 128 + events.data1[chosen].astype(np.int64)
    order = np.argsort(voice, kind="stable")  # within a voice events stay in time order
    chosen, voice = chosen[order], voice[order]
    on, time = is_on[chosen], tick[chosen]
    at, end = _pair(voice, on, time, odd)
    last = np.append(tick, 0)[np.maximum(events.first[1:] - 1, 0)]  # when each track ends
    open_end = np.maximum(last[track[chosen[at]]], time[at] + max(1, ticks_per_quarter // 4))
    end = np.where(end < 0, open_end, end)
    voice, chosen, start = voice[at], chosen[at], time[at]
    odd.add("notes of no length", int((end <= start).sum()))
    kept, length = _tidy_lengths(voice, start, np.maximum(end - start, 1), odd)
    columns = np.empty((5, len(kept)), dtype=np.int64)
    columns[0], columns[1], columns[2] = start[kept], voice[kept] & 127, length
    columns[3], columns[4] = events.data2[chosen[kept]], 0
    return _parts(columns, voice[kept] >> 7, _programs(events, track, tick))


def _tidy_lengths(voice: Ints, start: Ints, length: Ints, odd: Oddities) -> tuple[Ints, Ints]:
    """Which notes stay, and their lengths, such that no two overlap on one pitch. Sorted by voice, then start."""
    sensible = start < MAX_TICK
    same = voice[1:] == voice[:-1]
    doubled = same & (start[1:] == start[:-1])  # the later one ends later: it stays
    odd.add("notes beyond any sensible length of a piece were left out", int((~sensible).sum()))
    odd.add("notes doubled on one pitch", int(doubled.sum()))
    kept = np.flatnonzero(np.append(~doubled, True) & sensible)
    start = start[kept]
    length = np.minimum(length[kept], MAX_TICK - start)
    room = start[1:] - start[:-1]
    cut = (voice[kept[1:]] == voice[kept[:-1]]) & (length[:-1] > room)
    odd.add("notes cut where their pitch begins again", int(cut.sum()))
    length[:-1][cut] = room[cut]
    return kept, length


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
    step = np.where(on, 1, -1)
    begins = np.append(True, voice[1:] != voice[:-1])
    segment = np.cumsum(begins) - 1
    depth = np.cumsum(step)
    starts = np.flatnonzero(begins)
    depth -= (depth - step)[starts][segment]
    # A lower floor for each voice makes the running minimum start afresh there.
    floor = np.minimum(depth, 0) - segment * (len(on) + 1)
    low = np.minimum.accumulate(floor)
    before = np.append(0, low[:-1])
    stray = ~on & (low < np.where(begins, -segment * (len(on) + 1), before))
    odd.add("note-offs that end no note", int(stray.sum()))
    kept = np.flatnonzero(~stray)
    at, end = _first_in_first_out(segment[kept], on[kept], time[kept], odd)
    return kept[at], end


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


def _parts(columns: Columns, place: Ints, programs: tuple[_Programs, _Programs]) -> list[Part]:
    """Sort notes, which come in order of place and pitch, into parts."""
    program, own = programs[0].at(place, columns[0])
    if not own.all():  # set up in another track of the file
        program = np.where(own, program, programs[1].at(place & 15, columns[0])[0])
    group = place * 128 + program
    runs = np.flatnonzero(np.append(True, group[1:] != group[:-1]))
    groups, rank = np.unique(group[runs], return_inverse=True)  # few, where the notes may be many
    ranks = np.repeat(rank, np.diff(np.append(runs, len(group))))
    order = np.argsort((ranks << 38) + (columns[0] << 7) + columns[1])
    columns = columns[:, order]
    bounds = np.searchsorted(ranks[order], np.arange(len(groups) + 1)).tolist()
    parts = [
        Part(g >> 11, g >> 7 & 15, g & 127, columns[:, bounds[i] : bounds[i + 1]])
        for i, g in enumerate(groups.tolist())
    ]
    return sorted(parts, key=lambda part: (part.track, part.channel, int(part.columns[0, 0])))
