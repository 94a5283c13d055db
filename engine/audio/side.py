"""Sounds beside the score: auditioned notes, previewed melodies and the metronome, on a synthesizer of their own,
so that they neither steal channels from the tracks nor end their notes.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from engine.audio.synth import DRUM_CHANNEL, MELODIC
from engine.audio.voices import Mix, Record, Sent
from engine.score import Note

Played = tuple[Iterable[Note], int]  # a melody from tick 0 on, and its General MIDI program

FOREVER = 1 << 60
PREVIEW_CHANNELS = MELODIC[:4]  # of the voices of a preview, in turn; auditions take the others
KEY_CHANNEL = MELODIC[4]  # of a MIDI keyboard
AUDITION_CHANNELS = MELODIC[5:]
ACCENT, BEAT = (76, 112), (77, 84)  # high and low wood block: pitch, velocity
CLICK_SECONDS = 0.06


class PreviewNote(NamedTuple):
    """A note of a melody that is heard without moving the playhead."""

    start: int  # frames from the beginning of the preview
    length: int  # frames
    pitch: int
    velocity: int
    voice: int = 0  # which of the preview's instruments plays it


def timed(voices: Iterable[Played], frames_a_tick: float) -> tuple[list[PreviewNote], list[int]]:
    """Melodies with their programs as the notes of one preview, and the programs in order."""
    notes, programs = [], []
    for voice, (melody, program) in enumerate(voices):
        programs.append(program)
        for n in melody:
            start, length = round(n.start * frames_a_tick), round(n.length * frames_a_tick)
            notes.append(PreviewNote(start, length, n.pitch, n.velocity, voice))
    return notes, programs


def _channel(note: PreviewNote) -> int:
    return PREVIEW_CHANNELS[note.voice % len(PREVIEW_CHANNELS)]


class _Due(NamedTuple):
    frame: int
    on: bool  # False sorts first: releases before onsets of the same frame
    serial: int  # which note; rising, so that the heap never compares further
    channel: int
    pitch: int
    velocity: int


class Side:
    """Plays single notes at frames of the core's clock.

    Args:
        mix: whose second synthesizer plays them.
        rate: frames a second.
        record: hears of everything that is sent.
    """

    def __init__(self, mix: Mix, rate: int, record: Record | None = None) -> None:
        self._mix = mix
        self.record = record
        self._rate = rate
        self._due: list[_Due] = []
        self._sounding: dict[tuple[int, int], _Due] = {}  # channel, pitch -> the onset that holds it
        self._preview_begin = self._preview_end = 0  # clock
        self._serial = 0
        self._turn = 0

    @property
    def active(self) -> bool:
        """Something sounds or will."""
        return bool(self._due or self._sounding)

    def audition(self, clock: int, pitch: int, velocity: int, program: int, length: int, drums: bool) -> None:
        """Sound one note now for `length` frames; each one gets the next channel, so they may overlap."""
        if drums:
            channel = DRUM_CHANNEL
        else:
            self._turn = (self._turn + 1) % len(AUDITION_CHANNELS)
            channel = AUDITION_CHANNELS[self._turn]
        self._mix.side.program(channel, program, drums)
        self._note(clock, clock + length, channel, pitch, velocity)

    def key(self, clock: int, pitch: int, velocity: int, program: int, drums: bool) -> None:
        """A key of a keyboard goes down, or with velocity 0 up."""
        channel = DRUM_CHANNEL if drums else KEY_CHANNEL
        if velocity:
            self._mix.side.program(channel, program, drums)
            self._note(clock, FOREVER, channel, pitch, velocity)
        else:
            ends = (d._replace(frame=clock + 1) if d.frame == FOREVER and d.pitch == pitch else d for d in self._due)
            self._due = list(ends)  # each ends the very note that it began, whatever is played there by now
            heapq.heapify(self._due)

    def preview(
        self, clock: int, notes: Sequence[PreviewNote], program: int | Sequence[int], follow: bool = False
    ) -> None:
        """Play a melody, or several voices together, in place of any other preview.

        Args:
            clock: now.
            notes: of all voices, each voice sorted by start.
            program: General MIDI program, or one for each voice; voices from the fifth on share with the first.
            follow: if another preview is under way, take over in the middle of it and keep its beat; notes that both
                have sound on. Otherwise start from the beginning.
        """
        if not (follow and clock < self._preview_end):
            self.stop_preview(clock)
            self._preview_begin = clock
        begin = self._preview_begin
        now = clock - begin
        self._due = [due for due in self._due if due.channel not in PREVIEW_CHANNELS]
        heapq.heapify(self._due)
        self._keep_common(clock, notes)
        programs = (program,) if isinstance(program, int) else program
        for channel, number in zip(PREVIEW_CHANNELS, programs, strict=False):
            self._mix.side.program(channel, number)
        for note in notes:
            if note.start >= now:
                start = begin + note.start
                self._note(start, start + note.length, _channel(note), note.pitch, note.velocity)
        self._preview_end = begin + max((note.start + note.length for note in notes), default=0)

    def _keep_common(self, clock: int, notes: Sequence[PreviewNote]) -> None:
        """Of the preview that sounds, hold what `notes` have as well until its new end, and release the rest."""
        now = clock - self._preview_begin
        held = {
            (note.start, _channel(note), note.pitch): note
            for note in notes
            if note.start < now < note.start + note.length
        }
        for (channel, pitch), holder in list(self._sounding.items()):
            if channel not in PREVIEW_CHANNELS:
                continue
            common = held.get((holder.frame - self._preview_begin, channel, pitch))
            if common is None:
                self._off(clock, channel, pitch)
            else:
                end = self._preview_begin + common.start + common.length
                heapq.heappush(self._due, _Due(end, False, holder.serial, channel, pitch, 0))

    def stop_preview(self, clock: int) -> None:
        """Release the previewed melody."""
        self._preview_end = clock
        self._due = [due for due in self._due if due.channel not in PREVIEW_CHANNELS]
        heapq.heapify(self._due)
        for channel, pitch in [key for key in self._sounding if key[0] in PREVIEW_CHANNELS]:
            self._off(clock, channel, pitch)

    def click(self, clock: int, accent: bool) -> None:
        """One beat of the metronome."""
        self._mix.side.program(DRUM_CHANNEL, 0, True)
        pitch, velocity = ACCENT if accent else BEAT
        self._note(clock, clock + int(CLICK_SECONDS * self._rate), DRUM_CHANNEL, pitch, velocity)

    def clear(self, clock: int) -> None:
        """Release what sounds and forget what was to come."""
        self._preview_end = clock
        self._due.clear()
        for channel, pitch in list(self._sounding):
            self._off(clock, channel, pitch)

    def send_due(self, clock: int) -> int:
        """Send whatever is due; returns the frames until the next, at least 1."""
        while self._due and self._due[0].frame <= clock:
            due = heapq.heappop(self._due)
            key = (due.channel, due.pitch)
            if due.on:
                if key in self._sounding:
                    self._off(clock, *key)
                self._sounding[key] = due
                self._mix.side.on(due.channel, due.pitch, due.velocity)
                self._tell(clock, True, due.channel, due.pitch, due.velocity)
            elif key in self._sounding and self._sounding[key].serial == due.serial:  # else a later note holds it
                self._off(clock, *key)
        return self._due[0].frame - clock if self._due else FOREVER

    def _note(self, start: int, end: int, channel: int, pitch: int, velocity: int) -> None:
        self._serial += 1
        heapq.heappush(self._due, _Due(start, True, self._serial, channel, pitch, velocity))
        heapq.heappush(self._due, _Due(max(end, start + 1), False, self._serial, channel, pitch, 0))

    def _off(self, clock: int, channel: int, pitch: int) -> None:
        del self._sounding[channel, pitch]
        self._mix.side.off(channel, pitch)
        self._tell(clock, False, channel, pitch, 0)

    def _tell(self, clock: int, on: bool, channel: int, pitch: int, velocity: int) -> None:
        if self.record is not None:
            self.record(Sent(clock, on, channel, pitch, velocity, True))
