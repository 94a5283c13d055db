"""Melodies as files: generate and morph, as the command line and scripts ask for them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from engine import export
from engine.codecs import melody
from engine.commands.document import SteerOptions
from engine.errors import Cancelled, UserError
from engine.models.shelf import Shelf
from engine.score import Meter, Note, Score, Tempo, Track
from engine.score.midi_read import read_midi
from engine.score.midi_write import write_midi


@pytest.fixture(scope="module")
def shelf(tiny_bundle: Path) -> Shelf:
    return Shelf([tiny_bundle.parent])


def music(path: Path) -> list[tuple[int, int, int, int]]:
    (track,) = (t for t in read_midi(path)[0].tracks if len(t))
    return [(n.start, n.length, n.pitch, n.velocity) for n in track.notes]


def a_file(path: Path, notes: list[tuple[int, int, int]], ticks: int = 480, meter: Meter | None = None) -> Path:
    track = Track.of([Note(start, pitch, length, 70 + pitch % 20) for start, length, pitch in notes], name="Tune")
    score = Score((track,), ticks_per_quarter=ticks, meters=(meter or Meter(0, 4, 4),), tempos=(Tempo.of_bpm(0, 96),))
    write_midi(score, path)
    return path


@pytest.fixture
def a(tmp_path: Path) -> Path:
    """Off the grid, with a chord, starting in bar 2, going on after its two bars."""
    notes = [(1920, 480, 60), (1920, 480, 64), (2477, 111, 67), (2880, 960, 72), (4000, 3000, 59), (6000, 480, 80)]
    return a_file(tmp_path / "a.mid", notes)


@pytest.fixture
def b(tmp_path: Path) -> Path:
    """Another resolution."""
    return a_file(tmp_path / "b.mid", [(0, 96, 50), (96, 96, 52), (192, 384, 53)], ticks=96)


def test_the_same_seed_writes_the_same_files(shelf: Shelf, tmp_path: Path) -> None:
    options = SteerOptions(seed=7)
    first = export.generate(shelf, "melody_vae", options, 2, 3, tmp_path / "one")
    again = export.generate(shelf, "melody_vae", options, 2, 3, tmp_path / "two")
    other = export.generate(shelf, "melody_vae", replace(options, seed=8), 2, 3, tmp_path / "three")
    assert [path.name for path in first] == [f"melody_vae-7-0{i}.mid" for i in (1, 2, 3)]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in again]
    assert not {path.read_bytes() for path in first} & {path.read_bytes() for path in other}
    assert len({path.read_bytes() for path in first}) == 3


@pytest.mark.parametrize(("bars", "compound"), [(2, False), (8, False), (4, True)])
def test_as_long_as_was_asked_for(shelf: Shelf, tmp_path: Path, bars: int, compound: bool) -> None:
    (path,) = export.generate(shelf, "melody_vae", SteerOptions(compound=compound), bars, 1, tmp_path)
    score, _ = read_midi(path)
    assert (score.meters[0].numerator, score.meters[0].denominator) == ((6, 8) if compound else (4, 4))
    span = melody.span_ticks(score.ticks_per_quarter, compound)
    assert span * (bars // 2 - 1) < score.end <= span * bars // 2
    for part in range(bars // 2):
        assert any(part * span <= start < (part + 1) * span for start, *_ in music(path)), f"bars {2 * part + 1}"


def test_sliders_are_heard(shelf: Shelf, tmp_path: Path) -> None:
    plain = export.generate(shelf, "melody_vae", SteerOptions(), 2, 4, tmp_path / "plain")
    moved = export.generate(shelf, "melody_vae", SteerOptions(density=2.0, height=-1.0), 2, 4, tmp_path / "moved")
    assert [music(path) for path in plain] != [music(path) for path in moved]


@pytest.mark.parametrize(("bars", "count"), [(0, 1), (3, 1), (258, 1), (-2, 1), (2, 0), (2, 10_001)])
def test_what_cannot_be_generated_is_told(shelf: Shelf, tmp_path: Path, bars: int, count: int) -> None:
    with pytest.raises(UserError) as refused:
        export.generate(shelf, "melody_vae", SteerOptions(), bars, count, tmp_path / "out")
    assert refused.value.remedy and not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_made_is_told(shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(UserError, match="cannot be made"):
        export.generate(shelf, "melody_vae", SteerOptions(), 2, 1, tmp_path / "file" / "out")


def test_a_morph_begins_and_ends_with_the_very_notes(shelf: Shelf, tmp_path: Path, a: Path, b: Path) -> None:
    files = export.morph(shelf, "melody_vae", a, b, 5, tmp_path / "morph")
    assert [path.name for path in files] == [f"morph-00{i}.mid" for i in range(1, 6)]
    # two bars from the bar of the first note, cut at their end; ticks, velocities and the chord as they were
    assert music(files[0]) == [
        (0, 480, 60, 70), (0, 480, 64, 74), (557, 111, 67, 77), (960, 960, 72, 82), (2080, 1760, 59, 89),
    ]  # fmt: skip
    assert music(files[-1]) == [(0, 480, 50, 80), (480, 480, 52, 82), (960, 1920, 53, 83)], "in A's resolution"
    tempo = read_midi(a)[0].tempos[0].microseconds
    assert {read_midi(path)[0].tempos[0].microseconds for path in files} == {tempo}
    for path in files[1:-1]:
        assert music(path) and read_midi(path)[0].end <= 3840


def test_a_morph_to_itself_stays(shelf: Shelf, tmp_path: Path, b: Path) -> None:
    files = export.morph(shelf, "melody_vae", b, b, 4, tmp_path / "morph")
    assert music(files[0]) == music(files[-1])
    assert music(files[1]) == music(files[2])


def test_what_cannot_be_morphed_is_told(shelf: Shelf, tmp_path: Path, a: Path) -> None:
    jig = a_file(tmp_path / "jig.mid", [(0, 240, 60), (240, 240, 62)], meter=Meter(0, 6, 8))
    with pytest.raises(UserError, match="bars of 12"):
        export.morph(shelf, "melody_vae", a, jig, 3, tmp_path / "out")
    with pytest.raises(UserError, match="1 files"):
        export.morph(shelf, "melody_vae", a, a, 1, tmp_path / "out")
    with pytest.raises(UserError):
        export.morph(shelf, "melody_vae", a, tmp_path / "missing.mid", 3, tmp_path / "out")
    drums = tmp_path / "drums.mid"
    write_midi(Score((Track.of([Note(0, 36, 240)], drums=True),)), drums)
    with pytest.raises(UserError, match="no melody"):
        export.morph(shelf, "melody_vae", a, drums, 3, tmp_path / "out")


def test_jigs_morph_too(shelf: Shelf, tmp_path: Path) -> None:
    paths = [
        a_file(tmp_path / f"{low}.mid", [(240 * i, 240, low + i) for i in range(12)], meter=Meter(0, 6, 8))
        for low in (60, 65)
    ]
    files = export.morph(shelf, "melody_vae", *paths, 3, tmp_path / "out")
    assert music(files[0]) == music(paths[0]) and music(files[2]) == music(paths[1])
    assert read_midi(files[1])[0].meters[0] == Meter(0, 6, 8)


def test_it_can_be_stopped(shelf: Shelf, tmp_path: Path) -> None:
    def stop(done: float, total: float, text: str = "") -> None:
        if done >= 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        export.generate(shelf, "melody_vae", SteerOptions(), 2, 9, tmp_path, stop)
    assert len(list(tmp_path.glob("*.mid"))) == 2
