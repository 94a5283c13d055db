"""Call and response: a network reads four bars and writes the four that answer them.

The encoder reads the call from both ends; the decoder writes the answer step by step and, at each, looks back at the
steps of the call that matter to it (Cho et al., 2014, without looking back; Bahdanau, Cho and Bengio, 2015, with it;
see `attending`). What it looked at can be drawn: it is the bar that is being imitated. Call and answer are heard in
one key and register, that of the call (see `home_range`).

For a composer: my phrase answered, several ways, with a picture of what each answer took from it.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.codecs import melody
from engine.jobs.job import Report, silent, stretch
from engine.models.parts import home_range
from engine.models.parts.attending import Memory, Reader, Writer
from engine.models.parts.home_range import SYMBOLS
from engine.models.parts.recurrent import gumbel, in_bar
from engine.options import option

BARS = 4  # of a call, and of an answer
SLOTS = BARS * melody.BAR_SLOTS
PAD, NOTHING = SYMBOLS, SYMBOLS + 1  # only ever heard: a slot that is not in use, nothing known
NEVER = -1e9
TOLD_EVERY = 8  # steps between two reports


@dataclass(frozen=True)
class Options:
    """How the network is built and trained."""

    attention: bool = option(True, "the writer looks back at the call; without, it hears one summary of it")
    embedding: int = option(48, "features of a token", 2)
    reader: int = option(80, "units of the reader in each direction", 2)
    writer: int = option(128, "units of the writer", 2)
    question: int = option(32, "features by which the writer looks for steps of the call", 2)
    forget: float = option(0.1, "share of steps that are not told the token before them while learning", 0.0, 1.0)
    dropout: float = option(0.2, "share of inner units left out while learning", 0.0, 0.9)
    batch: int = option(48, "phrases in a step of training", 1)


@dataclass(frozen=True)
class SampleOptions:
    """How answers are written."""

    temperature: float = option(0.9, "0 takes the likeliest notes, 1 surprises as much as the corpus", 0.0, 1.5)
    compound: bool = option(False, "bars of 12 sixteenths (6/8, 3/4) instead of 16")
    seed: int = option(1, "the same seed writes the same answer", 0)


class EncoderDecoder(nn.Module):
    """Four bars of melody, tokens [n, 64], to the four that follow."""

    def __init__(self, options: Options | None = None) -> None:
        super().__init__()
        self.options = o = options or Options()
        self.progress = 1.0
        self.tokens = nn.Embedding(NOTHING + 1, o.embedding)
        self.places = nn.Embedding(2 * melody.BAR_SLOTS, o.embedding)
        self.bars = nn.Embedding(2 * BARS, o.embedding)
        self.reader = Reader(o.embedding, o.reader)
        self.writer = Writer(o.embedding, 2 * o.reader, o.writer, o.question, o.attention)
        self.dropout = nn.Dropout(o.dropout)
        self.out = nn.Linear(o.writer + 2 * o.reader + o.embedding, SYMBOLS)

    # learning -------------------------------------------------------------------------------------------------

    def loss(self, batch: Tensor) -> dict[str, Tensor]:
        """Nats per step of the last four bars of phrases [n, 128], given the first four; share of tokens right."""
        call, answer, _ = self._at_home(batch.long())
        used = answer != PAD
        logits = self._told(call, answer, self.options.forget if self.training else 0.0)[0]
        cost = F.cross_entropy(logits[used], answer[used])
        return {"loss": cost, "accuracy": (logits[used].argmax(-1) == answer[used]).float().mean()}

    @torch.no_grad()
    def nats(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """What the last four bars of phrases [n, 128] cost, given the first four, [n]; share of their tokens right."""
        call, answer, _ = self._at_home(x.long())
        logits = self._told(call, answer)[0]
        used = answer != PAD
        cost = F.cross_entropy(logits.transpose(1, 2), answer.clamp_max(SYMBOLS - 1), reduction="none")
        right = (logits.argmax(-1) == answer) & used
        return (cost * used).sum(1), right.sum(1) / used.sum(1)

    def _at_home(self, phrases: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Call and answer as symbols [n, 64] in the common key, and how far they were moved."""
        shift = home_range.way_home(phrases[:, :SLOTS])
        call, answer = (_symbols(part, shift) for part in phrases.split(SLOTS, 1))
        return call, answer, shift

    # reading and writing --------------------------------------------------------------------------------------

    def _read(self, call: Tensor) -> Memory:
        """The memory of symbols [n, 64]."""
        heard = self.tokens(call) + self._where(call, 0)
        states, summary = self.reader(self.dropout(heard))
        return self.writer.remember(states, summary, call == PAD)

    def _where(self, symbols: Tensor, first: int) -> Tensor:
        """Features [n, 64, e] of places in bars, the first of which has the number `first`."""
        compound = symbols[:, melody.BAR_SLOTS - 1] == PAD
        bar = torch.arange(BARS, device=symbols.device).repeat_interleave(melody.BAR_SLOTS) + first
        where: Tensor = self.places(in_bar(compound, BARS)) + self.bars(bar)
        return where

    def _told(self, call: Tensor, answer: Tensor, forget: float = 0.0) -> tuple[Tensor, Tensor]:
        """Logits [n, 64, SYMBOLS] of an answer whose every step knows those before it, and what each looked at."""
        before = F.pad(answer[:, :-1], (1, 0), value=NOTHING)
        if forget:
            before = before.masked_fill(torch.rand(before.shape, device=before.device) < forget, NOTHING)
        told = self.tokens(before) + self._where(call, BARS)
        states, heard, share = self.writer(told, self._read(call))
        return self._say(states, heard, told), share

    def _say(self, state: Tensor, heard: Tensor, told: Tensor) -> Tensor:
        logits: Tensor = self.out(self.dropout(torch.cat([state, heard, told.to(state.dtype)], -1)))
        return logits.float()

    @torch.no_grad()
    def answer(self, calls: Tensor, options: SampleOptions, report: Report = silent, held: bool = False) -> Tensor:
        """Answers [n, 64] to calls [n, 64], tokens; with `held`, an answer may begin by holding the last note on."""
        calls = calls.long()
        shift = home_range.way_home(calls)
        call = _symbols(calls, shift)
        memory, where = self._read(call), self._where(call, BARS)
        state, token = self.writer.begin(memory), torch.full_like(call[:, 0], NOTHING)
        noise = gumbel((len(calls), SLOTS, SYMBOLS), options.temperature, options.seed)
        made = torch.full_like(call, PAD)
        for step in range(SLOTS):
            if step % TOLD_EVERY == 0:
                report(step, SLOTS, "answering")
            told = self.tokens(token) + where[:, step]
            state, heard, _ = self.writer.step(state, *self.writer.prepared(told), memory)
            logits = self._say(state, heard, told)
            if noise is not None:
                logits = logits + noise[:, step].to(logits.device)
            if step == 0 and not held:
                logits[:, melody.HOLD] = NEVER
            token = torch.where(call[:, step] == PAD, PAD, logits.argmax(-1))
            made[:, step] = token
        return torch.where(made == PAD, melody.PAD, home_range.taken_back(made, shift))

    # capabilities ---------------------------------------------------------------------------------------------

    def extend(self, x: Tensor, options: SampleOptions, report: Report = silent) -> Tensor:
        """Phrases [n, 128] -> the eight bars that follow: an answer to the last four bars, and an answer to it."""
        first = self.answer(x[:, -SLOTS:], options, stretch(report, 0.0, 0.5))
        again = SampleOptions(options.temperature, options.compound, options.seed + 1)
        return torch.cat([first, self.answer(first, again, stretch(report, 0.5, 1.0), held=True)], 1)

    @torch.no_grad()
    def attention(self, x: Tensor, y: Tensor) -> Tensor:
        """How much each step of phrases y [n, 128] listened to each of phrases x [n, 128] before them: [n, 128, 128].

        Only the first four bars of y listened to x, and only to the last four of it; all else is 0.
        """
        shift = home_range.way_home(x[:, -SLOTS:])
        call, answer = (_symbols(part.long(), shift) for part in (x[:, -SLOTS:], y[:, :SLOTS]))
        share = self._told(call, answer)[1]
        return F.pad(share.float(), (x.shape[1] - SLOTS, 0, 0, y.shape[1] - SLOTS))


def _symbols(tokens: Tensor, shift: Tensor) -> Tensor:
    """Tokens [n, 64] as symbols of the common key, moved by so many semitones [n]."""
    return torch.where(tokens == melody.PAD, PAD, home_range.brought_home(tokens, shift))
