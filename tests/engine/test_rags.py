"""The rags that ship: all there, all in the public domain, all readable."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.codecs.roll import ROLL
from engine.resources import root
from engine.score.midi_read import read_midi

FOLDER = root() / "corpora" / "rags"
FILES = sorted(FOLDER.glob("*.mid"))


def listed() -> dict[str, list[str]]:
    lines = (FOLDER / "README.md").read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if ".mid |" in line]
    return {row[0]: row[1:] for row in cells}


def test_every_rag_is_named_with_composer_source_and_licence() -> None:
    rows = listed()
    assert sorted(rows) == [file.name for file in FILES]
    assert len(rows) == 21
    for piece, composer, _, source, licence in rows.values():
        assert piece and composer
        assert source.startswith("ftp/") and source.endswith(".ly")
        assert licence == "Public Domain"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_rag_gives_windows(file: Path) -> None:
    score, _ = read_midi(file)
    windows = list(ROLL.windows(score))
    if file.stem == "joplin_bethena":  # a waltz
        assert windows == []
        return
    assert len(windows) >= 30
    assert all(100 < window.sum() < 600 for window in windows)
