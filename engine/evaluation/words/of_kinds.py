"""Words for the figures of systems that know kinds of music: what is played to order, and what is rewritten."""

from __future__ import annotations

PERCENT, PLAIN = "percent", "plain"

WORDS: dict[str, tuple[str, str]] = {
    "asked_agreement": ("New melodies taken for the kind asked for", PERCENT),
    "likeliest_agreement": ("The same when the likeliest notes are written", PERCENT),
    "real_agreement": ("For comparison: real melodies, never heard, taken for their kind", PERCENT),
    "agreement_chance": ("For comparison: by guessing", PERCENT),
    "asked_fd": ("New melodies: distance from real ones of the kind asked for", PLAIN),
    "likeliest_fd": ("The same when the likeliest notes are written", PLAIN),
    "real_asked_fd": ("For comparison: other real tunes of that kind", PLAIN),
    "other_kind_fd": ("For comparison: real tunes of the other kinds", PLAIN),
    "asked_markov_fd": ("For comparison: a Markov chain in rhythms of that kind", PLAIN),
    "asked_unique": ("New melodies that are all different", PERCENT),
    "likeliest_unique": ("The same when the likeliest notes are written", PERCENT),
    "asked_copies": ("New melodies that copy a training tune", PERCENT),
    "style_strength": ("Style strength: how surely the kind changes, there and back", PERCENT),
    "taken_for_source": ("Taken for the kind it is from, before", PERCENT),
    "taken_for_source_after": ("Taken for the kind it is from, rewritten", PERCENT),
    "taken_for_source_back": ("Taken for the kind it is from, rewritten there and back", PERCENT),
    "pitches_kept": ("Time in which the same note sounds as before", PERCENT),
    "notes_kept": ("Notes of the tune that still sound where they began", PERCENT),
    "beats_kept": ("Notes on beats that still sound there", PERCENT),
    "other_pitches_kept": ("For comparison: time in which another tune has the same note", PERCENT),
    "other_notes_kept": ("For comparison: notes that another tune has there too", PERCENT),
    "other_beats_kept": ("For comparison: notes on beats that another tune has there too", PERCENT),
    "given_back": ("Steps that come back on the way there and back", PERCENT),
    "transfer_fd": ("Rewritten tunes: distance from real ones of the wanted kind", PLAIN),
    "unchanged_fd": ("For comparison: the tunes as they were", PLAIN),
    "real_transfer_fd": ("For comparison: real tunes of the wanted kind", PLAIN),
    "transfer_unique": ("Rewritten tunes that are all different", PERCENT),
    "judge_accuracy": ("Real tunes, never heard, of which the judge knows the kind", PERCENT),
}
for _kind in ("reel", "hornpipe", "jig", "hymn"):
    WORDS |= {
        f"{_kind}_agreement": (f"Asked for a {_kind}: taken for one", PERCENT),
        f"{_kind}_real_agreement": (f"For comparison: a real {_kind} taken for one", PERCENT),
        f"{_kind}_fd": (f"Asked for a {_kind}: distance from real ones", PLAIN),
        f"{_kind}_real_fd": (f"For comparison: other real tunes of the kind {_kind}", PLAIN),
        f"{_kind}_style_strength": (f"As a {_kind}: style strength", PERCENT),
        f"{_kind}_taken_for_source_after": (f"As a {_kind}: still taken for the other kind", PERCENT),
        f"{_kind}_notes_kept": (f"As a {_kind}: notes that still sound where they began", PERCENT),
        f"{_kind}_transfer_fd": (f"As a {_kind}: distance from real ones", PLAIN),
    }
