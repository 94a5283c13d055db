"""The leading eigenvalue of games whose eigenvalues are known."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.training.watch.turning import Eigenvalue, turning


def game(matrix: np.ndarray, first: int) -> tuple[dict[str, Tensor], dict[str, list[Tensor]]]:
    """A game of two whose field of steps is `matrix @ (x, y)`, the first player holding `first` numbers."""
    size = len(matrix)
    field = torch.tensor(matrix, dtype=torch.float64)
    x = torch.ones(first, dtype=torch.float64, requires_grad=True)
    y = torch.ones(size - first, dtype=torch.float64, requires_grad=True)
    a, b, c, d = field[:first, :first], field[:first, first:], field[first:, :first], field[first:, first:]
    losses = {  # the diagonal blocks are symmetric: they are bends of the players' own losses
        "critic": -(x @ a @ x) / 2 - x @ b @ y,
        "generator": -(y @ d @ y) / 2 - y @ c @ x,
    }
    return losses, {"critic": [x], "generator": [y]}


def leading(losses: dict[str, Tensor], parameters: dict[str, list[Tensor]]) -> Eigenvalue:
    return turning(losses, parameters).leading


def test_the_game_of_x_times_y_goes_round_and_nothing_else() -> None:
    found = leading(*game(np.array([[0.0, -1.0], [1.0, 0.0]]), 1))
    assert found.real == pytest.approx(0, abs=1e-9)
    assert found.turn == pytest.approx(1)
    assert found.share == pytest.approx(1)
    assert found.error == 0


def test_two_who_do_not_touch_one_another_settle() -> None:
    found = leading(*game(np.diag([-3.0, -0.5]), 1))
    assert (found.real, found.turn) == pytest.approx((-3, 0))


def test_a_player_who_climbs_is_seen_as_growth() -> None:
    found = leading(*game(np.diag([2.0, -0.5]), 1))
    assert (found.real, found.turn) == pytest.approx((2, 0))


def test_a_penalty_damps_the_circle() -> None:
    """-a x - y, x - a y: eigenvalues -a +- i."""
    found = leading(*game(np.array([[-0.4, -2.0], [2.0, -0.4]]), 1))
    assert (found.real, found.turn) == pytest.approx((-0.4, 2.0))
    assert found.magnitude == pytest.approx(np.hypot(0.4, 2.0))


def test_many_numbers_and_few_products() -> None:
    """Forty numbers of which one pair turns fastest; ten products find it, and the error says how well."""
    rng = np.random.default_rng(0)
    bends = np.diag(rng.uniform(-1.0, 0.0, 40))
    bends[0, 20], bends[20, 0] = -5.0, 5.0
    bends[0, 0] = bends[20, 20] = -0.3
    losses, parameters = game(bends, 20)
    whole = turning(losses, parameters, products=10)
    found = whole.leading
    assert whole.circle == found
    assert (found.real, found.turn) == pytest.approx((-0.3, 5.0), rel=1e-3)
    assert found.error < 1e-3
    assert turning(losses, parameters, products=2).leading.error > found.error


def test_who_pays_for_nothing_that_bends_stands_still() -> None:
    x, y = (torch.ones(2, requires_grad=True) for _ in range(2))
    found = leading({"critic": x.sum(), "generator": y.sum()}, {"critic": [x], "generator": [y]})
    assert (found.real, found.turn, found.share) == (0, 0, 0)


def test_a_circle_behind_a_steeper_bend_is_found_as_well() -> None:
    """One number falls back steeply; two others circle, and the circle widens."""
    field = np.diag([-90.0, 0.5, 0.5])
    field[1, 2], field[2, 1] = -7.0, 7.0
    found = turning(*game(field, 2))
    assert (found.leading.real, found.leading.turn) == pytest.approx((-90, 0))
    assert found.circle is not None
    assert (found.circle.real, found.circle.turn) == pytest.approx((0.5, 7.0))


def test_what_cannot_be_trusted_is_not_told() -> None:
    rng = np.random.default_rng(0)
    field = np.diag(rng.uniform(-1.0, 0.0, 40))
    field[0, 0] = -5.0
    assert turning(*game(field, 20), products=2).circle is None
