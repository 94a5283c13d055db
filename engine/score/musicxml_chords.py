"""Chord symbols in MusicXML, both ways: what stands above the staff of a lead sheet."""

from __future__ import annotations

from dataclasses import replace
from xml.etree.ElementTree import Element, SubElement

from engine.score.chords import Chord, Quality, read_chord, spelt

# Quality -> kind, and the degree that is added to it where no kind of its own exists.
_KINDS: dict[Quality, tuple[str, tuple[int, int] | None]] = {
    Quality.MAJOR: ("major", None), Quality.MINOR: ("minor", None), Quality.SEVENTH: ("dominant", None),
    Quality.MAJOR_SEVENTH: ("major-seventh", None), Quality.MINOR_SEVENTH: ("minor-seventh", None),
    Quality.SIXTH: ("major-sixth", None), Quality.MINOR_SIXTH: ("minor-sixth", None),
    Quality.DIMINISHED: ("diminished", None), Quality.DIMINISHED_SEVENTH: ("diminished-seventh", None),
    Quality.HALF_DIMINISHED: ("half-diminished", None), Quality.AUGMENTED: ("augmented", None),
    Quality.SUSPENDED_SECOND: ("suspended-second", None), Quality.SUSPENDED_FOURTH: ("suspended-fourth", None),
    Quality.SEVENTH_SUSPENDED: ("suspended-fourth", (7, 0)),  # a seventh that is added is a minor one
    Quality.MINOR_MAJOR_SEVENTH: ("major-minor", None), Quality.NINTH: ("dominant-ninth", None),
    Quality.MAJOR_NINTH: ("major-ninth", None), Quality.MINOR_NINTH: ("minor-ninth", None),
    Quality.ADDED_NINTH: ("major", (9, 0)), Quality.POWER: ("power", None), Quality.NONE: ("none", None),
}  # fmt: skip
_READ = {kind: quality for quality, (kind, added) in _KINDS.items() if added is None} | {
    # richer than what is kept here: the nearest that has the same third and seventh
    "dominant-11th": Quality.NINTH, "dominant-13th": Quality.NINTH, "major-11th": Quality.MAJOR_NINTH,
    "major-13th": Quality.MAJOR_NINTH, "minor-11th": Quality.MINOR_NINTH, "minor-13th": Quality.MINOR_NINTH,
    "augmented-seventh": Quality.AUGMENTED,
}  # fmt: skip
_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


def read_harmony(harmony: Element, moved: int) -> Chord | None:
    """The chord of a `harmony` element, at tick 0; None if it names none that is known here (a function, say).

    Args:
        harmony: the element.
        moved: semitones from what is written to what sounds.
    """
    kind = harmony.find("kind")
    said = (kind.text or "").strip() if kind is not None else ""
    if said == "none":
        return Chord(0, quality=Quality.NONE)
    root = _class(harmony, "root")
    if root is None:
        return None
    quality = _READ.get(said)
    if quality is None:  # "other", or a kind of later days: the text beside it is what the reader sees
        shown = read_chord("C" + (kind.get("text", "") if kind is not None else ""), simplify=True)
        quality = shown.quality if shown is not None else Quality.MAJOR
    bass = _class(harmony, "bass")
    chord = Chord(0, root, _with_degrees(harmony, quality), bass)
    bass = None if chord.bass is None else (chord.bass + moved) % 12
    return replace(chord, root=(chord.root + moved) % 12 if quality is not Quality.NONE else 0, bass=bass)


def _with_degrees(harmony: Element, quality: Quality) -> Quality:
    """A quality with what is added to it, where that is one of ours."""
    degrees = harmony.iter("degree")
    added = {d.findtext("degree-value", "") for d in degrees if d.findtext("degree-type", "").strip() == "add"}
    if quality is Quality.SUSPENDED_FOURTH and "7" in added:
        return Quality.SEVENTH_SUSPENDED
    return Quality.ADDED_NINTH if quality is Quality.MAJOR and added & {"9", "2"} else quality


def _class(harmony: Element, what: str) -> int | None:
    """Pitch class of the root or the bass."""
    step = _STEPS.get(harmony.findtext(f"{what}/{what}-step", "").strip())
    return None if step is None else (step + round(float(harmony.findtext(f"{what}/{what}-alter") or 0))) % 12


def write_harmony(measure: Element, chord: Chord, fifths: int, offset: int) -> None:
    """Put a chord into a measure, `offset` units behind where the measure's writing stands."""
    made = SubElement(measure, "harmony")
    kind, added = _KINDS[chord.quality]
    _place(SubElement(made, "root"), "root", spelt(chord.root, fifths, chord.quality.is_minor))
    SubElement(made, "kind", text=chord.quality.symbol or ("N.C." if chord.quality is Quality.NONE else "")).text = kind
    if chord.bass is not None:
        _place(SubElement(made, "bass"), "bass", spelt(chord.bass, fifths))
    if added is not None:
        degree = SubElement(made, "degree", {"print-object": "no"})
        for name, text in (("value", added[0]), ("alter", added[1]), ("type", "add")):
            SubElement(degree, f"degree-{name}").text = str(text)
    SubElement(made, "offset").text = str(offset)


def _place(parent: Element, what: str, name: str) -> None:
    SubElement(parent, f"{what}-step").text = name[0]
    if len(name) > 1:
        SubElement(parent, f"{what}-alter").text = str(name.count("#") - name.count("b"))
