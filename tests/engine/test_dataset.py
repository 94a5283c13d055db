"""From tunes to windows, and from pieces to two sides that share nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.codecs import melody
from engine.codecs.melody import MELODY
from engine.corpus.abc import read_book
from engine.corpus.dataset import Dataset, Split, build, mix_bars
from engine.corpus.windows import Piece, from_score, from_tune
from engine.errors import UserError
from engine.score import Meter, Note, Score, Track


def piece(body: str, meter: str = "4/4", unit: str = "1/8") -> Piece | None:
    (tune,) = read_book(f"X:1\nT:Test\nM:{meter}\nL:{unit}\nK:C\n{body}\n", "book")
    return from_tune(tune)


def steps(found: Piece | None) -> list[list[tuple[int, int, int]]]:
    assert found is not None
    return [melody.decode_steps(window) for window in found.windows]


def made_up(number: int, rng: np.random.Generator, n: int = 6, compound: bool = False) -> Piece:
    """A piece of n windows of made-up notes."""
    windows = []
    for _ in range(n):
        total = 2 * melody.steps_per_bar(compound)
        notes = [(at, at + 2, int(rng.integers(48, 84))) for at in range(0, total, 2)]
        windows.append(melody.encode_steps(notes, compound))
    return Piece(f"Tune {number}", "book", np.array(windows))


# windows -------------------------------------------------------------------------------------------------------------


def test_a_window_starts_at_every_bar() -> None:
    found = steps(piece("C8|D8|E8|F8|"))
    assert found == [
        [(0, 16, 60), (16, 32, 62)],
        [(0, 16, 62), (16, 32, 64)],
        [(0, 16, 64), (16, 32, 65)],
    ]


def test_pickups_and_bars_that_are_not_full_begin_a_new_stretch() -> None:
    assert steps(piece("G2|C8|D8|E4|F8|G8|")) == [[(0, 16, 60), (16, 32, 62)], [(0, 16, 65), (16, 32, 67)]]
    assert piece("C8|D4|E8|") is None
    assert steps(piece("C8|D8|z8|E8|F8|")) == [[(0, 16, 60), (16, 32, 62)], [(0, 16, 64), (16, 32, 65)]]


def test_ties_join_also_over_the_bar_line() -> None:
    assert steps(piece("C4 D4-|D4 E4-|E8|")) == [
        [(0, 8, 60), (8, 24, 62), (24, 32, 64)],
        [(0, 8, 62), (8, 32, 64)],
    ]
    assert steps(piece("C4-D4|D4 E4|"))[0][0] == (0, 8, 60), "a tie to another pitch is a slur"


def test_two_bars_of_two_four_make_one() -> None:
    found = steps(piece("C4|D4|E4|F4|G4|A4|", meter="2/4"))
    assert found == [
        [(0, 8, 60), (8, 16, 62), (16, 24, 64), (24, 32, 65)],
        [(0, 8, 64), (8, 16, 65), (16, 24, 67), (24, 32, 69)],
    ]


def test_bars_of_six_eight_and_three_four_have_twelve_steps() -> None:
    assert steps(piece("C3 D3|E6|", meter="6/8")) == [[(0, 6, 60), (6, 12, 62), (12, 24, 64)]]
    assert steps(piece("C2 D4|E6|", meter="3/4")) == [[(0, 4, 60), (4, 12, 62), (12, 24, 64)]]
    assert melody.is_compound(piece("C6|C6|", meter="6/8").windows).all()  # type: ignore[union-attr]


@pytest.mark.parametrize("meter", ["5/4", "9/8", "12/8", "3/8"])
def test_other_meters_are_left_out(meter: str) -> None:
    assert piece("C8|" * 6, meter=meter, unit="1/8") is None
    assert piece("C8|[M:6/8] C6|C6|") is None


def test_windows_of_a_score() -> None:
    line = [Note(480 * i, 60 + i % 12, 480) for i in range(16)]
    drums = Track.of(line, drums=True)
    (found,) = from_score(Score(tracks=(Track.of(line, name="Flute"), drums), name="Song"), MELODY, "mine")
    assert (found.title, found.book, found.windows.shape) == ("Song", "mine", (3, 32))
    assert melody.decode_steps(found.windows[1]) == [(4 * i, 4 * i + 4, 60 + (4 + i) % 12) for i in range(8)]
    assert from_score(Score(tracks=(Track.of(line),), meters=(Meter(0, 5, 4),))) == []
    (waltz,) = from_score(Score(tracks=(Track.of(line),), meters=(Meter(0, 3, 4),)))
    assert melody.is_compound(waltz.windows).all()
    assert from_score(Score(tracks=(Track.of([Note(0, 60, 3840)]),))) == [], "a drone is no melody"


# two sides -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pieces() -> list[Piece]:
    """200 tunes; every tenth has a variant in another key, every twentieth an exact copy."""
    rng = np.random.default_rng(3)
    found = [made_up(number, rng, compound=number % 3 == 0) for number in range(200)]
    for number in range(0, 200, 10):
        windows = found[number].windows.copy()
        windows[0] = made_up(0, rng, 1, number % 3 == 0).windows[0]
        low = np.clip(windows, 0, None)
        found.append(Piece(f"Another {number}", "other book", melody.transposed(low, 3)))
    for number in range(0, 200, 20):
        found.append(Piece(f"Copy {number}", "third book", found[number].windows.copy()))
    return found


def owners(split: Split) -> dict[str, set[bytes]]:
    """Shapes of each tune."""
    found: dict[str, set[bytes]] = {}
    for tune, shape in zip(split.tunes, MELODY.shape_of(split.windows), strict=True):
        found.setdefault(split.titles[tune], set()).add(shape.tobytes())
    return found


def test_no_tune_is_on_both_sides(pieces: list[Piece]) -> None:
    made = build(pieces)
    train, held = owners(made.train), owners(made.held_out)
    assert not set(train) & set(held)
    assert not set().union(*train.values()) & set().union(*held.values()), "nor a window of it in any key"
    assert 0.05 < made.held_out.tune_count / len(pieces) < 0.3
    assert made.train.tune_count + made.held_out.tune_count == 220


def test_variants_stay_together_and_copies_go(pieces: list[Piece]) -> None:
    made = build(pieces)
    train, held = owners(made.train), owners(made.held_out)
    assert made.duplicates == 10
    assert not any(title.startswith("Copy") for title in [*train, *held])
    for number in range(0, 200, 10):
        assert (f"Tune {number}" in train) == (f"Another {number}" in train)
    assert any(title.startswith("Another") for title in held), "the case occurs on both sides"


def test_the_split_depends_on_the_tune_not_on_its_neighbours(pieces: list[Piece]) -> None:
    whole, part = build(pieces), build(pieces[50:200])
    again = build(pieces)
    np.testing.assert_array_equal(whole.held_out.windows, again.held_out.windows)
    held = set(owners(whole.held_out))
    alone = {f"Tune {number}" for number in range(50, 200) if number % 10}
    assert set(owners(part.held_out)) & alone == held & alone
    assert set(owners(build(pieces, seed=2).held_out)) != held


def test_each_window_is_kept_once() -> None:
    rng = np.random.default_rng(0)
    many = made_up(1, rng, 30)
    many.windows[7] = many.windows[3]
    made = build([many, *(made_up(number, rng) for number in range(2, 12))])
    rows = [row.tobytes() for row in np.concatenate([made.train.windows, made.held_out.windows])]
    assert len(rows) == len(set(rows))


def test_small_corpora_are_split_too() -> None:
    rng = np.random.default_rng(1)
    made = build([made_up(number, rng) for number in range(7)])
    assert made.train.tune_count == 6 and made.held_out.tune_count == 1
    alone = build([made_up(0, rng, 25)])
    assert len(alone.train.windows) == 25 and len(alone.held_out.windows) == 0
    with pytest.raises(UserError, match="too little music"):
        build([made_up(0, rng, 19)])
    with pytest.raises(UserError, match="too little music"):
        build([])


def test_a_data_set_survives_the_disk(pieces: list[Piece], tmp_path: Path) -> None:
    made = build(pieces)
    made.save(tmp_path / "data.npz")
    again = Dataset.load(tmp_path / "data.npz")
    assert again.duplicates == made.duplicates
    for before, after in ((made.train, again.train), (made.held_out, again.held_out)):
        np.testing.assert_array_equal(before.windows, after.windows)
        np.testing.assert_array_equal(before.tunes, after.tunes)
        assert before.titles == after.titles


def test_one_kind_of_bar() -> None:
    rng = np.random.default_rng(2)
    made = build([made_up(number, rng, compound=number % 2 == 0) for number in range(30)])
    for compound in (False, True):
        side = made.train.where(compound)
        assert len(side.windows) and (melody.is_compound(side.windows) == compound).all()
        assert len(side.windows) == len(side.tunes)
    assert made.train.tune_count == made.train.where(False).tune_count + made.train.where(True).tune_count


# what training does to them ------------------------------------------------------------------------------------------


def test_transposing_keeps_the_music_and_the_range(pieces: list[Piece]) -> None:
    rng = np.random.default_rng(5)
    windows = np.concatenate([p.windows for p in pieces])
    edge = melody.encode_steps([(0, 8, melody.LOWEST), (8, 32, melody.HIGHEST)], False)
    silence = melody.encode_steps([], False)
    windows = np.concatenate([windows, [edge, silence]])
    moved = MELODY.transpose_randomly(windows, rng)
    np.testing.assert_array_equal(MELODY.shape_of(moved)[:-2], MELODY.shape_of(windows)[:-2])
    np.testing.assert_array_equal(moved[-2:], windows[-2:], "nothing to move, or nowhere to go")
    pitched = (windows >= melody.FIRST_PITCH_TOKEN) & (windows < melody.PAD)
    np.testing.assert_array_equal((moved >= melody.FIRST_PITCH_TOKEN) & (moved < melody.PAD), pitched)
    shifts = (moved.astype(int) - windows)[:-2].max(1) + (moved.astype(int) - windows)[:-2].min(1)
    assert set(np.unique(shifts)) == set(range(melody.TRANSPOSE_DOWN, melody.TRANSPOSE_UP + 1))


def test_mixed_bars_come_from_the_same_tune(pieces: list[Piece]) -> None:
    split = build(pieces).train
    rng = np.random.default_rng(6)
    chosen = rng.integers(0, len(split.windows), 600)
    mixed = mix_bars(split, chosen, rng, share=0.5)
    bars: dict[int, set[bytes]] = {}
    for tune, window in zip(split.tunes, split.windows, strict=True):
        bars.setdefault(int(tune), set()).update({window[:16].tobytes(), window[16:].tobytes()})
    changed = 0
    for index, window in zip(chosen, mixed, strict=True):
        assert window[:16].tobytes() == split.windows[index, :16].tobytes(), "the first bar stays"
        assert window[16:].tobytes() in bars[int(split.tunes[index])]
        changed += window[16:].tobytes() != split.windows[index, 16:].tobytes()
    assert 200 < changed < 320, "half of them, less those that drew themselves"
    np.testing.assert_array_equal(mix_bars(split, chosen, rng, share=0.0), split.windows[chosen])


def test_shapes_are_the_same_in_any_key() -> None:
    notes = [(0, 4, 60), (4, 8, 67), (12, 32, 55)]
    here = melody.encode_steps(notes, False)
    there = melody.encode_steps([(on, end, pitch + 4) for on, end, pitch in notes], False)
    other = melody.encode_steps([*notes[:2], (12, 32, 56)], False)
    shapes = MELODY.shape_of(np.array([here, there, other]))
    assert (shapes[0] == shapes[1]).all() and (shapes[0] != shapes[2]).any()
    assert np.isfinite(MELODY.shape_of(melody.encode_steps([], False)[None])).all()
