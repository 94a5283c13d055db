"""Four-part chorales through a bottleneck: the lectures' auto-bach, with one hidden layer or a symmetric stack.

Four bars go in as one token per voice and sixteenth, are squeezed into a short label, and come out again; a random
label is decoded into four bars nobody wrote. After Briot, Hadjeres and Pachet (2020), "Deep Learning Techniques for
Music Generation", and Briot's lectures, which draw the label from U(-1, 1) or U(-10, 10). Three things are ours:
each voice chooses among its own tokens (a softmax per voice and step; the lectures' sigmoids are an option); all
music is heard in one key, and the key is a number of the label like any other, so that what is learnt once holds in
all keys; and the layers start as principal components, one on top of the other, instead of at random.

For a composer: four-part texture from nothing, or four bars of one's own turned by their label's dials.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.codecs.chorale import CHORALE, FIRST_PITCH, HIGHEST, HOLD, LOWEST, REST, STEPS, VOICES
from engine.errors import UserError
from engine.jobs.job import Report, silent
from engine.models.parts.laws import CodeLaw
from engine.options import option

OCTAVE = 12
MARGIN = 6  # semitones by which voices heard in the common key go beyond their ranges
FURTHEST = 14  # semitones from the common key; corpus: 13
TOKENS = CHORALE.vocabulary + 2 * MARGIN  # of a cell, heard in the common key
CELLS = len(VOICES) * STEPS
# How much each degree of the common key (C major, A minor) speaks for it.
DEGREES = (1.0, 0.1, 0.9, 0.1, 1.0, 0.8, 0.15, 1.0, 0.25, 0.95, 0.15, 0.75)
STRETCH = 0.3  # deviation of the strongest component where a layer starts: tanh is nearly straight there
SURE = 8.0  # how strongly the first reconstruction is believed, in logits
STARTED_ON = 3_000  # windows
NEVER = -1e9


@dataclass(frozen=True)
class Options:
    """How the network is built and trained."""

    hidden: str = option("200", "units of each layer down to the label, e.g. 200 or 500,200,30")
    activation: str = option("tanh", "what a unit does with its sum", choices=("tanh", "sigmoid", "relu"))
    loss: str = option(
        "softmax",
        "one choice per voice and step, or the lecture's yes and no for every note",
        choices=("softmax", "lecture"),
    )
    start: str = option(
        "components", "layers start as principal components, or at random", choices=("components", "random")
    )
    corruption: float = option(0.15, "share of the tokens left out while learning", 0.0, 0.9)
    mix: float = option(0.5, "share of the bars taken from other music while learning, falling to none", 0.0, 1.0)
    noise: float = option(0.0, "deviation of noise on the label while learning", 0.0)
    batch: int = option(64, "windows in a step of training", 1)


@dataclass(frozen=True)
class SampleOptions:
    """How chorales are drawn."""

    law: str = option(
        "fitted", "labels as music's lie, in the range of music's, or U(-1, 1) and U(-10, 10) as in the lecture",
        choices=("fitted", "box", "uniform", "wide"),
    )  # fmt: skip
    spread: float = option(1.0, "below 1 more typical labels, above 1 more daring ones", 0.0, 2.0)
    temperature: float = option(0.0, "0 takes the likeliest note, 1 surprises", 0.0, 1.5)
    seed: int = option(1, "the same seed draws the same music", 0)


class AutoBach(nn.Module):
    """Chorale tokens [n, 4, 64] <-> labels [n, 1 + last hidden size]; the first number of a label is the key."""

    def __init__(self, options: Options | None = None) -> None:
        super().__init__()
        self.options = o = options or Options()
        self.progress = 1.0
        sizes = layer_sizes(o.hidden)
        self.listen = nn.Linear(CELLS * TOKENS, sizes[0])
        self.down = nn.ModuleList(nn.Linear(wide, narrow) for wide, narrow in pairwise(sizes))
        self.up = nn.ModuleList(nn.Linear(narrow, wide) for narrow, wide in pairwise(sizes[::-1]))
        self.say = nn.Linear(sizes[0], CELLS * TOKENS)
        self.law = CodeLaw(1 + sizes[-1])
        nn.init.normal_(self.listen.weight, std=CELLS**-0.5)  # of its inputs only so many are on
        self.keys: Tensor
        self.places: Tensor
        self.unsung: Tensor
        degrees = torch.tensor(DEGREES)
        keys = torch.stack([degrees.roll(tonic) for tonic in range(12)], 1)
        self.register_buffer("keys", keys / keys.norm(dim=0), persistent=False)
        self.register_buffer("places", torch.arange(CELLS).view(len(VOICES), STEPS) * TOKENS, persistent=False)
        self.register_buffer("unsung", _unsung(), persistent=False)

    # learning -------------------------------------------------------------------------------------------------

    @torch.no_grad()
    def prepare(self, draw: Callable[[int], Tensor], report: Report = silent) -> None:
        """Start every layer, down and up, as the principal components of what reaches it."""
        if self.options.start != "components":
            return
        tokens = draw(STARTED_ON)
        heard = self._in_key(tokens, self.key_of(tokens))
        rows = F.one_hot(heard, TOKENS).float().flatten(1)
        layers = len(self.down) + 1
        for layer in range(layers):
            report(layer, layers, "principal components")
            mean, axes, scale = _components(rows, self._sizes()[layer])
            into, outermost = axes / scale, layer == 0
            down, up = (self.listen, self.say) if outermost else self._pair(layer)
            down.weight.copy_(into.T)
            down.bias.copy_(-mean @ into)
            up.weight.copy_(axes * scale * (SURE if outermost else 1.0))
            up.bias.copy_((mean - 0.5) * SURE if outermost else mean)
            rows = self._squash(down(rows))

    def loss(self, batch: Tensor) -> dict[str, Tensor]:
        """What a step of four voices [n, 4, 64] costs, summed over voices, in nats; share of tokens and notes found."""
        batch = batch.long()
        x = self._mixed(self._in_key(batch, self.key_of(batch)))
        code = self._label(x, self.options.corruption if self.training else 0.0)
        if self.training and self.options.noise:
            code = code + self.options.noise * torch.randn_like(code)
        logits = self._logits(code) + self.unsung[:, None]
        if self.options.loss == "lecture":
            target = F.one_hot(x, TOKENS).float()
            cost = F.binary_cross_entropy_with_logits(logits, target, reduction="sum")
        else:
            cost = F.cross_entropy(logits.flatten(0, 2), x.flatten(), reduction="sum")
        right = logits.argmax(-1) == x
        found = {"accuracy": right.float().mean(), "notes": right[x >= FIRST_PITCH].float().mean()}
        return {"loss": cost / len(x) / STEPS, **found}

    def settle(self, windows: Tensor) -> None:
        """Remember where the labels of the training music [n, 4, 64] lie."""
        self.law.fit(torch.cat([self.encode(part) for part in windows.split(512)]))

    def _mixed(self, x: Tensor) -> Tensor:
        """Bars [n, 4, 64] of other music in the same key put in: many more fours of bars than the corpus holds."""
        share = self.options.mix * (1 - self.progress) if self.training else 0.0
        if share <= 0:
            return x
        bars = x.unflatten(-1, (CHORALE.bars, -1)).transpose(1, 2)  # [n, bars, voices, steps]
        other = torch.randint(len(x), bars.shape[:2], device=x.device)
        strange = bars[other, torch.arange(CHORALE.bars, device=x.device)]
        swapped = torch.rand(bars.shape[:2], device=x.device) < share
        return torch.where(swapped[..., None, None], strange, bars).transpose(1, 2).flatten(2)

    # the common key -------------------------------------------------------------------------------------------

    def key_of(self, x: Tensor) -> Tensor:
        """Semitones above the common key, [n], of tokens [n, 4, 64]: by how long each pitch class sounds.

        Of the octaves in question it is the one that puts the voices in the middle of their ranges: the same music is
        heard the same way from whatever key it comes.
        """
        steps = torch.arange(STEPS, device=x.device)
        spoken = torch.where(x != HOLD, steps, 0).cummax(-1).values
        token = x.gather(-1, spoken)
        sounding = (token >= FIRST_PITCH).float()
        low, high = torch.tensor((LOWEST, HIGHEST), device=x.device)[..., None]
        pitch = token - FIRST_PITCH + low
        heard = torch.zeros(len(x), OCTAVE, device=x.device)
        heard.scatter_add_(1, (pitch % OCTAVE).flatten(1), sounding.flatten(1))
        key = (heard @ self.keys).argmax(1)
        above = ((pitch - (low + high) / 2) * sounding).sum((1, 2)) / sounding.sum((1, 2)).clamp_min(1)
        return key + OCTAVE * ((above - key) / OCTAVE).round().long()

    def _in_key(self, x: Tensor, key: Tensor) -> Tensor:
        """Tokens in the common key; a pitch far outside its voice's range is heard in another octave."""
        moved = x - key[:, None, None] + MARGIN
        top = torch.tensor(CHORALE.sizes, device=x.device)[:, None] + 2 * MARGIN - 1
        below, beyond = (FIRST_PITCH - moved).clamp_min(0), (moved - top).clamp_min(0)
        moved = moved + OCTAVE * (-(-below // OCTAVE) - -(-beyond // OCTAVE))
        return torch.where(x >= FIRST_PITCH, moved, x)

    # the layers -----------------------------------------------------------------------------------------------

    def _sizes(self) -> list[int]:
        return layer_sizes(self.options.hidden)

    def _pair(self, layer: int) -> tuple[nn.Linear, nn.Linear]:
        """The way down into a layer behind the first, and the way up from it."""
        down, up = self.down[layer - 1], self.up[-layer]
        assert isinstance(down, nn.Linear) and isinstance(up, nn.Linear)
        return down, up

    def _squash(self, x: Tensor) -> Tensor:
        if self.options.activation == "tanh":
            return x.tanh()
        return x.sigmoid() if self.options.activation == "sigmoid" else x.relu()

    def _label(self, x: Tensor, corruption: float = 0.0) -> Tensor:
        """Tokens in the common key [n, 4, 64] to labels without their key [n, d]."""
        cells = (x + self.places).flatten(1)
        on = torch.ones(cells.shape, device=x.device)
        if corruption:
            on = (torch.rand(cells.shape, device=x.device) >= corruption).float() / (1 - corruption)
        h = torch.zeros(len(x), CELLS * TOKENS, device=x.device).scatter_(1, cells, on)
        h = self._squash(self.listen(h))
        for layer in self.down:
            h = self._squash(layer(h))
        return h

    def _logits(self, code: Tensor) -> Tensor:
        """Labels without their key [n, d] to logits in the common key, float32 [n, 4, 64, TOKENS]."""
        for layer in self.up:
            code = self._squash(layer(code))
        said: Tensor = self.say(code).float()
        return said.view(-1, len(VOICES), STEPS, TOKENS)

    # capabilities ---------------------------------------------------------------------------------------------

    @torch.no_grad()
    def encode(self, x: Tensor) -> Tensor:
        """Labels [n, 1 + d] of tokens [n, 4, 64]; first the key, -1..1 for an octave down or up."""
        key = self.key_of(x.long())
        label = self._label(self._in_key(x.long(), key)).float()
        return torch.cat([key[:, None] / OCTAVE, label], 1)

    @torch.no_grad()
    def decode(self, z: Tensor, options: SampleOptions) -> Tensor:
        """Tokens [n, 4, 64] of labels [n, 1 + d]. A row's music depends on its label, its place and the seed only."""
        key = (z[:, 0] * OCTAVE).nan_to_num().clamp(-1e6, 1e6).round().long()
        key = torch.where(key.abs() > FURTHEST, (key + OCTAVE) % (2 * OCTAVE) - OCTAVE, key)  # wide laws
        heard = self._logits(z[:, 1:]) + self.unsung[:, None]
        tokens = torch.arange(CHORALE.vocabulary, device=z.device).expand(len(z), CHORALE.vocabulary)
        moved = torch.where(tokens >= FIRST_PITCH, tokens - key[:, None] + MARGIN, tokens)[:, None, None]
        unheard = (tokens[:, None, None] >= FIRST_PITCH) & ((moved < FIRST_PITCH) | (moved >= TOKENS))
        logits = heard.gather(-1, moved.clamp(0, TOKENS - 1).expand(*heard.shape[:3], -1)).masked_fill(unheard, NEVER)
        sizes = torch.tensor(CHORALE.sizes, device=z.device)[:, None, None]
        logits = logits.masked_fill(tokens[:1, None, None] >= sizes, NEVER)
        logits[:, :, 0, HOLD] = NEVER  # nothing to hold yet
        if options.temperature > 0:  # Gumbel's trick: the largest of logits plus this noise is a draw
            generator = torch.Generator().manual_seed(options.seed)
            uniform = torch.rand(logits.shape, generator=generator).clamp_(1e-9, 1 - 1e-9)
            logits = logits - options.temperature * torch.log(-torch.log(uniform)).to(z.device)
        return _tidied(logits.argmax(-1))

    def draw(self, n: int, options: SampleOptions) -> Tensor:
        """n labels by the law asked for, on the CPU, [n, 1 + d]; repeatable by the seed."""
        return self.law.draw(n, options.law, options.seed, options.spread)

    def sample(self, n: int, options: SampleOptions, report: Report = silent) -> Tensor:
        """n new windows of four voices, tokens [n, 4, 64]."""
        report(0, n, "drawing")
        return self.decode(self.draw(n, options).to(self.say.bias.device), options)


def layer_sizes(hidden: str) -> list[int]:
    """Units of each layer, of words like `500,200,30`.

    Raises:
        UserError: they are not whole numbers of at least 2.
    """
    try:
        sizes = [int(word) for word in hidden.split(",")]
    except ValueError:
        sizes = []
    if not sizes or min(sizes) < 2:
        raise UserError(f"hidden cannot be {hidden}.", "Give the units of each layer, like 200 or 500,200,30.")
    return sizes


def _unsung() -> Tensor:
    """What is added to logits [.., 4, TOKENS] of tokens that a voice has not."""
    tokens = torch.arange(TOKENS)
    sizes = torch.tensor(CHORALE.sizes)[:, None] + 2 * MARGIN
    return torch.where(tokens < sizes, 0.0, NEVER)


def _tidied(tokens: Tensor) -> Tensor:
    """A rest is written once and then held, [n, 4, 64]."""
    steps = torch.arange(STEPS, device=tokens.device)
    spoken = torch.where(tokens != HOLD, steps, 0).cummax(-1).values
    before = tokens.gather(-1, spoken).roll(1, -1)
    before[..., 0] = HOLD
    return torch.where((tokens == REST) & (before == REST), HOLD, tokens)


def _components(rows: Tensor, count: int) -> tuple[Tensor, Tensor, Tensor]:
    """Mean [d], principal axes [d, count] and, for each, what it is divided by so that tanh stays nearly straight.

    Strong components are tamed, weak ones are not blown up to their size: they are mostly noise.
    """
    mean = rows.mean(0)
    centred = rows - mean
    values, vectors = torch.linalg.eigh(centred @ centred.T if len(rows) < rows.shape[1] else centred.T @ centred)
    values, vectors = values.flip(0).clamp_min(0), vectors.flip(1)
    found = min(count, len(values))
    deviation = (values[:found] / len(rows)).sqrt()
    axes = vectors[:, :found]
    if len(rows) < rows.shape[1]:
        axes = centred.T @ axes / values[:found].sqrt().clamp_min(1e-6)
    axes = F.pad(axes, (0, count - found))
    deviation = F.pad(deviation, (0, count - found), value=float(deviation[-1])).clamp_min(1e-3 * float(deviation[0]))
    return mean, axes, (deviation * deviation[0]).sqrt() / STRETCH
