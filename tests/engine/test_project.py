"""Project files: what is saved is opened, and nothing else gets through unnoticed."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.commands import project
from engine.commands.document import Document, Pin, Steering
from engine.commands.project import from_project_bytes, load_any, load_project, save_project, to_project_bytes
from engine.errors import UserError
from engine.score import Note, Origin, Score, Track
from engine.score.midi_write import write_midi
from tests.engine.midi_bytes import CLEAN
from tests.engine.score_strategies import notes, scores

numbers = st.floats(allow_nan=False, allow_infinity=False)
codes = st.lists(numbers, max_size=8).map(tuple)
steerings = st.builds(
    Steering,
    model=st.text(max_size=10),
    code=codes,
    pins=st.lists(st.builds(Pin, st.text(max_size=2), codes, st.lists(notes, max_size=5).map(tuple))).map(tuple),
    sliders=st.dictionaries(st.text(max_size=10), numbers, max_size=4),
    temperature=numbers,
    seed=st.integers(0, 2**64),
    compound=st.booleans(),
    at_tick=st.integers(0, 2**31 - 1),
    track=st.integers(0, 100),
    learnt=st.dictionaries(st.text(max_size=10), codes, max_size=2),
    crossfade=st.none() | numbers,
)

DOCUMENT = Document(
    Score((Track.of([Note(0, 60, 480), Note(480, 62, 480, 90, Origin.GENERATED)], "Flöte", 73),), name="Stück"),
    Steering(code=(0.5, -1.25), pins=(Pin("A", (1.0,), (Note(0, 60, 1),)),), sliders={"density": 1.5}),
)


def _about(document: Document = DOCUMENT) -> Any:
    with zipfile.ZipFile(io.BytesIO(to_project_bytes(document))) as archive:
        return json.loads(archive.read("document.json"))


def _packed(about: Any, name: str = "document.json") -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, about if isinstance(about, bytes) else json.dumps(about))
    return content.getvalue()


@settings(max_examples=60)
@given(st.builds(Document, scores, steerings))
def test_what_is_saved_is_opened(document: Document) -> None:
    content = to_project_bytes(document)
    assert from_project_bytes(content) == document
    assert to_project_bytes(from_project_bytes(content)) == content


def test_files(tmp_path: Path) -> None:
    path = tmp_path / "Mein Stück.melomorph"
    save_project(DOCUMENT, path)
    save_project(DOCUMENT, path)
    assert load_project(path) == DOCUMENT
    assert load_any(path) == (DOCUMENT, None)
    assert list(tmp_path.iterdir()) == [path]
    path.rename(tmp_path / "without suffix")
    assert load_any(tmp_path / "without suffix")[0] == DOCUMENT


@pytest.mark.parametrize("suffix", [".mid", ".MID", ".midi", ".kar", ".rmi", ""])
def test_midi_files_are_opened_as_well(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    write_midi(DOCUMENT.score, path)
    document, report = load_any(path)
    assert document == Document(score=DOCUMENT.score)
    assert report is not None and report.notes == 2


def test_a_failed_save_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.melomorph"
    save_project(DOCUMENT, path)
    with pytest.raises(UserError):
        save_project(DOCUMENT, tmp_path / "nowhere" / "a.melomorph")
    monkeypatch.setattr(project, "MAX_BYTES", 100)
    with pytest.raises(UserError, match="too many notes"):
        save_project(DOCUMENT, path)
    monkeypatch.undo()
    assert load_project(path) == DOCUMENT


def test_unknown_fields_are_ignored_and_missing_ones_filled() -> None:
    about = _about()
    about["later"] = about["score"]["later"] = about["steering"]["later"] = {"x": 1}
    about["score"]["tracks"][0]["later"] = 1
    assert from_project_bytes(_packed(about)) == DOCUMENT
    about["steering"] = {}
    assert from_project_bytes(_packed(about)) == Document(DOCUMENT.score)


def test_a_newer_version_is_refused_with_advice() -> None:
    with pytest.raises(UserError, match="newer Melomorph") as caught:
        from_project_bytes(_packed({**_about(), "version": project.VERSION + 1}))
    assert "Update" in caught.value.remedy


def _set(*path: Any) -> Callable[[Any], None]:
    def change(about: Any) -> None:
        *way, last, value = path
        for step in way:
            about = about[step]
        if value is ...:
            del about[last]
        else:
            about[last] = value

    return change


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (_set("format", "other"), "not a Melomorph project"),
        (_set("version", ...), "project.version"),
        (_set("version", "1"), "project.version"),
        (_set("score", ...), "project.score"),
        (_set("score", []), "project.score"),
        (_set("steering", None), "project.steering"),
        (_set("score", "name", 5), "project.score.name"),
        (_set("score", "ticks_per_quarter", 0), "project.score.ticks_per_quarter"),
        (_set("score", "ticks_per_quarter", True), "project.score.ticks_per_quarter"),
        (_set("score", "tempos", [[0, 0]]), "project.score"),
        (_set("score", "tempos", [[0]]), r"project.score.tempos\[0\]"),
        (_set("score", "tempos", [[0, 1.5]]), r"project.score.tempos\[0\]"),
        (_set("score", "meters", [[0, 3, 5]]), "3/5"),
        (_set("score", "keys", [[0, 9, 0]]), "project.score"),
        (_set("score", "keys", [[-1, 0, 0]]), "project.score"),
        (_set("score", "tracks", {}), "project.score.tracks"),
        (_set("score", "tracks", [7]), r"project.score.tracks\[0\]"),
        (_set("score", "tracks", 0, "program", 128), r"tracks\[0\].program"),
        (_set("score", "tracks", 0, "drums", 1), r"tracks\[0\].drums"),
        (_set("score", "tracks", 0, "notes", ...), r"tracks\[0\].notes"),
        (_set("score", "tracks", 0, "notes", [[0, 60, 1, 80]]), r"tracks\[0\].notes\[0\]"),
        (_set("score", "tracks", 0, "notes", [[0, 60, 1, 80, 0], "x"]), r"tracks\[0\].notes\[1\]"),
        (_set("score", "tracks", 0, "notes", [[0, 128, 1, 80, 0]]), r"notes\[0\].*pitch"),
        (_set("score", "tracks", 0, "notes", [[-1, 60, 1, 80, 0]]), r"notes\[0\].*start"),
        (_set("score", "tracks", 0, "notes", [[0, 60, 0, 80, 0]]), r"notes\[0\].*length"),
        (_set("score", "tracks", 0, "notes", [[0, 60, 1, 0, 0]]), r"notes\[0\].*velocity"),
        (_set("score", "tracks", 0, "notes", [[0, 60, 1, 80, 4]]), r"notes\[0\].*origin"),
        (_set("score", "tracks", 0, "notes", [[2**80, 60, 1, 80, 0]]), r"notes\[0\]"),
        (_set("steering", "model", None), "project.steering.model"),
        (_set("steering", "code", ["a"]), r"project.steering.code\[0\]"),
        (_set("steering", "code", [float("nan")]), r"project.steering.code\[0\]"),
        (_set("steering", "code", [10**400]), r"project.steering.code\[0\]"),
        (_set("steering", "sliders", {"density": "much"}), "project.steering.sliders.density"),
        (_set("steering", "temperature", True), "project.steering.temperature"),
        (_set("steering", "seed", 1.5), "project.steering.seed"),
        (_set("steering", "at_tick", -1), "project.steering.at_tick"),
        (_set("steering", "pins", 0, "notes", [[]]), r"project.steering.pins\[0\].notes\[0\]"),
    ],
)
def test_every_wrong_field_is_named(change: Callable[[Any], None], named: str) -> None:
    about = _about()
    change(about)
    with pytest.raises(UserError, match=named):
        from_project_bytes(_packed(about))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04",
        CLEAN,
        _packed(b"{"),
        _packed(b"[]"),
        _packed(b"\xff\xfe"),
        _packed(b"[" * 200_000),
        _packed(b"9" * 100_000),
        _packed(_about(), "other.json"),
        to_project_bytes(DOCUMENT)[:-30],
    ],
)
def test_what_is_no_project_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.melomorph"
    path.write_bytes(content)
    with pytest.raises(UserError):
        load_any(path)


def test_a_zip_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(project, "MAX_BYTES", 1_000_000)
    bomb = _packed(b" " * 20_000_000)
    assert len(bomb) < 50_000
    with pytest.raises(UserError, match="damaged"):
        from_project_bytes(bomb)
    with pytest.raises(UserError, match="damaged"):  # whatever size it claims
        from_project_bytes(bomb.replace((20_000_000).to_bytes(4, "little"), (100).to_bytes(4, "little")))


@settings(max_examples=150)
@given(
    st.lists(st.tuples(st.integers(0, 10_000), st.binary(min_size=1, max_size=3)), max_size=4), st.integers(0, 10_000)
)
def test_damaged_files_are_refused_or_the_same(damage: list[tuple[int, bytes]], length: int) -> None:
    content = to_project_bytes(DOCUMENT)[: max(length, 20)]
    for at, new in damage:
        at %= len(content)
        content = content[:at] + new + content[at + len(new) :]
    try:
        assert from_project_bytes(content) == DOCUMENT
    except UserError:
        pass


def test_no_file_is_a_user_error(tmp_path: Path) -> None:
    for path in (tmp_path / "none.melomorph", tmp_path, tmp_path / "none.mid", tmp_path / "no\0name.melomorph"):
        with pytest.raises(UserError):
            load_any(path)
