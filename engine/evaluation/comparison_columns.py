"""What stands in a comparison: every figure with its words and the direction that is good."""

from __future__ import annotations

from engine.evaluation.comparison_table import HIGHER, LOWER, REAL, Column

COLUMNS = (
    Column(
        "distance",
        "distance",
        "Frechet distance over 54 musical features: how far the whole of the melodies lies from real ones. Pitches, "
        "intervals and lengths count, their order hardly: a Markov chain does well here.",
        LOWER,
        digits=1,
    ),
    Column(
        "told_apart",
        "told apart",
        "How often a simple classifier guesses right which melody is real and which is not, told of beats, degrees and "
        "how the two bars relate. 50 % is chance: it cannot tell. 100 %: they give themselves away.",
        LOWER,
        percent=True,
    ),
    Column(
        "code_distance",
        "code distance",
        "Frechet distance over the codes of the shipped MusicVAE's encoder, which hears notes in their order. For "
        "MusicVAE itself it is circular: it is measured by its own ear.",
        LOWER,
        digits=1,
    ),
    Column(
        "precision",
        "precision",
        "Melodies that lie among real ones. Low: much of it is not music of this kind.",
        HIGHER,
        percent=True,
    ),
    Column(
        "recall",
        "recall",
        "Real melodies that lie among the written ones. Low: it writes only a part of what there is.",
        HIGHER,
        percent=True,
    ),
    Column(
        "density",
        "density",
        "How densely real melodies lie around the written ones; about 1 for real music. Above: only the most usual.",
        REAL,
    ),
    Column(
        "coverage",
        "coverage",
        "Real melodies that have a written one near them, nearer than their own fifth neighbour.",
        HIGHER,
        percent=True,
    ),
    Column(
        "overlap",
        "overlap",
        "How far melodies are as unlike real ones as real ones are each other, feature by feature. Blind to order: "
        "shuffled tunes do well. Never to be read alone.",
        HIGHER,
        percent=True,
    ),
    Column(
        "inception",
        "inception",
        "Inception score by a judge of reels, hornpipes, jigs and hymns: high if each melody is clearly of one kind "
        "and all kinds come. It never looks at real music. Real tunes show what is usual.",
        REAL,
    ),
    Column(
        "different",
        "different",
        "Melodies that no other piece drawn had before, in any key. Low: the system repeats itself.",
        HIGHER,
        percent=True,
    ),
    Column(
        "copies",
        "copies",
        "Melodies that stand, in some key, among those learnt from. Real tunes share some with one another; "
        "held-out ones have none because what they share was taken out.",
        LOWER,
        percent=True,
    ),
    Column(
        "in_scale",
        "in scale",
        "Notes of a melody in the one scale, major or minor, that holds most of them.",
        REAL,
        percent=True,
    ),
    Column(
        "repetitions",
        "repeated runs",
        "Runs of two to nine pitches that come back within two bars, of all pairs of runs.",
        REAL,
        percent=True,
    ),
    Column(
        "bars_alike",
        "bars alike",
        "How much of the first bar's notes the second has in the same place.",
        REAL,
        percent=True,
    ),
    Column(
        "returns",
        "bars come back",
        "How like one of the bars before them bars five to eight are; only of music that long.",
        REAL,
        percent=True,
    ),
    Column("span", "span", "Semitones from the lowest to the highest note.", REAL, digits=1),
    Column("tones", "tones", "Different pitches in two bars.", REAL, digits=1),
    Column("classes", "classes", "Different pitch classes in a bar.", REAL, digits=1),
    Column("notes", "notes", "Notes in a bar.", REAL, digits=1),
    Column("qualified", "eighths or longer", "Notes that last an eighth or longer.", REAL, percent=True),
    Column("empty_bars", "empty bars", "Bars in which no note begins.", REAL, percent=True),
    Column(
        "polyphony",
        "struck together",
        "Moments at which several notes begin, of those at which one does; only of music in several voices.",
        REAL,
        percent=True,
    ),
)
FIRST = ("distance", "told_apart", "code_distance", "precision", "recall", "coverage", "different", "copies")
SECOND = ("density", "overlap", "inception", "in_scale", "repetitions", "bars_alike", "returns", "polyphony")
THIRD = ("span", "tones", "classes", "notes", "qualified", "empty_bars")
