"""Greedy layer-wise pre-training: each layer first learns alone what the layer below tells it.

A deep stack of sigmoids learns next to nothing from random weights. Hinton and Salakhutdinov (2006, "Reducing the
dimensionality of data with neural networks") start every layer as a restricted Boltzmann machine, trained by one step
of contrastive divergence; Bengio et al. (2007, "Greedy layer-wise training of deep networks") as a small autoencoder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from engine.jobs.job import Report, silent, stretch

RARE = 1e-4  # a unit that is never on gets the bias of one that is on this often
FIRST_WEIGHTS, DECAY = 0.01, 2e-4  # Hinton's practical guide to training RBMs, 2010
SLOW, FAST = 0.5, 0.9  # momentum of the first steps and of the others
AUTOENCODER_RATE = 3e-3
OPENING = 50  # steps with the slow momentum

Draw = Callable[[int], Tensor]


@dataclass
class Mark:
    """How far some long work is, so that it can be left at any step and gone on with; only its momentum is lost.

    Attributes:
        layer: that learns now.
        step: of that layer, the next to be made.
    """

    layer: int = 0
    step: int = 0

    def steps(self, count: int) -> Iterator[int]:
        """The steps of this layer that are still to be made, of `count` in all."""
        for step in range(self.step, count):
            yield step
            self.step = step + 1

    def up(self) -> None:
        """On to the next layer."""
        self.layer, self.step = self.layer + 1, 0


@dataclass
class Layer:
    """One layer of a tied stack, changed in place.

    Attributes:
        weight: [hidden, visible].
        up: bias of the hidden units [hidden].
        down: bias of the visible units [visible].
    """

    weight: Tensor
    up: Tensor
    down: Tensor

    def encode(self, visible: Tensor) -> Tensor:
        """Probabilities of the hidden units [n, hidden]."""
        return torch.sigmoid(F.linear(visible, self.weight, self.up))

    def logits(self, hidden: Tensor) -> Tensor:
        """Logits of the visible units [n, visible]."""
        return F.linear(hidden, self.weight.t(), self.down)

    def start(self, visible: Tensor) -> None:
        """Every visible unit as often on as in the data; the weights stay as they are."""
        self.up.zero_()
        self.down.copy_(visible.mean(0).clamp(RARE, 1 - RARE).logit())


@torch.no_grad()
def stack(
    layers: list[Layer], method: str, draw: Draw, steps: int, batch: int, rate: float, report: Report, mark: Mark
) -> None:
    """Pre-train a stack from below, layer by layer, in place.

    Args:
        layers: from the data upwards.
        method: `rbm` or `autoencoder`.
        draw: gives n rows of data, 0..1, [n, visible].
        steps: of each layer.
        batch: rows in a step.
        rate: learning rate of the RBMs.
        report: told the reconstruction error of each layer.
        mark: where to begin; moved on.
    """
    learn = boltzmann if method == "rbm" else autoencode

    def one(index: int, below: Draw, part: Report) -> None:
        learn(layers[index], below, steps, batch, rate, part, mark)

    layer_by_layer([layer.encode for layer in layers], one, draw, report, mark)


def layer_by_layer(
    up: Sequence[Callable[[Tensor], Tensor]],
    learn: Callable[[int, Draw, Report], None],
    draw: Draw,
    report: Report,
    mark: Mark,
) -> None:
    """Let each layer learn alone what those below tell it.

    Args:
        up: what each layer makes of the rows [n, visible] of the one below.
        learn: given the number of a layer, where its rows come from and whom to report to.
        draw: gives n rows of data.
        report: told how far the whole is.
        mark: where to begin; moved on.
    """
    for index in range(mark.layer, len(up)):

        def below(n: int, layer: int = index) -> Tensor:
            rows = draw(n)
            for lower in up[:layer]:
                rows = lower(rows)
            return rows

        learn(index, below, stretch(report, index / len(up), (index + 1) / len(up)))
        mark.up()


def boltzmann(
    layer: Layer, draw: Draw, steps: int, batch: int, rate: float = 0.05, report: Report = silent,
    mark: Mark | None = None,
) -> float:  # fmt: skip
    """Train a layer as a restricted Boltzmann machine by CD-1; returns the last mean squared reconstruction error.

    Hidden units are sampled on the way up, visible units stay probabilities on the way down, as Hinton advises.
    """
    mark = mark or Mark()
    if not mark.step:
        layer.start(draw(8 * batch))
        layer.weight.normal_(0, FIRST_WEIGHTS)
    moving = [torch.zeros_like(part) for part in (layer.weight, layer.up, layer.down)]
    error = 0.0
    for step in mark.steps(steps):
        visible = draw(batch)
        hidden = layer.encode(visible)
        dream = torch.sigmoid(layer.logits(torch.bernoulli(hidden)))
        answer = layer.encode(dream)
        slopes = (
            (hidden.t() @ visible - answer.t() @ dream) / batch - DECAY * layer.weight,
            (hidden - answer).mean(0),
            (visible - dream).mean(0),
        )
        momentum = SLOW if step < OPENING else FAST
        for part, pace, slope in zip((layer.weight, layer.up, layer.down), moving, slopes, strict=True):
            pace.mul_(momentum).add_(slope, alpha=rate)
            part.add_(pace)
        error = float(((visible - dream) ** 2).mean())
        report(step + 1, steps, f"Boltzmann machine of {len(layer.up)} units: error {error:.4f}")
    return error


def autoencode(
    layer: Layer, draw: Draw, steps: int, batch: int, rate: float = 0.0, report: Report = silent,
    mark: Mark | None = None,
) -> float:  # fmt: skip
    """Train a layer as a tied autoencoder on cross-entropy (Adam); returns the last mean squared error.

    It starts from the weights it has: smaller ones tell the next layer too little to learn from. `rate` is the
    Boltzmann machines' own and not used.
    """
    hidden = len(layer.up)
    mark = mark or Mark()
    if not mark.step:
        layer.start(draw(8 * batch))
    parts = [layer.weight, layer.up, layer.down]
    kept = [part.requires_grad for part in parts]
    optimizer = torch.optim.Adam(parts, lr=AUTOENCODER_RATE)
    error = 0.0
    for part in parts:
        part.requires_grad_()
    for step in mark.steps(steps):
        rows = draw(batch)
        with torch.enable_grad():
            logits = layer.logits(layer.encode(rows)).float()
            loss = F.binary_cross_entropy_with_logits(logits, rows, reduction="sum") / batch
        for part, slope in zip(parts, torch.autograd.grad(loss, parts), strict=True):
            part.grad = slope
        optimizer.step()
        error = float(((logits.detach().sigmoid() - rows) ** 2).mean())
        report(step + 1, steps, f"autoencoder of {hidden} units: error {error:.4f}")
    for part, wanted in zip(parts, kept, strict=True):
        part.grad = None
        part.requires_grad_(wanted)
    return error
