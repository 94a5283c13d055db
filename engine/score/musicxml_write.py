"""Write MusicXML, for notation programs: notes in voices, tied over bars, with meters, keys, tempo and chord names.

Played music is written on the nearest values down to 32nds and triplets of sixteenths. Drums are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from engine.errors import UserError
from engine.score.chords import spelt
from engine.score.files import write_whole
from engine.score.general_midi import instrument_name
from engine.score.musicxml import SOFTWARE
from engine.score.musicxml_chords import write_harmony
from engine.score.notation import UNITS, VALUES, VOICES, Sign, beat_of, signs, voices_of
from engine.score.note import Note
from engine.score.score import Score
from engine.score.track import Track

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" "http://www.musicxml.org/dtds/partwise.dtd">\n'
)
_KEYBOARDS = range(24)  # General MIDI programs: pianos, bells, organs
_BOTH = (53, 67)  # a keyboard that goes below the one and above the other needs two staves
_MIDDLE = 60  # a part whose notes lie below on the average is written in the bass clef


def write_musicxml(score: Score, path: Path) -> None:
    """Write a score as a MusicXML file, whole or not at all.

    Raises:
        UserError: there are no pitched notes, or the place cannot be written to.
    """
    write_whole(path, to_musicxml(score))


def to_musicxml(score: Score) -> bytes:
    """A score as the text of a MusicXML file.

    Raises:
        UserError: it has no pitched notes.
    """
    tracks = [track for track in score.tracks if len(track) and not track.drums]
    if not tracks:
        raise UserError("There are no notes that could be written on a staff.", "Draw some first; drums have no pitch.")
    root = Element("score-partwise", version="4.0")
    if score.name:
        _text(SubElement(root, "work"), "work-title", score.name)
    _text(SubElement(SubElement(root, "identification"), "encoding"), "software", SOFTWARE)
    listed = SubElement(root, "part-list")
    bars = _bars(score)
    for number, track in enumerate(tracks, 1):
        _part(listed, track, number)
        root.append(_music(score, track, number, bars))
    ElementTree.indent(root, " ")
    return _HEAD.encode() + ElementTree.tostring(root, encoding="utf-8")


def _text(parent: Element, tag: str, text: object) -> Element:
    made = SubElement(parent, tag)
    made.text = str(text)
    return made


def _units(score: Score, tick: int) -> int:
    return round(tick * UNITS / score.ticks_per_quarter)


def _bars(score: Score) -> list[int]:
    """Where bars begin, in units, and where the last one ends."""
    found = [
        tick + number * score.bar_ticks(meter)
        for meter, (tick, count) in zip(score.meters, score.bars(), strict=True)
        for number in range(count)
    ]
    last = found[-1] + score.bar_ticks(score.meter_at(found[-1])) if found else score.bar_ticks(score.meters[0])
    return sorted({_units(score, tick) for tick in (*(found or [0]), last)})


def _part(listed: Element, track: Track, number: int) -> None:
    about = SubElement(listed, "score-part", id=f"P{number}")
    name = track.name or instrument_name(track.program, False)
    _text(about, "part-name", name)
    _text(SubElement(about, "score-instrument", id=f"P{number}-I"), "instrument-name", name)
    midi = SubElement(about, "midi-instrument", id=f"P{number}-I")
    _text(midi, "midi-channel", (number - 1) % 9 + 1)  # the tenth is for drums
    _text(midi, "midi-program", track.program + 1)


def _music(score: Score, track: Track, number: int, bars: list[int]) -> Element:
    part = Element("part", id=f"P{number}")
    meters = [score.meter_at(start * score.ticks_per_quarter // UNITS) for start in bars[:-1]]
    beats = [beat_of(meter.numerator, meter.denominator) for meter in meters]
    staves = staves_of(track)
    voices = [
        (staff, voice, signs(chords, bars, beats))
        for staff, notes in enumerate(staves)
        for voice, chords in enumerate(voices_of(notes, score.ticks_per_quarter) or [[]])
    ]
    said: tuple[object, ...] = ()
    for index, (start, end) in enumerate(pairwise(bars)):
        measure = SubElement(part, "measure", number=str(index + 1))
        tick = start * score.ticks_per_quarter // UNITS
        meter, key = meters[index], score.key_at(tick)
        now = (meter.numerator, meter.denominator, key.fifths if key else 0, bool(key and key.minor))
        if now != said:
            _attributes(measure, now, staves if index == 0 else [])
            said = now
        if number == 1:
            _marks(measure, score, start, end)
        for staff, voice, rows in voices:
            silent = not any(sign.pitches for sign in rows[index])
            if voice and silent:
                continue  # only the first voice of a staff shows that it is silent
            if voice or staff:
                _text(SubElement(measure, "backup"), "duration", end - start)
            place = (VOICES * staff + voice + 1, staff + 1 if len(staves) > 1 else 0)
            for sign in rows[index]:
                measure.extend(_notes(sign, place, now[2], silent))
    return part


def staves_of(track: Track) -> list[tuple[Note, ...]]:
    """The notes of a track staff by staff: those of a keyboard that needs both clefs on two, parted at middle C."""
    pitches = track.columns[1]
    both = track.program in _KEYBOARDS and int(pitches.min()) < _BOTH[0] and int(pitches.max()) > _BOTH[1]
    if not both:
        return [track.notes]
    upper, lower = (tuple(n for n in track.notes if (n.pitch >= _MIDDLE) is high) for high in (True, False))
    return [upper, lower]


def _attributes(measure: Element, now: tuple[int, int, int, bool], staves: list[tuple[Note, ...]]) -> None:
    """Meter and key; with the staves of the part, where it begins, its clefs too."""
    top, bottom, fifths, minor = now
    about = SubElement(measure, "attributes")
    if staves:
        _text(about, "divisions", UNITS)
    key = SubElement(about, "key")
    _text(key, "fifths", fifths)
    _text(key, "mode", "minor" if minor else "major")
    time = SubElement(about, "time")
    _text(time, "beats", top)
    _text(time, "beat-type", bottom)
    if len(staves) > 1:
        _text(about, "staves", len(staves))
    for number, notes in enumerate(staves, 1):
        clef = SubElement(about, "clef", {"number": str(number)} if len(staves) > 1 else {})
        high = sum(note.pitch for note in notes) >= _MIDDLE * len(notes)
        sign, line = ("G", 2) if high else ("F", 4)
        _text(clef, "sign", sign)
        _text(clef, "line", line)


def _marks(measure: Element, score: Score, start: int, end: int) -> None:
    """Tempos and chord names that stand in a bar, over the first part."""
    for tempo in score.tempos:
        if start <= (at := _units(score, tempo.tick)) < end:
            direction = SubElement(measure, "direction", placement="above")
            metronome = SubElement(SubElement(direction, "direction-type"), "metronome")
            _text(metronome, "beat-unit", "quarter")
            _text(metronome, "per-minute", round(tempo.bpm, 2))
            _text(direction, "offset", at - start)
            SubElement(direction, "sound", tempo=f"{tempo.bpm:.6g}")
    for chord in score.chords:
        if start <= (at := _units(score, chord.tick)) < end:
            write_harmony(measure, chord, score.fifths_at(chord.tick), at - start)


def _notes(sign: Sign, place: tuple[int, int], fifths: int, silent: bool) -> Iterator[Element]:
    """One element for each note of a chord, or one for a rest.

    Args:
        sign: what is written.
        place: number of the voice, and of the staff (0: the part has only one).
        fifths: sharps of the key.
        silent: the rest is that of a whole bar.
    """
    voice, staff = place
    for index, pitch in enumerate(sign.pitches or (None,)):
        note = Element("note")
        if index:
            SubElement(note, "chord")
        if pitch is None:
            SubElement(note, "rest", {"measure": "yes"} if silent else {})
        else:
            _pitch(note, pitch, fifths)
        _text(note, "duration", sign.length)
        for tied, kind in ((sign.tied_from, "stop"), (sign.tied_to, "start")):
            if tied:
                SubElement(note, "tie", type=kind)
        _text(note, "voice", voice)
        if not silent:
            _value(note, sign.length)
        if staff:
            _text(note, "staff", staff)
        if sign.tied_from or sign.tied_to:
            drawn = SubElement(note, "notations")
            for tied, kind in ((sign.tied_from, "stop"), (sign.tied_to, "start")):
                if tied:
                    SubElement(drawn, "tied", type=kind)
        yield note


def _pitch(note: Element, pitch: int, fifths: int) -> None:
    name = spelt(pitch % 12, fifths)
    alter = name.count("#") - name.count("b")
    made = SubElement(note, "pitch")
    _text(made, "step", name[0])
    if alter:
        _text(made, "alter", alter)
    _text(made, "octave", (pitch - alter) // 12 - 1)


def _value(note: Element, length: int) -> None:
    """The shape of the note: its name, dots, and whether three stand in the time of two."""
    if length not in VALUES:
        return  # a length no single value has; programs find a way from its duration
    kind, dots, of_three = VALUES[length]
    _text(note, "type", kind)
    for _ in range(dots):
        SubElement(note, "dot")
    if of_three:
        ratio = SubElement(note, "time-modification")
        _text(ratio, "actual-notes", 3)
        _text(ratio, "normal-notes", 2)
