"""MusicVAE for whole phrases: a conductor turns the code into one intention per bar; each bar is spoken from its own.

One LSTM over 128 steps forgets what it was to play; here the way from the code to any note is one bar long (Roberts,
Engel, Raffel, Hawthorne and Eck, ICML 2018). The encoder is made the same way: every bar is read from both ends, then
the row of bars. Unlike the paper's, a bar does not hear the last token of the bar before, only the conductor: all bars
are spoken at once, sixteen steps for eight bars, so that a phrase follows the mouse as quickly as two bars do. The
conductor is told of every bar by the code, not only where to start, and each bar's intention, like each bar's reading,
also has a straight way past the LSTM: without it a short training stays with a few dozen nats per phrase. With `flat`
one LSTM speaks all steps from the same code: the twin that shows what the hierarchy is worth.

For a composer: drag, and a whole phrase changes with one hand; same plan, new surface.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.codecs import melody
from engine.jobs.job import Report, silent
from engine.models.music_vae import WATCHED, SampleOptions, weight_of_kl, why_collapsed
from engine.models.parts.melody_pitch import REGISTERS, absolute, relative
from engine.models.parts.recurrent import NOTHING, Limits, Listener, Speaker, before, gumbel, improved, in_bar, remember
from engine.options import option

__all__ = ["HierarchicalMusicVAE", "Options", "SampleOptions"]

ENCODED_AT_ONCE = 64


@dataclass(frozen=True)
class Options:
    """How the network is built and trained."""

    bars: int = option(8, "bars of a phrase", 1, 64)
    flat: bool = option(False, "one decoder over all steps, without a conductor: for comparison")
    latent: int = option(256, "dimensions of a code", 2)
    width: int = option(192, "units of the encoder that reads a bar, in each direction", 8)
    phrase_width: int = option(256, "units of the encoder that reads the bars, in each direction", 8)
    conductor_width: int = option(256, "units of the conductor, and of an intention", 8)
    decoder_width: int = option(256, "units of the decoder", 8)
    embedding: int = option(64, "features of a token", 4)
    notes: int = option(32, "features each state of an encoder passes on; 0 hears its last ones only, as published", 0)
    score: int = option(64, "what the code says to the conductor about each bar", 4)
    plan: int = option(48, "what an intention says to each step of a bar", 4)
    beta: float = option(0.2, "weight of the KL term, nats to nats", 0.0)
    beta_schedule: str = option("linear", "how that weight rises", choices=("constant", "linear", "exponential"))
    warm_up: float = option(0.3, "share of the training in which it rises", 0.0, 1.0)
    free_bits: float = option(48.0, "bits of a code that cost nothing", 0.0)
    forget: float = option(0.3, "share of steps that are not told the token before them while learning", 0.0, 1.0)
    care: int = option(2, "steps of descent by which a code is improved when a phrase is encoded", 0, 100)
    batch: int = option(32, "phrases in a step of training", 1)


class HierarchicalMusicVAE(nn.Module):
    """Phrase tokens [n, 16 * bars] <-> codes [n, latent] with prior N(0, I)."""

    def __init__(self, options: Options | None = None) -> None:
        super().__init__()
        self.options = o = options or Options()
        self.progress = 1.0
        self.heard = nn.Embedding(melody.PAD + 1, o.embedding)
        self.where = nn.Embedding(2 * melody.BAR_SLOTS, o.embedding)
        self.bar_listener = Listener(o.embedding, o.width, melody.BAR_SLOTS, o.notes)
        self.phrase_listener = Listener(2 * o.width, o.phrase_width, o.bars)
        self.every_bar = nn.Linear(2 * o.width * o.bars, 2 * o.phrase_width)
        self.register = nn.Embedding(REGISTERS, 2 * o.phrase_width)
        self.posterior = nn.Linear(2 * o.phrase_width, 2 * o.latent)
        self.first = nn.Linear(o.latent, REGISTERS)
        if not o.flat:
            self.start = nn.Linear(o.latent, 2 * o.conductor_width)
            self.score = nn.Linear(o.latent, o.bars * o.score)
            self.conductor = nn.LSTM(o.score, o.conductor_width, batch_first=True)
            remember(self.conductor, o.bars)
            self.direct = nn.Linear(o.score, o.conductor_width)
        given = o.latent if o.flat else o.conductor_width
        self.plan = nn.Linear(given, melody.BAR_SLOTS * o.plan)
        self.speaker = Speaker(given, o.plan, o.embedding, o.decoder_width)

    # learning -------------------------------------------------------------------------------------------------

    def loss(self, batch: Tensor) -> dict[str, Tensor]:
        """Cross-entropy summed over the steps plus beta * max(KL - free bits, 0), nats per phrase [n, 16 * bars]."""
        tokens, first = relative(batch.long())
        mean, deviation = self._posterior(tokens, first)
        z = mean + deviation * torch.randn_like(mean)
        kl = (0.5 * (mean**2 + deviation**2 - 1) - deviation.log()).sum(-1)
        told = self._told(tokens, self.options.forget if self.training else 0.0)
        cost, right = self._cost(z, tokens, first, told)
        paid = F.relu(kl - self.options.free_bits * math.log(2)).mean()
        loss = cost.mean() + weight_of_kl(self.options, self.progress) * paid
        with torch.no_grad():  # what the phrase costs when told with another's code
            few = slice(0, WATCHED)
            wrong, _ = self._cost(z[few].roll(1, 0), tokens[few], first[few], told[few])
        return {"loss": loss, "cost": cost.mean(), "kl": kl.mean(), "accuracy": right, "shuffled_cost": wrong.mean()}

    def _posterior(self, tokens: Tensor, first: Tensor) -> tuple[Tensor, Tensor]:
        steps = self.heard(tokens) + self.where(self._places(tokens))
        bars = self.bar_listener(steps.unflatten(1, (self.options.bars, -1)).flatten(0, 1))
        bars = bars.unflatten(0, (-1, self.options.bars))
        heard = self.phrase_listener(bars) + self.every_bar(bars.flatten(1)) + self.register(first)
        mean, spread = self.posterior(heard).float().chunk(2, -1)
        return mean, F.softplus(spread) + 1e-4

    def _places(self, tokens: Tensor) -> Tensor:
        return in_bar(tokens[:, melody.BAR_SLOTS - 1] == melody.PAD, self.options.bars)

    def _rows(self, steps: Tensor) -> Tensor:
        """Steps [n, 16 * bars] as the rows that are spoken on their own: bars [n * bars, 16], or phrases if flat."""
        return steps if self.options.flat else steps.unflatten(1, (self.options.bars, -1)).flatten(0, 1)

    def _told(self, tokens: Tensor, forget: float) -> Tensor:
        return before(self._rows(tokens), forget).view_as(tokens)

    def _intentions(self, z: Tensor) -> Tensor:
        """What each row is spoken from: [n * bars, conductor_width], or the codes [n, latent] if flat."""
        if self.options.flat:
            return z
        h, c = self.start(z).tanh().chunk(2, -1)
        bars = self.score(z).unflatten(-1, (self.options.bars, -1))
        intended, _ = self.conductor(bars, (h[None].contiguous(), c[None].contiguous()))
        rows: Tensor = (intended + self.direct(bars)).flatten(0, 1)
        return rows

    def _planned(self, intended: Tensor) -> Tensor:
        """What intentions [r, g] say to the steps of their rows, by the place in the bar: [r, 16 (* bars), plan]."""
        plan = self.plan(intended).unflatten(-1, (melody.BAR_SLOTS, -1))
        return plan.repeat(1, self.options.bars, 1) if self.options.flat else plan

    def _cost(self, z: Tensor, tokens: Tensor, first: Tensor, told: Tensor) -> tuple[Tensor, Tensor]:
        """Nats of each phrase [n], and the share of steps whose likeliest token is right."""
        intended = self._intentions(z)
        logits = self.speaker(
            intended, self._planned(intended), self._rows(told), self._rows(self._places(tokens))
        ).float()
        logits = logits.reshape(*tokens.shape, -1)
        used = tokens != melody.PAD
        target = tokens.masked_fill(~used, -100)
        cost = F.cross_entropy(logits.flatten(0, 1), target.flatten(), reduction="none").unflatten(0, tokens.shape)
        right = ((logits.argmax(-1) == tokens) & used).sum() / used.sum()
        return cost.sum(1) + F.cross_entropy(self.first(z).float(), first, reduction="none"), right

    def collapsed(self, parts: dict[str, float]) -> str:
        """Why the code is no longer used, in words; "" while it is. `parts` are the smoothed losses."""
        return why_collapsed(parts) if self.progress >= self.options.warm_up else ""

    # capabilities ---------------------------------------------------------------------------------------------

    @torch.no_grad()
    def guess(self, x: Tensor) -> Tensor:
        """Codes [n, latent] of tokens [n, 16 * bars] as the encoder alone sees them: the posterior's mean."""
        parts = [self._posterior(*relative(part.long()))[0] for part in x.split(ENCODED_AT_ONCE)]
        return torch.cat(parts) if parts else torch.zeros(0, self.options.latent)

    def encode(self, x: Tensor) -> Tensor:
        """Codes [n, latent] of tokens [n, 16 * bars]: the encoder's guess, improved by a few steps of descent."""
        with torch.inference_mode(mode=False), torch.enable_grad():
            codes = [self._with_care(part.long().clone()) for part in x.split(ENCODED_AT_ONCE)]
        return torch.cat(codes) if codes else torch.zeros(0, self.options.latent)

    def _with_care(self, batch: Tensor) -> Tensor:
        tokens, first = relative(batch)
        told = self._told(tokens, 0.0)
        told[:, ::2] = NOTHING  # half of the steps must be told by the code alone, or early slips would spread

        def cost(z: Tensor) -> Tensor:
            return self._cost(z, tokens, first, told)[0]

        return improved(self._posterior(tokens, first)[0], cost, self.options.care)

    @torch.no_grad()
    def decode(self, z: Tensor, options: SampleOptions) -> Tensor:
        """Tokens [n, 16 * bars] of codes [n, latent]. A row's music depends on its code, place and seed only."""
        z = z.float()
        compound = torch.full((len(z),), options.compound, device=z.device)
        places = in_bar(compound, self.options.bars)
        noise = gumbel((*places.shape, melody.VOCABULARY), options.temperature, options.seed)
        intended, rows = self._intentions(z), self._rows(places)
        opens = torch.zeros(len(rows), dtype=torch.bool, device=z.device)
        opens[:: max(1, len(rows) // max(1, len(z)))] = True  # a later bar may begin with a note held from before
        if noise is not None:
            noise = noise.reshape(*rows.shape, -1)
        limits = Limits(opens, torch.ones(rows.shape[1] + 1, dtype=torch.bool, device=z.device))
        tokens = self.speaker.speak(intended, self._planned(intended), rows, noise, limits).view_as(places)
        return absolute(tokens, self.first(z).argmax(-1))

    def draw(self, n: int, options: SampleOptions) -> Tensor:
        """n codes from the prior, on the CPU, [n, latent]; repeatable by the seed."""
        generator = torch.Generator().manual_seed(options.seed)
        return torch.randn(n, self.options.latent, generator=generator) * options.spread

    def sample(self, n: int, options: SampleOptions, report: Report = silent) -> Tensor:
        """n new phrases, tokens [n, 16 * bars]."""
        report(0, n, "drawing")
        return self.decode(self.draw(n, options).to(self.posterior.weight.device), options)
