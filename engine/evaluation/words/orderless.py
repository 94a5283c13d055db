"""Figures of networks that fill any cells of a chorale, in a composer's words."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "cell_nats": ("What one voice at one sixteenth costs, in orders by chance (nats)", "precise"),
    "frame_nats": ("What four voices at one sixteenth cost, in orders by chance (nats)", "precise"),
    "frame_nats_in_time": ("The same from left to right, soprano to bass (nats)", "precise"),
    "frame_nats_saved": ("What free orders save against left to right (nats)", "precise"),
    "covered_kept": ("Everything outside of a gap left as it was", "percent"),
    "struck_again": ("New music: steps at which a note is struck again", "percent"),
    "real_struck_again": ("For comparison, real music: notes struck again", "percent"),
}
for _fault in ("parallel_fifths", "parallel_octaves", "crossings"):
    _words = _fault.replace("_", " ")
    WORDS[f"unruled_{_fault}"] = (f"Its harmonies without rules: {_words} in 100 changes of chord", "plain")
for _part in (25, 50, 75, 100):
    WORDS[f"covered_{_part}_nats"] = (f"What a cell costs when {_part} % are covered (nats)", "precise")
    WORDS[f"covered_{_part}_accuracy"] = (f"Pitches found when {_part} % of the cells are covered", "percent")
for _voice in ("soprano", "alto", "tenor", "bass"):
    WORDS[f"{_voice}_moves"] = (f"New music: steps at which the {_voice} moves", "percent")
    WORDS[f"real_{_voice}_moves"] = (f"For comparison, real music: steps at which the {_voice} moves", "percent")
