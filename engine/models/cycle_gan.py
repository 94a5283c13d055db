"""My tune as a hymn, a hymn as a reel: music of one kind rewritten as another, learnt without a single pair.

Two translators, one for each way, and two listeners who know one kind each. A translator has to convince the listener
of the other kind, and the way there and back has to give back what went in: so the tune stays the tune (Brunner, Wang,
Wattenhofer, Zhao, 2018, "Symbolic Music Genre Transfer with CycleGAN", after Zhu et al., 2017). What the second
translator hears are notes, not likelihoods, or the first would whisper to it in what nobody plays.

For a composer: hear a passage as the other kind, mildly or thoroughly. A reel as a hymn is its skeleton; a hymn as a
reel is that hymn with running notes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.codecs import melody
from engine.errors import UserError
from engine.jobs.job import Report, silent
from engine.models.parts.contest import Contest
from engine.models.parts.dice import gumbel
from engine.models.parts.game_rules import LAWS, GameOptions
from engine.models.parts.melody_symbols import PAD, compound, heard, spoken, way_home, written
from engine.models.parts.translators import LOUD, Listener, Translator
from engine.options import option

AT_ONCE = 32
COUNTED = 2_000  # windows looked at before the game, to know which bars both kinds have
SELDOM = 0.05  # a kind does not have bars that fewer of its tunes than this are in


@dataclass(frozen=True)
class Options(GameOptions):
    """How the players are built and how they play."""

    law: str = option("lsgan", "what the players pay", choices=tuple(LAWS))
    penalty: float = option(0.0, "weight of the critic's gradient penalty; 0 is none (wgan-gp: 10, on real: 1)", 0.0)
    spectral: bool = option(True, "keep every layer of the critic from stretching anything (spectral norm)")
    noise: float = option(0.3, "noise added to all that the critic hears", 0.0)
    critic_steps: int = option(1, "moves of the critic for each of the generator", 1)
    kinds: str = option("reel,hymn", "names of the two kinds of music, with a comma between")
    cycle: float = option(0.15, "weight of giving back what went there and back, nats a step", 0.0)
    onsets: float = option(2.0, "how much more a note weighs in that than a step that is held", 1.0)
    identity: float = option(0.1, "weight of leaving alone what is of the wanted kind already, nats a step", 0.0)
    everyone: float = option(0.0, "weight of a third listener, who knows both kinds: it is to stay music", 0.0)
    luck: float = option(0.5, "chance at every note while learning", 0.0, 1.0)
    width: int = option(48, "features of a step", 8)
    blocks: int = option(2, "layers in the middle of a translator", 1)
    critic_width: int = option(48, "features of a step in a listener", 4)
    batch: int = option(40, "phrases in a move, of both kinds together", 4)


@dataclass(frozen=True)
class SampleOptions:
    """How music is rewritten."""

    strength: float = option(1.0, "0 leaves nearly everything, 1 rewrites as learnt, above 1 more than that", 0.0, 2.0)
    temperature: float = option(0.0, "0 takes the likeliest note, 1 surprises as much as in training", 0.0, 1.5)
    one_key: bool = option(False, "all windows are one passage, in one key")
    seed: int = option(1, "the same seed rewrites the same", 0)


class Ways(nn.Module):
    """The two translators: `ways[k]` writes as kind k."""

    def __init__(self, options: Options) -> None:
        super().__init__()
        self.ways = nn.ModuleList(Translator(options.width, options.blocks) for _ in range(2))

    def forward(self, music: Tensor, kind: int) -> Tensor:
        """Logits of music [n, steps, SYMBOLS] as kind 0 or 1."""
        said: Tensor = self.ways[kind](music)
        return said


class CycleGAN(nn.Module):
    """Tokens [n, 64] of one kind to tokens of the other. Batches are [n, 65]: the number of the kind comes first."""

    def __init__(self, options: Options | None = None) -> None:
        super().__init__()
        self.options = o = options or Options()
        self.progress = 1.0
        self.names = tuple(name for name in o.kinds.split(",") if name)
        self.generator = Ways(o)
        self.critic = nn.ModuleList(Listener(o.critic_width, o) for _ in range(3 if o.everyone else 2))
        self.contest = Contest(replace(o, noise=0.0), self.players())  # its listeners make their own noise
        self.known: Tensor  # share of the corpus that is of each kind and has duple, compound bars
        self.register_buffer("known", torch.full((2, 2), 0.25))

    # learning -------------------------------------------------------------------------------------------------

    def players(self) -> dict[str, nn.Module]:
        """Who plays."""
        return {"critic": self.critic, "generator": self.generator}

    def play(self, player: str, batch: Tensor) -> dict[str, Tensor]:
        """What a player pays for a batch [n, 65]; of the generator with the nats it takes to give a step back."""
        real = self._by_kind(batch)
        with torch.set_grad_enabled(player == "generator" or self.contest.attached):
            fake = [self._said(real[1 - kind], kind) for kind in (0, 1)]
        games = [(self.critic[kind], real[kind], fake[kind], 1.0) for kind in (0, 1)]
        if self.options.everyone:
            games.append((self.critic[2], torch.cat(real), torch.cat(fake), self.options.everyone))
        rows = [(weight, getattr(self.contest, player)(judge, *sides)) for judge, *sides, weight in games]
        pays = {name: torch.stack([row[name] for _, row in rows]).mean() for name in rows[0][1]}
        pays["loss"] = torch.stack([weight * row["loss"] for weight, row in rows]).sum()
        if player == "critic":
            return pays
        back = torch.stack([self._nats(self.generator(fake[1 - kind], kind), real[kind]) for kind in (0, 1)]).mean()
        pays |= {"loss": pays["loss"] + 2 * self.options.cycle * back, "given_back": back.detach()}
        if self.options.identity:
            same = torch.stack([self._nats(self.generator(real[kind], kind), real[kind]) for kind in (0, 1)]).mean()
            pays |= {"loss": pays["loss"] + 2 * self.options.identity * same, "left_alone": same.detach()}
        return pays

    def after(self, player: str) -> None:
        """After a player's move."""
        self.contest.after(player)

    def trial(self, batch: Tensor) -> Tensor:
        """A batch [n, 65] rewritten, each as the other kind; its numbers say what it is now."""
        now, made = 1 - batch[:, 0].clamp(0, 1), batch.clone()
        made[:, 0] = now
        for kind in (0, 1):
            tokens = batch[now == kind, 1:]
            if len(tokens):
                shift = way_home(tokens)
                made[now == kind, 1:] = written(self._said(heard(tokens, shift), kind), shift)
        return made

    def prepare(self, draw: object, report: Report = silent) -> None:
        """Before the game: which bars the kinds have, by `draw(n)`, windows [n, 65].

        Raises:
            UserError: there are not two kinds, or they have no bars in common.
        """
        assert callable(draw)
        report(0, 1, "counting bars")
        if len(self.names) != 2:
            raise UserError(f"This needs two kinds of music, not {len(self.names)}.", "Give it two sub-folders.")
        self.settle(draw(COUNTED))
        if not self._common().any():
            raise UserError(
                f"{self.names[0]} and {self.names[1]} have no bars in common.",
                "Choose two kinds in 4/4, or two in 6/8 or 3/4.",
            )

    def settle(self, windows: Tensor) -> None:
        """Remember which kinds have which bars, of training music [n, 65]."""
        bars = windows[:, 0].clamp(0, 1) * 2 + compound(windows[:, 1:]).long()
        self.known.copy_(torch.bincount(bars, minlength=4).view(2, 2) / len(windows))

    def _common(self) -> Tensor:
        """Whether both kinds have duple and compound bars, bool [2]."""
        return (self.known / self.known.sum(1, keepdim=True).clamp_min(1e-9) >= SELDOM).all(0)

    def _by_kind(self, batch: Tensor) -> list[Tensor]:
        """As many phrases of each kind, as 0 and 1, in bars that both have."""
        fits = self._common()[compound(batch[:, 1:]).long()]
        rows = [batch[fits & (batch[:, 0].clamp(0, 1) == kind), 1:] for kind in (0, 1)]
        least = min(len(row) for row in rows)
        if not least:  # by bad luck one kind is missing: anything stands in for it, once
            rows, least = [batch[:1, 1:], batch[-1:, 1:]], 1
        return [heard(row[:least], way_home(row[:least])) for row in rows]

    def _said(self, music: Tensor, kind: int) -> Tensor:
        """Music [n, 64, SYMBOLS] as a kind, by torch's own luck."""
        logits = self.generator(music, kind)
        noise = gumbel(tuple(logits.shape), device=music.device) * self.options.luck if self.options.luck else None
        return spoken(logits, noise)

    def _nats(self, logits: Tensor, music: Tensor) -> Tensor:
        """Cross-entropy of music [n, 64, SYMBOLS], a step; notes and rests weigh more than held steps."""
        wanted = music.argmax(-1)
        weight = torch.where(wanted == melody.HOLD, 1.0, self.options.onsets) * (wanted != PAD)
        nats = F.cross_entropy(logits.flatten(0, 1), wanted.flatten(), reduction="none").view_as(wanted)
        return (nats * weight).sum() / weight.sum().clamp_min(1)

    # capabilities ---------------------------------------------------------------------------------------------

    @torch.no_grad()
    def transfer(self, x: Tensor, kind: int, options: SampleOptions, report: Report = silent) -> Tensor:
        """Tokens [n, 64] rewritten as kind 0 or 1: the same shape, in the same keys.

        Raises:
            UserError: the kind has no such bars.
        """
        if not self._common()[compound(x).long().cpu()].all():
            raise UserError(f"No {self.names[kind]} has bars like these.", "Ask for bars of another length.")
        generator = torch.Generator().manual_seed(options.seed)
        shift = way_home(x.flatten()[None]).expand(len(x)) if options.one_key else way_home(x)
        made = []
        for start in range(0, len(x), AT_ONCE):
            report(start, len(x), f"as a {self.names[kind]}")
            here = slice(start, start + AT_ONCE)
            music = heard(x[here], shift[here])
            logits = self.generator(music, kind) + LOUD * (1 - options.strength) * music
            noise = gumbel(tuple(logits.shape), generator, x.device) * options.temperature * (self.options.luck or 1.0)
            made.append(written((logits + noise).argmax(-1), shift[here]))
        return torch.cat(made)
