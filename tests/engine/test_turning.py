"""The leading eigenvalue of games whose eigenvalues are known."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.training.turning import turning


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


def test_the_game_of_x_times_y_goes_round_and_nothing_else() -> None:
    found = turning(*game(np.array([[0.0, -1.0], [1.0, 0.0]]), 1))
    assert found.real == pytest.approx(0, abs=1e-9)
    assert found.turn == pytest.approx(1)
    assert found.share == pytest.approx(1)
    assert found.error == 0


def test_two_who_do_not_touch_one_another_settle() -> None:
    found = turning(*game(np.diag([-3.0, -0.5]), 1))
    assert (found.real, found.turn) == pytest.approx((-3, 0))


def test_a_player_who_climbs_is_seen_as_growth() -> None:
    found = turning(*game(np.diag([2.0, -0.5]), 1))
    assert (found.real, found.turn) == pytest.approx((2, 0))


def test_a_penalty_damps_the_circle() -> None:
    """-a x - y, x - a y: eigenvalues -a +- i."""
    found = turning(*game(np.array([[-0.4, -2.0], [2.0, -0.4]]), 1))
    assert (found.real, found.turn) == pytest.approx((-0.4, 2.0))
    assert found.magnitude == pytest.approx(np.hypot(0.4, 2.0))


def test_many_numbers_and_few_products() -> None:
    """Forty numbers of which one pair turns fastest; ten products find it, and the error says how well."""
    rng = np.random.default_rng(0)
    bends = np.diag(rng.uniform(-1.0, 0.0, 40))
    bends[0, 20], bends[20, 0] = -5.0, 5.0
    bends[0, 0] = bends[20, 20] = -0.3
    losses, parameters = game(bends, 20)
    found = turning(losses, parameters, products=10)
    assert (found.real, found.turn) == pytest.approx((-0.3, 5.0), rel=1e-3)
    assert found.error < 1e-3
    assert turning(losses, parameters, products=2).error > found.error


def test_who_pays_for_nothing_that_bends_stands_still() -> None:
    x, y = (torch.ones(2, requires_grad=True) for _ in range(2))
    found = turning({"critic": x.sum(), "generator": y.sum()}, {"critic": [x], "generator": [y]})
    assert (found.real, found.turn, found.share) == (0, 0, 0)
