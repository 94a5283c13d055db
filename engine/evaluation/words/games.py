"""Words for the figures of games: what is invented, what the critic knows, what comes across."""

from __future__ import annotations

PERCENT, PLAIN, PRECISE = "percent", "plain", "precise"

WORDS: dict[str, tuple[str, str]] = {
    "invented_fd": ("1,000 new melodies: distance from real ones", PLAIN),
    "invented_unique": ("Of these, all different", PERCENT),
    "invented_copies": ("Of these, copies of a training tune", PERCENT),
    "diced_fd": ("With dice thrown for each note: distance from real ones", PLAIN),
    "diced_unique": ("With dice thrown for each note: all different", PERCENT),
    "diced_copies": ("With dice thrown for each note: copies of a training tune", PERCENT),
    "ranked_fd": ("The critic's choice, one of eight: distance from real ones", PLAIN),
    "ranked_unique": ("The critic's choice: all different", PERCENT),
    "ranked_copies": ("The critic's choice: copies of a training tune", PERCENT),
    "critic_right": ("Unheard tunes and inventions the critic tells apart (50 %: guessing)", PERCENT),
    "family_nats": ("What the music tells of its family (nats; at most 2.08)", PRECISE),
    "slider_nats": ("What the music tells of each found slider (nats)", PRECISE),
    "family_heard": ("Families that the critic names rightly", PERCENT),
    "slider_1_correlation": ("How strongly the first found slider moves what it is named by", PRECISE),
    "slider_2_correlation": ("How strongly the second found slider moves what it is named by", PRECISE),
}
