"""Where the map writes in a piece that was just opened."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.commands.document import Steering
from engine.commands.map_bars import first_steering, map_span, sways
from engine.score import Meter, Note, Score, Track
from engine.score.midi_write import write_midi
from engine.session import Session, SessionPaths

JIG = Track.of([Note(i * 240, 60 + i % 7, 230) for i in range(24)], "Jig")
DRUMS = Track.of([Note(i * 480, 36, 100) for i in range(12)], "Kit", drums=True)


@pytest.mark.parametrize("meter", [(6, 8), (3, 4), (12, 8)])
def test_a_piece_in_threes_has_the_maps_bars_in_threes(tmp_path: Path, meter: tuple[int, int]) -> None:
    write_midi(Score((DRUMS, JIG), meters=(Meter(0, *meter),)), tmp_path / "jig.mid")
    session = Session(SessionPaths(tmp_path), audio=False)
    session.open(tmp_path / "jig.mid")
    steering = session.steering
    assert steering.compound and map_span(steering, 480) == (0, 2 * 1440)
    assert session.score.tracks[steering.track].name == "Jig", "not the drums before it"
    session.close()


def test_the_meter_counts_where_the_bars_are() -> None:
    score = Score((JIG,), meters=(Meter(0, 4, 4), Meter(7680, 6, 8)))
    assert not sways(score, 0) and not sways(score, 7679) and sways(score, 7680)
    assert first_steering(score) == Steering() == first_steering(Score(tracks=()))
