"""Any score a composer can have, for hypothesis."""

from __future__ import annotations

from hypothesis import strategies as st

from engine.score import Chord, Key, Meter, Note, Origin, Quality, Score, Tempo, Track
from engine.score.note import MAX_TICK

ticks = st.one_of(st.integers(0, 200), st.integers(0, 100_000), st.integers(0, MAX_TICK // 2))
names = st.text(max_size=20)

notes = st.builds(
    Note,
    start=ticks,
    pitch=st.integers(0, 127),
    length=st.one_of(st.integers(1, 100), st.integers(1, 5000), st.integers(1, MAX_TICK // 2)),
    velocity=st.integers(1, 127),
    origin=st.sampled_from(Origin),
)
crowded = st.builds(Note, st.integers(0, 40), st.integers(59, 62), st.integers(1, 40), st.integers(1, 127))
tracks = st.builds(
    Track.of,
    st.one_of(st.lists(notes, max_size=12), st.lists(crowded, max_size=30)),
    name=names,
    program=st.integers(0, 127),
    drums=st.booleans(),
)
meters = st.builds(Meter, ticks, st.integers(1, 255), st.sampled_from([1, 2, 4, 8, 16, 32, 64, 128]))
classes = st.integers(0, 11)
chords = st.builds(Chord, ticks, classes, st.sampled_from(Quality), st.none() | classes)
scores = st.builds(
    Score,
    tracks=st.lists(tracks, max_size=20).map(tuple),
    tempos=st.lists(st.builds(Tempo, ticks, st.integers(1, 0xFFFFFF)), max_size=5).map(tuple),
    meters=st.lists(meters, max_size=4).map(tuple),
    keys=st.lists(st.builds(Key, ticks, st.integers(-7, 7), st.booleans()), max_size=4).map(tuple),
    ticks_per_quarter=st.one_of(st.sampled_from([24, 96, 220, 480, 960]), st.integers(1, 32767)),
    name=names,
    chords=st.lists(chords, max_size=6).map(tuple),
)
