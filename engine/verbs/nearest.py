"""How much of an idea is in one piece of the training music: DeepHear's copy meter, always shown where it can be."""

from __future__ import annotations

import numpy as np

from engine.codecs.codec import Tokens
from engine.verbs.verb import Asked


def remark(asked: Asked, tokens: Tokens) -> str:
    """Share of the notes that the nearest training window has too, and whose it is; empty where that is not kept."""
    from engine.evaluation.voices import nearest

    bundle = asked.shelf.bundle(asked.row.name)
    if "corpus.windows" not in bundle.extras:
        return ""
    index, share = nearest(tokens, bundle.extras["corpus.windows"].astype(np.uint8), asked.codec)
    title = bundle.header["corpus_titles"][int(bundle.extras["corpus.tunes"][index])]
    return f"{100 * share:.0f} % of its notes are in {title}"
