"""MidiNet: a melody over my chords, bar after bar, each bar hearing its chord and the bar before.

A generator writes one bar from noise, a chord and the bar before it; a critic tells its bars from real ones (Yang, Chou
and Yang, 2017, "MidiNet: A convolutional generative adversarial network for symbolic-domain music generation").
Convolutions all through, told of chord and bar before at every scale. Four things are ours. The critic hears the bar
before and the chords too, which the original's does not: what continuity is, is learnt and not a habit. Two bars are
written in a row while learning, the second after the first, so that a row of them stays music. Chords are estimated
from the tunes themselves (`score.chord_finding`), and kept from the players in a part of the lessons, so that it can
also write without. And it says notes and holds, one per sixteenth, where the original paints a roll.

For a composer: a chord line, perhaps a first bar, and melodies over it, from stable to creative.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from engine.codecs.chord_finding import NONE
from engine.jobs.job import Report, silent
from engine.models.parts import chord_symbols, melody_symbols
from engine.models.parts.bar_players import BAR, BarCritic, BarMaker
from engine.models.parts.contest import Contest
from engine.models.parts.dice import gumbel
from engine.models.parts.game_rules import ENERGIES, NAMES, GameOptions
from engine.models.parts.home_range import any_key
from engine.options import option

BARS = 8
STABLE, CREATIVE = 1.6, -1.3  # how strongly a chord is heard at creativity 0, and how that changes up to 1
PROGRESSIONS = (  # at home, in triads: what is played where nobody asks for chords
    (0, 0, 5, 7, 0, 5, 7, 0),
    (0, 7, 21, 5, 0, 5, 7, 0),
    (0, 5, 0, 7, 0, 5, 7, 0),
    (0, 21, 14, 7, 0, 21, 7, 0),
    (21, 7, 21, 7, 0, 7, 21, 21),
    (21, 14, 21, 16, 21, 5, 7, 21),
)


@dataclass(frozen=True)
class Options(GameOptions):
    """How the players are built and play."""

    law: str = option("non-saturating", "what the players pay", choices=NAMES)
    penalty: float = option(0.1, "weight of the critic's gradient penalty; 0 is none (wgan-gp: 10, on real: 1)", 0.0)
    penalty_on: str = option(
        "real",
        "whose gradient: music between real and generated (wgan-gp), or real music",
        choices=("between", "real"),
    )
    penalty_every: int = option(4, "critic's moves between two penalties; each then weighs so many times more", 1)
    critic_steps: int = option(1, "moves of the critic for each of the generator", 1)
    previous: bool = option(True, "each bar hears the bar before; without, it knows its chord only: for comparison")
    noise_size: int = option(48, "numbers a bar is made from", 2)
    width: int = option(96, "features of a slot, of both players", 8)
    no_chords: float = option(0.2, "share of lessons without chords", 0.0, 1.0)
    mean_matching: float = option(0.0, "weight of the distance between mean real and generated bars", 0.0)
    batch: int = option(16, "windows of eight bars in a step of training", 1)


@dataclass(frozen=True)
class SampleOptions:
    """How melodies are written."""

    creativity: float = option(0.3, "0 keeps to the chords, 1 takes them as a hint", 0.0, 1.0)
    temperature: float = option(0.3, "0 takes the likeliest notes, 1 throws the dice as while learning", 0.0, 1.5)
    best_of: int = option(4, "how often each bar is tried; the critic keeps what it likes best", 1, 64)
    compound: bool = option(False, "bars of 12 sixteenths (6/8, 3/4) instead of 16")
    seed: int = option(1, "the same seed writes the same melody", 0)


@dataclass(frozen=True)
class Lesson:
    """Some bars in a row out of tunes, the first one there to be heard only.

    Attributes:
        music: [n, 48, SYMBOLS] at home, 0 and 1; a first bar of zeros is none.
        chords: triads at home, int64 [n, 3].
        compound: bool [n].
    """

    music: Tensor
    chords: Tensor
    compound: Tensor


class MidiNet(nn.Module):
    """Chords int64 [n, bars] (0..11 major, 12..23 minor, 24 none) to melody tokens [n, 16 * bars]."""

    def __init__(self, options: Options | None = None) -> None:
        super().__init__()
        self.options = o = options or Options()
        self.progress = 1.0
        self.generator = BarMaker(o.noise_size, o.width)
        self.critic = BarCritic(o, 3 if o.previous else 1, o.width)
        self.contest = Contest(o, self.players())

    # the game -------------------------------------------------------------------------------------------------

    def players(self) -> dict[str, nn.Module]:
        """Who plays, in the order of their moves."""
        return {"critic": self.critic, "generator": self.generator}

    def play(self, player: str, batch: Tensor) -> dict[str, Tensor]:
        """What a player pays for a batch of tokens [n, 128]."""
        lesson = self._lesson(batch.long())
        with torch.set_grad_enabled(player == "generator" or self.contest.attached):
            fake = self._answered(lesson)
        chords, compound, real = lesson.chords, lesson.compound, lesson.music
        if not self.options.previous:
            chords, compound = chords[:, 1:].reshape(-1, 1), compound.repeat_interleave(2)
            real, fake = (music[:, BAR:].reshape(-1, BAR, music.shape[2]) for music in (real, fake))

        def judge(music: Tensor) -> Any:
            return self.critic(music, chords, compound)

        if player == "critic":
            return self.contest.critic(judge, real, fake)
        paid = self.contest.generator(judge, real, fake)
        if self.options.mean_matching:
            apart = (fake.mean(0) - real.mean(0)).square().sum()
            paid["loss"] = paid["loss"] + self.options.mean_matching * apart
        return paid

    def after(self, player: str) -> None:
        """What the rules ask for when a player has moved."""
        self.contest.after(player)

    def prepare(self, draw: Callable[[int], Tensor], report: Report = silent) -> None:
        """Begin where the corpus is: each symbol said as often as in some windows that `draw` gives."""
        report(0, 1, "counting notes")
        tokens = draw(256).long()
        music = melody_symbols.heard(tokens, melody_symbols.way_home(tokens))
        often = (music.sum((0, 1)) + 1).log()
        with torch.no_grad():
            bias: Tensor = self.generator.out.bias  # type: ignore[assignment]
            bias[: len(often)] = (often - often.logsumexp(0)).to(bias.device)

    def _lesson(self, tokens: Tensor) -> Lesson:
        """All bars of windows, two by two, each pair with the bar before it; some lessons have no chords."""
        shift = melody_symbols.way_home(tokens)
        music = melody_symbols.heard(tokens, shift).unflatten(1, (BARS, BAR))
        chords = chord_symbols.moved(chord_symbols.likely(tokens), shift)
        music = torch.cat([torch.zeros_like(music[:, :1]), music], 1)
        chords = torch.cat([torch.full_like(chords[:, :1], NONE), chords], 1)
        first = int(torch.rand(()) < 0.5)
        starts = range(first, BARS - 1, 2)
        rows = torch.cat([music[:, start : start + 3].flatten(1, 2) for start in starts])
        under = torch.cat([chords[:, start : start + 3] for start in starts])
        untold = torch.rand(len(under), 1, device=under.device) < self.options.no_chords
        compound = melody_symbols.compound(tokens).repeat(len(starts))
        return Lesson(rows, torch.where(untold, NONE, under), compound)

    def _answered(self, lesson: Lesson) -> Tensor:
        """The lessons with their last two bars written by the generator, [n, 48, SYMBOLS]."""
        bars = [lesson.music[:, :BAR]]
        for place in (1, 2):
            before = bars[-1] if self.options.previous else torch.zeros_like(bars[-1])
            noise = torch.randn(len(before), self.options.noise_size, device=before.device)
            logits = self.generator(noise, lesson.chords[:, place], lesson.compound, before)
            logits = self._barred(logits, lesson.compound, bars[-1])
            bars.append(melody_symbols.spoken(logits, gumbel(tuple(logits.shape), None, logits.device)))
        return torch.cat(bars, 1)

    @staticmethod
    def _barred(logits: Tensor, compound: Tensor, before: Tensor) -> Tensor:
        """What cannot be said is not; where nothing comes before, there is nothing to hold."""
        held = melody_symbols.bars(logits, compound, opening=False)
        opening = melody_symbols.bars(logits, compound, opening=True)
        return torch.where((before.sum((1, 2)) == 0)[:, None, None], opening, held)

    @torch.no_grad()
    def trial(self, batch: Tensor) -> Tensor:
        """Melodies like windows [n, 128], over the chords of those."""
        tokens = batch.long()
        shift = melody_symbols.way_home(tokens)
        chords = chord_symbols.moved(chord_symbols.likely(tokens), shift)
        compound = melody_symbols.compound(tokens)
        music = self._walk(chords, compound, None, SampleOptions(best_of=1), torch.Generator().manual_seed(1), silent)
        return melody_symbols.written(music, shift)

    # capabilities ---------------------------------------------------------------------------------------------

    @torch.no_grad()
    def follow(self, chords: Tensor, first: Tensor | None, options: SampleOptions, report: Report = silent) -> Tensor:
        """Melodies over chords, one to a bar.

        Args:
            chords: int64 [n, bars], 0..11 major, 12..23 minor by their roots, 24 none.
            first: tokens [n, 16] of bars that stay as they are and come first, over the first chords.
            options: how.
            report: told every bar.

        Returns:
            Tokens int64 [n, 16 * bars].
        """
        generator = torch.Generator().manual_seed(options.seed)
        compound = torch.full((len(chords),), options.compound, device=chords.device)
        shift = -chord_symbols.way_home(chords)
        untold = (chords == NONE).all(1)
        shift = torch.where(untold, any_key(len(chords), generator).to(chords.device), shift)
        opening = None
        if first is not None:
            home = melody_symbols.way_home(first)
            octaves = 12 * torch.round((home + shift) / 12).long()
            shift = torch.where(untold, -home, shift - octaves)
            opening = melody_symbols.heard(first, -shift)
        music = self._walk(chord_symbols.moved(chords, -shift), compound, opening, options, generator, report)
        tokens = melody_symbols.written(music, -shift)
        if first is not None:
            tokens[:, :BAR] = first
        return tokens

    @torch.no_grad()
    def extend(self, x: Tensor, options: SampleOptions, report: Report = silent) -> Tensor:
        """Eight bars that follow windows [n, 128], over the same chords once more."""
        x = x.long()
        shift, compound = melody_symbols.way_home(x), melody_symbols.compound(x)
        chords = chord_symbols.moved(chord_symbols.likely(x), shift)
        last = melody_symbols.heard(x, shift)[:, -BAR:]
        generator = torch.Generator().manual_seed(options.seed)
        line = torch.cat([chords[:, -1:], chords], 1)
        music = self._walk(line, compound, last, options, generator, report, opening=True)
        return melody_symbols.written(music[:, BAR:], shift)

    def sample(self, n: int, options: SampleOptions, report: Report = silent) -> Tensor:
        """n new melodies of eight bars, tokens [n, 128], over common chords drawn by the seed."""
        generator = torch.Generator().manual_seed(options.seed)
        row = torch.tensor(PROGRESSIONS)[torch.randint(len(PROGRESSIONS), (n,), generator=generator)]
        chords = chord_symbols.moved(row, any_key(n, generator))
        return self.follow(chords.to(self.generator.begin.weight.device), None, options, report)

    def _walk(
        self, chords: Tensor, compound: Tensor, first: Tensor | None, options: SampleOptions,
        generator: torch.Generator, report: Report, opening: bool = False,
    ) -> Tensor:  # fmt: skip
        """Music [n, 16 * bars, SYMBOLS] at home, bar after bar; as an `opening`, nothing is held from the first on."""
        bars: list[Tensor] = [] if first is None else [first]
        nothing = torch.zeros(len(chords), BAR, melody_symbols.SYMBOLS, device=chords.device)
        for place in range(len(bars), chords.shape[1]):
            report(place, chords.shape[1], "bar after bar")
            before = bars[-1] if bars else nothing
            tries = options.best_of if bars else 1
            chord, kind, behind = (part.repeat_interleave(tries, 0) for part in (chords[:, place], compound, before))
            noise = torch.randn(len(chord), self.options.noise_size, generator=generator).to(chords.device)
            logits = self._led(noise, chord, kind, behind, options.creativity)
            logits = self._barred(logits, kind, behind)
            if opening and place == 1:
                logits = melody_symbols.bars(logits, kind)
            luck = gumbel(tuple(logits.shape), generator, logits.device) * options.temperature
            said = melody_symbols.spoken(logits, luck)
            if tries > 1:
                heard, under = [bars[-2] if place > 1 else nothing, before], chords[:, max(0, place - 2) : place + 1]
                said = self._liked(said.unflatten(0, (-1, tries)), heard, under, compound)
            bars.append(said)
        return torch.cat(bars, 1)

    def _liked(self, tried: Tensor, heard: list[Tensor], chords: Tensor, compound: Tensor) -> Tensor:
        """Of some tries at a bar, [n, tries, 16, SYMBOLS], the one that the critic likes best behind two bars."""
        n, tries = tried.shape[:2]
        if self.options.previous:
            none = torch.full((n, 3 - chords.shape[1]), NONE, device=chords.device)
            chords = torch.cat([none, chords], 1)
            music = torch.cat([*(bar[:, None].expand(-1, tries, -1, -1) for bar in heard), tried], 2)
        else:
            chords, music = chords[:, -1:], tried
        under, kind = chords.repeat_interleave(tries, 0), compound.repeat_interleave(tries, 0)
        score = self.critic(music.flatten(0, 1), under, kind).score.unflatten(0, (n, tries))
        best = score.argmin(1) if self.options.law in ENERGIES else score.argmax(1)
        return tried[torch.arange(n, device=tried.device), best]

    def _led(self, noise: Tensor, chord: Tensor, compound: Tensor, before: Tensor, creativity: float) -> Tensor:
        """Logits between those without a chord and those with one, or beyond: the less creative, the further."""
        before = before if self.options.previous else torch.zeros_like(before)
        told = self.generator(noise, chord, compound, before)
        strength = STABLE + CREATIVE * creativity
        if bool((chord == NONE).all()):
            return told
        untold = self.generator(noise, torch.full_like(chord, NONE), compound, before)
        return untold + strength * (told - untold)
