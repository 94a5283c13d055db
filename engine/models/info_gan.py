"""InfoGAN: a game in which the generator also has to make itself understood, and so finds the dials of its music.

Beside chance, the generator is told a kind, one of eight, and two sliders, none of which mean anything at first. The
critic's ear gets one more task: to name the kind and the sliders of what it hears. Both are paid for what comes across
(a lower bound of the mutual information of code and music; Chen et al., 2016, "InfoGAN: Interpretable Representation
Learning by Information Maximizing Generative Adversarial Nets"), so whatever can be heard best is what the sliders come
to mean: how busy, how high, how wide. What that is, is measured afterwards, and the dials are named by it. Music is
heard in one key, or the easiest thing to hear would be the key.

For a composer: two sliders and eight families of melodies that nobody thought of before.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.models import gan
from engine.models.gan import GAN, SampleOptions
from engine.models.parts import melody_symbols as symbols
from engine.models.parts.contest import Judge, Judgement
from engine.models.parts.melody_players import SLOPE, Listener
from engine.options import option

__all__ = ["InfoGAN", "Options", "SampleOptions"]

READER = 64  # units between what the critic hears and what it makes of it
SUREST = -1.0  # log deviation of the surest guess of a slider: nobody is paid for telling it more exactly
SHARP = 4.0  # how quickly one family gives way to another where gradients pass
STRAY = 4.0  # weight that keeps looked-for codes inside what was ever thrown


@dataclass(frozen=True)
class Options(gan.Options):
    """How the players are built, what they play by, and what has to come across."""

    families: int = option(8, "kinds that the network sorts its music into by itself", 2)
    sliders: int = option(2, "numbers from -1 to 1 that have to be heard in the music", 1)
    family_weight: float = option(0.3, "weight of the nats of the kind that do not come across", 0.0)
    slider_weight: float = option(0.25, "weight of the nats of the sliders that do not come across", 0.0)


class Guesser(Listener):
    """A critic who also guesses what the generator was told.

    The kind is guessed from all that is heard; the sliders only from what happens around each slot, averaged over all
    of them: from how a melody is on the whole. Of who hears every slot by itself the generator makes a confidant: it
    writes the sliders into some note here or there, where nobody else would look for them.
    """

    def __init__(self, width: int, options: Options) -> None:
        super().__init__(width, options)
        self.sizes = [2 * width, width]
        self.namer = _reader(2 * width, options.families)
        self.reader = _reader(width, 2 * options.sliders)

    def forward(self, music: Tensor) -> tuple[Tensor, Tensor]:
        """Melodies [n, 32, SYMBOLS] to scores [n] and features [n, 3 * width]: the critic's, and what is averaged."""
        events = self.ear.events(music)
        gathered = self.ear.gathered(events)
        score, _ = self.head(gathered, music)
        return score, torch.cat([gathered, events.mean(-1)], 1)

    def guessed(self, features: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Of features: logits of the kinds [n, families], sliders [n, s], and how sure each is, as log deviations."""
        gathered, on_the_whole = features.split(self.sizes, 1)
        mean, log_spread = self.reader(on_the_whole).chunk(2, 1)
        return self.namer(gathered), mean, log_spread.clamp(SUREST, 2)

    def missed(self, features: Tensor, sliders: Tensor, family: Tensor) -> tuple[Tensor, Tensor]:
        """Nats of the kinds [n] and of the sliders [n, s] that features do not tell, on average of the batch.

        Densities: the nats of the sliders can be below zero.
        """
        logits, mean, log_spread = self.guessed(features)
        nats = 0.5 * ((sliders - mean) / log_spread.exp()).square() + log_spread + 0.5 * math.log(2 * math.pi)
        return F.cross_entropy(logits, family), nats.sum(1).mean()


def _reader(features: int, out: int) -> nn.Module:
    return nn.Sequential(nn.Linear(features, READER), nn.LeakyReLU(SLOPE), nn.Linear(READER, out))


class InfoGAN(GAN):
    """Codes [n, sliders + families + latent + 1] -> melody tokens [n, 32], and back by looking for them.

    A code begins with the sliders, then has one number for each kind: the largest is the kind.
    """

    options: Options
    critic: Guesser

    def __init__(self, options: Options | None = None) -> None:
        super().__init__(options or Options())

    def _critic(self) -> Guesser:
        return Guesser(self.options.critic_width, self.options)

    @property
    def numbers(self) -> int:
        """Of a code, without the last one."""
        return self.options.sliders + self.options.families + self.options.latent

    def parts(self, z: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Sliders, kinds and chance of numbers [n, numbers]."""
        sliders, families, chance = z.split([self.options.sliders, self.options.families, self.options.latent], 1)
        return sliders, families, chance

    def thrown(self, n: int, generator: torch.Generator | None = None, spread: float = 1.0) -> Tensor:
        """Numbers [n, numbers] by the law of the lessons, on the CPU."""
        o = self.options
        sliders = 2 * torch.rand(n, o.sliders, generator=generator) - 1
        families = F.one_hot(torch.randint(o.families, (n,), generator=generator), o.families)
        return torch.cat([sliders, families, torch.randn(n, o.latent, generator=generator) * spread], 1)

    def told(self, z: Tensor) -> Tensor:
        """Numbers [n, numbers] as the generator is told them: of the kinds, the largest only."""
        sliders, families, chance = self.parts(z)
        return torch.cat([sliders, symbols.spoken(SHARP * families), chance], 1)

    def unlikely(self, z: Tensor) -> Tensor:
        """How unlikely numbers are by the law of the lessons, nats summed."""
        sliders, families, chance = self.parts(z)
        stray = F.relu(sliders.abs() - 1).square().sum() + F.relu((families - 0.5).abs() - 0.5).square().sum()
        return 0.5 * chance.square().sum() + STRAY * stray

    def dialled(self) -> list[tuple[int, float, float]]:
        """What has been found: number of the unit of a code, least and greatest value; sliders first."""
        o = self.options
        sliders = [(unit, -1.0, 1.0) for unit in range(o.sliders)]
        return sliders + [(o.sliders + unit, 0.0, 1.5) for unit in range(o.families)]

    # learning -------------------------------------------------------------------------------------------------

    def play(self, player: str, batch: Tensor) -> dict[str, Tensor]:
        """What a player pays for a batch of tokens [n, 32]: what the game says, and for what does not come across."""
        real = symbols.heard(batch, symbols.way_home(batch))
        z = self.thrown(len(batch)).to(batch.device)
        with torch.set_grad_enabled(player == "generator" or self.contest.attached):
            fake = self.improvised(z, symbols.compound(batch))
        judge, features = self._overheard()
        if player == "critic":
            self.pen.count(batch)
            losses = self.contest.critic(judge, real, fake)
            return self._understood(losses, features[1], z)  # it heard real music first
        losses = self.contest.generator(judge, real, fake)
        return self._understood(losses, features[0], z)

    def _overheard(self) -> tuple[Judge, list[Tensor]]:
        """A judge, and the features of all it is going to hear."""
        features: list[Tensor] = []

        def judge(music: Tensor) -> Judgement:
            said = self.judge(music)
            features.append(said.features)
            return said

        return judge, features

    def _understood(self, losses: dict[str, Tensor], features: Tensor, z: Tensor) -> dict[str, Tensor]:
        o = self.options
        family_told, slider_told = self.told_nats(features, z)
        losses["loss"] = losses["loss"] - o.family_weight * family_told - o.slider_weight * slider_told
        return losses | {"family_told": family_told.detach(), "slider_told": slider_told.detach()}

    def told_nats(self, features: Tensor, z: Tensor) -> tuple[Tensor, Tensor]:
        """Lower bounds of the mutual information, in nats, of music and kind, and of music and all sliders.

        Args:
            features: the critic's, of the music, [n, d].
            z: what the music was made from, [n, numbers], as thrown.
        """
        sliders, families, _ = self.parts(z)
        missed_family, missed_sliders = self.critic.missed(features, sliders, families.argmax(1))
        entropy = self.options.sliders * math.log(2)  # of U(-1, 1) each
        return math.log(self.options.families) - missed_family, entropy - missed_sliders
