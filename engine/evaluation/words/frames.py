"""Words for the figures of systems that write chords frame by frame."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "chord_nats": ("Chords never heard: surprise per eighth (nats)", "precise"),
    "chord_nats_error": ("How sure that is (one deviation, nats)", "precise"),
    "marginal_chord_nats": ("For comparison: where each key only knows how often it sounds (nats)", "precise"),
    "markov_chord_nats": ("For comparison: where each key only knows itself an eighth before (nats)", "precise"),
    "chord_nats_below_marginals": (
        "Less surprise than where each key only knows how often it sounds (nats)",
        "precise",
    ),
    "chord_nats_below_markov": ("Less surprise than where each key only knows itself before (nats)", "precise"),
    "marginal_chords_known": ("For comparison, keys drawn each by itself: chords that Bach writes", "percent"),
}
for _prefix, _whose in (("", "New music"), ("real_", "For comparison, real music")):
    WORDS |= {
        f"{_prefix}keys_held": (f"{_whose}: keys held at a time", "precise"),
        f"{_prefix}frames_changed": (f"{_whose}: eighths at which something changes", "percent"),
        f"{_prefix}frames_in_c": (f"{_whose}: keys that belong to the scale", "percent"),
        f"{_prefix}chords_known": (f"{_whose}: chords whose tones sound together in the training music", "percent"),
        f"{_prefix}frames_silent": (f"{_whose}: silent eighths", "percent"),
    }
