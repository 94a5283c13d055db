"""Where music to learn from comes from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.codecs import melody
from engine.codecs.melody import MELODY
from engine.corpus import corpora
from engine.corpus.dataset import build
from engine.errors import Cancelled, UserError
from engine.score import Note, Score, Track
from engine.score.midi_write import write_midi


def test_every_corpus_says_where_it_comes_from_and_on_what_terms() -> None:
    for name, corpus in corpora.CORPORA.items():
        assert corpus.name == name and corpus.title and corpus.terms.endswith(".")
    assert not corpora.CORPORA["essen"].shippable, "its terms forbid it"
    from engine.models.registry import REGISTRY

    assert all(corpora.CORPORA[row.recipe.corpus].shippable for row in REGISTRY.values())


def test_the_folk_corpus_leaves_more_than_five_hundred_tunes_unseen() -> None:
    pytest.importorskip("music21")
    told: list[tuple[float, float]] = []
    pieces = corpora.read("folk", MELODY, lambda done, total, text="": told.append((done, total)))
    assert len(pieces) > 3500 and len(told) > 10
    made = build(pieces)
    assert made.held_out.tune_count > 500
    assert 0.1 < made.held_out.tune_count / (made.train.tune_count + made.held_out.tune_count) < 0.2
    seen = {row.tobytes() for row in MELODY.shape_of(made.train.windows)}
    assert not any(row.tobytes() in seen for row in MELODY.shape_of(made.held_out.windows))
    for compound in (False, True):
        assert len(made.train.where(compound).windows) > 8_000 and len(made.held_out.where(compound).windows) > 2_000
    onsets = (made.train.windows >= melody.FIRST_PITCH_TOKEN) & (made.train.windows < melody.PAD)
    assert 0.25 < onsets.mean() < 0.6
    titles = set(made.train.titles)
    assert any("Jig" in title for title in titles) or any("Reel" in title for title in titles)


def test_a_folder_of_ones_own(tunes: Path, tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    line = [Note(480 * i, 60 + (5 * i) % 12, 480) for i in range(32)]
    write_midi(Score(tracks=(Track.of(line),)), tmp_path / "deep" / "er" / "song.MID")
    (tmp_path / "book.abc").write_text((tunes / "book.abc").read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "broken.mid").write_bytes(b"not music")
    (tmp_path / "letter.txt").write_text("Dear Ludwig", encoding="utf-8")
    told: list[str] = []
    pieces = corpora.read(str(tmp_path), MELODY, lambda done, total, text="": told.append(text))
    assert len(pieces) == 65
    assert {p.book for p in pieces} == {"book", "song"}
    assert any("1 skipped" in text for text in told), "what could not be read is told"
    assert all(p.windows.dtype == np.uint8 and p.windows.shape[1] == 32 for p in pieces)


def test_a_corpus_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no corpus and no folder called nonesuch") as refused:
        corpora.read("nonesuch")
    assert "folk" in refused.value.remedy
    with pytest.raises(UserError, match="is not there") as gone:
        corpora.read(str(tmp_path / "disk that was taken out"))
    assert "Put it back" in gone.value.remedy
    with pytest.raises(UserError):
        build(corpora.read(str(tmp_path)))


def test_reading_can_be_cancelled(tunes: Path) -> None:
    def stop(done: float, total: float, text: str = "") -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        corpora.read(str(tunes), MELODY, stop)
