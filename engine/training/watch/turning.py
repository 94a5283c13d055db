"""How the players of a game move one another: the leading eigenvalues of their common field of steps.

All players step along their own gradients at once: v = (-dL1/dw1, -dL2/dw2, ...). Near a place where v is nought, its
Jacobian J tells what becomes of a small push: eigenvalues with a negative real part die away, with a positive one grow,
and a large imaginary part goes round and round, which no single loss can do (Mescheder, Nowozin and Geiger 2017, "The
Numerics of GANs"; Balduzzi et al. 2018, "The Mechanics of n-Player Differentiable Games"). The game of x and y over x*y
is the plainest case: its eigenvalues are i and -i, and gradient steps circle for ever.

Power iteration alone finds how large the leading eigenvalue is, not whether it turns: a pair of them keeps it swinging.
So all its vectors are kept and J is looked at in the space they span (Arnoldi 1951): the Rayleigh quotients there are
complex numbers, and what is left over of the last product says how far they can be trusted. The products are of the
transpose of J, which has the same eigenvalues and costs one backward pass each instead of two.

The largest eigenvalue alone says little of a game: as a rule it is real, the steepest bend of the critic's own loss,
while pairs of a tenth of its size go round. In the space of all vectors those are found as well.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

PRODUCTS = 20  # with the transpose of J; each costs about one backward pass through a backward pass
NOTHING = 1e-12  # of a vector's length: below this nothing new is left in it
TRUSTED = 0.1  # error up to which an eigenvalue other than the leading one is told


@dataclass(frozen=True)
class Eigenvalue:
    """One eigenvalue of a game's Jacobian.

    Attributes:
        real: how fast a push grows (above nought) or dies away (below), per unit of the step size.
        turn: the imaginary part, 0 or more: how fast it goes round.
        error: what the estimate leaves unexplained, as a share of the magnitude; 0 where the search was exhausted.
    """

    real: float
    turn: float
    error: float

    @property
    def magnitude(self) -> float:
        """Its distance from nought."""
        return float(np.hypot(self.real, self.turn))

    @property
    def share(self) -> float:
        """How much of it is rotation: 0 none, 1 nothing else."""
        return self.turn / self.magnitude if self.magnitude else 0.0


@dataclass(frozen=True)
class Turning:
    """What is known of a game's eigenvalues.

    Attributes:
        leading: the largest by magnitude.
        circle: of those that can be trusted, the one that goes round fastest; it may be the leading one, or not turn at
            all. None where no other than the leading one is trusted, and that one does not turn.
    """

    leading: Eigenvalue
    circle: Eigenvalue | None = None


STILL = Turning(Eigenvalue(0.0, 0.0, 0.0))


def turning(
    losses: Mapping[str, Tensor],
    parameters: Mapping[str, Sequence[Tensor]],
    products: int = PRODUCTS,
    seed: int = 7,
) -> Turning:
    """The leading eigenvalue of a game where it stands, and the fastest circle.

    Args:
        losses: what each player pays, 0-dim, not yet differentiated; each may depend on everybody's parameters.
        parameters: of each player, under the same names, all of them asking for gradients.
        products: of the Jacobian's transpose with a vector, at most.
        seed: of the first vector.

    Raises:
        RuntimeError: an operation of the losses cannot be differentiated twice on this device.
    """
    moved = [(player, parameter) for player in losses for parameter in parameters[player]]
    everything = [parameter for _, parameter in moved]
    field: list[Tensor] = []
    for player, loss in losses.items():
        field += _slopes([loss], list(parameters[player]), None, keep=True)
    bent = [place for place, part in enumerate(field) if part.requires_grad]  # the others do not change with anything
    sizes = [parameter.numel() for parameter in everything]

    def product(vector: Tensor) -> Tensor:
        parts = vector.split(sizes)
        weights = [-parts[place].view_as(everything[place]) for place in bent]
        found = _slopes([field[place] for place in bent], everything, weights, keep=False)
        return torch.cat([part.reshape(-1) for part in found])

    first = torch.randn(sum(sizes), generator=torch.Generator().manual_seed(seed)).to(everything[0])
    return _told(*_krylov(product, first, products)) if bent else STILL


def _slopes(of: list[Tensor], by: list[Tensor], weights: list[Tensor] | None, keep: bool) -> list[Tensor]:
    """Gradients, nought where something does not depend on a parameter at all; `keep` them differentiable."""
    found = torch.autograd.grad(of, by, weights, retain_graph=True, create_graph=keep, allow_unused=True)
    return [torch.zeros_like(b) if slope is None else slope for slope, b in zip(found, by, strict=True)]


def _krylov(product: Callable[[Tensor], Tensor], first: Tensor, count: int) -> tuple[NDArray[np.floating], float]:
    """The matrix seen in the space of `count` powers of it [m, m], and the length of what the last one adds."""
    basis = [first / first.norm()]
    seen = np.zeros((count, count))
    for column in range(count):
        vector = product(basis[-1])
        length = float(vector.norm())
        for _ in range(2):  # once is not enough in 32 bits
            for row, known in enumerate(basis):
                part = known @ vector
                seen[row, column] += float(part)
                vector = vector - part * known
        rest = float(vector.norm())
        if rest <= max(NOTHING, 1e-6 * length):  # this space is all there is
            return seen[: column + 1, : column + 1], 0.0
        if column + 1 == count:
            return seen, rest
        seen[column + 1, column] = rest
        basis.append(vector / rest)
    raise ValueError("no product was asked for")


def _told(seen: NDArray[np.floating], rest: float) -> Turning:
    """Eigenvalues of the matrix as it was seen; the residual of each is what the last vector adds to it."""
    values, vectors = np.linalg.eig(seen)
    errors = rest * np.abs(vectors[-1]) / np.linalg.norm(vectors, axis=0) / np.maximum(np.abs(values), NOTHING)
    found = [
        Eigenvalue(float(value.real), float(abs(value.imag)), float(error))
        for value, error in zip(values, errors, strict=True)
    ]
    trusted = [one for one in found if one.error <= TRUSTED]
    turned = max(trusted, key=lambda one: one.turn, default=None)
    leading = max(found, key=lambda one: one.magnitude)
    return Turning(leading, turned if len(trusted) > 1 or (turned and turned.turn) else None)
