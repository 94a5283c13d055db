"""Soprano in, three voices out, chord after chord: the encoder-decoder as a harmonizer.

The encoder reads what is given from both ends, so that a chord knows the cadence it leads to; the decoder writes one
chord after the other and looks back at the steps that matter to it (Bahdanau, Cho and Bengio, 2015; see `attending`).
Within a chord the voices are chosen one after the other, soprano, bass, tenor, alto, each knowing those before it, so
that a chord is one chord. What is given is taken as it is. All music is heard in one key (see `choir`).

For a composer: harmony that knows where it came from and where the melody goes; with a picture of what it listened to.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.codecs.chorale import BAR, BARS, BEAT, HOLD, STEPS
from engine.jobs.job import Report, silent
from engine.models.capabilities import Watch, unwatched
from engine.models.parts import choir
from engine.models.parts.attending import Memory, Reader, Writer
from engine.models.parts.choir import HEARD, NEVER, PARTS, SILENCE, Heard
from engine.models.parts.recurrent import gumbel
from engine.options import option

ORDER = (0, 3, 2, 1)  # in which the voices of a chord are chosen
BLANK = HEARD  # a sound nobody knows, only ever heard
SAID = HEARD + 1  # what a voice may do: hold on, or begin a sound, silence among them


@dataclass(frozen=True)
class Options:
    """How the network is built and trained."""

    attention: bool = option(True, "the writer looks back at what is given; without, it hears one summary of it")
    embedding: int = option(24, "features of one voice", 2)
    reader: int = option(80, "units of the reader in each direction", 2)
    writer: int = option(128, "units of the writer", 2)
    question: int = option(32, "features by which the writer looks for steps", 2)
    bars: bool = option(False, "every step knows in which of the four bars it is")
    chord: int = option(96, "features of a chord while its voices are chosen", 2)
    forget: float = option(0.1, "share of voices that are not told their note before while learning", 0.0, 1.0)
    dropout: float = option(0.2, "share of inner units left out while learning", 0.0, 0.9)
    batch: int = option(32, "windows in a step of training", 1)


@dataclass(frozen=True)
class SampleOptions:
    """How voices are chosen."""

    temperature: float = option(0.5, "0 takes the likeliest note, 1 surprises as much as the corpus", 0.0, 1.5)
    seed: int = option(1, "the same seed writes the same voices", 0)


class ChoraleEncoderDecoder(nn.Module):
    """Chorale tokens [n, 4, 64] of which some cells are given -> all of them."""

    def __init__(self, options: Options | None = None) -> None:
        super().__init__()
        self.options = o = options or Options()
        self.progress = 1.0
        features = PARTS * o.embedding + 2 * PARTS
        self.sounds = nn.ModuleList(nn.Embedding(BLANK + 1, o.embedding) for _ in range(PARTS))
        self.places = nn.Embedding(BAR, features)
        self.bars = nn.Embedding(BARS, features) if o.bars else None
        self.reader = Reader(features, o.reader)
        self.writer = Writer(features, 2 * o.reader, o.writer, o.question, o.attention)
        self.gather = nn.Linear(o.writer + 2 * o.reader + features, o.chord)
        self.chosen = nn.ModuleList(nn.Embedding(2 * (BLANK + 1), o.chord) for _ in ORDER[:-1])
        self.heads = nn.ModuleList(nn.Linear(o.chord, SAID) for _ in ORDER)
        self.dropout = nn.Dropout(o.dropout)

    # learning -------------------------------------------------------------------------------------------------

    def loss(self, batch: Tensor) -> dict[str, Tensor]:
        """Nats per open cell of tokens [n, 4, 64] of which some are given; share of the open tokens right."""
        batch = batch.long()
        given = choir.random_gift(len(batch), batch.device)
        nats, right = self._costs(batch, given)
        cells = (~given).sum().clamp_min(1)
        return {"loss": nats.sum() / cells, "accuracy": right.sum() / cells}

    @torch.no_grad()
    def nats(self, x: Tensor, given: Tensor) -> Tensor:
        """What the open cells of tokens [n, 4, 64] cost, given the others, [n]."""
        return self._costs(x.long(), given)[0].sum((1, 2))

    def _costs(self, x: Tensor, given: Tensor) -> tuple[Tensor, Tensor]:
        """Nats of every cell [n, 4, 64], 0 where given, and which open tokens are right."""
        heard, truth = choir.listen(x, given), choir.listen(x, torch.ones_like(given))
        sounds = _blanked(choir.to_key(truth.sounds, heard.key))
        logits = self._told(heard, sounds, truth.begins, self.options.forget if self.training else 0.0)[0]
        wanted = torch.where(truth.begins, sounds.clamp_max(HEARD - 1) + 1, HOLD)
        cost = F.cross_entropy(logits.flatten(0, 2), wanted.flatten(), reduction="none").view_as(wanted)
        return cost.masked_fill(given, 0.0), (logits.argmax(-1) == wanted) & ~given

    # reading and writing --------------------------------------------------------------------------------------

    def _features(self, sounds: Tensor, flags: Tensor) -> Tensor:
        """Of sounds in the common key and two flags of each voice: [n, 4, s] and [n, 8, s] to [n, s, f]."""
        voices = [table(sounds[:, voice]) for voice, table in enumerate(self.sounds)]
        return torch.cat([*voices, flags.transpose(1, 2).to(voices[0].dtype)], -1)

    def _read(self, heard: Heard) -> Memory:
        """The memory of what is given."""
        flags = torch.cat([heard.begins, heard.known], 1)
        x = self._features(_blanked(heard.in_key), flags) + self._where(heard.sounds.shape[-1])
        states, summary = self.reader(self.dropout(x))
        return self.writer.remember(states, summary, torch.zeros(states.shape[:2], dtype=torch.bool, device=x.device))

    def _where(self, steps: int) -> Tensor:
        """Features [s, f] of the places in a bar, and of the bars."""
        step = torch.arange(steps, device=self.places.weight.device)
        where: Tensor = self.places(step % BAR)
        return where if self.bars is None else where + self.bars(step // BAR)

    def _told(self, heard: Heard, sounds: Tensor, begins: Tensor, forget: float = 0.0) -> tuple[Tensor, Tensor]:
        """Logits [n, 4, s, SAID] where every choice is told the true ones before it, and what each step looked at.

        Args:
            heard: what is given.
            sounds: all, in the common key, [n, 4, s].
            begins: bool, where they begin, [n, 4, s].
            forget: share of the sounds before that are not told.
        """
        before = F.pad(sounds[..., :-1], (1, 0), value=BLANK)
        if forget:
            before = before.masked_fill(torch.rand(before.shape, device=before.device) < forget, BLANK)
        began = F.pad(begins[..., :-1], (1, 0))
        told = self._features(before, torch.cat([began, began], 1)) + self._where(sounds.shape[-1])
        states, heards, share = self.writer(self.dropout(told), self._read(heard))
        chord, said = self._chord(states, heards, told), {}
        for place, voice in enumerate(ORDER):
            said[voice] = self._voice(chord, place)
            if place < len(self.chosen):
                chord = chord + self.chosen[place](sounds[:, voice] + (BLANK + 1) * begins[:, voice])
        return torch.stack([said[voice] for voice in range(PARTS)], 1), share

    def _chord(self, state: Tensor, heard: Tensor, told: Tensor) -> Tensor:
        chord: Tensor = self.gather(self.dropout(torch.cat([state, heard, told.to(state.dtype)], -1)))
        return chord

    def _voice(self, chord: Tensor, place: int) -> Tensor:
        logits: Tensor = self.heads[place](self.dropout(chord.relu()))
        return logits.float()

    # capabilities ---------------------------------------------------------------------------------------------

    @torch.no_grad()
    def harmonize(
        self, x: Tensor, given: Tensor, options: SampleOptions, report: Report = silent, watch: Watch = unwatched
    ) -> Tensor:
        """Tokens [n, 4, 64]: the given cells, bool like x, as they are, the others chord after chord."""
        x = x.long()
        heard = choir.listen(x, given)
        walk = _Walk(x, given, heard, gumbel((*x.shape, SAID), options.temperature, options.seed))
        memory, where = self._read(heard), self._where(x.shape[-1])
        state = self.writer.begin(memory)
        for step in range(x.shape[-1]):
            if step % BEAT == 0:
                report(step, STEPS, "harmonizing")
                watch(walk.tokens)
            flags = torch.cat([walk.began, walk.began], 1)[..., None]
            told = self._features(walk.sounds[..., None], flags)[:, 0] + where[step]
            state, attended, _ = self.writer.step(state, *self.writer.prepared(told), memory)
            chord = self._chord(state, attended, told)
            for place, voice in enumerate(ORDER):
                walk.choose(step, voice, self._voice(chord, place))
                if place < len(self.chosen):
                    chord = chord + self.chosen[place](walk.sounds[:, voice] + (BLANK + 1) * walk.began[:, voice])
        watch(walk.tokens)
        return walk.tokens

    @torch.no_grad()
    def attention(self, x: Tensor, y: Tensor) -> Tensor:
        """How much each step of harmonies y [n, 4, 64] listened to each step of sopranos x [n, 4, 64]: [n, 64, 64]."""
        heard, truth = choir.listen(x.long(), choir.soprano(x)), choir.listen(y.long(), torch.ones_like(y).bool())
        sounds = _blanked(choir.to_key(truth.sounds, heard.key))
        return self._told(heard, sounds, truth.begins)[1].float()


class _Walk:
    """Four voices while they are written."""

    def __init__(self, x: Tensor, given: Tensor, heard: Heard, noise: Tensor | None) -> None:
        self.x, self.given, self.key, self.noise = x, given, heard.key, noise
        self.known, self.can = heard.in_key, choir.singable(heard.key)
        self.tokens = torch.where(given, x, HOLD)
        self.sounds = torch.full_like(x[..., 0], BLANK)  # of each voice, now
        self.began = torch.zeros_like(self.sounds, dtype=torch.bool)

    def choose(self, step: int, voice: int, logits: Tensor) -> None:
        """What a voice does at a step, by logits [n, SAID]: tokens, sounds and began are changed in place."""
        logits[:, 1:].masked_fill_(~self.can[:, voice], NEVER)
        if self.noise is not None:
            logits = logits + self.noise[:, voice, step].to(logits.device)
        now = self.sounds[:, voice]
        if step == 0:
            logits[:, HOLD] = NEVER
        said = logits.argmax(-1)
        begins = (said != HOLD) & ~((said - 1 == SILENCE) & (now == SILENCE))  # a rest is written once
        real = torch.where(said - 1 > SILENCE, said - 1 + self.key - choir.MARGIN, SILENCE)
        given, known = self.given[..., voice, step], self.known[:, voice, step]
        self.tokens[:, voice, step] = torch.where(given, self.x[:, voice, step], torch.where(begins, real + 1, HOLD))
        held = torch.where(begins, said - 1, now)
        self.sounds[:, voice] = torch.where(given, torch.where(known >= 0, known, now), held)
        self.began[:, voice] = torch.where(given, self.x[:, voice, step] != HOLD, begins)


def _blanked(sounds: Tensor) -> Tensor:
    """Sounds with those nobody knows as an index."""
    return torch.where(sounds >= SILENCE, sounds, BLANK)
