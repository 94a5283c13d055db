"""The sets of 2012: read as they are, laws without a network to the last digit, every system trained and told."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path

import numpy as np
import pytest

from app.__main__ import main
from engine.errors import UserError
from engine.evaluation import bench, bench_train
from engine.evaluation.bench_sets import independent_nats, markov_nats, read_set, read_sets

NOTE_1_GRAM = {"jsb_quarter": 11.06, "nottingham": 10.25, "musedata": 11.51, "piano_midi_de": 11.05}


def write(path: Path, sides: dict[str, list[list[list[int]]]]) -> None:
    """A set: side -> pieces -> frames -> MIDI pitches."""
    arrays = {}
    for side, pieces in sides.items():
        frames = [frame for piece in pieces for frame in piece]
        arrays[f"{side}_pitches"] = np.array([key for frame in frames for key in frame], np.uint8)
        arrays[f"{side}_step_offsets"] = np.cumsum([0, *map(len, frames)]).astype(np.int32)
        arrays[f"{side}_seq_offsets"] = np.cumsum([0, *map(len, pieces)]).astype(np.int32)
    np.savez(path, **arrays)


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A folder with one set: three pieces that swing between two chords."""
    piece = [[48, 60, 64], [50, 62, 65]] * 6
    write(tmp_path / "jsb_quarter.npz", {"train": [piece, piece[1:]], "valid": [piece], "test": [piece, piece[:3]]})
    return tmp_path


def test_a_set_is_read_as_it_is(tiny: Path) -> None:
    found = read_set(tiny / "jsb_quarter.npz")
    assert [len(piece) for piece in found.train] == [12, 11] and [len(piece) for piece in found.test] == [12, 3]
    assert (np.flatnonzero(found.test[1][1]) + 21).tolist() == [50, 62, 65]
    assert found.range == (48, 65) and found.title == "JSB chorales"


def test_laws_without_a_network(tmp_path: Path) -> None:
    """Worked out by hand: key 60 sounds in one of three frames, and never twice in a row; all others are silent."""
    write(tmp_path / "a.npz", {"train": [[[60], [], []]], "valid": [[[]]], "test": [[[60], []], [[]]]})
    found = read_set(tmp_path / "a.npz")
    silent = -87 * math.log(4 / 5)  # of a frame: 87 keys, none of three frames and one more
    assert independent_nats(found.train, found.test) == pytest.approx(
        silent - (math.log(2 / 5) + 2 * math.log(3 / 5)) / 3
    )
    # from silence (two of three frames): on once; from sounding: off once. Others: from silence off thrice.
    key_60 = -math.log(2 / 4) - math.log(2 / 3) - math.log(2 / 4)
    assert markov_nats(found.train, found.test) == pytest.approx(-87 * math.log(4 / 5) + key_60 / 3)


def test_the_papers_note_1_gram(tiny: Path) -> None:
    """To the last digit printed, where the sets are at hand; else the same code on a set made up."""
    folder = os.environ.get("MELOMORPH_BENCH")
    if folder:
        for found in read_sets(Path(folder)):
            assert round(independent_nats(found.train, found.test), 2) == NOTE_1_GRAM[found.name], found.name
    (found,) = read_sets(tiny)
    used = [12 / 25, 13 / 25]  # keys of the first chord sound in 11 of 23 frames, of the second in 12
    on, off = ([math.log(p) for p in used], [math.log(1 - p) for p in used])
    first, second = on[0] + off[1], on[1] + off[0]
    expected = -(8 * 3 * first + 7 * 3 * second) / 15 - 82 * math.log(24 / 25)
    assert independent_nats(found.train, found.test) == pytest.approx(expected)


@pytest.mark.parametrize("model", bench.MODELS)
def test_every_system_learns_a_set(tiny: Path, model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_train, "CHECKS", 2)
    monkeypatch.setattr(bench_train, "TEMPERATURES", 20)
    found = bench.compare(model, tiny, minutes=0.4 / 60)
    (one,) = found["sets"]
    assert one["nats"] < one["independent_nats"] and one["frames"] == one["all_frames"] == 15
    page = bench.page([found, found])
    assert bench.NAMES[model] in page and "Note 1-gram" in page and "Nottingham" not in bench.table([found])


def test_what_is_missing_or_odd_is_told(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UserError, match="frame by frame"):
        bench.compare("vae", tiny)
    with pytest.raises(UserError, match="no set to compare on"):
        read_sets(tiny / "elsewhere")
    np.savez(tiny / "nottingham.npz", train_pitches=np.zeros(3))
    with pytest.raises(UserError, match=r"nottingham.npz is not a set"):
        read_sets(tiny)
    write(tiny / "nottingham.npz", {side: [[[19]]] for side in ("train", "valid", "test")})
    assert main(["evaluate", "nade", "--bench", str(tiny)]) != 0
    assert "nottingham.npz is not a set" in capsys.readouterr().err


def test_the_command(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tiny / "new" / "bench.md"
    words = ["evaluate", "nade", "--bench", str(tiny), "--minutes", "0.003", "--json", "--markdown", str(page)]
    assert main(words) == 0
    assert json.loads(capsys.readouterr().out)["model"] == "nade"
    assert "JSB chorales" in page.read_text(encoding="utf-8")
