"""Words for the figures of systems that write tunes event by event."""

from __future__ import annotations

PERCENT, PLAIN, PRECISE = "percent", "plain", "precise"

WORDS: dict[str, tuple[str, str]] = {
    "event_nats": ("Surprise at tunes it has never heard, per event (nats)", PRECISE),
    "note_nats": ("Surprise at tunes it has never heard, per note (nats)", PRECISE),
    "nats_below_trigram": ("Less surprise per event than by counting threes (nats)", PRECISE),
    "bars_add_up": ("Bars of its tunes that add up", PERCENT),
    "bars_add_up_raw": ("Bars that would add up if no rule saw to it", PERCENT),
    "fill_kept": ("Music around a stretch that is filled left as it was", PERCENT),
    "fill_nats": ("Surprise at the two bars behind two that it filled, per event (nats)", PRECISE),
    "real_fill_nats": ("For comparison: surprise at them behind the composer's own bars (nats)", PRECISE),
    "tunes_unique": ("New tunes that are all different", PERCENT),
}
for _order, _size in (("unigram", "single events"), ("bigram", "pairs"), ("trigram", "threes")):
    WORDS[f"{_order}_event_nats"] = (f"For comparison: surprise per event by counting {_size} (nats)", PRECISE)
    WORDS[f"{_order}_note_nats"] = (f"For comparison: surprise per note by counting {_size} (nats)", PRECISE)
for _prefix, _whose in (("", "New tunes"), ("real_", "For comparison, other real tunes")):
    WORDS |= {
        f"{_prefix}tune_run": (f"{_whose}: notes in a row that are also in one training tune", PLAIN),
        f"{_prefix}tune_copies": (f"{_whose}: with 24 or more notes in a row from one training tune", PERCENT),
        f"{_prefix}tune_in_key": (f"{_whose}: notes in key", PERCENT),
        f"{_prefix}tune_repeats": (f"{_whose}: figures of four notes that came before in the tune", PERCENT),
    }
