"""Melodies to order: a generator is told which kind of tune is wanted, and a critic hears whether it is one.

Two players: one invents two bars of a given kind from chance numbers, the other learns to tell them from real tunes of
that kind; each is the other's teacher. Three ways to let the critic know the kind: by a projection (Miyato, Koyama,
2018, "cGANs with Projection Discriminator"), by making it say the kind (Odena, Olah, Shlens, 2017, "Conditional Image
Synthesis with Auxiliary Classifier GANs"), or by telling it beside the music (Mirza, Osindero, 2014, "Conditional
Generative Adversarial Nets").

For a composer: "a jig, please", as often as you like, in your key; trained on folders of your own, their names are the
kinds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from engine.codecs import melody
from engine.errors import UserError
from engine.jobs.job import Report, silent
from engine.models.parts import home_range
from engine.models.parts.contest import Contest, Judgement
from engine.models.parts.dice import gumbel
from engine.models.parts.game_rules import LAWS, GameOptions
from engine.models.parts.label_players import Critic, Inventor
from engine.models.parts.melody_symbols import compound, heard, spoken, way_home, written
from engine.options import option

AT_ONCE = 128
WARM = 0.1  # part of the training after which the generator of an ac-gan is paid for kinds that are recognised
SELDOM = 0.05  # a kind does not have bars that fewer of its tunes than this are in


@dataclass(frozen=True)
class Options(GameOptions):
    """How the players are built and how they play."""

    law: str = option("hinge", "what the players pay", choices=tuple(LAWS))
    penalty: float = option(0.0, "weight of the critic's gradient penalty; 0 is none (wgan-gp: 10, on real: 1)", 0.0)
    spectral: bool = option(True, "keep every layer of the critic from stretching anything (spectral norm)")
    minibatch: str = option(
        "deviation", "whether the critic hears how alike a batch is", choices=("none", "deviation", "discrimination")
    )
    kinds: str = option("reel,hornpipe,jig,hymn", "names of the kinds of music, with commas between")
    condition: str = option("projection", "how the critic knows of the kind", choices=("projection", "ac-gan", "cgan"))
    class_weight: float = option(1.0, "of ac-gan: weight of naming the kind", 0.0)
    chance: int = option(48, "chance numbers of a melody", 1)
    width: int = option(64, "features of a step", 8)
    blocks: int = option(3, "layers of the generator", 1)
    critic_blocks: int = option(2, "layers of the critic", 1)
    luck: float = option(1.0, "chance at every note while learning, beside that of the whole melody", 0.0, 1.0)
    batch: int = option(64, "melodies in a move", 2)


@dataclass(frozen=True)
class SampleOptions:
    """How melodies are drawn."""

    kind: str = option("", "which kind of music; empty: any that has such bars")
    temperature: float = option(1.0, "0 takes the likeliest note, 1 surprises as much as in training", 0.0, 1.5)
    compound: bool = option(False, "bars of 12 sixteenths (6/8, 3/4) instead of 16; a kind may have only one of them")
    seed: int = option(1, "the same seed draws the same melodies", 0)


class LabelGAN(nn.Module):
    """Kinds [n] and chance to melody tokens [n, 32]. Batches are [n, 33]: the number of the kind, then the melody."""

    def __init__(self, options: Options | None = None) -> None:
        super().__init__()
        self.options = o = options or Options()
        self.progress = 1.0
        self.names = tuple(name for name in o.kinds.split(",") if name)
        self.generator = Inventor(len(self.names), o.chance, o.width, o.blocks, melody.SLOTS)
        self.critic = Critic(len(self.names), o.condition, o.width, o.critic_blocks, melody.SLOTS, o)
        self.contest = Contest(o, self.players())
        self.known: Tensor  # share of the corpus that is of each kind and has duple, compound bars
        self.register_buffer("known", torch.full((len(self.names), 2), 1 / (2 * len(self.names))))

    # learning -------------------------------------------------------------------------------------------------

    def players(self) -> dict[str, nn.Module]:
        """Who plays."""
        return {"critic": self.critic, "generator": self.generator}

    def play(self, player: str, batch: Tensor) -> dict[str, Tensor]:
        """What a player pays for a batch [n, 33]; of an ac-gan with the nats it takes to name the kind."""
        kind, tokens = batch[:, 0], batch[:, 1:]
        real = heard(tokens, way_home(tokens))
        said: list[Judgement] = []

        def judge(music: Tensor) -> Judgement:
            said.append(self.critic(music, kind))
            return said[-1]

        with torch.set_grad_enabled(player == "generator" or self.contest.attached):
            fake = self._invented(kind, compound(tokens))
        pays = getattr(self.contest, player)(judge, real, fake)
        if self.options.condition != "ac-gan":
            return dict(pays)
        judged = said[:2] if player == "critic" else said[:1]  # real and invented, or invented
        nats = torch.stack([self.critic.named(each.features, kind) for each in judged]).mean()
        weight = self.options.class_weight if player == "critic" or self.progress >= WARM else 0.0
        return {**pays, "loss": pays["loss"] + weight * nats, f"{player}_kind": nats.detach()}

    def after(self, player: str) -> None:
        """After a player's move."""
        self.contest.after(player)

    def trial(self, batch: Tensor) -> Tensor:
        """Music of the generator under the conditions of a batch [n, 33], in its keys: the same shape."""
        kind, tokens = batch[:, 0], batch[:, 1:]
        music = self._invented(kind, compound(tokens))
        return torch.cat([batch[:, :1], written(music, way_home(tokens))], 1)

    def settle(self, windows: Tensor) -> None:
        """Remember which kinds have which bars, of training music [n, 33]."""
        bars = windows[:, 0] * 2 + compound(windows[:, 1:]).long()
        self.known.copy_(torch.bincount(bars, minlength=self.known.numel()).view_as(self.known) / len(windows))

    def _invented(self, kind: Tensor, compound_: Tensor) -> Tensor:
        """Music [n, 32, SYMBOLS], by torch's own luck."""
        z = torch.randn(len(kind), self.options.chance, device=kind.device)
        logits = self.generator(z, kind, compound_)
        noise = gumbel(tuple(logits.shape), device=kind.device) * self.options.luck if self.options.luck else None
        return spoken(logits, noise)

    # capabilities ---------------------------------------------------------------------------------------------

    @torch.no_grad()
    def sample(self, n: int, options: SampleOptions, report: Report = silent) -> Tensor:
        """n new melodies, tokens [n, 32], of one kind or of all that have such bars.

        Raises:
            UserError: it does not know the kind.
        """
        generator = torch.Generator().manual_seed(options.seed)
        kind, bars = self._wanted(n, options, generator)
        device, made = self.known.device, []
        for start in range(0, n, AT_ONCE):
            report(start, n, "inventing")
            part = kind[start : start + AT_ONCE].to(device)
            z = torch.randn(len(part), self.options.chance, generator=generator).to(device)
            logits = self.generator(z, part, torch.full((len(part),), bars, device=device))
            noise = gumbel(tuple(logits.shape), generator, device) * options.temperature * (self.options.luck or 1.0)
            made.append(written((logits + noise).argmax(-1), home_range.any_key(len(part), generator).to(device)))
        return torch.cat(made)

    def _wanted(self, n: int, options: SampleOptions, generator: torch.Generator) -> tuple[Tensor, bool]:
        """Kinds [n], and whether their bars are of 12 sixteenths: as asked, unless the kind knows no such bars."""
        if not options.kind:
            weights = self.known[:, int(options.compound)].cpu()
            weights = weights if weights.sum() > 0 else torch.ones(len(self.names))
            return torch.multinomial(weights, n, replacement=True, generator=generator), options.compound
        number = number_of(options.kind, self.names)
        share = self.known[number] / self.known[number].sum().clamp_min(1e-9)
        seldom = bool(share[int(options.compound)] < SELDOM)
        return torch.full((n,), number), bool(share[1] > share[0]) if seldom else options.compound


def number_of(kind: str, names: Sequence[str]) -> int:
    """The number of a kind.

    Raises:
        UserError: it is none of the names.
    """
    wanted = kind.strip().lower()
    for number, name in enumerate(names):
        if name.lower() == wanted:
            return number
    raise UserError(f"This model knows no {kind.strip()}.", f"It knows: {', '.join(names)}.")
