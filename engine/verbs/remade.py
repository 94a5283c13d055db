"""What fill and rewrite have in common: the open cells of my music made anew, several times, mine beside them."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.codecs.codec import Tokens
from engine.jobs.job import Report, stretch
from engine.verbs.codes import sampling
from engine.verbs.holes import filled, opened, untouched
from engine.verbs.verb import Asked, Idea


def remade(asked: Asked, method: str, report: Report, tells_change: bool = False) -> list[Idea]:
    """Mine, and `count` ways to write its open cells, each kept as soon as it is finished.

    Args:
        asked: its options say `where`, `voice`, `count` and `seed`.
        method: of the network: `inpaint` or `rewrite`.
        report: progress and cancel point.
        tells_change: each idea says how much of what was open is no longer as it was.

    Raises:
        UserError: nothing is open.
    """
    import torch

    mine, o = asked.windows[0], asked.options
    cells, span = opened(asked, mine, o.where, o.voice)
    made = [untouched(asked, mine, cells, span)]
    x, open_ = torch.from_numpy(mine[None].astype(np.int64)), torch.from_numpy(cells[None])
    for index in range(o.count):
        caption = f"{index + 1}"

        def watch(now: torch.Tensor, caption: str = caption) -> None:
            asked.sketch(filled(asked, caption, _window(now), cells, span))

        part = stretch(report, index / o.count, (index + 1) / o.count)
        options = sampling(asked, seed=o.seed + index)
        with torch.inference_mode():
            tokens = _window(getattr(asked.network, method)(x, open_, options, part, watch))
        remark = f"{100 * float((tokens != mine)[cells].mean()):.0f} % changed" if tells_change else ""
        made.append(filled(asked, caption, tokens, cells, span, remark))
        asked.keep(made[-1])
    return made


def _window(batch: Any) -> Tokens:
    """The only window of a batch."""
    tokens: Tokens = batch[0].numpy().astype(np.uint8)
    return tokens
