"""DeepHear: four bars of ragtime through a bottleneck of sixteen units, and harmony for a melody by descent on them.

A roll of 5,632 cells goes through 1,024, 256 and 64 sigmoid units to 16 and back through the same weights (Sun, 2015,
"DeepHear - composing and harmonizing music with neural networks"). The layers are pre-trained one by one, as Boltzmann
machines or autoencoders, then trained together. It learns its rags by heart: any sixteen numbers give ragtime, and much
of it stands in one of them, which is why a meter of copies belongs beside it. It knows them in C.

The code may be shaken while learning (Salakhutdinov and Hinton, 2009, "Semantic hashing"): units then settle near 0 and
1, so that random bits, from which DeepHear composes, lie close to music.

For a composer: turn sixteen dials into ragtime; hear which ragtime fits under a melody.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.codecs.roll import KEYS, STEPS
from engine.jobs.job import Report, silent
from engine.models.capabilities import Watch, unwatched
from engine.models.parts import pretraining
from engine.models.parts.harmony_search import Decoder, HarmonizeOptions, search
from engine.models.parts.laws import LAWS, CodeLaw
from engine.models.parts.pretraining import Draw, Layer, Mark
from engine.options import option

CELLS = STEPS * KEYS
FIRST_LOOK = 512  # random codes among which the search for harmony finds its starts
LOOKED_AT = 2_048  # windows from which the output learns how often each cell is on


@dataclass(frozen=True)
class Options:
    """How the network is built and trained."""

    layers: str = option("1024,256,64,16", "units of each layer, from the roll to the code")
    pretrain: str = option("rbm", "how each layer first learns alone", choices=("rbm", "autoencoder", "none"))
    pretrain_steps: int = option(200, "steps of pre-training for each layer", 1)
    pretrain_rate: float = option(0.05, "learning rate of the Boltzmann machines", 0.0)
    pos_weight: float = option(1.0, "how much more a sounding cell counts, at first; falls to 1 half-way", 1.0)
    shake: float = option(0.0, "noise on the code while learning; more brings its units nearer to 0 and 1", 0.0)
    batch: int = option(128, "rolls in a step of training", 1)


@dataclass(frozen=True)
class SampleOptions:
    """How rolls are drawn."""

    law: str = option(
        "binary",
        "binary: random bits, as DeepHear; fitted and box: like the codes of the rags; uniform and wide: cut to 0..1",
        choices=("binary", *LAWS),
    )
    threshold: float = option(0.5, "a cell sounds if it is likelier than this; lower is fuller", 0.01, 0.99)
    temperature: float = option(0.0, "0 takes every cell by the threshold, 1 draws each by its chance", 0.0, 1.5)
    spread: float = option(1.0, "below 1 nearer to the middle of the codes, above 1 further away", 0.0, 2.0)
    seed: int = option(1, "the same seed draws the same rolls", 0)


class DeepHear(nn.Module):
    """Rolls of 0 and 1 [n, 64, 88] <-> codes [n, 16] between 0 and 1."""

    def __init__(self, options: Options | None = None) -> None:
        super().__init__()
        self.options = o = options or Options()
        self.mark = Mark()  # of pre-training
        self.progress = 1.0  # of the training; weight of sounding cells and shaking of the code follow it
        sizes = [CELLS, *(int(size) for size in o.layers.split(","))]
        pairs = list(pairwise(sizes))
        # wide for sigmoids (Glorot and Bengio, 2010): what no pre-training would start from
        self.weights = nn.ParameterList(
            [nn.Parameter((torch.rand(up, down) * 2 - 1) * 4 * (6 / (up + down)) ** 0.5) for down, up in pairs]
        )
        self.up = nn.ParameterList([nn.Parameter(torch.zeros(up)) for _, up in pairs])
        self.down = nn.ParameterList([nn.Parameter(torch.zeros(down)) for down, _ in pairs])
        self.law = CodeLaw(sizes[-1])

    # learning -------------------------------------------------------------------------------------------------

    def prepare(self, draw: Draw, report: Report = silent) -> None:
        """Pre-train the layers from below; `draw(n)` gives n training rolls [n, 64, 88].

        Without pre-training only the output's biases are set, to how often each cell sounds.
        """
        with torch.no_grad():  # pre-training may go on from the middle: then it knows better
            often = draw(LOOKED_AT).flatten(1).float().mean(0)
            if self.mark == Mark():
                self.down[0].copy_(often.clamp(pretraining.RARE, 1 - pretraining.RARE).logit())
        if self.options.pretrain == "none":
            return
        parts = zip(self.weights, self.up, self.down, strict=True)
        layers = [Layer(weight.data, up.data, down.data) for weight, up, down in parts]

        def flat(n: int) -> Tensor:
            return draw(n).flatten(1).float()

        o = self.options
        pretraining.stack(layers, o.pretrain, flat, o.pretrain_steps, o.batch, o.pretrain_rate, report, self.mark)

    def loss(self, batch: Tensor) -> dict[str, Tensor]:
        """Cross-entropy in nats per roll of [n, 64, 88]; `wrong`: cells on the wrong side of a half, per roll."""
        rolls = batch.flatten(1).float()
        code = self._up(rolls)
        if self.training and self.options.shake > 0:
            code = code + torch.randn_like(code) * self.options.shake * min(1.0, 2 * self.progress)
        logits = self._logits(torch.sigmoid(code))
        left = max(0.0, 1 - 2 * self.progress)
        weight = torch.tensor(1 + (self.options.pos_weight - 1) * left, device=rolls.device)
        cost = F.binary_cross_entropy_with_logits(logits, rolls, pos_weight=weight, reduction="sum") / len(rolls)
        wrong = ((logits > 0) != (rolls > 0)).float().sum(1).mean()
        return {"loss": cost, "wrong": wrong, "sounding": rolls.sum(1).mean()}

    def collapsed(self, parts: dict[str, float]) -> str:
        """All cells silent: the valley every sparse roll leads into."""
        if parts["wrong"] >= 0.95 * parts["sounding"]:
            return "the network has learnt to be silent"
        return ""

    def settle(self, windows: Tensor) -> None:
        """Remember where the codes of the training rolls [n, 64, 88] lie."""
        self.law.fit(self.encode(windows))

    def _up(self, rolls: Tensor) -> Tensor:
        """What the code's units receive, before their sigmoid, [n, code], of rolls [n, 5632]."""
        h = F.linear(rolls, self.weights[0], self.up[0]).float()
        with torch.autocast(h.device.type, enabled=False):  # narrow layers cost nothing and carry everything
            for weight, bias in list(zip(self.weights, self.up, strict=True))[1:]:
                h = F.linear(torch.sigmoid(h), weight, bias)
        return h

    def _top(self, codes: Tensor) -> Tensor:
        """The widest layer [n, 1024] on the way out of codes [n, code]."""
        h = codes.float()
        with torch.autocast(h.device.type, enabled=False):
            for weight, bias in list(zip(self.weights, self.down, strict=True))[:0:-1]:
                h = torch.sigmoid(F.linear(h, weight.t(), bias))
        return h

    def _logits(self, codes: Tensor) -> Tensor:
        """Logits of all cells [n, 5632]."""
        return F.linear(self._top(codes), self.weights[0].t(), self.down[0]).float()

    # capabilities ---------------------------------------------------------------------------------------------

    @torch.no_grad()
    def encode(self, x: Tensor) -> Tensor:
        """Codes [n, 16] between 0 and 1 of rolls [n, 64, 88]."""
        return torch.sigmoid(self._up(x.flatten(1).float()))

    @torch.no_grad()
    def decode(self, z: Tensor, options: SampleOptions) -> Tensor:
        """Rolls [n, 64, 88] of codes [n, 16]. A row's music depends on its code, its place and the seed only."""
        logits = self._logits(z)
        if options.temperature > 0:
            generator = torch.Generator().manual_seed(options.seed)
            uniform = torch.rand(logits.shape, generator=generator).clamp_(1e-6, 1 - 1e-6)
            logits = logits + (options.temperature * uniform.logit()).to(logits.device)
        on = logits > torch.tensor(options.threshold).logit()
        return on.long().unflatten(1, (STEPS, KEYS))

    def draw(self, n: int, options: SampleOptions) -> Tensor:
        """n codes on the CPU, [n, 16], between 0 and 1; repeatable by the seed."""
        if options.law == "binary":
            generator = torch.Generator().manual_seed(options.seed)
            return torch.randint(2, (n, len(self.law.mean)), generator=generator).float()
        return self.law.draw(n, options.law, options.seed, options.spread).clamp(0, 1)

    def sample(self, n: int, options: SampleOptions, report: Report = silent) -> Tensor:
        """n new rolls [n, 64, 88]."""
        report(0, n, "drawing")
        return self.decode(self.draw(n, options).to(self.down[0].device), options)

    def harmonize(
        self,
        x: Tensor,
        given: Tensor,
        options: HarmonizeOptions,
        report: Report = silent,
        watch: Watch = unwatched,
    ) -> Tensor:
        """Rolls [n, 64, 88] in which what `given` marks in `x` stays, with the ragtime that fits it best around it.

        Sixteen numbers whose ragtime has the melody on top are found by descent: `harmony_search`.
        """
        rows = zip((x > 0) & given.bool(), given.bool(), strict=True)
        found = [self.harmonies(melody, stays, options, 1, report, watch)[0] for melody, stays in rows]
        return torch.stack(found) if found else x.long()

    def harmonies(
        self,
        melody: Tensor,
        given: Tensor,
        options: HarmonizeOptions,
        count: int,
        report: Report = silent,
        watch: Watch = unwatched,
    ) -> Tensor:
        """So many harmonies [count, 64, 88] around one melody [64, 88], found at once; each looks from its own seed.

        Args:
            melody: what sounds.
            given: what of it stays.
            options: the first one's seed; the others count on from it.
            count: how many.
            report: told every step.
            watch: shown them as they are so far, [count, 64, 88].
        """
        decoder = Decoder(self._top, self.weights[0].detach(), self.down[0].detach())
        draws = [self._first_look(options.seed + number).to(melody.device) for number in range(count)]

        stays = (melody > 0) & given.bool()

        def around(found: Tensor) -> Tensor:
            return torch.where(given.bool(), stays, found).long()

        return around(search(stays, decoder, draws, options, report, lambda found: watch(around(found))))

    def _first_look(self, seed: int) -> Tensor:
        """Codes among which the search finds its starts."""
        laws = (SampleOptions(law=law, seed=seed) for law in ("fitted", "binary"))
        return torch.cat([self.draw(FIRST_LOOK // 2, law) for law in laws])
