"""Words for the figures of RL Tuner: what rules find in melodies before and after they were taught."""

from __future__ import annotations

PERCENT, PLAIN, PRECISE = "percent", "plain", "precise"
_FOUND = {
    "rules_reward": ("reward of all rules per step", PRECISE),
    "rules_nats": ("log p of a step under the plain network (nats)", PRECISE),
    "repeated_too_often": ("steps that repeat too often", PERCENT),
    "not_in_key": ("notes out of key", PERCENT),
    "starts_on_tonic": ("melodies that start on the tonic", PERCENT),
    "leaps_resolved": ("leaps that are resolved", PERCENT),
    "unique_highest": ("melodies whose highest note comes once", PERCENT),
    "unique_lowest": ("melodies whose lowest note comes once", PERCENT),
    "in_motif": ("steps in a motif", PERCENT),
    "in_repeated_motif": ("steps in a motif that comes again", PERCENT),
    "different": ("melodies that are all different", PERCENT),
    "said_before": ("rows of four notes that the melody has said before", PERCENT),
    "held": ("steps that hold", PERCENT),
    "pitches_follow_1": ("autocorrelation of pitches, lag 1", PRECISE),
    "pitches_follow_2": ("autocorrelation of pitches, lag 2", PRECISE),
    "pitches_follow_3": ("autocorrelation of pitches, lag 3", PRECISE),
    "rules_fd": ("distance from real melodies", PLAIN),
}
_WHOSE = (("", "Taught"), ("plain_", "Before it was taught"), ("real_", "Real tunes"))
WORDS: dict[str, tuple[str, str]] = {
    f"{prefix}{name}": (f"{whose}: {words}", how) for name, (words, how) in _FOUND.items() for prefix, whose in _WHOSE
}
WORDS |= {
    "note_nats": ("Surprise at each eighth of real tunes (nats)", PRECISE),
    "note_accuracy": ("Eighths of real tunes foretold", PERCENT),
    "reward_gained": ("Reward per step gained by teaching", PRECISE),
    "key_gained": ("Notes out of key that teaching took away", PERCENT),
    "leaps_gained": ("More leaps resolved after teaching", PERCENT),
    "tonic_gained": ("More melodies that start on the tonic after teaching", PERCENT),
    "nats_lost": ("What teaching cost in likelihood per step (nats)", PRECISE),
}
