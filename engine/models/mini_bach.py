"""A soprano in, three voices out, at one look: the hello world of deep music.

One hidden layer looks at four bars at once and says for every voice and sixteenth what sounds there. After Briot's
MiniBach (Briot, Hadjeres and Pachet, 2017, "Deep Learning Techniques for Music Generation - A Survey"). The original,
which stays here as an option, says tokens, is right three times in four by saying HOLD, and finds hardly more notes
than a table of the commonest ones. Four things are ours: it says what sounds instead, a choice per voice; all music is
heard in a single key; each step also hears what is near it; any cells may be given, not only the soprano.

For a composer: instant harmony under a melody, or around any voice; rough, for each note is chosen without knowing the
others.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.codecs.chorale import BEAT, CHORALE, HOLD, STEPS
from engine.jobs.job import Report, silent
from engine.models.capabilities import Watch, unwatched
from engine.models.parts import choir
from engine.models.parts.choir import HEARD, NEVER, PARTS, SILENCE, Heard
from engine.options import option

SHORTEST = {"sixteenth": 1, "eighth": 2, "quarter": 4}
CELL = HEARD + 2  # what is heard of a cell: the sound, whether it begins there, whether it is known


@dataclass(frozen=True)
class Options:
    """How the network is built and trained."""

    form: str = option(
        "sounds", "says what sounds, or, as the original, tokens of which most are HOLD", choices=("sounds", "original")
    )
    hidden: int = option(400, "units of the layer that looks at four bars at once", 2)
    step: int = option(48, "features of a step on its way in and out", 2)
    reach: int = option(0, "steps before and behind that each step hears besides", 0)
    dropout: float = option(0.3, "share of the units left out while learning", 0.0, 0.9)
    batch: int = option(64, "windows in a step of training", 1)


@dataclass(frozen=True)
class SampleOptions:
    """How voices are chosen."""

    temperature: float = option(
        0.0, "0 takes the likeliest note, 1 surprises; one throw of the dice per beat", 0.0, 1.5
    )
    shortest: str = option("eighth", "note that is written: its steps decide together", choices=tuple(SHORTEST))
    seed: int = option(1, "the same seed writes the same voices", 0)


class MiniBach(nn.Module):
    """Chorale tokens [n, 4, 64] of which some cells are given -> all of them."""

    def __init__(self, options: Options | None = None) -> None:
        super().__init__()
        self.options = o = options or Options()
        self.progress = 1.0
        self.net: _Sounds | _Original = _Original(o) if o.form == "original" else _Sounds(o)

    def loss(self, batch: Tensor) -> dict[str, Tensor]:
        """Nats per open cell of tokens [n, 4, 64] of which some are given; share of the open sounds found."""
        return self.net.loss(batch.long())

    @torch.no_grad()
    def harmonize(
        self, x: Tensor, given: Tensor, options: SampleOptions, report: Report = silent, watch: Watch = unwatched
    ) -> Tensor:
        """Tokens [n, 4, 64]: the given cells, bool like x, as they are, the others chosen at one look."""
        report(0, 1, "harmonizing")
        made = self.net.choose(x.long(), given, options)
        watch(made)
        return made


class _Sounds(nn.Module):
    """What sounds, in the common key."""

    def __init__(self, o: Options) -> None:
        super().__init__()
        self.hear = nn.Linear(PARTS * CELL, o.step)
        self.look = nn.Linear(STEPS * o.step, o.hidden)
        self.think = nn.Linear(o.hidden, o.hidden)
        self.tell = nn.Linear(o.hidden, STEPS * 2 * o.step)
        self.near: nn.Conv1d | nn.Linear = nn.Linear(PARTS * CELL, 2 * o.step)
        if o.reach:
            self.near = nn.Conv1d(o.step, 2 * o.step, 2 * o.reach + 1, padding=o.reach)
        self.say = nn.Linear(2 * o.step, PARTS * (HEARD + 1))
        self.dropout = nn.Dropout(o.dropout)

    def forward(self, heard: Heard) -> tuple[Tensor, Tensor]:
        """Log-probabilities of sounds in the common key [n, 4, 64, HEARD], and logits [n, 4, 64] of a repeated note
        being struck again.
        """
        sounds = heard.in_key
        hot = F.one_hot(sounds.clamp_min(0), HEARD) * (sounds >= 0)[..., None]
        cells = torch.cat([hot, heard.begins[..., None], heard.known[..., None]], -1).float()
        steps = cells.transpose(1, 2).flatten(2)  # [n, 64, 4 * CELL]
        notes = self.dropout(self.hear(steps).relu())
        h = self.dropout(F.relu(self.look(notes.flatten(1))))
        h = h + self.dropout(F.relu(self.think(h)))
        alone = isinstance(self.near, nn.Linear)
        near = self.near(steps) if alone else self.near(notes.transpose(1, 2)).transpose(1, 2)
        said = self.dropout(F.relu(self.tell(h).view(len(h), STEPS, -1) + near))
        logits = self.say(said).float().view(len(h), STEPS, PARTS, HEARD + 1).transpose(1, 2)
        sung = logits[..., :HEARD].masked_fill(~choir.singable(heard.key)[:, :, None], NEVER)
        return sung.log_softmax(-1), logits[..., HEARD]

    def costs(self, x: Tensor, given: Tensor) -> tuple[Tensor, Tensor]:
        """Nats of every cell [n, 4, 64], 0 where given, and which open sounds are right."""
        heard, truth = choir.listen(x, given), choir.listen(x, torch.ones_like(given))
        said, again = self(heard)
        wanted = choir.to_key(truth.sounds, heard.key).clamp_min(SILENCE)
        can = choir.singable(heard.key)[:, :, None].expand_as(said).gather(-1, wanted[..., None])[..., 0]
        wanted = torch.where(can, wanted, SILENCE)
        nats = -said.gather(-1, wanted[..., None])[..., 0]
        same = F.pad(wanted[..., 1:] == wanted[..., :-1], (1, 0)) & (wanted > SILENCE)
        nats = nats + same * F.binary_cross_entropy_with_logits(again, truth.begins.float(), reduction="none")
        return nats.masked_fill(given, 0.0), (said.argmax(-1) == wanted) & ~given

    def loss(self, batch: Tensor) -> dict[str, Tensor]:
        """As `MiniBach.loss`."""
        given = choir.random_gift(len(batch), batch.device)
        nats, right = self.costs(batch, given)
        cells = (~given).sum().clamp_min(1)
        return {"loss": nats.sum() / cells, "sounds": right.sum() / cells}

    def choose(self, x: Tensor, given: Tensor, options: SampleOptions) -> Tensor:
        """As `MiniBach.harmonize`."""
        heard = choir.listen(x, given)
        said, again = self(heard)
        steps = SHORTEST[options.shortest]
        said = said.unflatten(2, (-1, steps)).mean(3).repeat_interleave(steps, 2)
        noise, toss = _dice(len(x), HEARD, options), _dice(len(x), 2, options, 77)
        found = (said if noise is None else said + noise.to(said.device)).argmax(-1)
        if toss is not None:
            again = again + (toss[..., 0] - toss[..., 1]).to(again.device)
        sounds = torch.where(given, heard.sounds, choir.from_key(found, heard.key))
        return choir.written(sounds, again > 0, x, given)


class _Original(nn.Module):
    """The survey's network: tokens of the soprano in, tokens of the others out, yes and no for each of them."""

    def __init__(self, o: Options) -> None:
        super().__init__()
        self.hear = nn.Linear(STEPS * CHORALE.vocabulary, o.hidden)
        self.say = nn.Linear(o.hidden, (PARTS - 1) * STEPS * CHORALE.vocabulary)

    def forward(self, x: Tensor) -> Tensor:
        """Logits [n, 3, 64, V] of tokens [n, 4, 64], of which only the soprano is heard."""
        hot = F.one_hot(x[:, 0], CHORALE.vocabulary).float().flatten(1)
        logits: Tensor = self.say(self.hear(hot).relu()).float()
        return logits.view(len(x), PARTS - 1, STEPS, CHORALE.vocabulary)

    def costs(self, x: Tensor, given: Tensor) -> tuple[Tensor, Tensor]:
        """As of the other form; of several yeses each has its share."""
        said = F.logsigmoid(self(x)).log_softmax(-1)
        nats = F.pad(-said.gather(-1, x[:, 1:, :, None])[..., 0], (0, 0, 1, 0))
        return nats.masked_fill(given, 0.0), F.pad(said.argmax(-1) == x[:, 1:], (0, 0, 1, 0)) & ~given

    def loss(self, batch: Tensor) -> dict[str, Tensor]:
        """As `MiniBach.loss`, of yes and no."""
        said = self(batch)
        target = F.one_hot(batch[:, 1:], CHORALE.vocabulary).float()
        cost = F.binary_cross_entropy_with_logits(said, target, reduction="none").sum(-1).mean()
        return {"loss": cost, "sounds": (said.argmax(-1) == batch[:, 1:]).float().mean()}

    def choose(self, x: Tensor, given: Tensor, options: SampleOptions) -> Tensor:
        """As `MiniBach.harmonize`; a soprano that is not given stays silent."""
        said = F.logsigmoid(self(torch.where(given, x, HOLD))).log_softmax(-1)
        sizes = torch.tensor(CHORALE.sizes[1:], device=x.device)[:, None, None]
        said = said.masked_fill(torch.arange(CHORALE.vocabulary, device=x.device) >= sizes, NEVER)
        said[:, :, 0, HOLD] = NEVER  # nothing to hold yet
        noise = _dice(len(x), CHORALE.vocabulary, options)
        found = (said if noise is None else said + noise[:, 1:].to(said.device)).argmax(-1)
        return torch.where(given, x, F.pad(found, (0, 0, 1, 0), value=HOLD))


def _dice(n: int, faces: int, options: SampleOptions, also: int = 0) -> Tensor | None:
    """Gumbel noise [n, 4, 64, faces], the same in all steps of a beat, so that its steps agree; None at 0."""
    if options.temperature <= 0:
        return None
    generator = torch.Generator().manual_seed(options.seed + also)
    uniform = torch.rand(n, PARTS, STEPS // BEAT, faces, generator=generator).clamp_(1e-9, 1 - 1e-7)
    return (-torch.log(-torch.log(uniform)) * options.temperature).repeat_interleave(BEAT, 2)
