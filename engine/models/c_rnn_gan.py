"""Two recurrent networks at play: one improvises notes in free time, the other hears the whole and judges every note.

The generator is an LSTM that is fed chance and its own previous note; the critic reads the improvisation in both
directions at once and says of each note whether it is played or made up (Mogren, 2016, "C-RNN-GAN: Continuous recurrent
neural networks with adversarial training"). First the generator learns alone to foretell the next note by squared
error, on ever longer pieces; then the game begins, in which it has to match the critic's inner picture of real music
(feature matching), and whoever is too far ahead waits. Notes are numbers, not symbols: time, length and touch are free.

For a composer: sketches for two hands with timing and touch, from nothing or going on from mine.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.codecs.stream import BARS, EVENTS, LADDER, TIME, UNITS_PER_QUARTER
from engine.jobs.job import Report, silent
from engine.models.parts import note_numbers as notes
from engine.models.parts import stream_home
from engine.models.parts.contest import Contest, Judgement
from engine.models.parts.critic_parts import Deviation, Discrimination, normed
from engine.models.parts.dice import gumbel
from engine.models.parts.game_rules import LAWS, GameOptions
from engine.models.parts.improviser import NOISE, Improviser, uniform
from engine.models.parts.note_habits import Diary
from engine.models.parts.pretraining import Draw, Mark
from engine.options import option

SPAN = 4 * BARS * UNITS_PER_QUARTER  # of a passage that is heard, and of one that goes on
LEAST = 4  # notes that pre-training begins with
SOON = 8  # notes between two reports


@dataclass(frozen=True)
class Options(GameOptions):
    """How the networks are built and trained."""

    law: str = option("non-saturating", "what the players pay", choices=tuple(LAWS))
    penalty: float = option(0.0, "weight of the critic's gradient penalty; 0 is none (wgan-gp: 10, on real: 1)", 0.0)
    feature_matching: float = option(0.3, "weight of the distance between mean inner features of both", 0.0)
    noise: float = option(0.05, "noise added to all that the critic hears", 0.0)
    critic_steps: int = option(1, "moves of the critic for each of the generator", 1)
    critic_rate: float = option(2.0, "the critic's learning rate, as a multiple", 0.0)
    freeze: float = option(0.7, "who pays less than this part of what the other pays, waits; 0: nobody waits", 0.0, 1.0)
    anchor: float = option(2.0, "weight of foretelling the next note while the game goes on; the paper has none", 0.0)
    pitch: str = option("keys", "one of 88 keys, or a number, as in the paper", choices=("keys", "number"))
    width: int = option(128, "units of the generator's memory", 8)
    ears: int = option(96, "units of the critic's memory, in each direction", 8)
    layers: int = option(1, "layers of both", 1, 3)
    inner: int = option(64, "units between a note and the memories", 4)
    length: int = option(64, "notes that are heard at a time while learning", 8, EVENTS)
    primed: float = option(0.5, "share of moves that go on from real notes", 0.0, 1.0)
    pretrain_steps: int = option(2_000, "steps of foretelling the next note before the game begins", 0)
    answers: int = option(8, "of so many answers the nearest counts in that; 1: the squared error of the paper", 1)
    pretrain_rate: float = option(3e-3, "learning rate of that", 0.0)
    batch: int = option(32, "windows in a step of training", 1)


@dataclass(frozen=True)
class SampleOptions:
    """How much is left to chance, and how freely it may play."""

    temperature: float = option(1.0, "0 leaves nothing to chance, 1 plays as it has learnt", 0.0, 1.5)
    grid: str = option(
        "learnt", "where notes may begin: on the corpus' own grid, or anywhere", choices=stream_home.GRIDS
    )
    scale: str = option("free", "free, or every note on the nearest white key", choices=stream_home.SCALES)
    seed: int = option(1, "the same seed plays the same music", 0)


class Listener(nn.Module):
    """The critic: an improvisation [n, t, size] in both directions -> a score of each note."""

    def __init__(self, o: Options) -> None:
        super().__init__()
        width = 2 * o.ears
        self.hear = normed(nn.Linear(notes.size(o.pitch == "keys"), o.inner), o)
        self.memory = nn.LSTM(o.inner, o.ears, o.layers, batch_first=True, bidirectional=True)
        self.crowd: Deviation | Discrimination | None = None
        if o.minibatch != "none":
            self.crowd = Deviation() if o.minibatch == "deviation" else Discrimination(width)
        self.score = normed(nn.Linear(width + (self.crowd.extra if self.crowd else 0), 1), o)

    def forward(self, music: Tensor, known: int = 0) -> Judgement:
        """Scores of the notes behind the first `known`, as one row, and the mean of what is heard in them [n, d]."""
        heard = self.memory(F.leaky_relu(self.hear(music), 0.2))[0][:, known:]
        mean = heard.mean(1)
        if self.crowd is not None:
            extra = self.crowd(mean)[:, mean.shape[1] :]
            heard = torch.cat([heard, extra[:, None].expand(-1, heard.shape[1], -1)], 2)
        return Judgement(self.score(heard).flatten(), mean)


class CRNNGAN(nn.Module):
    """Notes of the codec `stream`, tokens [n, 96, 5]."""

    def __init__(self, options: Options | None = None) -> None:
        super().__init__()
        self.options = o = options or Options()
        self.progress, self.mark = 1.0, Mark()
        self.generator, self.critic = Improviser(o.pitch == "keys", o.inner, o.width, o.layers), Listener(o)
        self.contest = Contest(o, self.players())
        self.home = stream_home.Home()
        self.diary = Diary()
        self.paid: Tensor  # by the critic and by the generator, the last time
        self.register_buffer("paid", torch.ones(2))

    # the game -------------------------------------------------------------------------------------------------

    def players(self) -> dict[str, nn.Module]:
        """Who learns, in the order of their moves."""
        return {"critic": self.critic, "generator": self.generator}

    def play(self, player: str, batch: Tensor) -> dict[str, Tensor]:
        """What a player pays for music like windows [n, 96, 5]; nothing where it has to wait."""
        real, known = self._heard(batch), self._known()
        fake = self._improvised(real, known)

        def judge(music: Tensor) -> Judgement:
            return self.critic(music, known)

        if player == "critic":
            return self._waited(0, self.contest.critic(judge, real, fake))
        if not known and self.training:
            self.diary.write(self.progress, notes.tokens_of(fake.detach(), int(self.home.grid)))
        losses = self._waited(1, self.contest.generator(judge, real, fake))
        if self.options.anchor:
            foretold = self.generator.foretold(real, self.options.answers)
            losses["loss"] = losses["loss"] + self.options.anchor * foretold
            losses["foretold"] = foretold.detach()
        return losses

    def _waited(self, who: int, losses: dict[str, Tensor]) -> dict[str, Tensor]:
        """The losses; without a slope if this player is too far ahead of the other (its own loss, the other's last)."""
        cost = losses["loss"].detach() - self.options.feature_matching * losses.get("matching", torch.zeros(()))
        ahead = bool(cost < self.options.freeze * self.paid[1 - who])
        if self.training:
            self.paid[who] = cost
        losses["waits" if who else "critic waits"] = torch.tensor(float(ahead))
        if ahead:
            losses["loss"] = losses["loss"] * 0
        return losses

    def _heard(self, batch: Tensor) -> Tensor:
        return notes.features(notes.whole(batch.long())[:, : self.options.length], self.options.pitch == "keys")

    def _known(self) -> int:
        """How many real notes the generator goes on from in this move."""
        if torch.rand(()) >= self.options.primed:
            return 0
        return int(torch.randint(1, max(2, self.options.length // 2), ()))

    def _improvised(self, real: Tensor, known: int) -> Tensor:
        """Music like windows [n, t, size] whose first `known` notes are real."""
        n, steps, _ = real.shape
        chance, luck = uniform((n, steps, NOISE)).to(real.device), gumbel((n, steps, notes.KEYS)).to(real.device)
        made = self.generator.play(real[:, :known], steps, chance, luck, _unheard)
        return notes.as_played(made, int(self.home.grid))

    def prepare(self, draw: Draw, report: Report = silent) -> None:
        """Before the game, learn to foretell the next note on ever longer pieces; find the grid the corpus plays on."""
        o = self.options
        self.home.listen(draw(512))
        optimizer = torch.optim.Adam(self.generator.parameters(), lr=o.pretrain_rate)
        for step in self.mark.steps(o.pretrain_steps):
            report(0, 1, f"foretelling notes, {step} of {o.pretrain_steps}")
            so_far = min(1.0, 2 * step / o.pretrain_steps)
            music = self._heard(draw(o.batch))[:, : max(LEAST, round(so_far * o.length))]
            for group in optimizer.param_groups:
                group["lr"] = o.pretrain_rate * min(1.0, 1.1 - step / o.pretrain_steps)
            optimizer.zero_grad()
            self.generator.foretold(music, o.answers).backward()
            nn.utils.clip_grad_norm_(self.generator.parameters(), 5.0)
            optimizer.step()

    def settle(self, windows: Tensor) -> None:
        """Find the grid on which training windows [n, 96, 5] play."""
        self.home.listen(windows)

    # capabilities ---------------------------------------------------------------------------------------------

    @torch.no_grad()
    def trial(self, batch: Tensor) -> Tensor:
        """As many new windows, [n, 96, 5], by torch's own generator."""
        n = len(batch)
        chance, luck = uniform((n, EVENTS, NOISE)), gumbel((n, EVENTS, notes.KEYS))
        nothing = torch.zeros(n, 0, self.generator.size, device=batch.device)
        made = self.generator.play(nothing, EVENTS, chance.to(batch.device), luck.to(batch.device), _unheard)
        return notes.tokens_of(made, int(self.home.grid))

    @torch.no_grad()
    def sample(self, n: int, options: SampleOptions, report: Report = silent) -> Tensor:
        """n improvisations, tokens [n, 96, 5]."""
        nothing = self.generator.hear.weight.new_zeros(n, 0, self.generator.size)
        made = self._played(nothing, EVENTS, options, report)
        made[:, 0, TIME] = 0
        return made

    @torch.no_grad()
    def extend(self, x: Tensor, options: SampleOptions, report: Report = silent) -> Tensor:
        """What follows eight quarters of music [n, 96, 5]: the next eight, in its key, from the first beat on."""
        shift = stream_home.homeward(x)
        home, count = stream_home.moved(x.long(), shift), notes.there(x).sum(1)
        result = torch.zeros_like(x)
        for known in count.unique().tolist():
            rows = count == known
            heard = notes.features(home[rows][:, :known], self.generator.keys)
            made = self._played(heard, known + EVENTS, options, report)[:, known:]
            result[rows] = _bounded(made)
        return stream_home.moved(result, -shift)

    def _played(self, given: Tensor, steps: int, options: SampleOptions, report: Report) -> Tensor:
        """Tokens [n, steps, 5] that begin with the notes given."""
        generator = torch.Generator().manual_seed(options.seed)
        heat = options.temperature
        chance = heat * uniform((len(given), steps, NOISE), generator)
        luck = heat * gumbel((len(given), steps, notes.KEYS), generator)
        if options.scale == stream_home.WHITE:
            luck[..., stream_home.BLACK] = stream_home.NEVER

        def told(step: int) -> None:
            if step % SOON == 0:
                report(step, steps, "playing")

        device = given.device
        made = self.generator.play(given, steps, chance.to(device), luck.to(device), told)
        tokens = notes.tokens_of(made, self.home.units(options.grid))
        return stream_home.whitened(tokens) if options.scale == stream_home.WHITE else tokens


def _unheard(step: int) -> None:
    """Nobody counts."""


def _bounded(tokens: Tensor) -> Tensor:
    """Windows [n, 96, 5] that begin at once and end with the passage: what begins later is no note."""
    made = tokens.clone()
    made[:, 0, TIME] = 0
    late = torch.from_numpy(LADDER)[made[..., TIME].cpu()].cumsum(1) >= SPAN
    made[late.to(made.device)] = 0
    return made
