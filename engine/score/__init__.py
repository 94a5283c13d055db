"""Music as values: notes, tracks, scores, and the files they come from."""

from engine.score.chords import Chord, Quality
from engine.score.note import Note, Origin
from engine.score.score import Key, Meter, Score, Tempo
from engine.score.track import Track

__all__ = ["Chord", "Key", "Meter", "Note", "Origin", "Quality", "Score", "Tempo", "Track"]
