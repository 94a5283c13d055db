"""Ways through latent space: arcs, the plane, sliders."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engine.codecs import melody
from engine.errors import UserError
from engine.evaluation.steering import slider_effects
from engine.latent import attributes
from engine.latent.interpolate import path, slerp, spherical_mean
from engine.latent.map import LatentMap, planes
from engine.models import bundle as bundles
from engine.models.shelf import load_network

codes = arrays(np.float64, 6, elements=st.floats(-4, 4, width=32))

# arcs ----------------------------------------------------------------------------------------------------------------


@given(codes, codes)
def test_the_ends_of_an_arc_are_the_codes_themselves(a: np.ndarray, b: np.ndarray) -> None:
    assert slerp(a, b, 0.0).tobytes() == a.tobytes() and slerp(a, b, 1.0).tobytes() == b.tobytes()
    assert slerp(a, b, -0.5).tobytes() == a.tobytes() and slerp(a, b, 1.5).tobytes() == b.tobytes()


@given(codes, codes, st.floats(0, 1))
def test_an_arc_is_the_same_from_both_sides(a: np.ndarray, b: np.ndarray, t: float) -> None:
    there, back = slerp(a, b, t), slerp(b, a, 1 - t)
    assert np.isfinite(there).all()
    np.testing.assert_allclose(there, back, atol=2e-2)  # where the codes oppose each other the way is not defined
    angle = abs(float(a @ b)) / max(float(np.linalg.norm(a) * np.linalg.norm(b)), 1e-9)
    if angle < 0.99:
        np.testing.assert_allclose(there, back, atol=1e-9)


def test_an_arc_keeps_its_height_where_a_line_sags() -> None:
    a, b = np.array([3.0, 0, 0]), np.array([0, 5.0, 0])
    for t, norm in ((0.25, 3.5), (0.5, 4.0), (0.75, 4.5)):
        point = slerp(a, b, t)
        assert np.linalg.norm(point) == pytest.approx(norm)
        assert np.degrees(np.arctan2(point[1], point[0])) == pytest.approx(90 * t)
    assert np.linalg.norm((a + b) / 2) < 3


def test_degenerate_arcs() -> None:
    a = np.array([1.0, 2.0, 3.0])
    np.testing.assert_allclose(slerp(a, a, 0.3), a)
    np.testing.assert_allclose(slerp(a, 2 * a, 0.5), 1.5 * a)
    np.testing.assert_allclose(slerp(a, -a, 0.5), 0 * a)  # through the middle: no arc is nearer than another
    way = [np.linalg.norm(slerp(0 * a, a, t)) for t in np.linspace(0, 1, 9)]
    assert way == sorted(way), "from the origin it only goes outwards"
    assert not slerp(0 * a, 0 * a, 0.5).any()


def test_many_arcs_at_once() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((2, 7, 5))
    b[3] = a[3]
    many = slerp(a, b, 0.3)
    for index in range(7):
        np.testing.assert_allclose(many[index], slerp(a[index], b[index], 0.3))


def test_the_mean_on_the_sphere_is_as_far_out_as_its_codes() -> None:
    rng = np.random.default_rng(1)
    many = rng.standard_normal((50, 64)) + 0.3
    mean = spherical_mean(many)
    assert np.linalg.norm(mean) == pytest.approx(np.linalg.norm(many, axis=1).mean())
    plain = many.mean(0)
    assert mean @ plain == pytest.approx(np.linalg.norm(mean) * np.linalg.norm(plain)), "the same direction"
    np.testing.assert_allclose(spherical_mean(many[:1]), many[0])
    assert not spherical_mean(np.array([[1.0, 0], [-1.0, 0]])).any()


def test_a_path_visits_its_codes() -> None:
    rng = np.random.default_rng(2)
    stops = rng.standard_normal((3, 8))
    way = path(stops, 9)
    assert way.shape == (9, 8)
    for step, stop in ((0, 0), (4, 1), (8, 2)):
        np.testing.assert_array_equal(way[step], stops[stop])
    assert path(stops[:1], 4).shape == (4, 8) and path(stops, 1).shape == (1, 8)


# the map -------------------------------------------------------------------------------------------------------------


def made_up_map(n: int = 300, d: int = 12) -> tuple[LatentMap, dict[str, np.ndarray]]:
    """Codes in which two qualities are mixed: dense melodies also tend to be high."""
    rng = np.random.default_rng(4)
    mixed = (rng.standard_normal((n, d)) @ rng.standard_normal((d, d)) * 0.5).astype(np.float32)
    density = mixed[:, 0] + 0.5 * mixed[:, 1]
    height = mixed[:, 1] + 0.8 * mixed[:, 0] + 0.1 * rng.standard_normal(n)
    values = {"density": density.astype(float), "height": height.astype(float)}
    sliders = {name: vector.astype(np.float32) for name, vector in attributes.vectors(mixed, values).items()}
    chart = LatentMap(
        "melody_vae", mixed, np.zeros((n, 32), np.uint8), ["tune"] * n,
        {name: value.astype(np.float32) for name, value in values.items()}, sliders, planes(mixed, sliders, values),
    )  # fmt: skip
    return chart, values


@pytest.mark.parametrize("name", ["qualities", "pca"])
class TestPlane:
    def test_reading_undoes_moving(self, name: str) -> None:
        chart, _ = made_up_map()
        plane = chart.planes[name]
        np.testing.assert_allclose(plane.read @ plane.move, np.eye(2), atol=1e-4)

    def test_there_and_back(self, name: str) -> None:
        chart, _ = made_up_map()
        chart.chosen = name
        code = tuple(chart.codes[7].tolist())
        for place in ((0.0, 0.0), (1.5, -2.0), (-3.0, 0.25)):
            moved = chart.from_plane(*place, code)
            assert chart.to_plane(moved) == pytest.approx(place, abs=1e-3)
            np.testing.assert_allclose(chart.from_plane(*chart.to_plane(code), moved), code, atol=2e-3)

    def test_what_the_plane_does_not_show_stays_put(self, name: str) -> None:
        chart, _ = made_up_map()
        chart.chosen = name
        code = tuple(chart.codes[7].tolist())
        moved = np.array(chart.from_plane(2.0, 1.0, code)) - np.array(code)
        inside = chart.plane.move @ np.linalg.lstsq(chart.plane.move, moved, rcond=None)[0]
        np.testing.assert_allclose(inside, moved, atol=1e-4)
        assert np.linalg.norm(moved) > 0.1

    def test_dots_lie_where_their_codes_are_seen(self, name: str) -> None:
        chart, _ = made_up_map()
        chart.chosen = name
        for index in (0, 31, 299):
            assert chart.to_plane(tuple(chart.codes[index].tolist())) == pytest.approx(
                tuple(chart.dots[index]), abs=1e-3
            )
            assert chart.nearest(tuple(chart.codes[index].tolist())) == index
        x0, x1, y0, y1 = chart.extent
        inside = (chart.dots[:, 0] > x0) & (chart.dots[:, 0] < x1) & (chart.dots[:, 1] > y0) & (chart.dots[:, 1] < y1)
        assert inside.mean() >= 0.97

    def test_before_the_map_was_used_a_place_starts_from_the_middle(self, name: str) -> None:
        chart, _ = made_up_map()
        chart.chosen = name
        assert chart.to_plane(chart.from_plane(0.5, 0.5, ())) == pytest.approx((0.5, 0.5), abs=1e-3)


def test_principal_components_explain_the_most() -> None:
    chart, _ = made_up_map()
    pca = chart.planes["pca"].read
    np.testing.assert_allclose(pca @ pca.T, np.eye(2), atol=1e-5)
    centred = chart.codes - chart.codes.mean(0)
    largest = np.linalg.eigvalsh(np.cov(centred, rowvar=False))[::-1][:2]
    np.testing.assert_allclose((centred @ pca.T).var(0, ddof=1), largest, rtol=1e-4)


def test_axes_are_named_in_the_words_of_music() -> None:
    chart, _ = made_up_map()
    assert (chart.label_x, chart.label_y) == (("calmer", "busier"), ("lower", "higher"))


def test_further_right_is_busier_and_further_up_is_higher() -> None:
    chart, values = made_up_map()
    for axis, name in enumerate(("density", "height")):
        chart_moved = [chart.from_plane(*(3.0 * np.eye(2)[axis] * side), ()) for side in (-1, 1)]
        centred = chart.codes - chart.codes.mean(0)
        reader = np.linalg.lstsq(centred, values[name] - values[name].mean(), rcond=None)[0]
        low, high = (float(reader @ (np.array(code) - chart.codes.mean(0))) for code in chart_moved)
        assert high - low == pytest.approx(6 * values[name].std(), rel=0.1)


def test_a_model_without_a_map_is_told() -> None:
    with pytest.raises(UserError, match="no map"):
        LatentMap.from_bundle(bundles.Bundle("melody_vae", {}, {}))


def test_the_map_of_a_bundle(tiny_bundle: Path) -> None:
    chart = LatentMap.from_bundle(bundles.read(tiny_bundle, weights=False))
    n = len(chart.codes)
    assert chart.melodies.shape == (n, melody.SLOTS) and len(chart.titles) == n and chart.dots.shape == (n, 2)
    found = attributes.measure(chart.melodies)
    for name in attributes.AXES:
        np.testing.assert_allclose(chart.attributes[name], found[name], rtol=1e-5)
    assert melody.is_compound(chart.melodies).any() and not melody.is_compound(chart.melodies).all()
    again = load_network(tiny_bundle).encode  # type: ignore[operator]
    import torch

    codes_now = again(torch.from_numpy(chart.melodies.astype(np.int64))).numpy()
    np.testing.assert_allclose(codes_now, chart.codes, atol=0.05, rtol=0.02)


# sliders -------------------------------------------------------------------------------------------------------------


def test_qualities_by_hand() -> None:
    windows = np.zeros((2, 32), np.uint8)
    windows[0, [0, 4, 8, 12]] = np.array([60, 62, 64, 66]) - 34
    windows[1] = melody.PAD
    windows[1, melody.slots(True)] = melody.HOLD
    windows[1, [0, 16]] = np.array([50, 80]) - 34
    found = attributes.measure(windows)
    np.testing.assert_allclose(found["density"], [4 / 32, 2 / 24])
    np.testing.assert_allclose(found["height"], [63, 65])


def test_sliders_do_not_drag_one_another() -> None:
    """The two qualities go together in the corpus, yet each vector moves its own only, by one deviation."""
    chart, values = made_up_map()
    assert np.corrcoef(values["density"], values["height"])[0, 1] > 0.5
    centred = chart.codes - chart.codes.mean(0)
    readers = {name: np.linalg.lstsq(centred, value - value.mean(), rcond=None)[0] for name, value in values.items()}
    for name, vector in chart.sliders.items():
        for other, reader in readers.items():
            moved = float(reader @ vector) / values[other].std()
            assert moved == pytest.approx(1.0 if other == name else 0.0, abs=0.06)


def test_sliders_add_up() -> None:
    chart, _ = made_up_map()
    code = tuple(chart.codes[0].tolist())
    assert chart.steered(code, {"density": 0.0, "height": 0.0}).tolist() == list(code)
    moved = chart.steered(code, {"density": 1.5, "height": -2.0})
    expected = chart.codes[0] + 1.5 * chart.sliders["density"] - 2.0 * chart.sliders["height"]
    np.testing.assert_allclose(moved, expected, rtol=1e-5)


def test_a_quality_that_never_varies_gets_no_direction() -> None:
    chart, values = made_up_map()
    same = {"density": np.full(300, 0.25), "height": values["height"]}
    found = attributes.vectors(chart.codes, same)
    assert not found["density"].any() and np.isfinite(found["height"]).all() and found["height"].any()
    flat = planes(chart.codes, {name: v.astype(np.float32) for name, v in found.items()}, same)
    assert all(np.isfinite(plane.read).all() for plane in flat.values())


@pytest.mark.parametrize("compound", [False, True])
def test_the_shipped_sliders_do_what_they_say(shipped_bundle: Path, compound: bool) -> None:
    chart = LatentMap.from_bundle(bundles.read(shipped_bundle, weights=False))
    figures = slider_effects(load_network(shipped_bundle), chart, compound)
    for name in attributes.AXES:
        assert figures[f"{name}_slider_monotone"] >= 0.95, figures
        assert figures[f"{name}_slider_leak"] < 0.25, figures
