"""A sparse autoencoder: a dictionary of what two bars are made of.

Each unit of its code lies between 0 and 1, and a penalty keeps every unit off in most of the music (Ng, 2011, "Sparse
autoencoder", CS294A lecture notes: the Kullback-Leibler divergence between a unit's mean activation and rho). So a
melody is told by the few units that are on, and a unit comes to stand for one turn of phrase. What a unit says is a
pattern of its own that is added to the others': the dictionary can be read.

For a composer: leaf through the motifs the model has found in the corpus, and switch them on and off.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from engine.codecs import melody
from engine.models.parts import melody_mlp
from engine.models.parts.melody_mlp import Ear, Habits, Past, SampleOptions, UnitLaw, heard, is_compound
from engine.models.parts.unit_codes import UnitCodes
from engine.options import option

LOUD = 3.0  # how far a unit is turned up to be heard alone: at 1 the usual code drowns it
ALMOST = 1e-4  # activations are kept this far from 0 and 1, where the divergence has no end


@dataclass(frozen=True)
class Options:
    """How the network is built and trained."""

    units: int = option(192, "entries of the dictionary", 2)
    width: int = option(384, "units of the layers before the code", 8)
    blocks: int = option(1, "residual layers before the code", 0)
    embedding: int = option(32, "features of a step on its way in", 4)
    mixers: int = option(1, "layers in which steps speak to each other", 0)
    rho: float = option(0.1, "share of the music in which a unit is to be on", 0.001, 0.5)
    sparsity: float = option(2.5, "weight of the penalty that keeps it so, nats to nats", 0.0)
    decide: float = option(1.0, "noise at the units while learning: it makes them be on or off, nothing between", 0.0)
    strongest: int = option(0, "only so many units may be on at once (k-sparse); 0 lets all", 0)
    memory: int = option(64, "units that know the notes just before", 4)
    dropout: float = option(0.05, "share of inner units left out while learning", 0.0, 0.9)
    forget: float = option(0.3, "share of steps whose past may not be seen while learning", 0.0, 1.0)
    batch: int = option(256, "melodies in a step of training; the mean activation is taken over it", 2)


class SparseAE(UnitCodes):
    """Melody tokens [n, 32] <-> codes [n, units + 1]: units in 0..1, then how high the melody begins, in 0..1 too."""

    def __init__(self, options: Options | None = None) -> None:
        super().__init__()
        self.options = o = options or Options()
        self.progress = 1.0
        self.ear = Ear(o.embedding, o.width, o.blocks, o.mixers, o.dropout)
        self.units = nn.Linear(o.width, o.units)
        self.dictionary = nn.Linear(o.units + 1, melody.SLOTS * melody.VOCABULARY)  # the last input is the kind of bar
        nn.init.normal_(self.dictionary.weight, std=0.1)
        self.head = Past(o.memory)
        self.law = UnitLaw(o.units + 1)
        self.habits = Habits()
        self.middle: Tensor  # mean code of the training music
        self.often: Tensor  # how often each unit is on in it
        self.register_buffer("middle", torch.full((o.units + 1,), 0.5))
        self.register_buffer("often", torch.full((o.units,), o.rho))

    # learning -------------------------------------------------------------------------------------------------

    def loss(self, batch: Tensor) -> dict[str, Tensor]:
        """Nats per melody of tokens [n, 32], summed over the steps, and what the units pay for being on too often."""
        tokens, _ = heard(batch.long())
        on = self._on(tokens)
        said = self._say(on, is_compound(tokens))
        logits = self.head(said, melody_mlp.forgetful(self.head.context(tokens), self.options.forget))
        cost, mean = melody_mlp.cost(logits, tokens), on.float().mean(0)
        penalty = divergence(mean, self.options.rho).sum()
        onsets = melody_mlp.accuracy(logits, tokens)
        loss = cost + self.options.sparsity * penalty
        return {"loss": loss, "cost": cost, "penalty": penalty, "activation": mean.mean(), "onsets": onsets}

    def settle(self, windows: Tensor) -> None:
        """Find out how often each unit is on in the training music [n, 32], and what is usual."""
        codes = self.encode(windows)
        self.law.fit(codes)
        self.habits.count(windows)
        self.middle.copy_(codes.mean(0))
        self.often.copy_((codes[:, :-1] > 0.5).float().mean(0))

    def _on(self, tokens: Tensor) -> Tensor:
        """Activations [n, units] of what is heard, the strongest only if so ordered."""
        felt = self.units(self.ear(tokens)).float()
        if self.training:
            felt = felt + self.options.decide * torch.randn_like(felt)
        on = torch.sigmoid(felt)
        if 0 < self.options.strongest < self.options.units:
            least = on.topk(self.options.strongest, -1).values[:, -1:]
            on = torch.where(on >= least, on, 0.0)
        return on

    def _say(self, on: Tensor, compound: Tensor) -> Tensor:
        """Logits [n, 32, V] of activations [n, units]."""
        return self.dictionary(torch.cat([on, compound[:, None].to(on.dtype)], -1)).unflatten(-1, (melody.SLOTS, -1))

    # capabilities ---------------------------------------------------------------------------------------------

    @torch.no_grad()
    def motifs(self, options: SampleOptions) -> tuple[Tensor, Tensor]:
        """What each unit stands for, the one that is on most often first: melodies [units, 32], shares [units].

        A melody is what the usual code becomes with that unit turned up far.
        """
        order = self.often.argsort(descending=True)
        codes = self.middle.repeat(self.options.units, 1)
        codes[torch.arange(len(codes)), order] = LOUD
        return self.decode(codes, options), self.often[order].cpu()


def divergence(mean: Tensor, rho: float) -> Tensor:
    """KL between coins that fall on heads with chance rho and with chances `mean`, in nats, elementwise."""
    mean = mean.clamp(ALMOST, 1 - ALMOST)
    return rho * (rho / mean).log() + (1 - rho) * ((1 - rho) / (1 - mean)).log()
