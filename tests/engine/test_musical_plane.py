"""Musical axes where no flat cut through the space shows them, and axes of one's own choice. No training is run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.jobs import generate
from engine.latent.map import LatentMap, planes
from engine.latent.musical import MusicalPlane
from engine.latent.planes import FlatPlane
from engine.latent.qualities import AXES, measure
from engine.models import bundle as bundles
from engine.models.shelf import load_network

BUNDLES = Path(__file__).parents[2] / "resources" / "bundles"
DEAF = ("contractive_ae", "denoising_ae", "music_vae_hierarchical")  # their flat planes changed next to no note


def chart_of(name: str) -> LatentMap:
    return LatentMap.from_bundle(bundles.read(BUNDLES / f"{name}.safetensors", weights=False))


@pytest.fixture(scope="module")
def chart() -> LatentMap:
    return chart_of("contractive_ae")


def test_a_space_whose_flat_plane_shows_nothing_has_its_dots_where_they_are_measured(chart: LatentMap) -> None:
    plane = chart.planes["qualities"]
    assert isinstance(plane, MusicalPlane)
    for axis, name in enumerate(("density", "height")):
        assert np.corrcoef(chart.dots[:, axis], chart.attributes[name])[0, 1] > 0.98
        assert np.corrcoef(plane.flat.dots[:, axis], chart.attributes[name])[0, 1] < 0.8 or axis == 1
    assert isinstance(chart_of("melody_vae").planes["qualities"], FlatPlane), "this one keeps its word as it is"


@pytest.mark.parametrize("name", DEAF)
def test_dragging_across_the_map_changes_what_its_edges_say(name: str) -> None:
    import torch

    torch.set_num_threads(1)
    chart, network = chart_of(name), load_network(BUNDLES / f"{name}.safetensors")
    x0, x1, _, _ = chart.extent
    start = chart.from_plane(0.0, 0.0, ())
    ways = [chart.from_plane(x, 0.0, start) for x in np.linspace(x0, x1, 7)]
    heard = generate.decode(network, np.array(ways, np.float32), generate.Steering(name))
    density = measure(heard)["density"]
    assert len({melody.tobytes() for melody in heard}) >= 6, "no part of the way is dead"
    spread = float(np.std(chart.attributes["density"]))
    assert np.corrcoef(np.arange(7), density)[0, 1] > 0.9
    assert 0.5 < (density[-1] - density[0]) / spread / (x1 - x0) < 1.5, "as far as the map says, about"


def test_there_and_back_and_what_is_not_shown_stays(chart: LatentMap) -> None:
    code = tuple(chart.codes[7].tolist())
    assert chart.to_plane(code) == pytest.approx(tuple(chart.dots[7]), abs=1e-5)
    moved = chart.from_plane(1.5, -1.0, code)
    assert chart.to_plane(moved) == (1.5, -1.0)
    np.testing.assert_allclose(chart.from_plane(*chart.to_plane(code), moved), code, atol=1e-4)
    plane = chart.planes["qualities"]
    assert isinstance(plane, MusicalPlane)
    step = np.array(moved) - np.array(code)
    inside = plane.flat.move @ np.linalg.lstsq(plane.flat.move, step, rcond=None)[0]
    np.testing.assert_allclose(inside, step, atol=1e-4)
    assert chart.from_plane(*chart.to_plane(moved), moved) == moved, "a step of nothing changes nothing"


def test_a_melody_whose_notes_are_known_lies_where_it_is_measured(chart: LatentMap) -> None:
    code = tuple((chart.codes[3] + 0.01).tolist())
    chart.learn_place(code, chart.melodies[40])
    assert chart.to_plane(code) == pytest.approx(tuple(chart.dots[40]), abs=0.1)
    held = chart.from_plane(0.25, 0.5, code)
    chart.learn_place(held, chart.melodies[40])
    assert chart.to_plane(held) == (0.25, 0.5), "where the hand put it, it stays"


def test_another_session_finds_every_place_again(chart: LatentMap) -> None:
    mine = tuple((chart.codes[3] + 0.02 * np.sign(chart.codes[9])).tolist())  # a melody that is no dot
    chart.learn_place(mine, chart.melodies[40])
    moved = chart.from_plane(1.25, -0.5, mine)
    beside = chart.from_plane(-1.0, 0.75, tuple(chart.codes[11].tolist()))
    later = chart_of("contractive_ae")
    later.learn_place(mine, chart.melodies[40])
    for code, place in ((moved, (1.25, -0.5)), (beside, (-1.0, 0.75))):
        later.learn_place(code, chart.melodies[5])  # its pin's notes are measured elsewhere; it stays all the same
        assert later.to_plane(code) == pytest.approx(place, abs=0.01)


def test_a_long_drag_does_not_forget_the_pins(chart: LatentMap) -> None:
    mine = tuple((chart.codes[8] - 0.03 * np.sign(chart.codes[2])).tolist())
    chart.learn_place(mine, chart.melodies[77])
    place, start = chart.to_plane(mine), tuple(chart.codes[30].tolist())
    for step in range(600):
        chart.from_plane(step / 300 - 1, 0.1, start)
        assert chart.to_plane(mine) == place


def test_the_way_between_two_places_is_straight(chart: LatentMap) -> None:
    a, b = (tuple(chart.codes[dot].tolist()) for dot in (2, 90))
    trail = chart.trail(np.array([a, np.add(a, b) / 2, b], np.float32))
    np.testing.assert_allclose(trail, [chart.dots[2], (chart.dots[2] + chart.dots[90]) / 2, chart.dots[90]], atol=1e-5)
    assert chart.curved, "so the puck on that way is shown on it"


def test_the_composer_picks_the_axes() -> None:
    chart = chart_of("melody_vae")
    assert chart.axes == ("density", "height") and chart.axis_names[:3] == ["density", "height", "range"]
    before = chart.distortion("qualities")
    chart.chosen = "pca"
    assert chart.axes is None
    chart.choose_axes("leaps", "range")
    assert chart.axes == ("leaps", "range") and chart.chosen == "qualities"
    assert (chart.label_x, chart.label_y) == (("stepwise", "leaping"), ("narrower", "wider"))
    assert np.corrcoef(chart.dots[:, 0], chart.attributes["leaps"])[0, 1] > 0.95
    assert chart.distortion("qualities") != before
    code = tuple(chart.codes[5].tolist())
    x, y = chart.to_plane(code)
    moved = np.array(chart.from_plane(x + 1, y, code)) - np.array(code)
    np.testing.assert_allclose(moved, 1.5 * chart.sliders["leaps"], atol=1e-4)  # a weak one is turned further


def test_a_slider_that_was_measured_to_move_nothing_is_not_offered() -> None:
    known = bundles.read(BUNDLES / "vq_vae.safetensors", weights=False)
    assert known.header["evaluation"]["figures"]["slider_density_moves_density"] < 0.05
    assert "density" not in LatentMap.from_bundle(known).sliders and "height" in LatentMap.from_bundle(known).sliders
    assert "syncopation" not in chart_of("sparse_ae").sliders


def test_no_quality_names_both_axes() -> None:
    rng = np.random.default_rng(2)
    codes = rng.normal(size=(200, 5)).astype(np.float32) * np.array([3, 2, 1, 1, 1], np.float32)
    values = {"density": codes[:, 0] + codes[:, 1], "height": 0.4 * codes[:, 1] + rng.normal(size=200)}
    plane = planes(codes, {}, {name: np.asarray(value) for name, value in values.items()})["pca"]
    ends = {frozenset(plane.label_x), frozenset(plane.label_y)}
    assert ends == {frozenset(("calmer", "busier")), frozenset(("lower", "higher"))}


@pytest.mark.parametrize("name", ["gan", "vrae_20", "sparse_ae"])
def test_busier_lies_right_and_higher_up_on_the_main_directions_too(name: str) -> None:
    plane = chart_of(name).planes["pca"]
    assert isinstance(plane, FlatPlane) and any(plane.label_x + plane.label_y)
    assert all(words in (("", ""), *AXES.values()) for words in (plane.label_x, plane.label_y))
    np.testing.assert_allclose(plane.read @ plane.move, np.eye(2), atol=1e-4)
