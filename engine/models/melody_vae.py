"""A variational autoencoder over two-bar melodies, quick enough to decode under the mouse.

Encoder and decoder look at all 32 steps at once (Kingma and Welling, 2014; Roberts et al., 2018, for music), so one
decode is a few matrix products. Pitches are heard as intervals from the melody's first note, which is a choice of its
own: what is learnt in one key holds in all. Two things make the space between the melodies musical: the prior is a
coupling flow learnt together with the codes (Dinh et al., 2017; Chen et al., 2017, "Variational lossy autoencoder"),
and a small autoregressive head lets every note know the notes just chosen before it. Two dimensions of the code are
tied to how busy and how high a melody is (Pati and Lerch, 2021, "Attribute-based regularization of latent spaces").

The codes handed out live in the flow's base space, where the prior is a standard normal: a point halfway between two
codes on the sphere is as likely a melody as its ends.

For a composer: drag through melodies, morph one tune into another, sample new ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.codecs import melody
from engine.jobs.job import Report, silent
from engine.models.parts.flow import Flow
from engine.models.parts.layers import Mixer, Residual
from engine.models.parts.melody_head import START, Head
from engine.models.parts.melody_pitch import REGISTERS, absolute, onset_gaps, qualities, relative
from engine.options import option

RARE = 1e-4  # distances between onsets that the corpus knows less often are not written
CARE, CARE_RATE, CARE_BETA = 10, 0.1, 0.3  # steps by which a code is improved, their size, weight of its likelihood
ENCODED_AT_ONCE = 256


@dataclass(frozen=True)
class Options:
    """How the network is built and trained."""

    latent: int = option(64, "dimensions of a code", 2)
    width: int = option(768, "units of a residual layer of the encoder", 8)
    decoder_width: int = option(640, "units of a residual layer of the decoder", 8)
    blocks: int = option(3, "residual layers in encoder and decoder", 1)
    embedding: int = option(64, "features of a step on its way in", 4)
    plan: int = option(64, "what the decoder's trunk says about each step", 2)
    features: int = option(96, "features of a step on its way out", 4)
    mixers: int = option(2, "layers in which steps speak to each other", 0)
    couplings: int = option(8, "layers of the prior's flow", 1)
    flow_width: int = option(256, "units inside a coupling", 8)
    beta: float = option(0.52, "weight of the KL term, nats to nats", 0.0)
    tie: float = option(8.0, "how strongly the first two dimensions follow density and height", 0.0)
    dropout: float = option(0.1, "share of inner units left out while learning", 0.0, 0.9)
    forget: float = option(0.2, "share of steps whose past the head may not see while learning", 0.0, 1.0)
    batch: int = option(384, "melodies in a step of training", 1)


@dataclass(frozen=True)
class SampleOptions:
    """How melodies are drawn."""

    temperature: float = option(0.0, "0 takes the likeliest note, 1 surprises as much as the corpus", 0.0, 1.5)
    spread: float = option(1.0, "below 1 more typical melodies, above 1 more daring ones", 0.0, 2.0)
    compound: bool = option(False, "bars of 12 sixteenths (6/8, 3/4) instead of 16")
    seed: int = option(1, "the same seed draws the same melodies", 0)


class MelodyVAE(nn.Module):
    """Melody tokens [n, 32] <-> codes [n, latent] whose prior is a standard normal."""

    def __init__(self, options: Options | None = None) -> None:
        super().__init__()
        self.options = o = options or Options()
        self.progress = 1.0  # of the training; the KL term is let in over its first tenth
        self.scale: Tensor  # mean and deviation of density and height in the corpus, [2, 2], followed while learning
        self.gaps: Tensor  # share of each distance between onsets, 0..32 steps, in duple and compound bars, [2, 33]
        self.register_buffer("gaps", torch.ones(2, melody.SLOTS + 1))  # so far anything may be
        self.register_buffer("scale", torch.tensor([[0.5, 33.0], [0.15, 5.0]]))
        self.tokens = nn.Embedding(melody.PAD + 1, o.embedding)
        self.places = nn.Parameter(torch.randn(melody.SLOTS, o.embedding) * 0.3)
        self.listen = nn.Sequential(*(Mixer(o.embedding, melody.SLOTS) for _ in range(o.mixers)))
        self.gather = nn.Linear(o.embedding * melody.SLOTS, o.width)
        self.register = nn.Embedding(REGISTERS, o.width)
        self.encoder = nn.Sequential(*(Residual(o.width, o.dropout) for _ in range(o.blocks)), nn.LayerNorm(o.width))
        self.posterior = nn.Linear(o.width, 2 * o.latent)
        self.flow = Flow(o.latent, o.flow_width, o.couplings)
        self.opening = nn.Linear(o.latent + 1, o.decoder_width)
        trunk = (Residual(o.decoder_width, o.dropout) for _ in range(o.blocks))
        self.decoder = nn.Sequential(*trunk, nn.LayerNorm(o.decoder_width))
        self.first = nn.Linear(o.decoder_width, REGISTERS)
        self.plan = nn.Linear(o.decoder_width, melody.SLOTS * o.plan)
        self.say = nn.Linear(o.plan, o.features)
        self.agree = nn.Sequential(*(Mixer(o.features, melody.SLOTS) for _ in range(o.mixers)))
        self.head = Head(o.features)

    # learning -------------------------------------------------------------------------------------------------

    def loss(self, batch: Tensor) -> dict[str, Tensor]:
        """Negative ELBO in nats per melody of tokens [n, 32]; `loss` first, its parts after it."""
        tokens, first = relative(batch.long())
        mean, deviation = self._posterior(tokens, first)
        z = mean + deviation * torch.randn_like(mean)
        u, log_det = self.flow(z)
        log_q = (-0.5 * ((z - mean) / deviation) ** 2 - deviation.log()).sum(-1)
        kl = (log_q + 0.5 * (u**2).sum(-1) - log_det).mean()
        context = self.head.context(tokens)
        hidden = torch.rand(context.shape[:2], device=context.device) < self.options.forget
        context = context.masked_fill(hidden[..., None], START)
        said, register = self._say(z, tokens[:, melody.BAR_SLOTS - 1] == melody.PAD)
        logits = self.head(said, context).float()
        if self.training:
            self.gaps.lerp_(onset_gaps(tokens), 0.002)
        used = tokens != melody.PAD
        cost = F.cross_entropy(logits[used], tokens[used], reduction="sum") / len(tokens)
        cost = cost + F.cross_entropy(register.float(), first)
        right = (logits.argmax(-1) == tokens)[used].float().mean()
        tie = ((u[:, :2] - self._standard(qualities(batch.long()))) ** 2).sum(-1).mean() / 2
        beta = self.options.beta * min(1.0, 0.1 + self.progress / 0.1)
        loss = cost + beta * kl + self.options.tie * tie
        return {"loss": loss, "cost": cost, "kl": kl, "accuracy": right, "tie": tie}

    def _standard(self, values: Tensor) -> Tensor:
        """Density and height [n, 2] in deviations of the corpus."""
        if self.training:
            now = torch.stack([values.mean(0), values.std(0).clamp_min(1e-3)])
            self.scale.lerp_(now, 0.01)
        return (values - self.scale[0]) / self.scale[1]

    def _posterior(self, tokens: Tensor, first: Tensor) -> tuple[Tensor, Tensor]:
        heard = self.listen(self.tokens(tokens) + self.places)
        h = self.gather(heard.flatten(1)) + self.register(first)
        mean, spread = self.posterior(self.encoder(h)).float().chunk(2, -1)
        return mean, F.softplus(spread) + 1e-4

    def _say(self, z: Tensor, compound: Tensor) -> tuple[Tensor, Tensor]:
        """Codes before the flow [n, d] to features of every step [n, 32, f] and logits of the first pitch."""
        h = self.decoder(self.opening(torch.cat([z, compound[:, None].to(z.dtype)], -1)))
        return self.agree(self.say(self.plan(h).unflatten(-1, (melody.SLOTS, -1)))), self.first(h)

    # capabilities ---------------------------------------------------------------------------------------------

    @torch.no_grad()
    def guess(self, x: Tensor) -> Tensor:
        """Codes [n, latent] of tokens [n, 32] as the encoder alone sees them."""
        return self.flow(self._posterior(*relative(x.long()))[0])[0]

    def encode(self, x: Tensor) -> Tensor:
        """Codes [n, latent] of tokens [n, 32], seen from the base space.

        The encoder only guesses at melodies it has never heard. The decoder can tell how good a guess is, so a few
        steps of descent improve it (Kim et al., 2018, "Semi-amortized variational autoencoders").
        """
        with torch.inference_mode(mode=False), torch.enable_grad():
            codes = [self._with_care(part.long().clone()) for part in x.split(ENCODED_AT_ONCE)]
        return torch.cat(codes) if codes else torch.zeros(0, self.options.latent)

    def _with_care(self, batch: Tensor) -> Tensor:
        tokens, first = relative(batch)
        z = self._posterior(tokens, first)[0].detach().requires_grad_()
        context = self.head.context(tokens)
        context[:, ::2] = START  # half of the steps must be told by the code alone, or early slips would spread
        compound, used = tokens[:, melody.BAR_SLOTS - 1] == melody.PAD, tokens != melody.PAD
        ties = self._standard(qualities(batch))
        steps = torch.optim.Adam([z], lr=CARE_RATE)
        for _ in range(CARE):
            said, register = self._say(z, compound)
            u, log_det = self.flow(z)
            cost = F.cross_entropy(self.head(said, context)[used], tokens[used], reduction="sum")
            cost = cost + F.cross_entropy(register, first, reduction="sum")
            unlikely = 0.5 * (u**2).sum() - log_det.sum()
            untied = ((u[:, :2] - ties) ** 2).sum() / 2
            (z.grad,) = torch.autograd.grad(cost + CARE_BETA * unlikely + self.options.tie * untied, z)
            steps.step()
        return self.flow(z.detach())[0].detach()

    @torch.no_grad()
    def decode(self, z: Tensor, options: SampleOptions) -> Tensor:
        """Tokens [n, 32] of codes [n, latent]. A row's music depends on its code, its place and the seed only."""
        compound = torch.full((len(z),), options.compound, device=z.device)
        said, register = self._say(self.flow.inverse(z), compound)
        noise = None
        if options.temperature > 0:  # Gumbel's trick: the largest of logits plus this noise is a draw
            generator = torch.Generator().manual_seed(options.seed)
            uniform = torch.rand(len(z), melody.SLOTS, melody.VOCABULARY, generator=generator).clamp_(1e-9, 1 - 1e-9)
            noise = (-torch.log(-torch.log(uniform)) * options.temperature).to(z.device)
        known = self.gaps[int(options.compound)] > RARE
        known[0] = True  # the first note may begin anywhere
        return absolute(self.head.choose(said, noise, options.compound, known), register.argmax(-1))

    def draw(self, n: int, options: SampleOptions) -> Tensor:
        """n codes from the prior, on the CPU, [n, latent]; repeatable by the seed."""
        generator = torch.Generator().manual_seed(options.seed)
        return torch.randn(n, self.options.latent, generator=generator) * options.spread

    def sample(self, n: int, options: SampleOptions, report: Report = silent) -> Tensor:
        """n new melodies, tokens [n, 32]."""
        report(0, n, "drawing")
        return self.decode(self.draw(n, options).to(self.posterior.weight.device), options)
