"""A contractive autoencoder: small edits move its code only a little.

One layer of sigmoid units, its weights used backwards to decode, and a penalty on the Frobenius norm of the code's
Jacobian (Rifai, Vincent, Muller, Glorot and Bengio, 2011, "Contractive auto-encoders"). Only along the directions in
which music really differs does the code follow its input. The weights have to be tied: else the encoder's are scaled
down, the decoder's up, and the penalty is beaten.

For a composer: the steadiest dials. Change one note, and the place of the melody stays what it was.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.codecs import melody
from engine.models.parts import melody_mlp
from engine.models.parts.melody_mlp import Habits, Past, SampleOptions, UnitLaw, heard, is_compound
from engine.models.parts.unit_codes import UnitCodes
from engine.options import option

__all__ = ["ContractiveAE", "Options", "SampleOptions"]

INPUTS = melody.PAD + 1  # tokens that a step may hold, PAD among them


@dataclass(frozen=True)
class Options:
    """How the network is built and trained."""

    units: int = option(384, "units of the code", 2)
    contraction: float = option(0.05, "weight of the Jacobian's squared norm; 0 is a plain autoencoder", 0.0)
    memory: int = option(64, "units that know the notes just before", 4)
    forget: float = option(0.3, "share of steps whose past may not be seen while learning", 0.0, 1.0)
    batch: int = option(256, "melodies in a step of training", 1)


class ContractiveAE(UnitCodes):
    """Melody tokens [n, 32] <-> codes [n, units + 1]: units in 0..1, then how high the melody begins, in 0..1 too."""

    def __init__(self, options: Options | None = None) -> None:
        super().__init__()
        self.options = o = options or Options()
        self.progress = 1.0
        inputs = melody.SLOTS * INPUTS
        self.weight = nn.Parameter(torch.empty(inputs, o.units))  # of one-hot tokens; its transpose decodes
        self.bias = nn.Parameter(torch.zeros(o.units))
        self.usual = nn.Parameter(torch.zeros(2, melody.SLOTS * INPUTS))  # what is said anyway, by kind of bar
        nn.init.normal_(self.weight, std=0.1)
        self.offsets: Tensor
        self.register_buffer("offsets", torch.arange(melody.SLOTS) * INPUTS, persistent=False)
        self.head = Past(o.memory)
        self.law = UnitLaw(o.units + 1)
        self.habits = Habits()

    # learning -------------------------------------------------------------------------------------------------

    def loss(self, batch: Tensor) -> dict[str, Tensor]:
        """Nats per melody of tokens [n, 32], summed over the steps, and the squared norm of the code's Jacobian."""
        tokens, _ = heard(batch.long())
        units = self._on(tokens)
        logits = self.head(self._say(units, is_compound(tokens)), self._context(tokens))
        cost, jacobian = melody_mlp.cost(logits, tokens), self.jacobian(units).mean()
        onsets = melody_mlp.accuracy(logits, tokens)
        loss = cost + self.options.contraction * jacobian
        return {"loss": loss, "cost": cost, "jacobian": jacobian, "onsets": onsets}

    def settle(self, windows: Tensor) -> None:
        """Find out where the codes of the training music [n, 32] lie, and what its rhythms know."""
        self.law.fit(self.encode(windows))
        self.habits.count(windows)

    def jacobian(self, units: Tensor) -> Tensor:
        """Squared Frobenius norm of the derivative of units [n, units] by the one-hot input, [n]."""
        slope = (units * (1 - units)) ** 2
        return (slope * (self.weight**2).sum(0)).sum(-1)

    def _context(self, tokens: Tensor) -> Tensor:
        return melody_mlp.forgetful(self.head.context(tokens), self.options.forget)

    def _on(self, tokens: Tensor) -> Tensor:
        summed = F.embedding_bag(tokens + self.offsets, self.weight, mode="sum")
        return torch.sigmoid((summed + self.bias).float())

    def _say(self, units: Tensor, compound: Tensor) -> Tensor:
        """Logits [n, 32, V] of units [n, units]; of the slots not in use they mean nothing."""
        said = units @ self.weight.T + self.usual[compound.long()]
        return said.unflatten(-1, (melody.SLOTS, INPUTS))[..., : melody.VOCABULARY]
