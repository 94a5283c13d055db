"""A denoising autoencoder: it hears a damaged melody and says the whole one.

While learning, some of the steps are masked and some of the notes moved, and the network has to give back what was
there (Vincent, Larochelle, Bengio and Manzagol, 2008, "Extracting and composing robust features with denoising
autoencoders"; masking noise, here on whole steps). So it learns what belongs where, and its answer to anything lies
closer to music than what it was given.

For a composer: repair a bar, fill a hole from both sides, or let it dream: feed its answer back until it stands still.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from engine.codecs import melody
from engine.jobs.job import Report, silent
from engine.models.capabilities import Watch, unwatched
from engine.models.parts import melody_dream, melody_mlp
from engine.models.parts.melody_dream import RefineOptions
from engine.models.parts.melody_head import Head
from engine.models.parts.melody_mlp import MASK, Ear, Habits, Speaker, UnitLaw, heard, is_compound
from engine.models.parts.melody_pitch import absolute
from engine.models.parts.unit_codes import UnitCodes
from engine.options import option

FURTHEST = 2  # semitones by which noise moves a note
FORCED = 1e4  # added to the logits of what has to stay


@dataclass(frozen=True)
class Options:
    """How the network is built and trained."""

    units: int = option(256, "units of the code", 2)
    width: int = option(512, "units of a residual layer", 8)
    blocks: int = option(1, "residual layers in encoder and decoder", 0)
    embedding: int = option(32, "features of a step on its way in", 4)
    features: int = option(64, "features of a step on its way out", 4)
    mixers: int = option(1, "layers in which steps speak to each other", 0)
    noise: float = option(0.3, "share of steps masked while learning; a third as many notes are moved", 0.0, 0.9)
    together: float = option(0.4, "share of melodies in which the masked steps stand together", 0.0, 1.0)
    hold_weight: float = option(1.0, "weight of held steps; below 1 more notes are written", 0.01, 1.0)
    dropout: float = option(0.05, "share of inner units left out while learning", 0.0, 0.9)
    forget: float = option(0.3, "share of steps whose past the head may not see while learning", 0.0, 1.0)
    batch: int = option(192, "melodies in a step of training", 1)


@dataclass(frozen=True)
class SampleOptions(melody_mlp.SampleOptions):
    """How melodies are drawn and holes filled."""

    passes: int = option(1, "times a hole is gone over; after the first, a random half of it each time", 1, 50)


class DenoisingAE(UnitCodes):
    """Melody tokens [n, 32] <-> codes [n, units + 1]: units in 0..1, then how high the melody begins, in 0..1 too."""

    def __init__(self, options: Options | None = None) -> None:
        super().__init__()
        self.options = o = options or Options()
        self.progress = 1.0
        self.ear = Ear(o.embedding, o.width, o.blocks, o.mixers, o.dropout)
        self.units = nn.Linear(o.width, o.units)
        self.speaker = Speaker(o.units, o.width, o.blocks, o.mixers, o.features, o.dropout)
        self.head = Head(o.features)
        self.law = UnitLaw(o.units + 1)
        self.habits = Habits()

    # learning -------------------------------------------------------------------------------------------------

    def loss(self, batch: Tensor) -> dict[str, Tensor]:
        """Nats per melody of tokens [n, 32], summed over the steps, given a damaged copy of them."""
        clean = batch.long()
        damaged, first = heard(self._damaged(clean) if self.training else clean)
        tokens = melody_mlp.measured_from(clean, first)
        said = self._say(self._on(damaged), is_compound(clean))
        logits = self.head(said, melody_mlp.forgetful(self.head.context(tokens), self.options.forget))
        cost = melody_mlp.cost(logits, tokens, self.options.hold_weight)
        return {"loss": cost, "onsets": melody_mlp.accuracy(logits, tokens)}

    def settle(self, windows: Tensor) -> None:
        """Find out where the codes of the training music [n, 32] lie, and what its rhythms know."""
        self.law.fit(self.encode(windows))
        self.habits.count(windows)

    def _damaged(self, tokens: Tensor) -> Tensor:
        """Some notes moved and some steps masked."""
        o, chance = self.options, torch.rand(4, *tokens.shape, device=tokens.device)
        pitched = (tokens >= melody.FIRST_PITCH_TOKEN) & (tokens < melody.PAD)
        step = (chance[0] * FURTHEST).long() + 1
        moved = tokens + torch.where(chance[1] < 0.5, -step, step)
        moved = moved.clamp(melody.FIRST_PITCH_TOKEN, melody.PAD - 1)
        tokens = torch.where(pitched & (chance[2] < o.noise / 3), moved, tokens)
        alone = chance[3] < o.noise
        length = 2 * o.noise * melody.SLOTS * torch.rand(len(tokens), 1, device=tokens.device)  # o.noise on average
        length = length.clamp_max(melody.SLOTS)
        start = torch.rand(len(tokens), 1, device=tokens.device) * (melody.SLOTS - length + 1) - 1
        place = torch.arange(melody.SLOTS, device=tokens.device)
        together = (place >= start) & (place < start + length)
        chosen = torch.rand(len(tokens), 1, device=tokens.device) < o.together
        return torch.where(torch.where(chosen, together, alone) & (tokens != melody.PAD), MASK, tokens)

    def _on(self, tokens: Tensor) -> Tensor:
        """Activations [n, units] of what is heard."""
        return torch.sigmoid(self.units(self.ear(tokens)).float())

    def _say(self, on: Tensor, compound: Tensor) -> Tensor:
        return self.speaker(on, compound)[1]

    # capabilities ---------------------------------------------------------------------------------------------

    @torch.no_grad()
    def inpaint(
        self, x: Tensor, hole: Tensor, options: SampleOptions, report: Report = silent, watch: Watch = unwatched
    ) -> Tensor:
        """Tokens [n, 32] with the steps of the hole, bool [n, 32], written anew; all others come back as they were."""
        filled, generator = x.long(), torch.Generator().manual_seed(options.seed)
        hole = hole & (filled != melody.PAD)
        for index in range(options.passes):
            report(index, options.passes, "filling")
            half = torch.rand(hole.shape, generator=generator).to(x.device) < 0.5
            now = hole & half if index else hole
            noise = melody_mlp.surprise(len(x), options.temperature, options.seed + 1009 * index)
            filled = torch.where(now, self._fill(torch.where(now, MASK, filled), noise), filled)
            watch(filled)
        return filled

    def _fill(self, holed: Tensor, noise: Tensor | None) -> Tensor:
        """Melodies [n, 32] with MASK in their holes, filled from left to right with all that is heard in view."""
        tokens, first = heard(holed)
        compound = is_compound(holed)
        stays = nn.functional.one_hot(tokens.clamp_max(melody.VOCABULARY - 1), melody.VOCABULARY) * FORCED
        bias = torch.where((tokens < melody.VOCABULARY)[..., None], stays, 0.0)
        bias = bias if noise is None else bias + noise.to(bias.device)
        return absolute(melody_mlp.choose(self.head, self._say(self._on(tokens), compound), bias, compound), first)

    def answer(self, heard: Tensor, first: Tensor, compound: Tensor) -> tuple[Tensor, Tensor]:
        """What is said of every step [n, 32, f] and the first pitch [n], of tokens [n, 32] or their probabilities."""
        return self._say(self._on(heard), compound), first

    def refine(self, x: Tensor, options: RefineOptions, report: Report = silent) -> Tensor:
        """Tokens [n, 32] heard and said again and again: every step of the way, [rounds + 1, n, 32]."""
        return melody_dream.path(self, x, options, report)
