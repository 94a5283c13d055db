"""Everything that is measured of a set of two-bar melodies, in one pass, against one reference."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.codecs import melody
from engine.evaluation import baselines, features
from engine.evaluation.currency import Coins
from engine.evaluation.kinds import Judge
from engine.evaluation.metrics import coverage, frechet, inception, overlaps, repetition, scale, telling, tones, variety
from engine.evaluation.reference import Reference
from engine.jobs.job import Report, silent, stretch

FLOOR = 0.02  # least deviation of a feature: one leap of a seventh must not outweigh all else
SHRINKAGE = 0.1  # of the covariance of codes, which have many dimensions
AT_ONCE = 50  # melodies between two reports
Figures = dict[str, float]
Windows = NDArray[np.uint8]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Sheet:
    """What is measured, and what all measures need of it.

    Attributes:
        coins: two-bar melodies of one kind of bar, in random keys.
        pieces: whole pieces of eight bars or more, as bars [b, 16]; none where music is shorter.
        learnt: they come from tunes of the reference's own half: copies are counted in that half only.
    """

    coins: Coins
    pieces: tuple[Windows, ...] = ()
    learnt: bool = False

    @property
    def windows(self) -> Windows:
        """The melodies [n, 32]."""
        return self.coins.windows

    @cached_property
    def notes(self) -> list[NDArray[np.int64]]:
        """Of each melody its notes [m, 3]: onset, end, pitch."""
        return [np.array(melody.decode_steps(window), dtype=np.int64).reshape(-1, 3) for window in self.windows]


@dataclass(frozen=True)
class Known:
    """What every row is held against, made once.

    Attributes:
        deviation: of each feature in real music, at least FLOOR.
        rows: features of real melodies, divided by it, [m, 54].
        heard: what the classifier is given of the first n of them.
        codes: of all of them, if there is an ear.
    """

    deviation: Floats
    rows: Floats
    heard: Floats
    codes: NDArray[np.floating] | None


class Ruler:
    """Measures sets of melodies against a reference."""

    def __init__(self, reference: Reference, n: int, ear: Any = None, judge: Judge | None = None) -> None:
        """A ruler for sets of n melodies.

        Args:
            reference: what they are held against.
            n: how many there will be of each row, and of real ones beside them.
            ear: network whose `guess` turns melodies into codes; None: codes are not measured.
            judge: of kinds; None: no inception score.
        """
        self.reference, self.ear, self.judge = reference, ear, judge
        self.n = min(n, len(reference.near))
        self._known: Known | None = None

    def measure(self, sheet: Sheet, report: Report = silent) -> Figures:
        """Figures by the names of comparison_columns.COLUMNS; what cannot be measured is not there."""
        known = self.known(stretch(report, 0.0, 0.5))
        rows = _features(sheet.windows, stretch(report, 0.5, 0.7))
        found: Figures = {}
        for index, measure in enumerate(_MEASURES):
            report(0.7 + 0.3 * index / len(_MEASURES), 1.0, "measuring")
            found |= measure(self, known, sheet, rows)
        return {name: round(value, 6) for name, value in found.items() if np.isfinite(value)}

    def known(self, report: Report = silent) -> Known:
        """What rows are held against."""
        if self._known is None:
            windows = self.reference.near.windows
            rows = _features(windows, report)
            deviation = np.maximum(rows.std(0), FLOOR)
            heard = telling.heard(baselines.at_home(windows[: self.n]), rows[: self.n])
            codes = None if self.ear is None else self.codes(windows)
            self._known = Known(deviation, rows / deviation, heard, codes)
        return self._known

    def codes(self, windows: Windows) -> NDArray[np.floating]:
        """Codes of melodies as the ear alone sees them."""
        import torch

        with torch.inference_mode():
            return np.asarray(self.ear.guess(torch.from_numpy(windows.astype(np.int64))).numpy())


def _features(windows: Windows, report: Report) -> Floats:
    """The 54 features, some melodies at a time."""
    parts = []
    for at in range(0, len(windows), AT_ONCE):
        report(at, len(windows), "measuring")
        parts.append(features.features(windows[at : at + AT_ONCE]))
    return np.concatenate(parts) if parts else np.zeros((0, features.FEATURES))


def _clouds(ruler: Ruler, known: Known, sheet: Sheet, rows: Floats) -> Figures:
    """Distance, coverage and overlap over the features."""
    mine = rows / known.deviation
    found = coverage.measure(known.rows[: ruler.n], mine[: ruler.n])
    return {
        "distance": frechet.distance(known.rows, mine),
        "precision": found.precision,
        "recall": found.recall,
        "density": found.density,
        "coverage": found.coverage,
        "overlap": overlaps.area(known.rows, mine),
    }


def _apart(ruler: Ruler, known: Known, sheet: Sheet, rows: Floats) -> Figures:
    return {"told_apart": telling.told_apart(known.heard, telling.heard(baselines.at_home(sheet.windows), rows))}


def _codes(ruler: Ruler, known: Known, sheet: Sheet, rows: Floats) -> Figures:
    if known.codes is None:
        return {}
    return {"code_distance": frechet.distance(known.codes, ruler.codes(sheet.windows), SHRINKAGE)}


def _kinds(ruler: Ruler, known: Known, sheet: Sheet, rows: Floats) -> Figures:
    return {} if ruler.judge is None else {"inception": inception.score(ruler.judge.probabilities(sheet.windows))}


def _variety(ruler: Ruler, known: Known, sheet: Sheet, rows: Floats) -> Figures:
    learnt = ruler.reference.known if sheet.learnt else ruler.reference.learnt
    return {
        "different": variety.different_share(sheet.windows, sheet.coins.pieces),
        "copies": variety.known_share(sheet.windows, learnt),
    }


def _tones(ruler: Ruler, known: Known, sheet: Sheet, rows: Floats) -> Figures:
    found = tones.measure(sheet.notes, melody.steps_per_bar(ruler.reference.compound))
    pitches = [notes[:, 2] for notes in sheet.notes]
    together = sheet.coins.together
    return {
        "in_scale": scale.mean_consistency(pitches),
        "repetitions": float(np.mean([repetition.repetitions(line.tolist()) for line in pitches])),
        "bars_alike": repetition.second_bar(sheet.windows),
        "returns": repetition.returns(sheet.pieces),
        "span": found.span,
        "tones": found.tones,
        "classes": found.classes,
        "notes": found.density,
        "qualified": found.qualified,
        "empty_bars": found.empty_bars,
        "polyphony": float("nan") if together is None else float(together.mean()),
    }


_MEASURES: tuple[Callable[[Ruler, Known, Sheet, Floats], Figures], ...] = (
    _clouds,
    _apart,
    _codes,
    _kinds,
    _variety,
    _tones,
)
