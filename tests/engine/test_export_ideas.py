"""Ideas as files: those that belong to a place come back inside the whole piece."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from engine.codecs.codec import Voice
from engine.export_ideas import read_window, score_of
from engine.models.registry import REGISTRY
from engine.score import Meter, Note, Score, Tempo, Track
from engine.score.midi_write import write_midi
from engine.verbs.catalog import VERBS
from engine.verbs.idea import Idea

BAR = 1920


def song(tmp_path: Path) -> Path:
    drums = Track.of([Note(0, 36, 120)], "Drums", drums=True)
    tune = Track.of([Note(480 * i, 60 + i % 5, 480) for i in range(24)], "Tune", 40)
    bass = Track.of([Note(BAR * i, 40, BAR) for i in range(6)], "Bass", 32)
    path = tmp_path / "song.mid"
    write_midi(Score((drums, tune, bass), tempos=(Tempo(0, 600_000),)), path)
    return path


def test_what_goes_on_reads_what_leads_to_the_end(tmp_path: Path) -> None:
    row, path = REGISTRY["vae"], song(tmp_path)
    music = read_window(path, row, VERBS["continue"])
    assert music.passage.at_tick == 4 * BAR and music.passage.tracks[0].name == "Tune" and not music.passage.texture
    assert read_window(path, row, VERBS["continue"], bar=2).passage.at_tick == BAR
    assert read_window(path, row, VERBS["fill"]).passage.at_tick == 0


def test_a_harmony_hears_one_melody_or_all_that_is_written(tmp_path: Path) -> None:
    row, path = replace(REGISTRY["auto_bach"], name="x"), song(tmp_path)
    harmonize = VERBS["harmonize"]
    assert not read_window(path, row, harmonize).passage.texture
    whole = read_window(path, row, harmonize, everyone=True)
    assert len(whole.passage.tracks) == 2 and (whole.tokens >= 2).any(axis=1).sum() >= 2


def test_an_idea_at_home_is_the_piece_with_it(tmp_path: Path) -> None:
    music = read_window(song(tmp_path), REGISTRY["vae"], VERBS["continue"])
    idea = Idea("2", (Voice("", 0, (Note(0, 70, 480),)),), at=6 * BAR, ticks=2 * BAR)
    score = score_of(idea, Score(meters=(Meter(0, 4, 4),)), music.passage)
    assert [track.name for track in score.tracks] == ["Drums", "Tune", "Bass"] and score.name == "2"
    assert score.tracks[1].notes[-1].start == 6 * BAR and len(score.tracks[1]) == 25
    alone = score_of(replace(idea, at=None), Score(meters=(Meter(0, 4, 4),)), music.passage)
    assert len(alone.tracks) == 1 and alone.tracks[0].notes[0].start == 0
