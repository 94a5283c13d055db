"""Music as values: notes, tracks, scores, and the files they come from."""

from engine.score.note import Note, Origin
from engine.score.score import Key, Meter, Score, Tempo
from engine.score.track import Track

__all__ = ["Key", "Meter", "Note", "Origin", "Score", "Tempo", "Track"]
