"""The quality meter: known values by hand, and the order of real, shuffled and random music."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from engine.codecs import melody
from engine.codecs.melody import MELODY
from engine.evaluation import baselines
from engine.evaluation.features import FEATURES, Meter, copy_share, features, unique_share


def tuneful(n: int, seed: int, compound: bool = False) -> np.ndarray:
    """Stepwise melodies in C major with simple rhythms, tokens [n, 32]."""
    rng = np.random.default_rng(seed)
    scale = [pitch for pitch in range(55, 85) if pitch % 12 in {0, 2, 4, 5, 7, 9, 11}]
    windows = []
    for _ in range(n):
        at, degree, notes = 0, int(rng.integers(6, 11)), []
        while at < 2 * melody.steps_per_bar(compound):
            length = int(rng.choice([1, 2, 2, 2, 4]))
            notes.append((at, at + length, scale[degree]))
            degree = int(np.clip(degree + rng.choice([-2, -1, -1, 0, 1, 1, 2]), 0, len(scale) - 1))
            at += length
        windows.append(melody.encode_steps(notes, compound))
    return np.array(windows)


def noise(n: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    raw = np.where(rng.random((n, 32)) < 0.5, rng.integers(2, 62, (n, 32)), 0).astype(np.uint8)
    return np.array([melody.canonical(window) for window in raw])


def test_features_by_hand() -> None:
    """C4 quarter, E4 eighth, E4 eighth, B3 dotted half; the second bar a half rest and a half C5."""
    notes = [(0, 4, 60), (4, 6, 64), (6, 8, 64), (8, 20, 59), (24, 32, 72)]
    (found,) = features(melody.encode_steps(notes, False)[None])
    assert len(found) == FEATURES
    assert found[[0, 4, 11]] == pytest.approx([2 / 5, 2 / 5, 1 / 5]), "pitch classes"
    assert found[:12].sum() == pytest.approx(1)
    assert found[12 + 12 + np.array([4, 0, -5, 12])] == pytest.approx([1 / 4] * 4), "intervals, clipped to an octave"
    assert found[37:45] == pytest.approx([0, 2 / 4, 0, 1 / 4, 0, 0, 0, 1 / 4]), "onsets 4, 2, 2 and 16 apart"
    names = ["density", "span", "mean", "rest", "scale", "classes", "long", "interval", "repeated"]
    values = dict(zip(names, found[45:], strict=True))
    assert values["density"] == pytest.approx(5 / 32)
    assert values["span"] == pytest.approx(13 / 12)
    assert values["mean"] == pytest.approx((60 + 64 + 64 + 59 + 72) / 5 / 12)
    assert values["rest"] == pytest.approx(4 / 32)
    assert values["scale"] == 1 and values["classes"] == pytest.approx(3 / 12)
    assert values["long"] == 1
    assert values["interval"] == pytest.approx((4 + 0 + 5 + 13) / 4 / 12)
    assert values["repeated"] == pytest.approx(1 / 4)


def test_features_of_little_music() -> None:
    silence = melody.encode_steps([], False)
    one = melody.encode_steps([(0, 24, 61)], True)
    empty, single = features(np.array([silence, one]))
    assert np.flatnonzero(empty).tolist() == [48] and empty[48] == 1
    assert np.isfinite(single).all() and single[45] == pytest.approx(1 / 24) and not single[12:45].any()
    assert features(np.empty((0, 32), np.uint8)).shape == (0, FEATURES)


def test_out_of_key_notes_cost_scale() -> None:
    chromatic = melody.encode_steps([(i, i + 1, 60 + i) for i in range(12)], False)
    assert features(chromatic[None])[0, 49] == pytest.approx(7 / 12)


def test_a_set_is_at_no_distance_from_itself() -> None:
    real = tuneful(400, 1)
    meter = Meter(real)
    assert meter.frechet(real) == pytest.approx(0, abs=1e-3)
    assert meter.overlap(real) == pytest.approx(1)
    assert meter.frechet(real[::-1]) == pytest.approx(0, abs=1e-3), "order is nothing"


@pytest.mark.parametrize("compound", [False, True])
def test_real_is_nearer_than_shuffled_is_nearer_than_random(compound: bool) -> None:
    rng = np.random.default_rng(9)
    meter, other = Meter(tuneful(800, 1, compound)), tuneful(800, 2, compound)
    spoilt = baselines.shuffled(other, rng)
    real, shuffled = meter.frechet(other), meter.frechet(spoilt)
    assert real < 0.25 * shuffled
    assert shuffled < 0.25 * meter.frechet(noise(800, 3))
    assert meter.overlap(other) > meter.overlap(noise(800, 3))


def test_the_distance_is_the_textbook_one() -> None:
    """Against scipy's matrix square root on the same features."""
    linalg = pytest.importorskip("scipy.linalg")
    a, b = tuneful(500, 1), baselines.shuffled(tuneful(500, 2), np.random.default_rng(0))
    deviation = features(a).std(0)
    scale = np.where(deviation > 1e-9, deviation, 1.0)
    rows = [features(windows) / scale for windows in (a, b)]
    means = [r.mean(0) for r in rows]
    covariances = [np.cov(r, rowvar=False) + 1e-3 * np.eye(FEATURES) for r in rows]
    root = np.real(linalg.sqrtm(covariances[0] @ covariances[1]))
    expected = ((means[0] - means[1]) ** 2).sum() + np.trace(covariances[0] + covariances[1] - 2 * root)
    assert Meter(a).frechet(b) == pytest.approx(float(expected), rel=1e-3)


def test_baselines_keep_what_they_say() -> None:
    rng = np.random.default_rng(4)
    real = tuneful(200, 5)
    pitched = (real >= melody.FIRST_PITCH_TOKEN) & (real < melody.PAD)
    for spoilt in (baselines.shuffled(real, rng), baselines.markov(real, rng)):
        np.testing.assert_array_equal(spoilt[~pitched], real[~pitched])
        assert (spoilt[pitched] >= melody.FIRST_PITCH_TOKEN).all() and (spoilt != real).any()
    for before, after, places in zip(real, baselines.shuffled(real, rng), pitched, strict=True):
        assert sorted(before[places]) == sorted(after[places])
    chain = baselines.markov(real, rng)

    def intervals(windows: np.ndarray) -> set[tuple[int, int]]:
        rows = [row[places].tolist() for row, places in zip(windows, pitched, strict=True)]
        return {step for row in rows for step in pairwise(row)}

    assert intervals(chain) <= intervals(real), "only steps that occur"
    assert (chain[:, 0] == real[:, 0]).all(), "and real beginnings"


def test_copies_are_found_in_any_key() -> None:
    train = tuneful(50, 6)
    shapes = {row.tobytes() for row in MELODY.shape_of(train)}
    moved = melody.transposed(train[:10], 2)
    assert copy_share(moved, shapes) == 1.0
    assert copy_share(np.concatenate([moved, tuneful(10, 7)]), shapes) == pytest.approx(0.5)
    assert copy_share(train[:0], shapes) == 0.0


def test_unique_share() -> None:
    real = tuneful(10, 8)
    assert unique_share(real) == 1.0
    assert unique_share(np.concatenate([real, real, real[:5]])) == pytest.approx(10 / 25)
