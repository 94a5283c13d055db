"""What a training let hear comes back from its file as it was; whatever else is in that file, nothing does."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.codecs.codec import Voice
from engine.errors import Cancelled
from engine.models.registry import row
from engine.options import Value
from engine.score import Note
from engine.training import hearings, make, unfinished
from engine.training.hearings import KEPT, LARGEST, Hearing, kept, read, with_one_more, write
from engine.training.options import Order, TrainOptions
from engine.training.progress import Heard, Line, News, TrainingProgress
from engine.verbs.idea import Idea


def heard(step: int, notes: int = 3) -> Heard:
    voices = (Voice("Bass", 32, tuple(Note(n, 40 + n % 40, 5, 90) for n in range(notes))), Voice("", 0, ()))
    places = np.array([[0.5, -1.0], [0.25, 1.0]], np.float32)
    table = (Line("this one", {"distance": 4.5}), Line("real music", {"distance": 2.0}))
    samples = (Idea("1", voices, remark="as it understood it", ticks=1920, meter=(6, 8)), Idea("2", (), ticks=960))
    return Heard(step, 0.25, samples, 96, places, np.array([0, 1], np.uint8), table, ("Jig", "Größe"))


def test_it_comes_back_as_it_was(tmp_path: Path) -> None:
    out = tmp_path / "vae~Mine.safetensors"
    assert read(out) == []
    write(out, [Hearing(heard(10), 1_000.0), Hearing(Heard(20, 0.5, ()), 2_000.0)])
    first, second = read(out)
    there, here = first.heard, heard(10)
    assert (there.samples, there.table, there.kind_names) == (here.samples, here.table, here.kind_names)
    assert (there.step, there.fraction, there.ticks_per_quarter, first.when) == (10, 0.25, 96, 1_000.0)
    assert there.places is not None and np.array_equal(there.places, here.places)
    assert there.kinds is not None and there.kinds.dtype == np.uint8 and there.kinds.tolist() == [0, 1]
    assert second.heard.samples == () and second.heard.places is None and second.heard.kinds is None
    assert [path.name for path in tmp_path.iterdir()] == ["vae~Mine.heard"]
    unfinished.forget(out)
    assert list(tmp_path.iterdir()) == [], "it goes with its training"


def test_each_is_kept_as_it_is_heard(tmp_path: Path) -> None:
    told: list[object] = []
    out = tmp_path / "vae~Mine.safetensors"
    tell = kept(out, lambda news: bool(told.append(news)) or len(told) == 3)
    assert [tell(heard(10)), tell(TrainingProgress(12, 0.2, {})), tell(heard(20))] == [False, False, True]
    assert len(told) == 3 and [one.heard.step for one in read(out)] == [10, 20]
    kept(out, lambda news: False)(heard(15))  # gone on from a checkpoint that was older
    assert [one.heard.step for one in read(out)] == [10, 15]
    gone = tmp_path / "no such folder" / "vae~Mine.safetensors"
    assert kept(gone, lambda news: True)(heard(1)), "a disk that refuses is no reason not to listen"


def test_a_training_that_goes_on_still_has_them(tunes: Path, tiny_options: dict[str, Value], tmp_path: Path) -> None:
    """A real one, stopped and gone on with; its table and dots are too dear for so short a time."""
    out = tmp_path / "melody_vae~Mine.safetensors"
    options = TrainOptions(steps=400, device="cpu", hear_minutes=1e-6, precision="full")
    wanted = Order(row("melody_vae"), str(tunes), out, options, network=tiny_options)
    times: list[list[int]] = []

    def listen(news: News) -> bool:
        if isinstance(news, Heard):
            times.append([one.heard.step for one in read(out)])
        return False

    def stop(done: float, total: float, text: str = "") -> None:
        if len(times) > len(begun) - 1 and text.startswith("step "):
            raise Cancelled

    begun: list[bool] = []
    for resume in (False, True, False):
        begun.append(resume)
        with pytest.raises(Cancelled):
            make.train(dataclasses.replace(wanted, resume=resume), stop, listen)
    (first,), (again, second), (anew,) = times
    assert again == first < second and anew < second, "who begins anew has let hear nothing yet"
    assert len(read(out)[0].heard.samples) == 4


def test_it_never_grows_beyond_its_bounds(tmp_path: Path) -> None:
    out, many = tmp_path / "vae~Mine.safetensors", list[Hearing]()
    for step in range(1, 60):
        many = with_one_more(many, heard(step, notes=300), 0.0)
    assert len(many) == KEPT and (many[0].heard.step, many[-1].heard.step) == (1, 59)
    huge = Hearing(heard(70, notes=LARGEST // KEPT // 10), 0.0)
    write(out, [*many, huge])
    assert out.with_suffix(".heard").stat().st_size < LARGEST
    assert [one.heard.step for one in read(out)] == [one.heard.step for one in many], "what is too large stays out"


def _spoilt() -> list[tuple[str, Any]]:
    nested: Any = []
    for _ in range(50):
        nested = [nested]
    note = [[["Bass", 32, [[0, 200, 5, 90]]]], [["Bass", 32, [[0, 60, 5]]]], [["Bass", 999, []]], [["x" * 999, 0, []]]]
    return [
        ("step", -1), ("step", 1e300), ("step", True), ("when", float("nan")), ("fraction", "half"), ("ticks", 0),
        ("samples", 5), ("samples", nested), ("places", [[1.0, 2.0, 3.0]] * 2), ("places", [[float("inf"), 1.0]] * 2),
        ("places", "abc"), ("places", [[0.0, 0.0]] * 9_999), ("kinds", None), ("kinds", [0]), ("kinds", [0, 999]),
        ("names", [5]), ("names", ["x"] * 99), ("table", [["this one", {"distance": "near"}]]), ("table", [[1, {}]]),
        *[("voices", voices) for voices in note],
    ]  # fmt: skip


@pytest.mark.parametrize(("field", "value"), _spoilt())
def test_what_no_training_lets_hear_is_as_if_it_were_not_there(tmp_path: Path, field: str, value: Any) -> None:
    out = tmp_path / "vae~Mine.safetensors"
    write(out, [Hearing(heard(10), 0.0)])
    path = out.with_suffix(hearings.SUFFIX)
    found = json.loads(path.read_text(encoding="utf-8"))
    place = found[0]["samples"][0] if field == "voices" else found[0]
    assert field in place and len(read(out)) == 1
    place[field] = value
    path.write_text(json.dumps(found), encoding="utf-8")
    assert read(out) == []


@pytest.mark.parametrize("content", [b"", b"[", b"\xff\xfe", b"{}", b"[[]]", b"[" * 200_000, b"[]" + b" " * LARGEST])
def test_a_damaged_file_is_none(tmp_path: Path, content: bytes) -> None:
    out = tmp_path / "vae~Mine.safetensors"
    out.with_suffix(hearings.SUFFIX).write_bytes(content)
    assert read(out) == []
