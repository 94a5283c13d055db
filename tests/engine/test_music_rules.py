"""RL Tuner's rules on melodies whose totals can be counted by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from engine.models.parts import music_rules as rules
from engine.models.parts.eighths import FIRST, SYMBOLS

_NOTES = {name: n for n, name in enumerate(("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"))}
BAR = 8


def line(text: str) -> np.ndarray:
    """`C4 - . G4`: notes, holds and rests; C4 is MIDI 60."""
    said = {"-": 1, ".": 0}
    row = [said[s] if s in said else FIRST + _NOTES[s[:-1]] + 12 * (int(s[-1]) - 3) for s in text.split()]
    return np.array([row], dtype=np.int64)


def got(rule: Callable[..., np.ndarray], text: str, bar: int = BAR) -> list[float]:
    return [round(float(value), 4) for value in rule(line(text), bar)[0]]


def test_notes_out_of_key_cost_one() -> None:
    assert got(rules.in_key, "C4 F#4 - . B3 Bb5 D4 E4") == [0, -1, 0, 0, 0, -1, 0, 0]


def test_the_tonic_begins_and_ends() -> None:
    assert got(rules.tonic, "C4 D4 E4 F4 C4 - . -") == [3, 0, 0, 0, 3, 3, 3, 3]
    assert got(rules.tonic, "C5 D4 E4 F4 C5 . - G4") == [0, 0, 0, 0, 0, 0, 3, 0]  # only MIDI 60, then a hold
    assert got(rules.tonic, "C4 D4 E4 C4 - .", bar=6) == [3, 0, 0, 3, 3, 3]


def test_repetition_costs_a_hundred() -> None:
    assert got(rules.repetition, "C4 C4 C4 C4 C4 C4 D4 C4") == [0, 0, 0, 0, 0, -100, 0, 0]
    assert got(rules.repetition, "C4 - C4 C4 C4 C4 C4 C4 C4") == [0, 0, 0, 0, 0, 0, 0, 0, -100]
    assert got(rules.repetition, "D4 - C4 C4 C4 C4 C4 C4") == [0] * 7 + [-100]  # the hold was another note's
    assert got(rules.repetition, "C4 . . . D4 . .") == [0, 0, 0, -100, 0, 0, 0]
    assert got(rules.repetition, "C4 - - - - - - D4") == [0, 0, 0, 0, 0, 0, -100, 0]  # held like one repeated


def test_autocorrelation_is_that_of_the_pitches_so_far() -> None:
    text = "C4 - D4 E4 . F4 D4 G4 - A4 C4"
    row = line(text)[0]
    notes = [float(s) for s in row if s >= FIRST]
    for step in range(len(row)):
        so_far = np.array(notes[: int((row[: step + 1] >= FIRST).sum())])
        deviation = so_far - so_far.mean()
        expected = 0.0
        for lag in (1, 2, 3):
            if len(so_far) > lag and so_far.std() > 0:
                c = abs((deviation[lag:] * deviation[:-lag]).sum() / (deviation**2).sum())
                expected -= 3 * c if c > 0.15 else 0.0
        assert rules.autocorrelation(line(text), BAR)[0, step] == pytest.approx(expected, abs=1e-4)


def test_one_note_again_and_again_follows_itself_wholly() -> None:
    assert got(rules.autocorrelation, "C4 - C4 C4 D4")[:4] == [0, 0, -3, -6]


def test_a_motif_has_three_notes_in_a_bar() -> None:
    assert got(rules.motif, "C4 C4 C4 - D4 . C4 E4 C4") == [0] * 7 + [3.0, 3.0]
    assert got(rules.motif, "C4 D4 E4 F4 G4 . - - -")[7:] == [3.6, 3.3]
    assert got(rules.motif, "C4 D4 C4 D4 C4 D4 C4 D4")[-1] == 0
    assert got(rules.motif, "C4 D4 E4 - - .", bar=6) == [0] * 5 + [3.0]


def test_a_motif_that_comes_again() -> None:
    motif = "C4 D4 E4 F4 G4 . - -"
    whole = got(rules.repeated_motif, f"{motif} {motif}")
    assert whole[-1] == 4 + 2 and whole[:8] == [0] * 8
    part = "C4 D4 E4 F4 G4 A4 A4 A4"  # five of eight symbols are the same, six different notes
    assert got(rules.repeated_motif, f"{motif} {part}")[-1] == pytest.approx((4 + 3) * 0.25)
    less = "C4 D4 E4 F4 B4 A4 A4 A4"
    assert got(rules.repeated_motif, f"{motif} {less}")[-1] == 0
    assert rules.recurrence(line("C4 C4 C4 C4 C4 C4 C4 C4 C4"), BAR)[0, -1] == 0, "it may not overlap itself"


def test_intervals_are_worth_what_the_paper_says() -> None:
    def one(text: str) -> float:
        return got(rules.intervals, text)[-1]

    assert got(rules.intervals, "- . C4")[:3] == [0, 0, 0]
    assert one("C4 -") == 1.5 and one("C4 .") == 0.75 and one("D4 -") == 0.375 and one("D4 .") == 0.25
    assert one("C4 - G4") == 0.5 and one("D4 A4") == 0.1, "fifths in key and elsewhere"
    assert one("C4 E4") == 0.75 and one("F4 A4") == 0.45, "thirds in key and elsewhere"
    assert one("C4 D4") == 0.4 and one("C4 F4") == 0.35 and one("C4 A4") == 0.25 and one("C4 B4") == -1.5
    assert one("C4 C5") == 0 and one("C4 D5") == -5 and one("E4 F4") == 0


def test_leaps_are_made_good_or_doubled() -> None:
    assert got(rules.leaps, "C4 G4 F4 E4 D4 C4") == [0, 0, 0, 0, 0, 5]
    assert got(rules.leaps, "G4 C4 D4 - G4") == [0, 0, 0, 0, 5]
    assert got(rules.leaps, "C4 G4 A4 E5") == [0, 0, 0, -5], "a second leap up"
    assert got(rules.leaps, "C4 G4 C4 D4") == [0, 0, 0, 0], "a leap back at once makes nothing good"
    assert got(rules.leaps, "C4 G4 A4 B4 A4 B4 A4 B4 D4") == [0] * 8 + [5], "a leap back after more than six"
    assert got(rules.leaps, "C4 E4 G4 E4") == [0, 0, 0, 0], "thirds are no leaps"


def test_extremes_that_come_once() -> None:
    assert got(rules.extremes, "C4 E4 G4 D4")[-1] == 6 and got(rules.extremes, "C4 G4 E4 G4")[-1] == 3
    assert got(rules.extremes, "C4 G4 C4 G4") == [0, 0, 0, 0] and got(rules.extremes, "- . - .")[-1] == 0


def test_no_rule_looks_ahead() -> None:
    rng = np.random.default_rng(3)
    symbols = rng.integers(0, SYMBOLS, (20, 32))
    later = symbols.copy()
    later[:, 20:] = rng.integers(0, SYMBOLS, (20, 12))
    for name, rule in rules.RULES.items():
        np.testing.assert_allclose(rule(symbols, BAR)[:, :20], rule(later, BAR)[:, :20], err_msg=name)
        alone = np.concatenate([rule(row[None], BAR) for row in symbols])
        np.testing.assert_allclose(rule(symbols, BAR), alone, err_msg=name)


def test_weights_weigh_and_switch_off() -> None:
    symbols = line("C4 F#4 G4 A4")
    found = rules.rewards(symbols, BAR, {"in_key": 2.0, "leaps": 0.0, "intervals": 0.5})
    assert list(found) == ["in_key", "intervals"]
    assert found["in_key"].sum() == -2 and found["intervals"].sum() == rules.intervals(symbols, BAR).sum() / 2
