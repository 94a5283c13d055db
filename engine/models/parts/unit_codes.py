"""What autoencoders with a row of units as their code share: units in 0..1, and one number for the first pitch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from engine.jobs.job import Report, silent
from engine.models.parts import melody_mlp
from engine.models.parts.laws import CodeLaw
from engine.models.parts.melody_head import Head
from engine.models.parts.melody_mlp import Habits, SampleOptions, heard


class UnitCodes(nn.Module):
    """Tokens [n, 32] <-> codes [n, units + 1]; what differs is how units are heard (`_on`) and spoken (`_say`)."""

    head: Head
    habits: Habits
    law: CodeLaw

    if TYPE_CHECKING:  # each has its own

        def _on(self, tokens: Tensor) -> Tensor: ...  # activations [n, units] of what is heard

        def _say(self, on: Tensor, compound: Tensor) -> Tensor: ...  # what they say to the head about each step

    @torch.no_grad()
    def encode(self, x: Tensor) -> Tensor:
        """Codes [n, units + 1], all in 0..1, of tokens [n, 32]."""
        tokens, first = heard(x.long())
        return torch.cat([self._on(tokens), melody_mlp.share_of_range(first)[:, None]], 1)

    @torch.no_grad()
    def decode(self, z: Tensor, options: SampleOptions) -> Tensor:
        """Tokens [n, 32] of codes [n, units + 1]. A row's music depends on its code, its place and the seed only."""
        said = self._say(z[:, :-1], torch.full((len(z),), options.compound, device=z.device))
        return melody_mlp.spoken(self.head, said, melody_mlp.pitch_of_share(z[:, -1]), self.habits, options)

    def draw(self, n: int, options: SampleOptions) -> Tensor:
        """n codes after `options.law`, on the CPU, [n, units + 1], repeatable by the seed."""
        return self.law.draw(n, options.law, options.seed, options.spread)

    def sample(self, n: int, options: SampleOptions, report: Report = silent) -> Tensor:
        """n new melodies, tokens [n, 32]."""
        report(0, n, "drawing")
        return self.decode(self.draw(n, options).to(self.law.mean.device), options)
