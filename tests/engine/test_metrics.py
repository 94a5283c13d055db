"""The measures of generated music, each against a case whose answer is known."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from engine.codecs import melody
from engine.evaluation import baselines, chains, features
from engine.evaluation.metrics import (
    coverage,
    frechet,
    inception,
    overlaps,
    polyphony,
    repetition,
    scale,
    telling,
    tones,
    variety,
)
from tests.engine.test_features import tuneful


def cloud(n: int, seed: int, shift: float = 0.0, width: float = 1.0) -> np.ndarray:
    return np.random.default_rng(seed).normal(shift, width, (n, 6))


def test_the_distance_of_equal_clouds_is_nothing_and_of_known_gaussians_as_computed() -> None:
    points = cloud(400, 1)
    assert frechet.distance(points, points) == pytest.approx(0, abs=1e-9)
    assert frechet.distance(points, points + 2) == pytest.approx(6 * 4, rel=1e-6)  # six dimensions, two apart
    wider = frechet.distance(points, points * 3)
    assert wider == pytest.approx((4 * points.var(0, ddof=1)).sum() + 4 * (points.mean(0) ** 2).sum(), rel=1e-6)
    assert frechet.distance(points, points * 3, shrinkage=1.0) < wider + 1  # only balls: still the same size


def test_the_distance_of_small_sets_is_biased_upwards() -> None:
    real = cloud(2_000, 1)
    by_size = [np.mean([frechet.distance(real, cloud(n, 10 + s)) for s in range(4)]) for n in (20, 100, 1_000)]
    assert all(a > b for a, b in pairwise(by_size))


def test_a_set_covers_itself() -> None:
    found = coverage.measure(cloud(200, 1), cloud(200, 1))
    assert (found.precision, found.recall, found.coverage) == (1.0, 1.0, 1.0)
    assert coverage.measure(cloud(300, 1), cloud(300, 2)).density == pytest.approx(1.0, abs=0.15)


def test_one_melody_over_and_over_is_precise_and_covers_nothing() -> None:
    real = cloud(300, 1)
    once = np.repeat(real[:1] * 0.1, 300, axis=0) + 1e-6 * cloud(300, 3)
    found = coverage.measure(real, once)
    assert found.precision == 1.0
    assert found.recall == 0.0
    assert found.coverage < 0.2
    elsewhere = coverage.measure(real, cloud(300, 2, shift=30))
    assert (elsewhere.precision, elsewhere.coverage, elsewhere.density) == (0.0, 0.0, 0.0)


def test_half_of_the_music_is_half_of_the_recall() -> None:
    real = np.concatenate([cloud(150, 1), cloud(150, 2, shift=50)])
    found = coverage.measure(real, cloud(300, 3))
    assert found.precision > 0.9
    assert 0.35 < found.recall < 0.55
    assert 0.4 < found.coverage < 0.55


def test_inception_scores() -> None:
    assert inception.score(np.tile([0.7, 0.2, 0.1], (100, 1))) == pytest.approx(1.0)  # one kind only
    certain = np.tile(np.eye(4), (20, 1))
    assert inception.score(certain) == pytest.approx(4.0, rel=0.01)  # clearly one of four, all of them
    assert inception.score(np.full((100, 4), 0.25)) == pytest.approx(1.0)  # nobody knows


def test_overlaps_see_what_is_elsewhere() -> None:
    real = features.features(tuneful(100, 1))
    alike, off = overlaps.area(real, features.features(tuneful(100, 2))), overlaps.area(real, real + 3)
    assert alike > 0.9
    assert off < 0.4


def test_notes_below_the_tonic_are_in_its_scale() -> None:
    """Published code lacks the second modulo: of G B below C it would find nothing in C major."""
    assert scale.consistency(np.array([55, 59, 60, 62, 64])) == 1.0
    assert scale.consistency(np.array([21, 23, 24])) == 1.0
    harmonic = np.array([57, 59, 60, 62, 64, 65, 68])  # A harmonic minor: in no major, in no natural minor
    assert scale.consistency(harmonic) == 1.0
    assert scale.consistency(np.arange(60, 72)) == pytest.approx(7 / 12)
    assert scale.consistency(np.array([], dtype=int)) == 0.0
    assert scale.mean_consistency([harmonic, np.arange(60, 72)]) == pytest.approx((1 + 7 / 12) / 2)


def test_repeated_runs_do_not_grow_with_length() -> None:
    assert repetition.repetitions([60, 62, 64, 65, 67]) == 0.0
    assert repetition.repetitions([60] * 12) == 1.0
    assert repetition.repetitions([60, 62, 60, 62]) == pytest.approx(1 / 6)  # 1 of 3 pairs of two, none of the rest
    rng = np.random.default_rng(1)
    short, long = (
        np.mean([repetition.repetitions(rng.integers(60, 66, n).tolist()) for _ in range(60)]) for n in (12, 48)
    )
    assert long == pytest.approx(short, rel=0.5)


def test_bars_that_come_back() -> None:
    windows = tuneful(4, 1)
    twice = np.concatenate([windows[:, :16], windows[:, :16]], axis=1)
    assert repetition.second_bar(twice) == 1.0
    assert repetition.second_bar(windows) < 0.9
    bars = windows.reshape(8, 16)
    same = np.concatenate([bars[:4], bars[:4]])
    assert repetition.returns([same]) == 1.0
    assert repetition.returns([bars]) < 0.9
    assert np.isnan(repetition.returns([]))


def test_tones_by_hand() -> None:
    """C4 C5 E4 in the first bar, silence in the second: one class of two octaves, one bar of two empty."""
    found = tones.measure([np.array([(0, 4, 60), (4, 5, 72), (5, 8, 64)])], 16)
    assert (found.span, found.tones, found.classes, found.empty_bars, found.density) == (12, 3, 2, 0.5, 1.5)
    assert found.qualified == pytest.approx(2 / 3)
    nothing = tones.measure([np.zeros((0, 3), dtype=int)], 16)
    assert (nothing.empty_bars, nothing.span, nothing.qualified) == (1.0, 0, 0)


def test_a_moment_counts_once_for_polyphony() -> None:
    assert polyphony.share([0, 0, 0, 4, 8, 8]) == pytest.approx(2 / 3)
    assert polyphony.share([]) == 0


def test_copies_and_repeats_are_found_in_any_key() -> None:
    windows = tuneful(20, 1)
    moved = melody.transposed(windows, 3)
    known = frozenset(variety.shapes_of(windows[:10]))
    assert variety.known_share(moved, known) == pytest.approx(0.5)
    assert variety.different_share(np.concatenate([windows, moved]), np.arange(40)) == pytest.approx(0.5)
    assert variety.different_share(np.repeat(windows[:1], 40, axis=0), np.arange(40)) == pytest.approx(1 / 40)
    assert variety.different_share(np.repeat(windows[:1], 40, axis=0), np.zeros(40, dtype=int)) == 1.0  # one piece


def test_real_melodies_are_not_told_apart_and_noise_is() -> None:
    def heard(windows: np.ndarray) -> np.ndarray:
        return telling.heard(baselines.at_home(windows), features.features(windows))

    real = heard(tuneful(200, 1))
    assert 0.4 < telling.told_apart(real, heard(tuneful(200, 2))) < 0.6
    shuffled = heard(baselines.shuffled(tuneful(200, 3), np.random.default_rng(1)))
    assert telling.told_apart(real, shuffled) > 0.7
    assert telling.told_apart(real, shuffled) == telling.told_apart(real, shuffled)


@pytest.mark.parametrize("compound", [False, True])
def test_a_chain_writes_what_it_counted(compound: bool) -> None:
    learnt = tuneful(100, 1, compound)
    made = chains.written(learnt, 30, np.random.default_rng(2))
    assert made.shape == (30, 32)
    assert (melody.is_compound(made) == compound).all()
    assert set(np.unique(made)) <= set(np.unique(learnt))
    assert (made == chains.written(learnt, 30, np.random.default_rng(2))).all()


def test_everything_comes_home_to_one_key() -> None:
    windows = tuneful(40, 1)
    moved = melody.transposed(windows, np.random.default_rng(1).integers(-5, 7, 40))
    home, again = (baselines.at_home(x) for x in (windows, moved))
    classes = [set(((w[w >= 2].astype(int) + 34) % 12).tolist()) for w in home]
    assert np.mean([c <= {0, 2, 4, 5, 7, 9, 11} for c in classes]) > 0.9
    assert ((home.astype(int) - again) % 12 == 0).all(1).mean() > 0.9  # up to the octave
