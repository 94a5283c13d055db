"""How likely a Boltzmann machine holds something: its partition function by annealed importance sampling.

Neal (2001), "Annealed importance sampling"; Salakhutdinov and Murray (2008), "On the quantitative analysis of deep
belief networks". Chains begin as samples of a machine without weights, whose sum over all states is known, and are led
to the real one through many machines in between; what they gain on the way says how much greater its sum is. The
estimate is right on average in the sum, so in its logarithm it is a little low rather than high: likelihoods made of
it are a little too good where chains are few and mix badly.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from engine.jobs.job import Report, silent
from engine.models.parts.boltzmann_machine import Machine, flipped

CHAINS, TEMPERATURES = 10, 300
ROWS_AT_ONCE = 256  # machines that are annealed side by side


@torch.no_grad()
def log_partition(
    weight: Tensor,
    b_v: Tensor,
    b_h: Tensor,
    symbols: int = 0,
    base: Tensor | None = None,
    chains: int = CHAINS,
    temperatures: int = TEMPERATURES,
    seed: int = 1,
    report: Report = silent,
) -> Tensor:
    """log Z of machines that share their weights, [n], or of one, [].

    Args:
        weight: [hidden, visible].
        b_v: biases of the visible units, [n, visible] or [visible].
        b_h: of the hidden units, [n, hidden] or [hidden].
        symbols: units of a softmax group; 0: visible units are on or off each for itself.
        base: biases [visible] of the machine without weights in which chains begin, best the logits of how often each
            unit is on in the data; None: those of the machine itself.
        chains: of each machine.
        temperatures: machines on the way.
        seed: the same gives the same estimate.
        report: told now and then; the place to stop.
    """
    alone = b_v.ndim == 1 and b_h.ndim == 1
    n = max(len(b) if b.ndim > 1 else 1 for b in (b_v, b_h))
    rows_v, rows_h = b_v.expand(n, -1).float(), b_h.expand(n, -1).float()
    start = rows_v if base is None else base.float().expand(n, -1)
    generator, found = torch.Generator().manual_seed(seed), []
    for first in range(0, n, ROWS_AT_ONCE):
        part = slice(first, first + ROWS_AT_ONCE)
        machine = Machine(weight.float(), rows_v[part, None], rows_h[part, None], symbols)
        found.append(_annealed(machine, start[part, None], chains, temperatures, generator, report))
    log_z = torch.cat(found)
    return log_z[0] if alone else log_z


def _annealed(
    machine: Machine, base: Tensor, chains: int, temperatures: int, generator: torch.Generator, report: Report
) -> Tensor:
    """log Z [n] of machines with biases [n, 1, ...]: chains [n, chains, visible] are led from the base to them."""
    n = len(machine.b_v)
    begin = Machine(machine.weight, base, machine.b_h, machine.symbols)
    v = begin.drawn(base.expand(n, chains, -1), generator)
    gained = torch.zeros(n, chains, device=v.device)
    for index in range(temperatures):
        report(index, temperatures, "annealing")
        low, high = index / temperatures, (index + 1) / temperatures
        receives, tends = machine.received(v), (v * (machine.b_v - base)).sum(-1)
        gained += (high - low) * tends + (F.softplus(high * receives) - F.softplus(low * receives)).sum(-1)
        h = flipped((high * receives).sigmoid(), generator)
        logits = (1 - high) * base + high * machine.logits(h)
        v = begin.drawn(logits, generator)
    return _without_weights(base[:, 0], machine) + gained.logsumexp(1) - math.log(chains)


def _without_weights(base: Tensor, machine: Machine) -> Tensor:
    """log Z [n] of machines with visible biases [n, visible] and neither weights nor hidden biases."""
    hidden = machine.b_h.shape[-1] * math.log(2)
    if machine.symbols:
        return base.unflatten(-1, (-1, machine.symbols)).logsumexp(-1).sum(-1) + hidden
    return F.softplus(base).sum(-1) + hidden


@torch.no_grad()
def log_likelihood(machine: Machine, v: Tensor, log_z: Tensor) -> Tensor:
    """log p [n] in nats of visible units [n, visible], given the machine's log Z."""
    return -machine.free_energy(v) - log_z
