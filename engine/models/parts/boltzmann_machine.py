"""The restricted Boltzmann machine itself: visible units, hidden units, and weights only between the two.

Smolensky (1986), "Information processing in dynamical systems: foundations of harmony theory"; Hinton (2002, "Training
products of experts by minimizing contrastive divergence"). Visible units are on or off, or they come in groups of which
exactly one is on (softmax units; Salakhutdinov, Mnih and Hinton, 2007, "Restricted Boltzmann machines for collaborative
filtering"): one step of a tune is such a group, its tokens the units.

All that is drawn comes from a generator that is handed in, and no gradient ever runs through a chain.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

RARE = 1e-4  # a unit that is never on gets the bias of one that is on this often
FIRST_WEIGHTS = 0.01  # their deviation (Hinton's practical guide, 2010)


@dataclass(frozen=True)
class Machine:
    """What the units of a machine do to one another; the tensors may be parameters.

    Attributes:
        weight: [hidden, visible].
        b_v: what visible units tend to by themselves, [visible], or [n, visible] where every row has its own.
        b_h: the same of hidden units, [hidden] or [n, hidden].
        symbols: units of a group of which exactly one is on; 0: each is on or off for itself.
    """

    weight: Tensor
    b_v: Tensor
    b_h: Tensor
    symbols: int = 0

    def received(self, v: Tensor) -> Tensor:
        """What hidden units receive from visible ones, [n, hidden]: the logits of being on."""
        return F.linear(v, self.weight) + self.b_h

    def hidden(self, v: Tensor) -> Tensor:
        """How likely each hidden unit is on, [n, hidden], given visible units [n, visible]."""
        return torch.sigmoid(self.received(v))

    def logits(self, h: Tensor) -> Tensor:
        """What visible units receive, [n, visible], of hidden units [n, hidden]."""
        return F.linear(h, self.weight.t()) + self.b_v

    def means(self, logits: Tensor) -> Tensor:
        """How likely each visible unit is on, [n, visible]."""
        if not self.symbols:
            return logits.sigmoid()
        return logits.unflatten(-1, (-1, self.symbols)).softmax(-1).flatten(-2)

    def drawn(self, logits: Tensor, generator: torch.Generator | None, temperature: float = 1.0) -> Tensor:
        """Visible units drawn, 0 or 1, [n, visible]; a temperature of 0 takes the likeliest."""
        if self.symbols:
            groups = logits.unflatten(-1, (-1, self.symbols))
            return F.one_hot(chosen(groups, generator, temperature), self.symbols).to(logits.dtype).flatten(-2)
        if temperature <= 0:
            return (logits > 0).to(logits.dtype)
        return flipped((logits / temperature).sigmoid(), generator)

    def free_energy(self, v: Tensor) -> Tensor:
        """-log of the unnormalised probability of visible units [n, visible], [n]: low for what it knows as music."""
        return -(v * self.b_v).sum(-1) - F.softplus(self.received(v)).sum(-1)

    @torch.no_grad()
    def gibbs(self, v: Tensor, steps: int, generator: torch.Generator | None, temperature: float = 1.0) -> Tensor:
        """Visible units [n, visible] after so many times to the hidden units and back."""
        for _ in range(steps):
            h = flipped((self.received(v) / max(temperature, 1e-3)).sigmoid(), generator)
            v = self.drawn(self.logits(h), generator, temperature)
        return v


def flipped(chances: Tensor, generator: torch.Generator | None) -> Tensor:
    """Units that are on with these chances: 0 or 1, of the same shape."""
    return (uniform(chances.shape, generator, chances.device) < chances).to(chances.dtype)


def chosen(logits: Tensor, generator: torch.Generator | None, temperature: float = 1.0) -> Tensor:
    """One of the last dimension, int64 [...]; a temperature of 0 takes the likeliest."""
    if temperature <= 0:
        return logits.argmax(-1)
    ladder = (logits.float() / temperature).softmax(-1).cumsum(-1)
    needle = uniform((*logits.shape[:-1], 1), generator, logits.device) * ladder[..., -1:]
    return (ladder <= needle).sum(-1).clamp_max(logits.shape[-1] - 1)


def uniform(shape: tuple[int, ...], generator: torch.Generator | None, device: torch.device) -> Tensor:
    """Numbers in 0..1; a generator on the CPU gives the same ones for every device."""
    if generator is None:
        return torch.rand(shape, device=device)
    return torch.rand(shape, generator=generator).to(device)


def contrast(machine: Machine, data: Tensor, dream: Tensor) -> Tensor:
    """What contrastive learning goes down: the free energy of data [n, visible] less that of the chains [m, visible].

    Its slope is that of the likelihood as far as the chains are samples of the machine. Its value says nothing.
    """
    return machine.free_energy(data).mean() - machine.free_energy(dream.detach()).mean()


def told_by(monitor: Tensor, slope: Tensor) -> Tensor:
    """A loss with the value of `monitor`, which can be read, and the slope of `slope`, which cannot."""
    return monitor.detach() + slope - slope.detach()


def usual(shares: Tensor, symbols: int = 0) -> Tensor:
    """The biases at which units are on as often as in the data, of shares 0..1 [visible]."""
    if symbols:
        return shares.clamp_min(RARE).log()
    return shares.clamp(RARE, 1 - RARE).logit()
