"""How much of an idea is in one piece of the training music: DeepHear's copy meter, always shown where it can be."""

from __future__ import annotations

import numpy as np

from engine.codecs.bits import unpacked
from engine.codecs.catalog import STREAMS, TUNES
from engine.codecs.codec import Tokens
from engine.models.bundle import Bundle
from engine.verbs.verb import Asked

NAMELESS = "a piece without a name"


def remark(asked: Asked, tokens: Tokens) -> str:
    """Share of the notes that the nearest training window has too, and whose it is; empty where that is not kept."""
    from engine.evaluation.voices import nearest

    bundle = asked.shelf.bundle(asked.row.name)
    if "corpus.windows" not in bundle.extras:
        return ""
    if asked.codec.name in TUNES:
        return _in_a_row(tokens, bundle)
    if asked.codec.name in STREAMS:
        return _played(tokens, bundle)
    index, share = nearest(tokens, unpacked(bundle.extras["corpus.windows"], asked.codec), asked.codec)
    title = bundle.header["corpus_titles"][int(bundle.extras["corpus.tunes"][index])]
    return f"{100 * share:.0f} % of its notes are in {title or NAMELESS}"


def _in_a_row(tokens: Tokens, bundle: Bundle) -> str:
    """Of a tune: how many of its notes follow one another so in a training tune, in any key."""
    from engine.evaluation.tune_copies import lines, longest

    notes, index = longest(tokens, lines(bundle.extras["corpus.windows"].astype(np.uint8)))
    return _words(notes, index, bundle)


def _played(tokens: Tokens, bundle: Bundle) -> str:
    """The same of a performance."""
    from engine.evaluation.note_runs import longest_run, runs_of

    known = runs_of(bundle.extras["corpus.windows"].astype(np.uint8))
    notes, index = longest_run(runs_of(tokens[None]).codes, known)
    return _words(notes, index, bundle)


def _words(notes: int, index: int, bundle: Bundle) -> str:
    title = bundle.header["corpus_titles"][int(bundle.extras["corpus.tunes"][index])]
    return f"{notes} notes in a row are in {title or NAMELESS}" if notes else ""
