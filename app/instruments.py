"""The General MIDI instruments by name, in the order of their program numbers."""

from __future__ import annotations

from engine.score import Track

NAMES = tuple(
    name.strip()
    for name in """
Grand piano, Bright piano, Electric grand, Honky-tonk piano, Electric piano, FM electric piano, Harpsichord, Clavinet,
Celesta, Glockenspiel, Music box, Vibraphone, Marimba, Xylophone, Tubular bells, Dulcimer,
Drawbar organ, Percussive organ, Rock organ, Church organ, Reed organ, Accordion, Harmonica, Tango accordion,
Nylon guitar, Steel guitar, Jazz guitar, Clean guitar, Muted guitar, Overdriven guitar, Distorted guitar,
Guitar harmonics, Acoustic bass, Finger bass, Picked bass, Fretless bass, Slap bass 1, Slap bass 2, Synth bass 1,
Synth bass 2, Violin, Viola, Cello, Double bass, Tremolo strings, Plucked strings, Harp, Timpani,
Strings, Slow strings, Synth strings 1, Synth strings 2, Choir aahs, Voice oohs, Synth voice, Orchestra hit,
Trumpet, Trombone, Tuba, Muted trumpet, French horn, Brass section, Synth brass 1, Synth brass 2,
Soprano sax, Alto sax, Tenor sax, Baritone sax, Oboe, English horn, Bassoon, Clarinet,
Piccolo, Flute, Recorder, Pan flute, Blown bottle, Shakuhachi, Whistle, Ocarina,
Square lead, Saw lead, Calliope lead, Chiff lead, Charang lead, Voice lead, Fifths lead, Bass and lead,
New age pad, Warm pad, Polysynth pad, Choir pad, Bowed pad, Metallic pad, Halo pad, Sweep pad,
Rain, Soundtrack, Crystal, Atmosphere, Brightness, Goblins, Echoes, Sci-fi,
Sitar, Banjo, Shamisen, Koto, Kalimba, Bagpipe, Fiddle, Shanai,
Tinkle bell, Agogo, Steel drums, Woodblock, Taiko, Melodic tom, Synth drum, Reverse cymbal,
Guitar fret noise, Breath noise, Seashore, Bird song, Telephone, Helicopter, Applause, Gunshot
""".replace("\n", " ").split(",")
)
DRUMS = "Drum kit"


def name_of(track: Track) -> str:
    """What a track is played on."""
    return DRUMS if track.drums else NAMES[track.program]
