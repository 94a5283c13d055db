"""A conditional generative adversarial network that goes on: two bars and some luck in, the next two bars out.

A generator answers two bars with two more; a critic hears all four and tells whether the second two are real. What was
written is answered in turn, and so a chain goes on without end; other luck, other music, and of several answers the
critic chooses. The game is that of
Goodfellow et al. (2014), the condition that of Mirza and Osindero (2014), "Conditional Generative Adversarial Nets";
two halves of a passage as condition and answer are from the lectures on deep learning for music at EPFL (Rusnak). That
luck is not ignored, two answers to the same bars are kept apart (Mao et al., 2019, "Mode Seeking Generative
Adversarial Networks for Diverse Image Synthesis"). All is heard in one key and register: that of the given two bars.

For a composer: my two bars, and then? Many answers, each of which can be asked again.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.jobs.job import Report, silent, stretch
from engine.models.parts import melody_symbols
from engine.models.parts.contest import Contest, Judgement
from engine.models.parts.game_rules import NAMES, GameOptions
from engine.models.parts.home_range import any_key
from engine.models.parts.neighbours import Neighbours
from engine.models.parts.two_halves import HALF, Answerer, Listener, heard
from engine.options import option

AT_ONCE = 256  # answers tried between two reports


@dataclass(frozen=True)
class Options(GameOptions):
    """How the network is built and trained."""

    law: str = option("non-saturating", "what the players pay", choices=NAMES)
    penalty: float = option(0.5, "weight of the critic's gradient penalty; 0 is none (wgan-gp: 10, on real: 1)", 0.0)
    penalty_on: str = option(
        "real",
        "whose gradient: music between real and generated (wgan-gp), or real music",
        choices=("between", "real"),
    )
    penalty_every: int = option(4, "critic's moves between two penalties; each then weighs so many times more", 1)
    critic_steps: int = option(1, "moves of the critic for each of the generator", 1)
    luck: int = option(48, "numbers that make one answer differ from another", 1)
    narrow: int = option(32, "features of a sixteenth", 4)
    width: int = option(64, "features of an eighth; coarser scales have more", 16)
    features: int = option(128, "features by which the critic judges four bars", 8)
    seeking: float = option(0.5, "weight of what keeps two answers to the same bars apart", 0.0)
    enough: float = option(0.4, "share of the notes in which they differ that is enough", 0.0, 1.0)
    hide: float = option(0.1, "share of answers to nothing: it learns to begin, too", 0.0, 1.0)
    own: float = option(0.25, "share of answers to its own answers, once it can", 0.0, 1.0)
    own_from: float = option(0.4, "part of the training after which that begins", 0.0, 1.0)
    batch: int = option(64, "windows of a player's move", 2)


@dataclass(frozen=True)
class SampleOptions:
    """How it goes on."""

    noise: float = option(1.0, "luck: 0 gives one answer only, 1 as it learnt, 2 the most daring ones", 0.0, 2.0)
    best_of: int = option(8, "answers tried for each that is given: the critic's choice", 1, 64)
    anchor: int = option(0, "answers my own bars again at every so-manieth two bars; 0: only at the first", 0)
    compound: bool = option(False, "bars of 12 sixteenths (6/8, 3/4) instead of 16")
    seed: int = option(1, "the same seed goes on in the same way", 0)


class ConditionalGAN(nn.Module):
    """Melody tokens [n, 64], four bars: the first two are the condition, the last two the answer."""

    def __init__(self, options: Options | None = None) -> None:
        super().__init__()
        self.options = o = options or Options()
        self.progress = 1.0
        self.generator = Answerer(o.narrow, o.width, o.luck)
        self.critic = Listener(o, o.narrow, o.width, o.features)
        self.contest = Contest(o, self.players())
        self.neighbours = Neighbours()

    # the game -------------------------------------------------------------------------------------------------

    def players(self) -> dict[str, nn.Module]:
        """Who moves, in this order."""
        return {"critic": self.critic, "generator": self.generator}

    def play(self, player: str, batch: Tensor) -> dict[str, Tensor]:
        """What a player pays for real windows, tokens [n, 64]; `apart`: how far two answers to the same bars are."""
        o, answers = self.options, player == "generator"
        if answers:
            batch = batch[: max(1, len(batch) // 2)].repeat(2, 1)  # every condition twice
        real, _, is_compound = _home(batch)
        real[:, :HALF] *= torch.rand(len(real), 1, 1, device=real.device) >= o.hide  # hidden from the critic, too
        with torch.set_grad_enabled(answers or self.contest.attached):
            prior = self._sometimes_own(real[:, :HALF], is_compound)
            logits = self._logits(prior, self._any_luck(len(batch), batch.device), is_compound)
            fake = heard(torch.cat([prior, melody_symbols.spoken(logits)], 1))
        if not answers:
            return self.contest.critic(self._judge, heard(real), fake)
        losses = self.contest.generator(self._judge, heard(real), fake)
        one, other = logits.softmax(-1).chunk(2)
        apart = (one - other).abs().sum(-1).mean(1) / 2
        losses["loss"] = losses["loss"] - o.seeking * apart.clamp_max(o.enough).mean()
        return losses | {"apart": apart.mean().detach()}

    def after(self, player: str) -> None:
        """A player has moved."""
        self.contest.after(player)

    def trial(self, batch: Tensor) -> Tensor:
        """Tokens [n, 64]: the first two bars of windows and what it answers, with luck from torch's own generator."""
        real, shift, is_compound = _home(batch)
        logits = self._logits(real[:, :HALF], self._any_luck(len(batch), batch.device), is_compound)
        return torch.cat([batch[:, :HALF], melody_symbols.written(logits, shift)], 1)

    def _judge(self, x: Tensor) -> Judgement:
        return Judgement(*self.critic(x))

    def _any_luck(self, n: int, device: torch.device) -> Tensor:
        return torch.randn(n, self.options.luck, device=device)

    def _logits(self, prior: Tensor, luck: Tensor, is_compound: Tensor) -> Tensor:
        return melody_symbols.bars(self.generator(prior, luck), is_compound)

    @torch.no_grad()
    def _sometimes_own(self, prior: Tensor, is_compound: Tensor) -> Tensor:
        """The given bars, some of them answered and the answer taken in their place: where a chain leads to."""
        chosen = (torch.rand(len(prior), device=prior.device) < self.options.own).nonzero()[:, 0]
        if self.progress < self.options.own_from or not len(chosen):
            return prior
        kinds = is_compound[chosen]
        made = self._logits(prior[chosen], self._any_luck(len(chosen), prior.device), kinds).argmax(-1)
        prior = prior.clone()
        prior[chosen] = _brought_home(made)[0]
        return prior

    def settle(self, windows: Tensor) -> None:
        """Find out how neighbouring notes of the training music [n, 64] stand to one another."""
        self.neighbours.count(windows)

    # capabilities ---------------------------------------------------------------------------------------------

    def extend(self, x: Tensor, options: SampleOptions, report: Report = silent) -> Tensor:
        """The four bars that follow windows [n, 64]: two answers, the first to the window's last two bars."""
        return self.chain(x[:, HALF:], 2, options, report).flatten(1)

    @torch.no_grad()
    def chain(self, prior: Tensor, links: int, options: SampleOptions, report: Report = silent) -> Tensor:
        """Two bars [n, 32], answered, and the answer answered, so many times: [n, links, 32]."""
        generator, made, last = torch.Generator().manual_seed(options.seed), [], prior
        for link in range(links):
            if options.anchor and link % options.anchor == 0:
                last = prior
            music, shift, is_compound = _home(last)
            told = stretch(report, link / links, (link + 1) / links)
            symbols = self._chosen(music, is_compound, options, generator, told)
            last = melody_symbols.written(symbols, shift)
            made.append(last)
        return torch.stack(made, 1)

    @torch.no_grad()
    def sample(self, n: int, options: SampleOptions, report: Report = silent) -> Tensor:
        """n windows [n, 64] from nothing, in any key: it answers nothing, then itself."""
        generator = torch.Generator().manual_seed(options.seed)
        device = self.generator.think.weight.device
        key = any_key(n, generator).to(device)
        nothing = torch.zeros(n, HALF, melody_symbols.SYMBOLS, device=device)
        is_compound = torch.full((n,), options.compound, device=device)
        symbols = self._chosen(nothing, is_compound, options, generator, stretch(report, 0.0, 0.5))
        first = melody_symbols.written(symbols, key)
        music, shift, _ = _home(first)
        symbols = self._chosen(music, is_compound, options, generator, stretch(report, 0.5, 1.0))
        return torch.cat([first, melody_symbols.written(symbols, shift)], 1)

    def _chosen(
        self, music: Tensor, is_compound: Tensor, options: SampleOptions, generator: torch.Generator, report: Report
    ) -> Tensor:
        """Symbols [n, 32] behind music [n, 32, SYMBOLS]: of `best_of` answers to each the one the critic likes best."""
        found, tries = [], options.best_of
        for start in range(0, len(music), max(1, AT_ONCE // tries)):
            report(start, len(music), "going on")
            part = slice(start, start + max(1, AT_ONCE // tries))
            prior, kinds = music[part].repeat_interleave(tries, 0), is_compound[part].repeat_interleave(tries)
            luck = options.noise * torch.randn(len(prior), self.options.luck, generator=generator)
            symbols = self.neighbours.said(self._logits(prior, luck.to(prior.device), kinds), prior, kinds)
            said = F.one_hot(symbols, melody_symbols.SYMBOLS).to(prior.dtype)
            liked = self._judge(heard(torch.cat([prior, said], 1))).score.unflatten(0, (-1, tries)).argmax(1)
            found.append(symbols.unflatten(0, (-1, tries))[torch.arange(len(liked)), liked])
        return torch.cat(found)


def _home(tokens: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Tokens [n, 32 or more] in the key and register of their first two bars: music, semitones [n], kind of bar [n]."""
    known = torch.zeros_like(tokens, dtype=torch.bool)
    known[:, :HALF] = True
    shift = melody_symbols.way_home(tokens, known)
    return melody_symbols.heard(tokens, shift), shift, melody_symbols.compound(tokens)


def _brought_home(symbols: Tensor) -> tuple[Tensor, Tensor]:
    """Symbols [n, 32], written somewhere near home, as music at home; and the semitones [n] of the way."""
    tokens = melody_symbols.written(symbols, torch.zeros_like(symbols[:, 0]))
    music, shift, _ = _home(tokens)
    return music, shift
