"""A generative adversarial network over two-bar melodies: one invents, the other tells its music from real music.

Nobody ever tells the generator which note was wrong, as autoencoders are told: it learns only from a critic, who learns
beside it to know it (Goodfellow et al., 2014, "Generative Adversarial Nets"). So nothing is averaged over, and what it
writes is sharp; but it may forget kinds of music altogether, and it has no ear. Where a melody lies among its numbers
is therefore learnt afterwards: a third network sees what the generator makes of which numbers, and tunes that nobody
made, and finds the way back (Perarnau et al., 2016, "Invertible Conditional GANs for image editing").

Music is heard in one key and one register; how far from home it stands is the last number of a code.

For a composer: many new melodies at once, ranked by a critic; a map of them on which one's own melody has a place.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from engine.codecs import melody
from engine.jobs.job import Report, silent
from engine.models.parts import melody_symbols as symbols
from engine.models.parts.contest import Contest, Judgement
from engine.models.parts.dice import gumbel
from engine.models.parts.game_rules import GameOptions
from engine.models.parts.melody_pen import Pen
from engine.models.parts.melody_players import Composer, Listener, Tracker
from engine.options import option

SEMITONES = 3.5  # that one of the code's last number stands for: about a deviation of where melodies stand
FURTHEST = 30  # semitones from home that are remembered of the training music
CARE_RATE, CARE_LIKELY = 0.03, 0.1  # first size of the steps by which a code is improved, weight of its likelihood
TRACKED, TRACK_RATE = 128, 2e-3  # melodies in a step of the tracker's own training, and its learning rate
ENCODED_AT_ONCE = 256


@dataclass(frozen=True)
class Options(GameOptions):
    """How the players are built, and what they play by."""

    latent: int = option(64, "numbers a melody is made from", 2)
    width: int = option(64, "channels of the generator's finest scale", 4)
    critic_width: int = option(64, "channels of the critic's finest scale", 4)
    softness: float = option(1.0, "of the mixture through which gradients pass: lower is nearer to what is said", 0.1)
    track_steps: int = option(1_200, "steps in which the way back from melodies to numbers is learnt", 0)
    care: int = option(12, "steps by which the numbers found for a melody are improved", 0, 200)
    batch: int = option(64, "melodies in a move of a player", 2)


@dataclass(frozen=True)
class SampleOptions:
    """How melodies are drawn."""

    temperature: float = option(
        0.0, "0 says the likeliest note, 1 throws dice as the generator did in its lessons", 0.0, 1.5
    )
    spread: float = option(1.0, "below 1 more typical melodies, above 1 more daring ones", 0.0, 2.0)
    throws: int = option(1, "throws for each melody, of which the critic keeps the one it likes best", 1, 64)
    compound: bool = option(False, "bars of 12 sixteenths (6/8, 3/4) instead of 16")
    seed: int = option(1, "the same seed draws the same melodies", 0)


class GAN(nn.Module):
    """Codes [n, latent + 1] -> melody tokens [n, 32], and back by looking for them."""

    def __init__(self, options: Options | None = None) -> None:
        super().__init__()
        self.options = o = options or Options()
        self.progress = 1.0
        self.critic = self._critic()
        self.generator = Composer(self.inputs, o.width)
        self.tracker = Tracker(self.numbers, o.critic_width)
        self.contest = Contest(o, self.players())
        self.pen = Pen()
        self.keys: Tensor  # how often melodies stand so many semitones above home, [2 * FURTHEST + 1]
        self.register_buffer("keys", torch.zeros(2 * FURTHEST + 1))
        self.keys[FURTHEST + melody.TRANSPOSE_DOWN : FURTHEST + melody.TRANSPOSE_UP + 1] = 1

    def _critic(self) -> Listener:
        return Listener(self.options.critic_width, self.options)

    # what a code is -------------------------------------------------------------------------------------------

    @property
    def numbers(self) -> int:
        """Of a code, without the last one."""
        return self.options.latent

    @property
    def inputs(self) -> int:
        """What the generator is told."""
        return self.numbers

    def thrown(self, n: int, generator: torch.Generator | None = None, spread: float = 1.0) -> Tensor:
        """Numbers [n, numbers] by the law of the lessons, on the CPU."""
        return torch.randn(n, self.numbers, generator=generator) * spread

    def told(self, z: Tensor) -> Tensor:
        """Numbers [n, numbers] as the generator is told them, [n, inputs]."""
        return z

    def unlikely(self, z: Tensor) -> Tensor:
        """How unlikely numbers are by that law, nats summed."""
        return 0.5 * z.square().sum()

    # learning -------------------------------------------------------------------------------------------------

    def players(self) -> dict[str, nn.Module]:
        """Who learns by the game; the tracker learns afterwards."""
        return {"critic": self.critic, "generator": self.generator}

    def play(self, player: str, batch: Tensor) -> dict[str, Tensor]:
        """What a player pays for a batch of tokens [n, 32]; see `Contest`."""
        real = symbols.heard(batch, symbols.way_home(batch))
        z = self.thrown(len(batch)).to(batch.device)
        with torch.set_grad_enabled(player == "generator" or self.contest.attached):
            fake = self.improvised(z, symbols.compound(batch))
        if player == "critic":
            self.pen.count(batch)
            return self.contest.critic(self.judge, real, fake)
        return self.contest.generator(self.judge, real, fake)

    def improvised(self, z: Tensor, compound: Tensor) -> Tensor:
        """Music [n, 32, SYMBOLS] with dice thrown for every note, as in the lessons; gradients pass."""
        logits = self.generator(self.told(z), compound)
        return symbols.spoken(logits, gumbel(logits.shape, device=logits.device), self.options.softness)

    def judge(self, music: Tensor) -> Judgement:
        """What the critic says of music [n, 32, SYMBOLS]."""
        return Judgement(*self.critic(music))

    def after(self, player: str) -> None:
        """What has to be done to a player's weights when they have moved."""
        self.contest.after(player)

    def trial(self, batch: Tensor) -> Tensor:
        """New melodies, tokens like the batch [n, 32], each in the bars and as far from home as its own."""
        z, compound = self.thrown(len(batch)).to(batch.device), symbols.compound(batch)
        said = self.pen(self.generator(self.told(z), compound), compound)
        return symbols.written(said, symbols.way_home(batch))

    def settle(self, windows: Tensor) -> None:
        """Learn the way back from melodies to numbers, and where the training music [n, 32] stands."""
        self.pen.gaps.zero_()
        self.pen.count(windows)
        above = -symbols.way_home(windows)
        self.keys.copy_(torch.bincount(above.clamp(-FURTHEST, FURTHEST) + FURTHEST, minlength=2 * FURTHEST + 1))
        steps = torch.optim.Adam(self.tracker.parameters(), lr=TRACK_RATE)
        for parameter in (*self.generator.parameters(), *self.tracker.parameters()):
            parameter.requires_grad_()
        for step in range(self.options.track_steps):
            steps.param_groups[0]["lr"] = TRACK_RATE * (1 - step / self.options.track_steps)
            batch = windows[torch.randint(len(windows), (min(TRACKED, len(windows)),))]
            slopes = torch.autograd.grad(self._lost(batch), list(self.tracker.parameters()))
            for parameter, slope in zip(self.tracker.parameters(), slopes, strict=True):
                parameter.grad = slope
            steps.step()

    def _lost(self, batch: Tensor) -> Tensor:
        """What the tracker misses: numbers of melodies the generator made, and notes of those it did not make."""
        compound, real = symbols.compound(batch), symbols.heard(batch, symbols.way_home(batch))
        with torch.no_grad():
            z = self.thrown(len(batch)).to(batch.device)
            made = symbols.spoken(self.generator(self.told(z), compound))
        found = self.tracker(torch.cat([made, real]))
        missed = 0.5 * (found[: len(batch)] - z).square().sum() / len(batch)
        return missed + self._cost(found[len(batch) :], compound, real) / len(batch)

    def _cost(self, z: Tensor, compound: Tensor, music: Tensor) -> Tensor:
        """Nats of music [n, 32, SYMBOLS] and of the numbers it is made from, summed."""
        said = self.generator(self.told(z), compound).log_softmax(-1)
        return -(music * said).sum() + CARE_LIKELY * self.unlikely(z)

    # capabilities ---------------------------------------------------------------------------------------------

    @torch.no_grad()
    def guess(self, x: Tensor) -> Tensor:
        """Codes [n, latent + 1] of tokens [n, 32] at first sight."""
        shift = symbols.way_home(x.long())
        return self._with_key(self.tracker(symbols.heard(x.long(), shift)), shift)

    def encode(self, x: Tensor) -> Tensor:
        """Codes [n, latent + 1] of tokens [n, 32]: where the generator comes nearest to them.

        The tracker only guesses; the generator can tell how good a guess is, so a few steps of descent improve it.
        """
        with torch.inference_mode(mode=False), torch.enable_grad():
            codes = [self._with_care(part.long().clone()) for part in x.split(ENCODED_AT_ONCE)]
        return torch.cat(codes) if codes else torch.zeros(0, self.numbers + 1)

    def _with_care(self, batch: Tensor) -> Tensor:
        shift, compound = symbols.way_home(batch), symbols.compound(batch)
        music = symbols.heard(batch, shift)
        z = self.tracker(music).detach().requires_grad_()
        steps = torch.optim.Adam([z], lr=CARE_RATE)
        for step in range(self.options.care):
            steps.param_groups[0]["lr"] = CARE_RATE * (1 - step / self.options.care)
            (z.grad,) = torch.autograd.grad(self._cost(z, compound, music), z)
            steps.step()
        return self._with_key(z.detach(), shift)

    @staticmethod
    def _with_key(z: Tensor, shift: Tensor) -> Tensor:
        return torch.cat([z, -shift[:, None].to(z.dtype) / SEMITONES], 1)

    @torch.no_grad()
    def decode(self, z: Tensor, options: SampleOptions) -> Tensor:
        """Tokens [n, 32] of codes [n, latent + 1]. A row's music depends on its code, its place and the seed only."""
        compound = torch.full((len(z),), options.compound, device=z.device)
        logits = self.generator(self.told(z[:, :-1]), compound)
        if options.temperature > 0:
            generator = torch.Generator().manual_seed(options.seed)
            logits = logits + options.temperature * gumbel(logits.shape, generator, logits.device)
        return symbols.written(self.pen(logits, compound), -(z[:, -1] * SEMITONES).round().long())

    @torch.no_grad()
    def draw(self, n: int, options: SampleOptions) -> Tensor:
        """n codes on the CPU, [n, latent + 1]; repeatable by the seed. The critic may choose among several throws."""
        generator = torch.Generator().manual_seed(options.seed)
        z = self.thrown(n * options.throws, generator, options.spread)
        if options.throws > 1:
            best = self._liked(z, options).unflatten(0, (n, options.throws)).argmax(1)
            z = z[torch.arange(n) * options.throws + best]
        above = torch.multinomial(self.keys.cpu(), max(1, n), replacement=True, generator=generator)[:n] - FURTHEST
        return torch.cat([z, above[:, None] / SEMITONES], 1)

    def _liked(self, z: Tensor, options: SampleOptions) -> Tensor:
        """How real the critic takes the melodies of numbers [n, numbers] to be, [n], on the CPU."""
        device = self.keys.device
        compound = torch.full((len(z),), options.compound, device=device)
        music = symbols.spoken(self.generator(self.told(z.to(device)), compound))
        score = self.judge(music).score
        return (-score if self.critic.head.energy else score).cpu()

    def sample(self, n: int, options: SampleOptions, report: Report = silent) -> Tensor:
        """n new melodies, tokens [n, 32]."""
        report(0, n, "drawing")
        return self.decode(self.draw(n, options).to(self.keys.device), options)
