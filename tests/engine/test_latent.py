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
from engine.latent.distortion import distortion
from engine.latent.interpolate import path, slerp, spherical_mean
from engine.latent.layout import layouts
from engine.latent.map import LatentMap, planes
from engine.latent.musical import MusicalPlane
from engine.latent.planes import CurvedPlane, FlatPlane
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


def flat(chart: LatentMap, name: str) -> FlatPlane:
    plane = chart.planes[name]
    plane = plane.flat if isinstance(plane, MusicalPlane) else plane
    assert isinstance(plane, FlatPlane)
    return plane


@pytest.mark.parametrize("name", ["qualities", "pca"])
class TestPlane:
    def test_reading_undoes_moving(self, name: str) -> None:
        chart, _ = made_up_map()
        plane = flat(chart, name)
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
        move = flat(chart, name).move
        inside = move @ np.linalg.lstsq(move, moved, rcond=None)[0]
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
    pca = flat(chart, "pca").read
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


# curved planes -------------------------------------------------------------------------------------------------------


def rolled_up(n: int = 240) -> tuple[np.ndarray, np.ndarray]:
    """A sheet rolled up in space (the Swiss roll), and where each point lies on the sheet."""
    rng = np.random.default_rng(8)
    along, across = rng.uniform(4, 11, n), rng.uniform(0, 8, n)
    points = np.stack([along * np.cos(along), across, along * np.sin(along)], 1)
    return points.astype(np.float32), np.stack([along, across], 1)


def curved(n: int = 240) -> CurvedPlane:
    points, sheet = rolled_up(n)
    return CurvedPlane(sheet.astype(np.float32), points, ("", ""), ("", ""))


def test_on_a_dot_of_a_curved_plane_is_exactly_its_melody() -> None:
    plane = curved()
    points, sheet = rolled_up()
    for dot in (0, 17, 200):
        x, y = map(float, plane.dots[dot])
        assert plane.code(x, y, ()) == tuple(points[dot].tolist())
        assert plane.place(tuple(points[dot].tolist())) == pytest.approx(tuple(sheet[dot]), abs=1e-5)


def test_between_the_dots_codes_and_places_are_blended() -> None:
    plane, (points, _) = curved(), rolled_up()
    rng = np.random.default_rng(1)
    far = []
    for _ in range(40):
        along, across = rng.uniform(5, 10), rng.uniform(1, 7)
        true = np.array([along * np.cos(along), across, along * np.sin(along)])
        far.append(np.linalg.norm(np.array(plane.code(along, across, ())) - true))
        near = plane.code(along + 1e-3, across, ())
        assert np.linalg.norm(np.array(near) - np.array(plane.code(along, across, ()))) < 0.1, "no leaps"
    assert np.median(far) < 1.0 < np.linalg.norm(points, axis=1).mean() / 5


def test_the_puck_stays_where_the_hand_put_it() -> None:
    plane, fresh = curved(), curved()
    rng = np.random.default_rng(2)
    away = []
    for _ in range(40):
        x, y = float(rng.uniform(5, 10)), float(rng.uniform(1, 7))
        code = plane.code(x, y, ())
        assert plane.place(code) == (x, y), "exactly, while the map remembers"
        away.append(np.hypot(*np.subtract(fresh.place(code), (x, y))))
    assert np.median(away) < 0.1 and np.percentile(away, 90) < 0.5, "and found again in a piece opened later"


def test_a_trail_passes_its_dots() -> None:
    plane, (points, sheet) = curved(), rolled_up()
    np.testing.assert_allclose(plane.trail(points[:9]), sheet[:9], atol=1e-4)
    assert plane.trail(points[:0]).shape == (0, 2)


def test_a_map_of_the_earth_is_laid_out_once() -> None:
    """Isomap unrolls what PCA squashes; t-SNE keeps neighbours; both are turned towards the musical axes."""
    points, sheet = rolled_up(300)
    values = {"density": sheet[:, 0], "height": sheet[:, 1]}
    found = layouts(points, values)
    assert set(found) == {"tsne", "isomap"} and all(np.isfinite(places).all() for places in found.values())
    centred = points - points.mean(0)
    pca = centred @ np.linalg.svd(centred, full_matrices=False)[2][:2].T
    flat_truth = distortion(points, pca)
    for name, places in found.items():
        assert distortion(points, places).kept > max(0.5, flat_truth.kept), name
    unrolled = found["isomap"]
    assert abs(unrolled.mean()) < 1e-5 and unrolled.std() == pytest.approx(1.0, rel=1e-4)
    assert np.corrcoef(unrolled[:, 0], sheet[:, 0])[0, 1] > 0.9 and np.corrcoef(unrolled[:, 1], sheet[:, 1])[0, 1] > 0.9
    assert layouts(points[:, :2], values) == {} and layouts(points[:20], values) == {}


def test_distortion_of_the_true_and_of_the_shuffled() -> None:
    points = np.random.default_rng(0).normal(size=(200, 2))
    true = distortion(points, points * 3 + 1)
    assert true.kept == 1 and true.distances == pytest.approx(1)
    shuffled = distortion(points, points[::-1])
    assert shuffled.kept < 0.15 and abs(shuffled.distances) < 0.15
    assert distortion(points, np.zeros((200, 2))).distances == 0


def test_a_space_of_two_dimensions_is_its_own_map() -> None:
    codes = np.random.default_rng(0).normal(size=(80, 2)).astype(np.float32)
    values = {"density": codes[:, 1].astype(float), "height": codes @ np.array([1.0, 0.1])}
    made = planes(codes, {name: v.astype(np.float32) for name, v in attributes.vectors(codes, values).items()}, values)
    assert list(made) == ["code", "qualities"]
    assert made["code"].place((0.25, -1.5)) == (0.25, -1.5) and made["code"].code(3.0, 4.0, (0.0, 0.0)) == (3.0, 4.0)
    assert (made["code"].label_x, made["code"].label_y) == (("lower", "higher"), ("calmer", "busier"))


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
    assert set(chart.sliders) <= set(attributes.AXES)
    assert {"pca", "tsne", "isomap"} <= set(chart.planes)
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


def line(*rows: tuple[int, int, int], compound: bool = False, bars: int = 2) -> np.ndarray:
    return melody.encode_steps(rows, compound, bars)[None]


def quality(name: str, *rows: tuple[int, int, int], compound: bool = False, bars: int = 2) -> float:
    return float(attributes.measure(line(*rows, compound=compound, bars=bars))[name][0])


def test_range_and_leaps_by_hand() -> None:
    rows = [(0, 4, 60), (4, 8, 62), (8, 12, 62), (12, 16, 67), (16, 20, 66)]
    assert quality("range", *rows) == 7
    assert quality("leaps", *rows) == pytest.approx(1 / 3), (
        "a step, a repeated note, a leap, a step: the repeat is no move"
    )
    assert quality("range", (0, 4, 60)) == quality("leaps", (0, 4, 60)) == 0


def test_syncopation_is_a_weak_onset_that_sounds_over_a_stronger_step() -> None:
    assert quality("syncopation", (0, 4, 60), (4, 8, 62), (8, 16, 64)) == 0
    assert quality("syncopation", (0, 2, 60), (2, 8, 62), (8, 16, 64)) == pytest.approx(1 / 3)
    assert quality("syncopation", (0, 2, 60), (2, 4, 62)) == 0, "over a rest that begins on the beat nothing sounds"
    assert quality("syncopation", (0, 6, 60), (6, 12, 62), compound=True) == 0
    assert quality("syncopation", (0, 4, 60), (4, 12, 62), compound=True) == 0.5, "a quaver tied over the half bar"
    assert quality("syncopation", *[(at, at + 2, 60) for at in range(0, 32, 2)]) == 0


def test_repetition_counts_moves_made_before() -> None:
    scale = [(4 * i, 4 * i + 4, 60 + 2 * i) for i in range(5)]
    assert quality("repetition", *scale) == pytest.approx(3 / 4), "one step, and three times the same"
    assert quality("repetition", (0, 4, 60), (4, 8, 62), (8, 12, 67)) == 0
    assert quality("repetition", (0, 4, 60)) == 0
    higher = [(start, end, pitch + 5) for start, end, pitch in scale]
    assert quality("repetition", *higher) == quality("repetition", *scale)


def test_major_and_minor_in_any_key() -> None:
    major, minor = (0, 4, 7, 12, 7, 4, 2, 0), (0, 3, 7, 12, 7, 3, 2, 0)
    for key in (55, 60, 66):
        bright, dark = (
            quality("mode", *[(4 * i, 4 * i + 4, key + p) for i, p in enumerate(t)]) for t in (major, minor)
        )
        assert bright > 0.1 > -0.1 > dark


def test_qualities_of_phrases_and_of_silence() -> None:
    rows = [(0, 2, 60), (2, 8, 62), (8, 16, 64)]
    eight = [(start + 32 * k, end + 32 * k, pitch) for k in range(4) for start, end, pitch in rows]
    two, phrase = line(*rows), line(*eight, bars=8)
    for name in ("density", "height", "range", "syncopation"):
        assert attributes.measure(phrase)[name] == pytest.approx(attributes.measure(two)[name]), name
    silence = attributes.measure(line())
    assert set(silence) == set(attributes.AXES) and all(np.isfinite(value).all() for value in silence.values())


def test_a_slider_from_two_sets_leads_from_one_to_the_other() -> None:
    more, less = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[0.0, 1.0]])
    np.testing.assert_allclose(attributes.from_sets(more, less), [2.0, 2.0])


def test_seven_sliders_in_a_space_of_two_dimensions_keep_to_the_two_it_has() -> None:
    codes = np.random.default_rng(0).normal(size=(400, 2))
    values = {name: codes @ np.random.default_rng(i).normal(size=2) for i, name in enumerate(attributes.AXES)}
    found = attributes.vectors(codes, values)
    assert found["density"].any() and found["height"].any()
    assert not any(found[name].any() for name in attributes.AXES if name not in attributes.MAIN)


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
    made = planes(chart.codes, {name: v.astype(np.float32) for name, v in found.items()}, same)
    assert list(made) == ["pca"] and np.isfinite(made["pca"].dots).all(), "no axis without a direction"


@pytest.mark.parametrize("compound", [False, True])
def test_the_shipped_sliders_do_what_they_say(shipped_bundle: Path, compound: bool) -> None:
    chart = LatentMap.from_bundle(bundles.read(shipped_bundle, weights=False))
    figures = slider_effects(load_network(shipped_bundle), chart, compound)
    for name in attributes.MAIN:
        assert figures[f"{name}_slider_monotone"] >= 0.95, figures
        assert figures[f"{name}_slider_leak"] < 0.25, figures
