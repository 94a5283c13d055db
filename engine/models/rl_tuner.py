"""RL Tuner: a network that learnt melodies, and a copy of it that was taught the rules of music theory by rewards.

Jaques, Gu, Turner and Eck, "Tuning Recurrent Neural Networks with Reinforcement Learning" (2017). The Note RNN, one
LSTM of 100 units, learns from tunes what follows what; then a copy of it writes melodies and is rewarded for what the
rules say and for staying likely, so that it keeps what it knows and mends what it does badly: keys, endings, leaps.

For a composer: tunes with a beginning and an end, on a grid of eighths; and a network that can be taught rules of one's
own choice while one watches, by the verb `teach`.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.codecs import melody
from engine.errors import UserError
from engine.jobs.job import Report, silent
from engine.models.parts import eighths
from engine.models.parts.dice import heated
from engine.models.parts.eighths import SYMBOLS
from engine.models.parts.music_rules import RULES
from engine.models.parts.note_rnn import NoteRNN
from engine.models.parts.pretraining import Mark
from engine.options import option
from engine.training.tuner import ALGORITHMS, Lesson, Tuner

LEAST_HEAT = 0.5  # of melodies from nothing: colder, all would be the same one


@dataclass(frozen=True)
class Options:
    """How the network is built, trained and taught."""

    width: int = option(100, "units of the LSTM", 4)
    embedding: int = option(32, "features of a symbol on its way in", 4)
    batch: int = option(128, "melodies in a step of training", 1)
    episodes: int = option(160_000, "melodies written while the rules are taught", 1)
    algorithm: str = option("q", "how values are learnt: q takes the best future, psi a soft one", choices=ALGORITHMS)
    scaler: float = option(1.0, "how much the rules count against the music it has learnt", 0.0)
    gamma: float = option(0.5, "how much the future counts while the rules are taught", 0.0, 1.0)
    rules: str = option(
        "intervals 0.2, autocorrelation 0.3, tonic 1.5, leaps 1.5", "weights of rules that count otherwise than once"
    )
    seed: int = option(1, "of what is written while the rules are taught", 0)


@dataclass(frozen=True)
class SampleOptions:
    """How melodies are written."""

    temperature: float = option(1.0, "low takes the likeliest notes, 1 surprises as much as the corpus", 0.0, 1.5)
    seed: int = option(1, "the same seed writes the same music", 0)
    compound: bool = option(False, "bars of 6/8 or 3/4 instead of 4/4")
    tuned: bool = option(True, "the network that was taught the rules, or the plain one")


class RLTuner(nn.Module):
    """Tokens [n, 64] of four bars, heard on eighths and in C. The taught network is kept as one row of numbers."""

    taught: Tensor

    def __init__(self, options: Options | None = None) -> None:
        super().__init__()
        self.options = o = options or Options()
        self.progress, self.mark = 1.0, Mark()
        self.note = NoteRNN(o.width, o.embedding)
        self.register_buffer("taught", _numbers(self.note))

    # learning -------------------------------------------------------------------------------------------------

    def loss(self, batch: Tensor) -> dict[str, Tensor]:
        """Nats per symbol of tokens [n, 64]; music that eighths cannot tell counts less."""
        kinds = [(compound, batch[melody_is(batch, compound)]) for compound in (False, True)]
        cost, weight, right, steps = (torch.zeros((), device=batch.device) for _ in range(4))
        for compound, tokens in kinds:
            if len(tokens):
                symbols = eighths.read(tokens.cpu(), compound)[0].to(batch.device)
                logits = self.note(symbols, compound)
                worth = (1 - eighths.lost(tokens))[:, None] ** 2
                nats = F.cross_entropy(logits.float().transpose(1, 2), symbols, reduction="none")
                cost, weight = cost + (nats * worth).sum(), weight + worth.sum() * symbols.shape[1]
                right, steps = right + (logits.argmax(2) == symbols).sum(), steps + symbols.numel()
        return {"loss": cost / weight.clamp_min(1e-6), "accuracy": right / steps.clamp_min(1)}

    def rehearse(self, report: Report = silent) -> None:
        """Teach the rules to a copy of what was learnt; it may go on from the middle, remembering no old melodies."""
        o = self.options
        lesson = Lesson(weights(o.rules), o.scaler, o.gamma, o.algorithm, o.episodes, seed=o.seed)
        tuner = Tuner(self.note, self.net(tuned=self.mark.step > 0), lesson)
        for now in tuner.rounds(self.mark.step):
            self.keep(tuner.network)
            self.mark.step = now.round
            report(now.round, lesson.rounds, f"rewards {now.reward:.2f}, log p {now.nats:.2f}")

    def keep(self, net: NoteRNN) -> None:
        """Make a network the taught one."""
        self.taught.copy_(_numbers(net))

    def net(self, tuned: bool) -> NoteRNN:
        """A copy of the taught network, or of the plain one."""
        with torch.inference_mode(False), torch.no_grad():  # it may be taught, wherever it was asked for
            made = copy.deepcopy(self.note).eval().requires_grad_(False)
            if tuned:
                nn.utils.vector_to_parameters(self.taught.clone(), made.parameters())
        return made

    # capabilities ---------------------------------------------------------------------------------------------

    @torch.no_grad()
    def sample(self, n: int, options: SampleOptions, report: Report = silent) -> Tensor:
        """Tokens [n, 64], in C."""
        report(0, 1, "writing")
        warm = replace(options, temperature=max(options.temperature, LEAST_HEAT))
        symbols = self.net(options.tuned).walk(n, options.compound, self._noise(n, warm))
        return eighths.write(symbols, torch.zeros(n, dtype=torch.long), options.compound)

    @torch.no_grad()
    def extend(self, x: Tensor, options: SampleOptions, report: Report = silent) -> Tensor:
        """The four bars after tokens [n, 64], two at a time: each time the two bars before them are heard."""
        net, made = self.net(options.tuned), torch.zeros_like(x.long())
        for compound in (False, True):
            rows = melody_is(x, compound)
            if not rows.any():
                continue
            symbols, shift = eighths.read(x[rows], compound)
            half, noise = symbols.shape[1] // 2, self._noise(len(symbols), options, compound, parts=2)
            parts = [symbols[:, half:]]
            for index in range(2):
                report(index, 2, "continuing")
                heard = None if noise is None else noise[index]
                parts.append(net.walk(len(symbols), compound, heard, parts[-1], half if not index else -1)[:, half:])
            made[rows] = eighths.write(torch.cat(parts[1:], 1), shift, compound)
        return made

    def _noise(self, n: int, options: SampleOptions, compound: bool | None = None, parts: int = 0) -> Tensor | None:
        """Noise for n walks, row after row, so that a melody does not depend on how many are written with it."""
        kind = options.compound if compound is None else compound
        shape = (n, *([parts] if parts else []), eighths.BARS * eighths.bar(kind), SYMBOLS)
        found = heated(shape, options.temperature, torch.Generator().manual_seed(options.seed))
        return found.transpose(0, 1) if parts and found is not None else found


def melody_is(tokens: Tensor, compound: bool) -> Tensor:
    """Which windows [n, 64] have this kind of bar."""
    return (tokens[:, melody.BAR_SLOTS - 1] == melody.PAD) == compound


def weights(text: str) -> dict[str, float]:
    """Every rule with its weight: 1, or what the text says: "intervals 0.3, leaps 2".

    Raises:
        UserError: it names no rule, or no number.
    """
    found = dict.fromkeys(RULES, 1.0)
    for part in filter(None, text.split(",")):
        name, _, number = part.strip().partition(" ")
        if name not in found or not number.replace(".", "", 1).isdigit():
            raise UserError(f"{part.strip()} weighs no rule.", f"Write a rule and a number; rules: {', '.join(found)}.")
        found[name] = float(number)
    return found


def _numbers(net: NoteRNN) -> Tensor:
    """All weights of a network in one row."""
    return nn.utils.parameters_to_vector(net.parameters()).detach().clone()
