"""Earlier saves inside the project file: kept, thinned, brought back; never at the cost of the present one."""

from __future__ import annotations

import zipfile
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from engine.commands import versions
from engine.commands.document import Document
from engine.commands.project import load_project, save_project, to_project_bytes
from engine.commands.versions import Version, save_with_versions, thinned, versions_of
from engine.errors import UserError
from engine.score import Note, Score, Track

NOON = datetime(2026, 11, 21, 12)


def piece(number: int) -> Document:
    return Document(Score((Track.of([Note(0, 40 + number, 480)]),), name=f"Take {number}"))


def test_every_save_keeps_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "Größe 1.melomorph"
    for number in range(4):
        save_with_versions(piece(number), path, NOON + timedelta(minutes=number))
    save_with_versions(piece(3), path, NOON + timedelta(minutes=9))  # nothing new
    assert load_project(path) == piece(3)
    found = versions_of(path)
    assert [version.document.score.name for version in found] == ["Take 2", "Take 1", "Take 0"]
    assert [version.saved for version in found] == [NOON + timedelta(minutes=n) for n in (2, 1, 0)]
    assert [p.name for p in tmp_path.iterdir()] == [path.name], "one file"
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist()[0] == "document.json", "where older Melomorphs look for it"


def test_a_project_of_an_older_melomorph_becomes_the_first_version(tmp_path: Path) -> None:
    path = tmp_path / "old.melomorph"
    save_project(piece(1), path)
    assert versions_of(path) == []
    save_with_versions(piece(2), path)
    (one,) = versions_of(path)
    assert one.document == piece(1) and abs((datetime.now() - one.saved).total_seconds()) < 60


def test_what_is_no_project_is_replaced_and_what_is_damaged_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "a.melomorph"
    path.write_bytes(b"Dear Ludwig")
    save_with_versions(piece(1), path, NOON)
    assert load_project(path) == piece(1) and versions_of(path) == []
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("versions/yesterday.melomorph", b"?")
    assert versions_of(path) == []
    save_with_versions(piece(2), path, NOON)
    assert load_project(path) == piece(2) and len(versions_of(path)) == 1
    with pytest.raises(UserError, match="no file"):
        versions_of(tmp_path / "none.melomorph")


def test_many_versions_grow_coarse_with_age(monkeypatch: pytest.MonkeyPatch) -> None:
    content = to_project_bytes(piece(1))
    kept: list[Version] = []
    for number in range(500):
        kept = thinned([*kept, Version(NOON + timedelta(minutes=10 * number), content)])
    ages = [(kept[-1].saved - version.saved).total_seconds() / 600 for version in kept]
    assert len(kept) == versions.MOST and ages[-4:] == [3, 2, 1, 0], "today is fine"
    assert ages[0] == 499 and ages[1] > 200, "long ago is coarse"
    monkeypatch.setattr(versions, "ROOM", 5 * len(content))
    assert thinned(kept) == kept[-5:]
