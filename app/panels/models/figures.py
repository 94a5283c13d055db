"""What was measured of a model, in a composer's words: a few sentences, what falls short, and the rest as a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.i18n import tr
from engine.evaluation import words

SHORT = {  # name of a gate -> what is said when it does not hold
    "held_out_tunes": "It was tested on too few tunes",
    "token_accuracy": "It gives tunes back less exactly than it should",
    "onset_accuracy": "It gives notes back less exactly than it should",
    "kl_nats": "Its map is less smooth than it should be",
    "prior_fd": "New melodies are further from real ones than they should be",
    "midpoint_fd": "Halfway melodies are further from real ones than they should be",
    "prior_copies": "It copies training tunes too often",
    "prior_unique": "New melodies repeat one another too often",
    "morph_ends_exact": "Morphs do not always end on your own notes",
}

ABLE = {  # figure -> what it says of the model
    "onset_accuracy": "Plays back {share} of the notes of music it has never heard.",
    "built_onset_accuracy": "Its bricks play back {share} of the notes of music they have never heard.",
    "used_bricks": "Uses {share} of its bricks.",
    "masked_onset_accuracy": "Finds {share} of the notes that are cut out of a melody.",
    "dream_distinct": "Its dreams end on {value} different melodies.",
    "motifs_distinct": "{share} of its motifs are no other's.",
    "wrong_cells_train": "{value} of 5632 cells are wrong in passages it has learnt.",
    "wrong_cells_held_out": "{value} of 5632 cells are wrong in music it has never heard.",
    "asked_agreement": "{share} of its melodies are taken for the kind that was asked for.",
    "real_agreement": "Of real tunes, {share} are taken for their kind.",
    "taken_for_source": "{share} of tunes are taken for the kind they are from before it rewrites them.",
    "taken_for_source_after": "{share} still are when it has rewritten them.",
    "notes_kept": "{share} of the notes of a tune it rewrites still sound where they began.",
    "harmonize_kept": "Keeps {share} of a melody that it harmonizes.",
}

COPYING = {  # figure -> the sentence that is always shown where it was measured
    "prior_copies": "{share} of its new melodies copy a training tune.",
    "asked_copies": "{share} of its new melodies copy a training tune.",
    "copies": "{share} of what it makes is a copy of a training piece.",
    "nearest_share": "{share} of the notes it makes also stand in the training piece nearest to them.",
}


def headlines(header: Mapping[str, Any]) -> list[str]:
    """The few figures that matter at the desk, a sentence each, out of a bundle's header; none if not measured."""
    figures, made = words.measured(header), []
    for name, said in (*ABLE.items(), *COPYING.items()):
        if name in figures:
            text = tr(said).format(share=percent(figures[name]), value=words.written(name, figures[name]))
            made.append(text[:1].upper() + text[1:])  # it may begin with "under 0.1 %"
    if "midpoint_fd" in figures:
        made.append(_between(figures, tr("Between two melodies it {how}: {value} from real tunes"), "midpoint_fd"))
    if figures.get("held_out_tunes"):
        count = words.written("held_out_tunes", figures["held_out_tunes"])
        made.append(tr("Measured on {count} pieces kept apart from training.").format(count=count))
    return made


def _between(figures: Mapping[str, float], said: str, name: str) -> str:
    """How musical a place is, on the scale from other real tunes to a Markov chain."""
    value, real, chance = figures[name], figures.get("real_held_out_fd"), figures.get("markov_fd")
    if real is None or chance is None or chance <= real:
        return said.format(how=tr("stays musical"), value=f"{value:.1f}") + "."
    way = (value - real) / (chance - real)
    how = tr("stays musical") if way < 0.1 else tr("stays fairly musical") if way < 0.35 else tr("loses its way")
    scale = tr(" (distance: other real tunes {real:.1f}, a Markov chain {chance:.0f}).")
    return said.format(how=how, value=f"{value:.1f}") + scale.format(real=real, chance=chance)


def shortfalls(header: Mapping[str, Any]) -> list[str]:
    """What the model was meant to reach and does not, said plainly."""
    made = []
    for gate in words.gates(header):
        name, value = str(gate.get("name", "")), float(gate["value"])
        if gate.get("holds", True):
            continue
        said = tr(SHORT[name]) if name in SHORT else tr(words.meaning(name))
        sentence = tr("Falls short: {words} ({value}; {aim}).")
        said = said[:1].lower() + said[1:]
        made.append(sentence.format(words=said, value=words.written(name, value), aim=_aim(gate, name)))
    return made


def table(header: Mapping[str, Any]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Everything that has a name in words: (head, lines of words and number) for each kind of bar that was measured."""
    figures, made = words.measured(header), []
    sides = [side for side in words.SIDES if any(side + name in figures for name in words.WORDS)]
    for side in sides:
        lines = [
            (tr(said), words.written(name, figures[side + name]))
            for name, (said, _) in words.WORDS.items()
            if side + name in figures
        ]
        made.append((_side(side) if len(sides) > 1 else tr("What was measured"), lines))
    return made


def percent(share: float) -> str:
    """A share as a composer reads it: whole per cents, but never 0 or 100 for what is not quite."""
    whole = round(100 * share)
    if (whole in (0, 100)) and abs(share - whole / 100) > 1e-9:
        if abs(share - whole / 100) < 0.0005:
            return tr("over 99.9 %") if whole else tr("under 0.1 %")
        return f"{100 * share:.1f} %"
    return f"{whole} %"


def _side(prefix: str) -> str:
    return tr("In 6/8 and 3/4") if prefix else tr("In 4/4 and 2/4")


def _aim(gate: Mapping[str, Any], name: str) -> str:
    """`<= 8` as "the aim is at most 8"."""
    sign, text = words.aim(str(gate.get("gate", "")), name)
    if not sign:
        return text
    return (tr("the aim is at least {text}") if sign == "at least" else tr("the aim is at most {text}")).format(
        text=text
    )
