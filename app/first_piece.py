"""The first piece where no demo file is installed: "Drunken Sailor", a traditional shanty, arranged small."""

from __future__ import annotations

from engine.score import Key, Meter, Note, Score, Tempo, Track

TICKS = 480
EIGHTH = TICKS // 2
PITCHES = {"C": 60, "D": 62, "E": 64, "F": 65, "G": 67, "A": 69, "B": 71, "c": 72, "d": 74}

# One bar a line; letters are pitches, the number behind is the length in sixteenths.
VERSE = """
A2 A1 A1 A2 A2 A2 D2 F2 A2
G2 G1 G1 G2 G2 G2 C2 E2 G2
A2 A1 A1 A2 A2 A2 B2 c2 d2
c2 A2 G2 E2 D4 D4
"""
CHORUS = """
A4 A4 A2 D2 F2 A2
G4 G4 G2 C2 E2 G2
A4 A4 A2 B2 c2 d2
c2 A2 G2 E2 D4 D4
"""
CHORDS = ("Dm", "C", "Dm", "C Dm", "Dm", "C", "Dm", "C Dm")  # one or two a bar
VOICES = {"Dm": (38, (57, 62, 65)), "C": (36, (55, 60, 64))}  # root in the bass, chord above


def _tune() -> list[Note]:
    notes, tick = [], 0
    for word in (VERSE + CHORUS).split():
        length = int(word[1:]) * EIGHTH // 2
        accent = 96 if tick % (2 * TICKS) == 0 else 82
        notes.append(Note(tick, PITCHES[word[0]] + 5, length - 20, accent))
        tick += length
    return notes


def _accompaniment() -> tuple[list[Note], list[Note]]:
    bass, chords = [], []
    for bar, names in enumerate(CHORDS):
        for beat in range(4):
            parts = names.split()
            root, chord = VOICES[parts[min(len(parts) - 1, beat // 2)]]
            tick = (bar * 4 + beat) * TICKS
            bass.append(Note(tick, root + 5 + (7 if beat % 2 else 0), TICKS - 60, 84 if beat % 2 == 0 else 70))
            chords += [Note(tick + EIGHTH, pitch + 5, EIGHTH - 40, 54) for pitch in chord]
    return bass, chords


def first_piece() -> Score:
    """Eight bars of melody, bass and guitar in G dorian, 4/4 at 108."""
    bass, chords = _accompaniment()
    tracks = (
        Track.of(_tune(), "Melody", program=73),
        Track.of(bass, "Bass", program=32),
        Track.of(chords, "Guitar", program=24),
    )
    signature = (Key(0, -1, minor=True),)  # one flat, as shanties in the dorian mode of G are printed
    return Score(tracks, (Tempo(0, 555_556),), (Meter(0, 4, 4),), signature, name="Drunken Sailor")
