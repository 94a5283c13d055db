"""Answer: my last four bars are the call; what could answer them, several ways, and what each answer listened to."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engine.codecs import melody
from engine.codecs.codec import Tokens
from engine.errors import UserError
from engine.jobs.job import Report, stretch
from engine.options import option
from engine.verbs.codes import sampling
from engine.verbs.listening import listening
from engine.verbs.nearest import remark
from engine.verbs.verb import Asked, Idea, Verb

HALF = melody.PHRASE.bars * melody.BAR_SLOTS // 2  # slots of a call, and of an answer
CAPTION = "which of my notes each new one listened to"


@dataclass(frozen=True)
class Options:
    """How many, and how daring."""

    count: int = option(4, "how many to choose from", 1, 10)
    temperature: float = option(0.9, "0 takes the likeliest notes, 1 surprises as much as the corpus", 0.0, 1.5)
    seed: int = option(1, "the same seed answers in the same way", 0)


def run(asked: Asked, report: Report) -> list[Idea]:
    """My last four bars with an answer behind them, of which only the answer is written.

    Where the second half of the window is empty, its first half is the call.

    Raises:
        UserError: there are no notes.
    """
    import torch

    o = asked.options
    late = _sings(asked.windows[0][HALF:])
    call = asked.windows[0][HALF:] if late else asked.windows[0][:HALF]
    if not _sings(call):
        raise UserError("There are no notes in these bars.", "Draw some, or choose other bars to be answered.")
    at = asked.place(asked.span // 2 if late else 0)
    x = torch.from_numpy(call[None].astype(np.int64))
    made = []
    for index in range(o.count):
        part = stretch(report, index / o.count, (index + 1) / o.count)
        with torch.inference_mode():
            found = asked.network.answer(x, sampling(asked, seed=o.seed + index), part)[0].numpy().astype(np.uint8)
        made.append(_idea(asked, f"{index + 1}", call, found, at))
        asked.keep(made[-1])
    return made


def _idea(asked: Asked, caption: str, call: Tokens, found: Tokens, at: int | None) -> Idea:
    whole = np.concatenate([call, found])
    # the network answers the last four bars of what it is given with the first four of what it writes
    given, made = np.concatenate([call, call]), np.concatenate([found, found])
    picture = listening(asked.network, given, made, CAPTION)
    idea = asked.idea(caption, whole, remark=remark(asked, whole))
    return replace(idea, at=at, ticks=asked.span, fresh=(asked.span // 2, asked.span), pictures=(picture,))


def _sings(tokens: Tokens) -> bool:
    return bool(((tokens >= melody.FIRST_PITCH_TOKEN) & (tokens < melody.PAD)).any())


VERB = Verb("answer", "Answer mine", "Answers my last four bars with four of its own, several ways.", "continues", 1,
            Options, run, rows=("encoder_decoder",))  # fmt: skip
