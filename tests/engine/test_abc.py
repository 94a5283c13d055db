"""The reader of ABC tune books, against the standard's rules and against another reader."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.corpus.abc import WHOLE, AbcNote, Tune, parse_key, read_book

EIGHTH = WHOLE // 8


def tune(body: str, key: str = "C", meter: str = "4/4", unit: str = "1/8") -> Tune:
    (found,) = read_book(f"X:1\nT:Test\nM:{meter}\nL:{unit}\nK:{key}\n{body}\n", "book")
    return found


def pitches(body: str, **fields: str) -> list[list[int | None]]:
    return [[note.pitch for note in bar] for bar in tune(body, **fields).bars]


def lengths(body: str, **fields: str) -> list[float]:
    """Lengths of all notes in eighths."""
    return [note.length / EIGHTH for bar in tune(body, **fields).bars for note in bar]


# pitch ---------------------------------------------------------------------------------------------------------------


def test_octaves() -> None:
    assert pitches("C,, C, C c c' c''") == [[36, 48, 60, 72, 84, 96]]
    assert pitches("B,' B") == [[71, 71]]


def test_an_accidental_holds_to_the_bar_line() -> None:
    assert pitches("F ^F F f|F") == [[65, 66, 66, 78], [65]]
    assert pitches("^F =F F|_B B ^^C C __D D", key="C") == [[66, 65, 65], [70, 70, 62, 62, 60, 60]]


def test_an_accidental_overrides_the_key_only_in_its_bar() -> None:
    assert pitches("F =F F|F", key="G") == [[66, 65, 65], [66]]


@pytest.mark.parametrize(
    ("key", "fifths"),
    [
        ("C", 0), ("G", 1), ("D", 2), ("F", -1), ("Bb", -2), ("F#", 6), ("Cb", -7), ("C#", 7),
        ("Am", 0), ("Em", 1), ("A minor", 0), ("Amin", 0), ("EMIN", 1), ("Gm", -2), ("D#m", 6), ("Aaeo", 0),
        ("Ddor", 0), ("Edor", 2), ("E dorian", 2), ("Amix", 2), ("A Mixolydian", 2), ("D mix", 1),
        ("Glyd", 2), ("Ephr", 0), ("Bloc", 0), ("Cion", 0), ("C major", 0), ("Gmaj", 1),
        ("HP", 2), ("Hp", 2), ("none", 0), ("", 0), ("G clef=bass", 1), ("Am  clef=treble", 0), ("D % a remark", 2),
    ],
)  # fmt: skip
def test_keys(key: str, fifths: int) -> None:
    assert parse_key(key) == fifths


def test_a_key_is_heard() -> None:
    assert pitches("C D E F G A B", key="D") == [[61, 62, 64, 66, 67, 69, 71]]
    assert pitches("C D E F G A B", key="Cm") == [[60, 62, 63, 65, 67, 68, 70]]


# time ----------------------------------------------------------------------------------------------------------------


def test_lengths_of_notes() -> None:
    assert lengths("C C2 C3/2 C/ C/2 C// C/4 C3/4 C16") == [1, 2, 1.5, 0.5, 0.5, 0.25, 0.25, 0.75, 16]


@pytest.mark.parametrize(("meter", "unit"), [("4/4", 8), ("3/4", 8), ("6/8", 8), ("2/4", 16), ("C|", 8), ("C", 8)])
def test_the_unit_follows_from_the_meter(meter: str, unit: int) -> None:
    (found,) = read_book(f"X:1\nM:{meter}\nK:C\nC D E|")
    assert found.bars[0][0].length == WHOLE // unit


def test_broken_rhythm() -> None:
    assert lengths("A>B") == [1.5, 0.5]
    assert lengths("A<B c>>d e<<f") == [0.5, 1.5, 1.75, 0.25, 0.25, 1.75]
    assert lengths("A2>B2 c") == [3, 1, 1]
    assert lengths("A > B c") == [1.5, 0.5, 1]
    assert [note.onset / EIGHTH for note in tune("A>B c").bars[0]] == [0, 1.5, 2]


def test_tuplets() -> None:
    assert lengths("(3ABc d") == pytest.approx([2 / 3] * 3 + [1])
    assert lengths("(2AB c") == [1.5, 1.5, 1]
    assert lengths("(3:2:2 A2B c") == pytest.approx([4 / 3, 2 / 3, 1])
    assert lengths("(3::2 A2B c") == pytest.approx([4 / 3, 2 / 3, 1])
    assert lengths("(5ABcde f", meter="4/4") == pytest.approx([2 / 5] * 5 + [1])
    assert lengths("(5ABcde f", meter="6/8") == pytest.approx([3 / 5] * 5 + [1])
    assert sum(note.length for note in tune("(3ABc (3def (3gab (3abc'|").bars[0]) == WHOLE, "tuplets stay exact"


def test_rests() -> None:
    assert pitches("z A x2|Z2|B") == [[None, 69, None], [None], [None], [71]]
    assert [sum(note.length for note in bar) for bar in tune("Z2|B8|").bars] == [WHOLE, WHOLE, WHOLE]


def test_ties_are_marked_also_over_the_bar_line() -> None:
    found = tune("A2-A B4-|B2 c2")
    assert [note.tied for bar in found.bars for note in bar] == [True, False, True, False, False]


def test_common_time_and_cut_time() -> None:
    assert tune("C", meter="C").meter == (4, 4)
    assert tune("C", meter="C|").meter == (2, 2)
    assert tune("C", meter="12/8").bar_length == WHOLE * 12 // 8


# structure -----------------------------------------------------------------------------------------------------------


def test_bars_and_repeats_stay_as_they_are_written() -> None:
    body = "|:A4 B4|c8 :|: d8|1 e8:|2 f8|]"
    assert pitches(body) == [[69, 71], [72], [74], [76], [77]]
    assert pitches("A||B::c:|[1 d|[2 e||") == [[69], [71], [72], [74], [76]]
    assert pitches("[|A|]B") == [[69], [71]]


def test_a_pickup_is_a_bar_of_its_own() -> None:
    found = tune("D2|G4 A4|")
    assert [sum(note.length for note in bar) for bar in found.bars] == [WHOLE // 4, WHOLE]


def test_a_chord_sounds_as_its_highest_note() -> None:
    assert pitches("[CEG]2 [c^GE] [C2E2]") == [[67, 72, 64]]
    assert lengths("[CEG]2 [CE] [C2E2]") == [2, 1, 2]


def test_what_is_left_out() -> None:
    assert pitches('"Am"A {gfe}B !trill!c +f+d ~e .f "^slow"g {/a}b') == [[69, 71, 72, 74, 76, 77, 79, 83]]
    assert pitches("A B % c d\nc") == [[69, 71, 72]]
    assert pitches("A B\nw: la la C D\nc") == [[69, 71, 72]]
    assert pitches("A (BA) B\\\nc") == [[69, 71, 69, 71, 72]]


def test_fields_inside_the_tune() -> None:
    assert pitches("F [K:D] F|F") == [[65, 66], [66]]
    assert lengths("A [L:1/16] A") == [1, 0.5]
    assert tune("A8|[M:3/4] A6|").steady is False
    assert tune("A8|\nM:6/8\nA6|").steady is False
    assert tune("A8|[M:4/4] A8|").steady is True
    assert tune("A8|\nK:D\nF8|").fifths == 0, "the first key is the tune's"


def test_a_book_of_many_tunes() -> None:
    text = (
        "% a collection\n\nX:1\nT:First\nT:Also called\nM:6/8\nK:G\nGAB|\n\n"
        "X:2\nT:Nothing but rests\nM:4/4\nK:C\nz8|\n\n"
        "X: 7\nT:Ó Néill\nM:4/4\nL:1/4\nK:Am\nA B c d|\n"
    )
    found = list(read_book(text, "mine"))
    assert [(t.number, t.title, t.meter, t.fifths) for t in found] == [
        ("1", "First", (6, 8), 1),
        ("7", "Ó Néill", (4, 4), 0),
    ]
    assert all(t.book == "mine" for t in found)
    assert found[1].bars[0][0] == AbcNote(0, WHOLE // 4, 69)


@pytest.mark.parametrize(
    "junk",
    [
        "",
        "X:",
        "X:1\nK:",
        "X:1\nM:0/0\nL:1/0\nK:Z\nA/0 (0AB (1A [] {|",
        "X:1\nK:C\n>A<|-(9",
        "X:1\nK:C\nA99999999",
    ],
)
def test_junk_never_raises(junk: str) -> None:
    for found in read_book(junk):
        assert all(note.length >= 1 for bar in found.bars for note in bar)


# against another reader ----------------------------------------------------------------------------------------------


def others(text: str) -> list[int]:
    """Pitches of a tune as music21 reads them; the version line makes it carry accidentals through the bar."""
    from music21 import converter, note

    sounding = []
    for each in converter.parse("%abc-2.1\n" + text, format="abc").flatten().notes:
        begins = each.tie is None or each.tie.type == "start"
        if isinstance(each, note.Note) and not each.duration.isGrace and begins:
            sounding.append(each.pitch.midi)
    return sounding


def ours(text: str) -> list[int]:
    found: list[int] = []
    tied = False
    for bar in next(read_book(text)).bars:
        for each in bar:
            if each.pitch is not None and not (tied and found[-1] == each.pitch):
                found.append(each.pitch)
            tied = each.tied
    return found


def test_music21_hears_the_same_in_real_tunes() -> None:
    music21 = pytest.importorskip("music21")
    folder = Path(music21.__file__).parent / "corpus"
    compared = 0
    for name in ("oneills1850", "ryansMammoth", "airdsAirs", "essenFolksong"):
        files = sorted((folder / name).glob("*.abc"))[:60]
        books = [file.read_text(encoding="utf-8", errors="replace") for file in files]
        tunes = [f"X:{block}" for book in books for block in re.split(r"(?m)^X:", book)[1:]]
        plain = [text for text in tunes if "K:" in text and not re.search(r'[\["{!~]', text)]
        assert plain, name
        for text in plain[:: max(1, len(plain) // 4)][:4]:
            assert ours(text) == others(text), text
            compared += 1
    assert compared >= 12
