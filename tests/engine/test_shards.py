"""More music than fits into memory: the same data set, made and read within a budget, dealt to many processes."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from engine.codecs import melody
from engine.codecs.catalog import codec as codec_of
from engine.codecs.codec import Codec
from engine.codecs.melody import MELODY
from engine.corpus.dataset import Dataset, Split, build, mix_bars
from engine.corpus.shards import Room, on_disk
from engine.corpus.windows import Piece
from engine.errors import UserError
from engine.training import make
from engine.training.batches import Source

ROOT = Path(__file__).resolve().parents[2]


def pieces(count: int = 160, seed: int = 1, traits: bool = False) -> list[Piece]:
    """Made-up tunes in families: copies, variants in other keys, repeated windows, four kinds."""
    rng = np.random.default_rng(seed)
    stock = [
        melody.encode_steps([(at, at + 2, int(rng.integers(50, 80))) for at in range(0, 32, 2)], False)
        for _ in range(count * 3)
    ]
    found: list[Piece] = []
    for number in range(count):
        windows = np.array([stock[at] for at in rng.integers(0, len(stock), rng.integers(1, 9))])
        if number and rng.random() < 0.2:
            windows = np.concatenate([windows, found[int(rng.integers(number))].windows])
        if number and rng.random() < 0.1:
            windows = melody.transposed(found[int(rng.integers(number))].windows, 2)
        marks = (
            frozenset(bytes([int(m)]) * 3 for m in rng.integers(0, 250, 5)) if traits and number % 2 else frozenset()
        )
        found.append(
            Piece(f"Tune {number}", f"book {number % 3}", windows, marks, ("reel", "jig", "", "hymn")[number % 4])
        )
    return found


# the plain way, as it was done while everything had to fit into memory -----------------------------------------------


def plain_sides(pieces: list[Piece], codec: Codec) -> tuple[list[list[int]], int]:
    """Pieces to learn from and held out, and how many are copies."""
    shapes = [set(p.traits) or {w.tobytes() for w in codec.shape_of(p.windows)} for p in pieces]
    family = list(range(len(pieces)))
    dropped: set[int] = set()
    for index, mine in enumerate(shapes):
        for other in range(index):
            count = len(mine & shapes[other])
            if count and count >= 0.3 * min(len(mine), len(shapes[other])):
                old, new = family[index], family[other]
                family = [new if f == old else f for f in family]
                dropped |= {index} if count == len(mine) else set()
    groups: dict[int, list[int]] = defaultdict(list)
    for index in sorted(set(range(len(pieces))) - dropped):
        groups[family[index]].append(index)
    sides: list[list[int]] = [[], []]
    for members in groups.values():
        key = hashlib.sha256(f"1 {pieces[members[0]].title} {pieces[members[0]].book}".encode()).digest()
        sides[int.from_bytes(key[:8], "big") / 2**64 < 0.15] += members
    if not all(sides):
        sides = [[], []]
        for number, members in enumerate(groups.values()):
            sides[number % 7 == 6 or len(groups) == 1] += members
    return [sorted(sides[0] or sides[1]), sorted(sides[1])], len(dropped)


def plain_windows(pieces: list[Piece], chosen: list[int], learnt: set[bytes]) -> list[tuple[bytes, int]]:
    """Windows with the number of their tune, each once, and none that is learnt in any key."""
    seen: set[bytes] = set()
    found: list[Piece] = []
    for number, index in enumerate(chosen):
        for window, shape in zip(pieces[index].windows, MELODY.shape_of(pieces[index].windows), strict=True):
            if window.tobytes() not in seen and shape.tobytes() not in learnt:
                seen.add(window.tobytes())
                found.append((window.tobytes(), number))
    return found


def rows(split: Split) -> list[bytes]:
    return [window.tobytes() for window in split.windows]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("budget", [None, 2_000], ids=["in memory", "on disk"])
def test_it_is_the_data_set_that_the_plain_way_gives(seed: int, budget: int | None, tmp_path: Path) -> None:
    count = (160, 160, 40, 12, 9, 160)[seed]
    music = pieces(count, seed, traits=seed == 5)
    made = build(iter(music), room=Room(budget, tmp_path))
    assert made.on_disk is bool(budget)
    sides, copies = plain_sides(music, MELODY)
    assert copies == made.duplicates and (copies > 0 or count < 160)
    learnt: set[bytes] = set()
    for chosen, split in zip(sides, (made.train, made.held_out), strict=True):
        assert list(zip(rows(split), split.tunes.tolist(), strict=True)) == plain_windows(music, chosen, learnt)
        assert list(split.titles) == [music[index].title for index in chosen]
        assert split.windows.dtype == np.uint8 and split.tunes.dtype == np.int32
        learnt = {shape.tobytes() for shape in MELODY.shape_of(split.windows)}


def test_one_tune_alone_is_learnt_and_nothing_is_held_out() -> None:
    (alone,) = pieces(1)
    music = [Piece("One", "", np.concatenate([p.windows for p in pieces(12)]))]
    made = build(music)
    assert len(made.train.windows) == len({w.tobytes() for w in music[0].windows}) and not len(made.held_out.windows)
    with pytest.raises(UserError, match="too little music"):
        build([alone])


def digest(*arrays: np.ndarray) -> str:
    return hashlib.sha256(b"".join(np.ascontiguousarray(array).tobytes() for array in arrays)).hexdigest()[:16]


def test_shipped_recipes_learn_what_they_always_learnt() -> None:
    """The digests were taken before anything could lie on disk: the corpus, its split and the first batches."""
    roll, stream = (make.read_data("rags", codec_of(name)) for name in ("roll", "stream"))
    assert digest(roll.train.windows, roll.train.tunes) == ROLL and roll.duplicates == 0
    assert digest(stream.train.windows, stream.train.tunes, stream.held_out.windows) == STREAM
    source = Source(roll.train, codec_of("roll"))
    batches, rng = source.batches(16, 0.3), np.random.default_rng([1, 0])
    assert digest(*(batches(rng, at) for at in (0.0, 0.1, 0.7)), source.many(40)) == BATCHES


ROLL, STREAM, BATCHES = "db70f68d02896091", "cc4b8a0cad48eba1", "591e3bb6a93ea46a"


@pytest.fixture
def both(tmp_path: Path) -> tuple[Dataset, Dataset]:
    """The same data set in memory and on disk."""
    return build(pieces()), build(pieces(), room=Room(6_000, tmp_path))


def test_what_is_drawn_does_not_depend_on_where_it_lies(both: tuple[Dataset, Dataset]) -> None:
    here, there = both
    assert on_disk(there.train.windows) and not on_disk(there.train.windows[1:]) and not on_disk(here.train.windows)
    for kinds in ((), ("reel", "hymn")):
        drawn = [
            [Source(data.train, MELODY, kinds).draw(rng, 40, mix) for mix in (0.0, 0.5)]
            for data, rng in ((here, np.random.default_rng(4)), (there, np.random.default_rng(4)))
        ]
        np.testing.assert_array_equal(drawn[0], drawn[1])
        many = Source(there.train, MELODY, kinds).many(30)
        assert len({row.tobytes() for row in many[:, -32:]}) == 30, "different ones"
    np.testing.assert_array_equal(
        *(mix_bars(data.train, np.arange(50), np.random.default_rng(2), 0.5) for data in both)
    )
    assert here.train.tune_count == there.train.tune_count


def test_what_is_measured_is_a_part_that_fits_into_memory(both: tuple[Dataset, Dataset]) -> None:
    here, there = both
    assert here.near is here
    part = there.within(2_000)
    assert not on_disk(part.train.windows) and 1_000 < part.train.windows.nbytes <= 2_000
    known = set(zip(here.train.tunes.tolist(), rows(here.train), strict=True))
    assert set(zip(part.train.tunes.tolist(), rows(part.train), strict=True)) < known
    whole = there.within(1 << 30)
    np.testing.assert_array_equal(whole.train.windows, here.train.windows)
    assert rows(there.near.held_out) == rows(here.held_out)


def test_it_is_kept_under_a_key(both: tuple[Dataset, Dataset], tmp_path: Path) -> None:
    for number, data in enumerate(both):
        folder = tmp_path if number else tmp_path / "other"
        data.save(folder, "these files")
        again = Dataset.load(folder, "these files")
        assert again is not None and again.duplicates == data.duplicates
        assert rows(again.train) == rows(data.train) and again.held_out.titles == data.held_out.titles
        assert again.train.kinds == data.train.kinds and again.train.tunes.tolist() == data.train.tunes.tolist()
        assert Dataset.load(folder, "other files") is None
        (folder / "data.json").write_text("{", encoding="utf-8")
        assert Dataset.load(folder, "these files") is None


@pytest.mark.parametrize("processes", [2, 3, 7])
@pytest.mark.parametrize("where", [0, 1], ids=["in memory", "on disk"])
def test_every_window_is_some_process_s_and_none_is_two_s(
    both: tuple[Dataset, Dataset], where: int, processes: int
) -> None:
    split = both[where].train
    whole = Source(split, MELODY)
    shares = [whole.share(rank, processes)._chosen for rank in range(processes)]
    places = [share.at(np.arange(len(share))) for share in shares]
    assert sorted(np.concatenate(places).tolist()) == list(range(len(split.windows)))
    tunes = [set(split.tunes[mine].tolist()) for mine in places]
    assert not set.intersection(*tunes), "whole tunes, so that halves are mixed within a share"
    assert max(map(len, places)) < 1.5 * min(map(len, places))
    rng = np.random.default_rng(0)
    drawn = {int(place) for _ in range(60) for place in shares[1].at(rng.integers(0, len(shares[1]), 40))}
    assert drawn <= set(places[1].tolist()) and len(drawn) > 0.9 * len(places[1])
    assert whole.share(0, 1) is whole, "alone it draws as it always did"


def test_few_tunes_are_divided_and_too_few_windows_are_told() -> None:
    tunes = build([Piece("One", "", np.concatenate([p.windows for p in pieces(12)]))]).train
    shares = [Source(tunes, MELODY).share(rank, 3)._chosen for rank in range(3)]
    assert sorted(int(p) for s in shares for p in s.at(np.arange(len(s)))) == list(range(len(tunes.windows)))
    with pytest.raises(UserError, match="more processes than windows"):
        Source(tunes, MELODY).share(0, 1000)


def test_kinds_are_dealt_too() -> None:
    split = build(pieces()).train
    shares = [Source(split, MELODY, ("jig", "reel")).share(rank, 2) for rank in range(2)]
    kinds = np.array(split.kinds)[split.tunes]
    heard = [set(s._chosen.at(np.arange(len(s._chosen))).tolist()) for s in shares]
    assert not heard[0] & heard[1]
    assert heard[0] | heard[1] == set(np.flatnonzero((kinds == "jig") | (kinds == "reel")).tolist())
    assert set(shares[0].draw(np.random.default_rng(1), 200)[:, 0].tolist()) == {0, 1}


MEGA = 1 << 20
LARGE = """
import resource, sys
sys.path[:0] = [{root!r}, {here!r}]
from pathlib import Path
import numpy as np
from test_shards import large
from engine.codecs.catalog import codec
from engine.training.batches import Source
from engine.corpus.dataset import build
from engine.corpus.shards import Room

def peak():
    status = Path("/proc/self/status")
    if status.exists():  # what getrusage says there begins with the peak of the process that started this one
        return int(status.read_text().partition("VmHWM:")[2].split()[0]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)

def learn(music, room=None):
    data = build(music, codec("phrase"), room=room)
    source, rng = Source(data.train, codec("phrase")).share(0, 2), np.random.default_rng(1)
    for _ in range(200):
        source.draw(rng, 256, 0.3)
    source.many(2_000)
    data.within({budget} // 4)
    return len(data.train.windows) + len(data.held_out.windows)

learn(large(20))
before = peak()
print(learn(large({count}), Room({budget}, Path({folder!r}))), peak() - before)
"""


def large(count: int) -> Iterator[Piece]:
    """A made-up corpus of any size that is never in memory as a whole: phrases, 200 in each tune."""
    rng = np.random.default_rng(8)
    base = melody.encode_steps([(at, at + 1, 60 + at % 12) for at in range(128)], False, 8)
    for number in range(count):
        windows = np.repeat(base[None], 200, 0)
        windows += rng.integers(0, 12, windows.shape, dtype=np.uint8) * (windows >= melody.FIRST_PITCH_TOKEN)
        yield Piece(f"Tune {number}", "large", windows)


@pytest.mark.timeout(300)
@pytest.mark.skipif(sys.platform == "win32", reason="there is no getrusage")
def test_a_large_corpus_stays_near_its_budget(tmp_path: Path) -> None:
    budget, count = 5 * MEGA, 1_250
    size = count * 200 * 128
    script = LARGE.format(
        root=str(ROOT), here=str(Path(__file__).parent), count=count, budget=budget, folder=str(tmp_path)
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    kept, peak = map(int, done.stdout.split())
    assert kept == count * 200 and size > 6 * budget
    assert MEGA < peak < 1.5 * budget, f"{peak / MEGA:.1f} MB for {size / MEGA:.0f} MB of music"
    assert {file.suffix for file in tmp_path.iterdir()} == {".npy"}, "what was only needed to make it is gone"
