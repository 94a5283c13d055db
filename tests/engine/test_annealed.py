"""Annealed importance sampling against sums over all states of machines small enough to be counted out."""

from __future__ import annotations

import itertools
import math

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from engine.evaluation.annealed import log_likelihood, log_partition
from engine.models.parts.boltzmann_machine import Machine, chosen, contrast, usual


def machine(symbols: int = 0, rows: int = 0, seed: int = 3) -> Machine:
    """Four visible units (or two groups of `symbols`) and three hidden ones, with weights that matter."""
    generator = torch.Generator().manual_seed(seed)
    visible = 2 * symbols or 4
    shape = (rows,) if rows else ()
    return Machine(
        1.5 * torch.randn(3, visible, generator=generator),
        torch.randn(*shape, visible, generator=generator),
        torch.randn(*shape, 3, generator=generator),
        symbols,
    )


def states(symbols: int = 0) -> Tensor:
    """Every state of the visible units."""
    if not symbols:
        return torch.tensor(list(itertools.product([0.0, 1.0], repeat=4)))
    pairs = torch.tensor(list(itertools.product(range(symbols), repeat=2)))
    return F.one_hot(pairs, symbols).float().flatten(1)


def counted(m: Machine) -> Tensor:
    """log Z by going through all visible AND hidden states: free energies are not trusted."""
    hidden = torch.tensor(list(itertools.product([0.0, 1.0], repeat=3)))
    v = states(m.symbols)
    energy = (v @ m.b_v)[:, None] + (hidden @ m.b_h)[None] + v @ m.weight.t() @ hidden.t()
    return energy.flatten().logsumexp(0)


@pytest.mark.parametrize("symbols", [0, 4])
def test_it_agrees_with_the_sum_over_all_states(symbols: int) -> None:
    m = machine(symbols)
    for base in (None, torch.zeros_like(m.b_v)):
        found = log_partition(m.weight, m.b_v, m.b_h, symbols, base, chains=2_000, temperatures=300)
        assert found.ndim == 0 and float(found) == pytest.approx(float(counted(m)), abs=0.01)


@pytest.mark.parametrize("symbols", [0, 4])
def test_many_machines_with_biases_of_their_own(symbols: int) -> None:
    m = machine(symbols, rows=5)
    found = log_partition(m.weight, m.b_v, m.b_h, symbols, chains=1_000, temperatures=300)
    for row, value in enumerate(found.tolist()):
        alone = counted(Machine(m.weight, m.b_v[row], m.b_h[row], symbols))
        assert value == pytest.approx(float(alone), abs=0.03)


def test_likelihoods_add_up_to_one() -> None:
    for symbols in (0, 3):
        m = machine(symbols)
        likely = log_likelihood(m, states(symbols), counted(m))
        assert float(likely.exp().sum()) == pytest.approx(1.0, abs=1e-5)


def test_the_slope_of_the_contrast_is_that_of_the_likelihood() -> None:
    m = machine()
    weight = m.weight.requires_grad_()
    data = states()[[3, 7, 11]]
    chances = log_likelihood(m, states(), counted(m)).exp().detach()
    likely = (-m.free_energy(data)).mean() - (-m.free_energy(states())).logsumexp(0)
    (slope,) = torch.autograd.grad(-likely, weight)
    rows = torch.multinomial(chances, 200_000, replacement=True, generator=torch.Generator().manual_seed(1))
    (found,) = torch.autograd.grad(contrast(m, data, states()[rows]), weight)
    torch.testing.assert_close(found, slope, atol=0.01, rtol=0.02)


@pytest.mark.parametrize("symbols", [0, 4])
def test_a_long_chain_visits_states_as_often_as_they_are_likely(symbols: int) -> None:
    m = machine(symbols)
    all_states = states(symbols)
    generator = torch.Generator().manual_seed(2)
    v = m.gibbs(m.drawn(m.b_v.expand(20_000, -1), generator), 30, generator)
    visited = (v[:, None] == all_states[None]).all(-1).float().mean(0)
    likely = log_likelihood(m, all_states, counted(m)).exp()
    torch.testing.assert_close(visited, likely, atol=0.015, rtol=0.0)


def test_draws_and_biases() -> None:
    logits = torch.tensor([[0.0, 2.0, 1.0]]).expand(30_000, 3)
    found = chosen(logits, torch.Generator().manual_seed(4))
    torch.testing.assert_close(torch.bincount(found) / 30_000, logits[0].softmax(-1), atol=0.01, rtol=0.0)
    assert chosen(logits[:2], None, temperature=0.0).tolist() == [1, 1]
    shares = torch.tensor([0.5, 0.25, 0.25])
    torch.testing.assert_close(usual(shares, 3).softmax(-1), shares)
    assert float(usual(torch.tensor([0.0]))[0]) == pytest.approx(math.log(1e-4 / (1 - 1e-4)))
