"""Words for the figures of systems that write melodies over chords."""

from __future__ import annotations

PERCENT, PLAIN, PRECISE = "percent", "plain", "precise"

WORDS: dict[str, tuple[str, str]] = {
    "chord_tones": ("Sounding time on tones of the chords asked for", PERCENT),
    "real_chord_tones": ("For comparison: of real tunes, over the chords found in them", PERCENT),
    "wrong_chord_tones": ("For comparison: the same where other chords were asked for", PERCENT),
    "untold_chord_tones": ("For comparison: the same where no chords were told", PERCENT),
    "stable_chord_tones": ("Sounding time on tones of the chords, as stable as can be", PERCENT),
    "creative_chord_tones": ("Sounding time on tones of the chords, as creative as can be", PERCENT),
    "chords_found_again": ("Bars in which the chord asked for is found again", PERCENT),
    "chords_found_by_chance": ("For comparison: found by chance, chords of another tune", PERCENT),
    "first_bar_kept": ("First bars left as they were", PERCENT),
    "seam_leap": ("Leap over a bar line (semitones)", PLAIN),
    "inner_leap": ("Leap within a bar (semitones)", PLAIN),
    "real_seam_leap": ("For comparison: leap over a bar line of real tunes", PLAIN),
    "rhythm_again": ("Bars with the rhythm of the bar before", PERCENT),
    "real_rhythm_again": ("For comparison: bars of real tunes with the rhythm of the bar before", PERCENT),
    "luck_changes": ("Steps that another seed changes, over the same chords", PERCENT),
    "over_chords_fd": ("Melodies over the chords of real tunes: distance from real ones", PLAIN),
    "pairs_copied": ("Two bars in a row that are in a training tune", PERCENT),
    "real_pairs_copied": ("For comparison: two bars of unheard tunes that are in a training tune", PERCENT),
}
