"""Words for the figures of systems that harmonize chorales and that answer phrases."""

from __future__ import annotations

PERCENT, PLAIN, PRECISE = "percent", "plain", "precise"
LOWER = ("alto", "tenor", "bass")

WORDS: dict[str, tuple[str, str]] = {
    "harmony_pitch": ("Lower voices: steps at which Bach's own note sounds", PERCENT),
    "harmony_onset": ("Lower voices: Bach's notes that begin where and as his do", PERCENT),
    "harmony_token": ("Lower voices: tokens that are right, holds and all", PERCENT),
    "harmony_step_nats": ("Surprise at Bach's lower voices, per sixteenth (nats)", PRECISE),
    "harmony_chord_nats": ("Surprise at Bach's lower voices, per change of chord (nats)", PRECISE),
    "harmony_over_lookup": ("Right notes beyond those of the table", PERCENT),
    "harmony_over_key_lookup": ("Right notes beyond those of the table that knows the key", PERCENT),
    "hold_harmony_token": ("For comparison: tokens right if voices only ever held on", PERCENT),
    "lookup_harmony_pitch": ("For comparison: steps right by a table of the commonest note", PERCENT),
    "key_lookup_harmony_pitch": ("For comparison: steps right by a table that knows the key", PERCENT),
    "attention_near": ("Attention within a beat of the chord that is written (evenly spread: 14 %)", PERCENT),
    "attention_ahead": ("Attention that falls further ahead (evenly spread: 43 %)", PERCENT),
    "answer_step_nats": ("Surprise at true answers, per sixteenth (nats)", PRECISE),
    "answer_note_nats": ("Surprise at true answers, per note (nats)", PRECISE),
    "answer_step_accuracy": ("Steps of true answers foretold, one by one", PERCENT),
    "table_answer_step_nats": ("For comparison: surprise of a table of what follows what, per sixteenth", PRECISE),
    "table_answer_note_nats": ("For comparison: surprise of that table, per note", PRECISE),
    "answer_nats_saved": ("Less surprise per note than that table (nats)", PRECISE),
    "answers_unique": ("Answers that are all different", PERCENT),
    "attention_same_place": ("Attention that falls on the same place of a bar (chance: 6 %)", PERCENT),
}
for _voice in LOWER:
    WORDS |= {
        f"harmony_{_voice}_pitch": (f"Steps at which Bach's own {_voice} sounds", PERCENT),
        f"harmony_{_voice}_onset": (f"Notes of the {_voice} that begin where and as Bach's do", PERCENT),
        f"lookup_{_voice}_pitch": (f"For comparison: steps of the {_voice} right by a table", PERCENT),
        f"key_lookup_{_voice}_pitch": (f"For comparison: steps of the {_voice} right by a table in key", PERCENT),
    }
for _prefix, _whose in (("", "Its harmonies"), ("real_", "For comparison, Bach's own")):
    WORDS |= {
        f"{_prefix}parallel_fifths": (f"{_whose}: parallel fifths in 100 changes of chord", PLAIN),
        f"{_prefix}parallel_octaves": (f"{_whose}: parallel octaves in 100 changes of chord", PLAIN),
        f"{_prefix}crossings": (f"{_whose}: crossings of voices in 100 changes of chord", PLAIN),
        f"{_prefix}out_of_range": (f"{_whose}: notes out of a singer's range in 100 changes of chord", PLAIN),
        f"{_prefix}wide_leaps": (f"{_whose}: leaps beyond an octave in 100 changes of chord", PLAIN),
        f"{_prefix}chord_changes": (f"{_whose}: changes of chord in a beat", PRECISE),
    }
for _prefix, _whose in (("", "Its answers"), ("real_", "For comparison, true answers")):
    WORDS |= {
        f"{_prefix}answer_rhythms_taken": (f"{_whose}: bars whose rhythm stands in the call", PERCENT),
        f"{_prefix}answer_bars_taken": (f"{_whose}: bars that stand in the call", PERCENT),
        f"{_prefix}answer_in_scale": (f"{_whose}: notes in the scale of the call", PERCENT),
        f"{_prefix}answer_notes_per_bar": (f"{_whose}: notes in a bar", PLAIN),
    }
