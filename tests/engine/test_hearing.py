"""What a network makes while it learns: of every system, from the same dice, and without disturbing the training."""

from __future__ import annotations

import copy
import dataclasses
import itertools
import pickle
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from engine.codecs import melody
from engine.codecs.catalog import MELODIC
from engine.codecs.catalog import codec as codec_of
from engine.codecs.codec import Voice
from engine.codecs.melody import MELODY, PHRASE
from engine.corpus.dataset import Dataset, Split
from engine.errors import Cancelled
from engine.evaluation.currency import changed
from engine.models.registry import row
from engine.models.row import Row
from engine.options import Value
from engine.score import Note
from engine.training import make
from engine.training.batches import Source, names_of
from engine.training.best import judge_of
from engine.training.options import Order, TrainOptions
from engine.training.progress import Heard, TrainingProgress
from engine.training.trainer import Trainer
from engine.training.watch.attempts import way_of
from engine.training.watch.forming import plane, turned
from engine.training.watch.hearing import EARLY, SHARE, Hearing, usual
from engine.training.watch.lines import CHAIN, ITSELF, LEAST, REAL, Table, has_lines, two_bars
from engine.verbs.idea import Idea
from tests.engine.made_up import corpus
from tests.engine.test_every_model import ROWS, network


class Clock:
    """Stands still until it is moved; asking what a network makes takes as long as it says."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def dataset(row: Row, n: int = 48) -> Dataset:
    """Made-up music of a row, a quarter of it held out, of as many kinds as it tells apart."""
    windows = corpus(row.codec, n).numpy().astype(np.uint8)
    kinds = names_of(network(row).options)
    sides = []
    for part in (windows[n // 4 :], windows[: n // 4]):
        numbers = np.arange(len(part), dtype=np.int32)
        titles = tuple(f"Tune {number}" for number in numbers)
        sides.append(Split(part, numbers, titles, tuple(kinds[i % len(kinds)] for i in numbers) if kinds else ()))
    return Dataset(sides[0], sides[1], 0)


def hearing(row: Row, clock: Clock) -> Hearing:
    return Hearing(row, network(row), dataset(row), codec_of(row.codec), 4.0, clock)


@pytest.mark.parametrize("row", ROWS)
def test_every_system_can_be_heard_while_it_learns(row: Row) -> None:
    clock = Clock()
    heard, learner = hearing(row, clock), network(row).eval()
    state = torch.get_rng_state()
    clock.now = 20.0
    first = heard.listen(copy.deepcopy(learner), 3, 0.1)
    assert torch.equal(torch.get_rng_state(), state), "the training's own dice are not thrown"
    assert len(first.samples) == 4 and any(voice.notes for idea in first.samples for voice in idea.voices)
    assert all(idea.ticks > 0 and idea.meter for idea in first.samples)
    if row.codec == "tune":
        return  # an untrained one finds no end, which takes its time: once is enough
    clock.now = 60.0
    again = heard.listen(copy.deepcopy(learner), 3, 0.1)
    assert again.samples == first.samples, "the same dice, the same music"
    forms = "encodes" in row.capabilities and "plays" not in row.capabilities
    assert (again.places is not None) == (again.kinds is not None) == forms
    if again.places is not None and again.kinds is not None:
        assert again.places.dtype == np.float32 and len(again.places) == len(again.kinds) == 36
        assert 0.999 < np.abs(again.places).max() <= 1.0
    back = pickle.loads(pickle.dumps(again))  # as through the pipe of a child process
    assert back.samples == again.samples and back.table == again.table


def test_odd_ones_are_not_what_a_composer_hears() -> None:
    """Chance may throw three notes in two bars, or a note on every step."""

    def drawn(*counts: int) -> list[Idea]:
        return [
            Idea(f"{number}", (Voice("", 0, tuple(Note(start, 60, 1) for start in range(count))),))
            for number, count in enumerate(counts, 1)
        ]

    def chosen(*counts: int) -> list[str]:
        return [idea.caption for idea in usual(drawn(*counts), 4)]

    assert chosen(3, 14, 30, 12, 13, 2, 15, 9, 16, 28, 11, 0) == ["2", "4", "5", "7"]
    assert chosen(3, 15, 30, 12, 11, 2, 15, 9, 16, 28, 11, 0) == ["2", "4", "5", "7"], "the same dice, if they still do"
    assert chosen(*[2] * 12) == ["4", "5", "6", "7"], "who always writes two notes is heard to"
    assert chosen(1, 9, 8, 30, 7, 6) == ["2", "3", "5", "6"] and chosen(5, 4) == ["1", "2"]


def test_samples_are_in_the_bars_of_their_music() -> None:
    known, clock = row("vae"), Clock()
    for compound in (False, True):
        data = dataset(known, 200)
        data = Dataset(data.train.where(compound), data.held_out.where(compound), 0)
        listening = Hearing(known, network(known), data, codec_of(known.codec), 4.0, clock)
        heard = listening.listen(network(known), 1, 0.5)
        assert {idea.meter for idea in heard.samples} == {(6, 8) if compound else (4, 4)}


def test_the_map_goes_on_where_it_was() -> None:
    """A training that was interrupted begins a new process: its dots may not be mirrored there."""
    known, clock = row("vae"), Clock()
    data, codec, learner = dataset(known), codec_of(known.codec), network(known)

    def places(before: NDArray[np.float32] | None) -> NDArray[np.float32]:
        listening = Hearing(known, learner, data, codec, 4.0, clock, before)
        clock.now += 20.0
        listening.listen(copy.deepcopy(learner), 1, 0.5)
        clock.now += 200.0
        found = listening.listen(copy.deepcopy(learner), 2, 0.5).places
        assert found is not None
        return found

    first = places(None)
    mirrored = first * np.array([-1, 1], np.float32)
    assert np.allclose(places(mirrored), mirrored, atol=1e-4) and not np.allclose(first, mirrored, atol=0.1)
    assert np.allclose(places(mirrored[:5]), first, atol=1e-4), "of other music: it cannot be gone on from"


def test_who_is_asked_how() -> None:
    found = {name: way_of(row(name)) for name in ("melody_vae", "encoder_decoder", "mini_bach", "bidirectional_rnn")}
    assert found == {"melody_vae": "samples", "encoder_decoder": "continues", "mini_bach": "harmonizes",
                     "bidirectional_rnn": "inpaints"}  # fmt: skip
    assert (way_of(row("cycle_gan")), way_of(row("gan"))) == ("transfers", "plays")
    assert not has_lines(row("mini_bach")) and not has_lines(row("cycle_gan")) and has_lines(row("celtic_lstm"))


def test_the_first_ones_come_soon_and_all_together_cost_little(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    heard = hearing(row("vae"), clock)
    times = []
    for second in range(1, 1200):
        clock.now = float(second)
        if heard.due():
            times.append(second)
            heard.listen(network(row("vae")), 1, 0.5)
    assert times == [20, 60, 120, 240, 480, 720, 960]

    slow = hearing(row("vae"), clock)
    began, spent = clock.now, 0.0

    def ask(*_: Any) -> None:
        clock.now += 8.0

    monkeypatch.setattr(slow, "_ask", ask)
    for _ in range(4000):
        clock.now += 1.0
        if slow.due():
            before = clock.now
            slow.listen(network(row("vae")), 1, 0.5)
            spent += clock.now - before
    assert spent and spent <= 1.5 * SHARE * (clock.now - began), "what takes long comes less often"
    assert len(EARLY) == 3


def test_places_do_not_jump() -> None:
    rng = np.random.default_rng(1)
    codes = rng.normal(size=(80, 6)) * [5, 3, 1, 1, 1, 1]
    before = plane(codes)
    spun = np.linalg.qr(rng.normal(size=(6, 6)))[0]  # the same codes in other words, a little further on
    later = plane(codes @ spun + 0.1 * rng.normal(size=codes.shape))
    mirrored = (later * np.array([-1, 1]))[:, ::-1].astype(np.float32)
    for flat in (later, mirrored):
        assert np.abs(turned(flat, before) - before).max() < 0.2
    assert np.abs(mirrored - before).max() > 0.5
    assert (plane(np.ones((5, 3))) == 0).all(), "a network that hears no difference puts all in the middle"


def test_long_melodies_are_cut_in_two_bars_as_the_common_currency_has_them() -> None:
    windows = corpus("phrase", 12).numpy().astype(np.uint8)
    windows[0, 30:35] = melody.HOLD  # held over a bar line that is a cut
    windows[1, 28] = melody.REST
    windows[1, 29:36] = melody.HOLD
    for compound in (False, True):
        expected = changed(windows, PHRASE, compound).windows
        ours = two_bars(windows, compound)
        assert len(ours) == len(expected) > 0
        assert (np.array([melody.canonical(one) for one in ours]) == expected).all()


def test_the_table_tells_copies_from_music_and_music_from_noise() -> None:
    known, rng = row("melody_vae"), np.random.default_rng(2)
    windows = corpus("melody", 600).numpy().astype(np.uint8)
    numbers = np.arange(300, dtype=np.int32)
    split = [Split(part, numbers, tuple(map(str, numbers))) for part in (windows[:300], windows[300:])]
    data = Dataset(split[0], split[1], 0)
    assert len(split[1].where(False).windows) >= LEAST

    class Says:
        """Samples whatever it was given."""

        options = network(known).options

        def __init__(self, music: np.ndarray) -> None:
            self.music = torch.from_numpy(music.astype(np.int64))

        def sample(self, n: int, options: Any, report: Any) -> torch.Tensor:
            return self.music[torch.arange(n) % len(self.music)]

    table = Table(known, data, MELODY)
    noise = split[0].where(False).windows.copy()
    pitched = (noise >= melody.FIRST_PITCH_TOKEN) & (noise < melody.PAD)
    noise[pitched] = rng.integers(melody.FIRST_PITCH_TOKEN, melody.PAD, int(pitched.sum()))
    copies, nonsense = (
        {line.name: line.figures for line in table.measure(Says(music))}
        for music in (split[0].where(False).windows, noise)
    )
    assert list(copies) == [ITSELF, REAL, CHAIN] and set(map(tuple, copies.values())) == {tuple(copies[REAL])}
    assert copies[ITSELF]["copies"] == 1.0 > copies[CHAIN]["copies"]
    assert copies[REAL] == nonsense[REAL], "measured once"
    assert nonsense[ITSELF]["distance"] > 2 * copies[REAL]["distance"] and nonsense[ITSELF]["copies"] == 0.0
    same = Table(known, data, MELODY).measure(Says(noise[:1]))[0].figures
    assert same["different"] < 0.1
    few = Dataset(split[0], Split(windows[:9], numbers[:9], ("a",) * 9), 0)
    assert Table(known, few, MELODY).measure(Says(noise)) == ()


@pytest.mark.parametrize("system", ["vae", "gan"])
def test_a_training_that_is_heard_ends_where_it_would_have_ended(system: str) -> None:
    known = row(system)
    data, codec, told = dataset(known), codec_of(known.codec), []

    def tell(news: TrainingProgress | Heard) -> bool:
        told.append(news)
        return False

    def trained(minutes: float) -> Trainer:
        made, source = (
            network(known, batch=16, **({"dropout": 0.2} if system == "vae" else {})),
            Source(data.train, codec),
        )
        listener = Hearing(known, made, data, codec, minutes, every_minute()) if minutes else None
        options = TrainOptions(steps=30, device="cpu", judge_every=10)
        judge = judge_of(made, source, codec)
        trainer = Trainer(made, source.batches(16, 0.3), options, None, judge, None, listener)
        trainer.run(tell=tell)
        return trainer

    alone, heard = trained(0.0), trained(1.0)
    found = [news for news in told if isinstance(news, Heard)]
    assert found and all(news.samples for news in found)
    assert alone.losses == heard.losses
    for one, other in zip(alone.best().state_dict().values(), heard.best().state_dict().values(), strict=True):
        assert torch.equal(one, other)


def every_minute() -> Callable[[], float]:
    """A clock that jumps whenever it is read: there is time for everything."""
    return partial(next, itertools.count(0.0, 60.0))


def test_listening_can_be_cancelled_and_nothing_is_lost(
    tunes: Path, tmp_path: Path, tiny_options: dict[str, Value]
) -> None:
    out = tmp_path / "mine.safetensors"
    options = TrainOptions(steps=400, device="cpu", hear_minutes=0.001, checkpoint_seconds=1e9)

    def report(done: float, total: float, text: str = "") -> None:
        if text.startswith("listening"):
            raise Cancelled

    with pytest.raises(Cancelled):
        make.train(Order(row("melody_vae"), str(tunes), out, options, network=tiny_options), report)
    assert out.with_suffix(".checkpoint").exists()


def test_a_network_that_cannot_answer_yet_does_not_end_its_training() -> None:
    heard = hearing(row("vae"), Clock())
    dumb = network(row("vae"))
    dumb.sample = lambda *_: 1 / 0
    found = heard.listen(dumb, 1, 0.1)
    assert found.samples == () and dataclasses.replace(found, step=2).table == ()
    assert row("vae").codec in MELODIC
