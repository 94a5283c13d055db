"""Words for the figures of systems that fill holes in whole phrases and that compose through pins."""

from __future__ import annotations

PERCENT, PLAIN, PRECISE = "percent", "plain", "precise"

WORDS: dict[str, tuple[str, str]] = {
    "masked_nats": ("Surprise at a step cut out here and there (nats)", PRECISE),
    "bar_nats": ("Surprise at a step of a bar cut out (nats)", PRECISE),
    "two_bars_token_accuracy": ("Steps of two bars cut out that it finds again", PERCENT),
    "two_bars_onset_accuracy": ("Notes of two bars cut out that it finds again", PERCENT),
    "two_bars_fd": ("Melodies with two bars so filled: distance from real ones", PLAIN),
    "two_bars_nats": ("Surprise at a step of two bars cut out (nats)", PRECISE),
    "hold_two_bars_token_accuracy": ("For comparison: steps of two bars found by holding on", PERCENT),
    "hold_two_bars_onset_accuracy": ("For comparison: notes of two bars found by holding on", PERCENT),
    "copy_two_bars_token_accuracy": ("For comparison: steps of two bars found by copying", PERCENT),
    "copy_two_bars_onset_accuracy": ("For comparison: notes of two bars found by copying", PERCENT),
    "pins_kept": ("Pinned notes that are there", PERCENT),
    "unforced_pins_kept": ("Pinned notes that come by themselves, where pins are known but not set", PERCENT),
    "unforced_all_pins_kept": ("Melodies in which all pins come by themselves", PERCENT),
    "unforced_scale_pins_kept": ("Pins that are any notes of one scale, and come by themselves", PERCENT),
    "pin_nats": ("Surprise at a pinned note when it is reached (nats)", PRECISE),
    "pin_surprise": ("Surprise at a pinned note for one who knows of no pins (nats)", PRECISE),
    "real_pin_surprise": ("For comparison: surprise at the same notes in the tunes they are from (nats)", PRECISE),
    "scale_pin_surprise": ("The same of pins that are any notes of one scale (nats)", PRECISE),
    "chromatic_pin_surprise": ("The same of pins that climb by semitones (nats)", PRECISE),
    "pin_leap": ("Leap into a pinned note (semitones)", PLAIN),
    "real_pin_leap": ("For comparison: leap into the same notes in the tunes they are from", PLAIN),
    "scale_pin_nats": ("Surprise at pins that are any notes of one scale (nats)", PRECISE),
    "scale_pin_leap": ("Leap into such a note (semitones)", PLAIN),
    "chromatic_pin_nats": ("Surprise at pins that climb by semitones (nats)", PRECISE),
    "chromatic_pin_leap": ("Leap into such a note (semitones)", PLAIN),
    "free_nats": ("Surprise per step of real tunes, nothing pinned (nats)", PRECISE),
    "between_nats": ("Surprise per step between the pins of real tunes (nats)", PRECISE),
    "pinned_fd": ("Melodies through the pins of real tunes: distance from real ones", PLAIN),
    "composed_fd": ("New melodies, nothing pinned: distance from real ones", PLAIN),
}
