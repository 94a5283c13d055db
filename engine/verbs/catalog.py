"""Every verb, in the order in which a model's card shows them."""

from __future__ import annotations

from engine.codecs.catalog import MELODIC
from engine.errors import UserError
from engine.models.row import Row
from engine.verbs import (
    answer,
    average,
    branch,
    bricks,
    compare,
    draw,
    dream,
    fill,
    go_on,
    harmonize,
    improvise,
    morph,
    motifs,
    nudge,
    over_chords,
    pad,
    pins,
    repair,
    rewrite,
    shape,
    teach,
    transfer,
    tune,
    vary,
)
from engine.verbs.verb import Verb

VERBS: dict[str, Verb] = {
    verb.name: verb
    for verb in (
        tune.VERB,
        draw.VERB,
        improvise.VERB,
        go_on.VERB,
        over_chords.VERB,
        branch.VERB,
        answer.VERB,
        harmonize.VERB,
        fill.VERB,
        pins.VERB,
        rewrite.VERB,
        transfer.VERB,
        shape.VERB,
        repair.VERB,
        dream.VERB,
        motifs.VERB,
        bricks.REBUILD,
        bricks.SWAP,
        vary.VERB,
        nudge.VERB,
        morph.VERB,
        average.VERB,
        pad.VERB,
        compare.VERB,
        teach.VERB,
    )
}
_MELODIC = {"nudge", "pad"}  # need what the map of a model keeps


def verbs_of(row: Row) -> list[Verb]:
    """What a system can be asked."""
    one_voice = row.codec in MELODIC
    return [verb for verb in VERBS.values() if verb.offered_by(row) and (one_voice or verb.name not in _MELODIC)]


def verb(name: str) -> Verb:
    """The verb of a name.

    Raises:
        UserError: there is none.
    """
    if name not in VERBS:
        raise UserError(f"There is nothing called {name} to ask of a model.", f"Choose one of: {', '.join(VERBS)}.")
    return VERBS[name]
