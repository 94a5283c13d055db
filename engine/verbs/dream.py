"""Dream: the model's answer is fed back to it until it no longer changes (Kazakci, Cherti, Kegl, 2016)."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

import numpy as np

from engine.codecs import melody
from engine.codecs.codec import Tokens
from engine.errors import UserError
from engine.jobs.job import Report
from engine.options import fitting, option
from engine.verbs.at_home import ANY, MINE, moved, way_home
from engine.verbs.verb import Asked, Idea, Verb

STARTS = ("noise", "silence", "alien", "mine")


@dataclass(frozen=True)
class Options:
    """Where the dream begins and how long it may go on."""

    start: str = option("noise", "begin with noise, with silence, with an alien bar, or with mine", choices=STARTS)
    rounds: int = option(12, "how often the answer is fed back", 1, 60)
    feed: str = option("softmax", "what is fed back: likelihoods, the likeliest notes, or notes drawn from them",
                       choices=("softmax", "argmax", "sampled"))  # fmt: skip
    key: str = option(MINE, "as mine: moved into the key of my piece; any: as it was drawn", choices=(MINE, ANY))
    seed: int = option(1, "of the noise", 0)


def run(asked: Asked, report: Report) -> list[Idea]:
    """Every round of the way, the start first; rounds after the last change are left out."""
    import torch

    o = asked.options
    start = beginning(asked, o.start, o.seed)
    kind = asked.row.load_module().RefineOptions
    wanted = fitting(kind, asdict(o) | {"compound": asked.compound})
    with torch.inference_mode():
        path = asked.network.refine(torch.from_numpy(start[None].astype(np.int64)), wanted, report)
    rounds = path[:, 0].numpy().astype(np.uint8)
    made: list[Idea] = []
    for index, window in enumerate(rounds):
        changed = len(window) if index == 0 else int(np.sum(window != rounds[index - 1]))
        if index and not changed:  # likelihoods may move for rounds before a note does
            if not np.any(rounds[index:] != window):
                made[-1] = replace(made[-1], remark="at rest")
                break
            continue
        remark = "" if index == 0 else "one step changed" if changed == 1 else f"{changed} steps changed"
        made.append(asked.idea(f"round {index}" if index else o.start, window, remark=remark))
    shift = way_home(asked.passage, made[-1].voices) if o.key == MINE and o.start != "mine" else 0
    return [moved(idea, shift, "") for idea in made]  # by what it ends in: the way there stays a way


def beginning(asked: Asked, start: str, seed: int) -> Tokens:
    """The window a dream begins with.

    Raises:
        UserError: it should begin with the composer's bars, and there are none.
    """
    if start == "mine":
        if not asked.windows:
            raise UserError("There are no notes to begin with.", "Draw some, or begin with noise.")
        return asked.windows[0]
    bars, rng = asked.codec.bars, np.random.default_rng(seed)
    tokens = np.full(melody.BAR_SLOTS * bars, melody.PAD, dtype=np.uint8)
    used = melody.slots(asked.compound, bars)
    if start == "silence":
        tokens[used] = melody.HOLD
        tokens[used[0]] = melody.REST
        return tokens
    pitches = rng.integers(20, 45, len(used))
    if start == "noise":  # onsets as often as in the music
        tokens[used] = np.where(rng.random(len(used)) < 0.45, pitches, melody.HOLD)
    else:  # an alien: whole tones in leaps of sevenths, in fives, as no tune has them
        tokens[used] = melody.HOLD
        tokens[used[::5]] = 16 + 10 * (np.arange(len(used[::5])) % 4)
    if tokens[0] == melody.HOLD:
        tokens[0] = pitches[0]
    return tokens


VERB = Verb("dream", "Dream", "Lets the model pull noise, silence or my bars towards what it knows.", "refines", 0,
            Options, run)  # fmt: skip
