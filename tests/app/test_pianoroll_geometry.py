"""Where things are, and which notes are seen: the geometry, the bars and the note table."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.views.roll.bars import Bars, grid_ticks
from app.views.roll.geometry import RollGeometry
from app.views.roll.note_table import NoteTable, without
from engine.score import Meter, Note, Score, Track
from engine.score.columns import to_columns

notes = st.builds(Note, st.integers(0, 5000), st.integers(0, 127), st.integers(1, 3000), st.integers(1, 127))


def test_pixels_and_ticks_are_inverse() -> None:
    geometry = RollGeometry()
    geometry.scroll_to(left=960)
    assert geometry.tick_at(geometry.x_of(1234)) == pytest.approx(1234)
    for pitch in (0, 60, 127):
        assert geometry.pitch_at(geometry.y_of(pitch)) == pitch
        assert geometry.pitch_at(geometry.y_of(pitch) + geometry.row - 1) == pitch


def test_time_zoom_keeps_the_tick_under_the_mouse() -> None:
    geometry = RollGeometry()
    geometry.scroll_to(left=9600)
    under = geometry.tick_at(300)
    geometry.zoom_time(1.5, 300)
    assert geometry.tick_at(300) == pytest.approx(under)


def test_row_zoom_keeps_the_pitch_under_the_mouse() -> None:
    geometry = RollGeometry()
    pitch = geometry.pitch_at(200)
    for _ in range(5):
        geometry.zoom_rows(1, 200)
    assert geometry.pitch_at(200) == pitch


def test_nothing_scrolls_out_of_sight() -> None:
    geometry = RollGeometry()
    geometry.scroll_to(left=-500, top=-500)
    assert (geometry.left, geometry.top) == (0, 0)
    geometry.scroll_to(left=1e9, top=1e9)
    assert geometry.left < geometry.end
    assert geometry.pitch_at(geometry.height - 1) == 0


def test_fit_shows_what_it_is_asked() -> None:
    geometry = RollGeometry()
    geometry.set_extent(480 * 400, 480)
    geometry.fit(0, 480 * 100, 48, 72)
    assert geometry.left == 0
    assert geometry.right >= 480 * 100
    assert geometry.pitch_at(0) >= 72 and geometry.pitch_at(geometry.height - 1) <= 48


def test_bars_count_through_changes_of_meter() -> None:
    bars = Bars(Score(meters=(Meter(0, 4, 4), Meter(3840, 3, 4), Meter(3840 + 2880, 6, 8))))
    assert bars.place(0) == (1, 1)
    assert bars.place(1920 + 960) == (2, 3)
    assert bars.place(3840 + 1440) == (4, 1)
    assert bars.place(6720 + 720) == (5, 2)  # the beat of 6/8 is the dotted quarter
    ticks, numbers = bars.bars(0, 6720, 1)
    assert ticks.tolist() == [0, 1920, 3840, 5280]
    assert numbers.tolist() == [1, 2, 3, 4]


def test_bar_lines_thin_out() -> None:
    bars = Bars(Score())
    ticks, numbers = bars.bars(0, 1920 * 64, 1920 * 5)
    assert numbers.tolist() == list(range(1, 65, 8))
    assert ticks[1] == 1920 * 8
    assert not len(bars.beats(0, 1920, 481))
    assert bars.grid(0, 481, 10, 120).tolist() == [0, 120, 240, 360, 480]


def test_snap_starts_anew_at_every_bar() -> None:
    bars = Bars(Score(meters=(Meter(0, 7, 8), Meter(1680, 4, 4))))
    assert bars.snap(1700, grid_ticks("1/4", 480)) == 1680
    assert bars.snap(130, 120) == 120
    assert bars.snap(119, 120, "down") == 0
    assert bars.snap(1, 120, "up") == 120
    assert bars.snap(17.4, 0) == 17
    assert grid_ticks("1/8T", 480) == 160


@given(st.lists(notes, max_size=40), st.integers(0, 6000), st.integers(1, 4000))
def test_culling_finds_exactly_what_sounds(many: list[Note], left: int, width: int) -> None:
    track = Track.of(many)
    found = NoteTable(track.columns).between(left, left + width)
    wanted = [i for i, note in enumerate(track.notes) if note.start < left + width and note.end > left]
    assert found.tolist() == wanted


@given(st.lists(notes, max_size=30))
def test_every_note_is_found_by_its_key_and_place(many: list[Note]) -> None:
    track = Track.of(many)
    table = NoteTable(track.columns)
    assert table.find(table.keys).tolist() == list(range(len(track.notes)))
    for i, note in enumerate(track.notes):
        assert table.at(note.start + note.length / 2, note.pitch) == i


def test_merged_tables_remember_their_tracks() -> None:
    tracks = [Track.of([Note(480, 60, 10)]), Track.of([Note(0, 50, 10), Note(960, 51, 10)])]
    table = NoteTable.of_tracks(enumerate(tracks))
    assert table.owners.tolist() == [1, 0, 1]
    assert len(NoteTable.of_tracks([])) == 0


def test_slack_finds_the_nearest_thin_note() -> None:
    table = NoteTable(to_columns([Note(100, 60, 2), Note(130, 60, 2)]))
    assert table.at(110, 60, slack=15) == 0
    assert table.at(125, 60, slack=15) == 1
    assert table.at(125, 61, slack=15) is None
    assert np.array_equal(table.take(np.array([0, 1])), table.columns)


@given(st.lists(st.integers(0, 30), max_size=20), st.sets(st.integers(0, 30), max_size=20))
def test_without_leaves_out_what_is_taken(values: list[int], taken: set[int]) -> None:
    left = without(np.array(values, np.int64), np.array(sorted(taken), np.int64))
    assert left.tolist() == [value for value in values if value not in taken]
