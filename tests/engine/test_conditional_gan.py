"""The conditional GAN: answers in the key of what they answer, chains, luck, seams, and the figures of it all."""

from __future__ import annotations

import dataclasses
from functools import cache

import numpy as np
import pytest
import torch

from engine.codecs import melody
from engine.codecs.melody import MELODY4
from engine.corpus.dataset import Dataset, Split
from engine.evaluation import links
from engine.models.conditional_gan import HALF, ConditionalGAN, Options, SampleOptions
from engine.models.parts import melody_symbols
from engine.models.parts.home_key import pitched
from engine.models.parts.neighbours import RARE_LEAP, Neighbours
from engine.models.parts.two_halves import heard
from tests.engine.made_up import corpus

SMALL = Options(luck=8, narrow=8, width=16, features=16, batch=16)


@cache
def network() -> ConditionalGAN:
    torch.manual_seed(4)
    made = ConditionalGAN(SMALL).eval()
    made.settle(corpus("melody4", 64))
    return made


def priors(n: int = 8) -> torch.Tensor:
    return corpus("melody4", n, seed=7)[:, HALF:]


def notes(tokens: torch.Tensor) -> torch.Tensor:
    return tokens[pitched(tokens)]


def test_an_answer_is_in_the_key_of_what_it_answers() -> None:
    scale = (60, 62, 64, 65, 67, 69, 71, 72, 71, 67, 65, 69, 64, 62, 67, 60)
    lines = [[(2 * i, 2 * i + 2, pitch) for i, pitch in enumerate(line)] for line in (scale, scale[::-1])]
    prior = torch.from_numpy(np.stack([melody.encode_steps(line, False) for line in lines]).astype(np.int64))
    options = SampleOptions(seed=3)
    answer = network().chain(prior, 2, options)
    for semitones in (-3, 2):
        moved = torch.where(pitched(prior), prior + semitones, prior)
        again = network().chain(moved, 2, options)
        assert torch.equal(again, torch.where(pitched(answer), answer + semitones, answer))


def test_every_link_begins_something_and_bars_are_as_they_were() -> None:
    prior = priors(8)
    for row, chain in zip(prior, network().chain(prior, 4, SampleOptions()), strict=True):
        assert (chain[:, 0] != melody.HOLD).all()
        assert ((chain == melody.PAD) == (row == melody.PAD)).all()


def test_luck_is_all_that_makes_answers_differ() -> None:
    one, other = (network().chain(priors(), 1, SampleOptions(seed=seed)) for seed in (1, 2))
    assert not torch.equal(one, other) and torch.equal(one, network().chain(priors(), 1, SampleOptions(seed=1)))
    still, same = (network().chain(priors(), 1, SampleOptions(seed=seed, noise=0.0)) for seed in (1, 2))
    assert torch.equal(still, same)


def test_an_anchor_goes_back_to_my_bars() -> None:
    still = SampleOptions(noise=0.0)
    chain = network().chain(priors(), 4, still)
    back = network().chain(priors(), 4, dataclasses.replace(still, anchor=2))
    assert torch.equal(back[:, :2], chain[:, :2]) and torch.equal(back[:, 2:], chain[:, :2])


def test_four_bars_go_on_with_four() -> None:
    window = corpus("melody4", 4, seed=7)
    assert torch.equal(network().extend(window, SampleOptions()), network().chain(window[:, HALF:], 2, SampleOptions())
                       .flatten(1))  # fmt: skip


def test_the_critic_chooses() -> None:
    prior = priors(6)
    first, best = (network().chain(prior, 1, SampleOptions(best_of=n))[:, 0] for n in (1, 16))

    def liked(answer: torch.Tensor) -> float:
        whole = torch.cat([prior, answer], 1)
        shift = melody_symbols.way_home(whole, (torch.arange(64) < HALF).expand_as(whole))
        with torch.no_grad():
            return float(network().critic(heard(melody_symbols.heard(whole, shift)))[0].mean())

    assert liked(best) > liked(first)


def test_nothing_is_said_that_no_tune_has() -> None:
    made, known = Neighbours(), corpus("melody4", 64)
    made.count(known)
    assert made.leaps.sum(1).tolist() == pytest.approx([1, 1]) and made.waits.sum(1).tolist() == pytest.approx([1, 1])
    prior = priors(16)
    logits = melody_symbols.bars(torch.randn(16, HALF, melody_symbols.SYMBOLS) * 4, melody_symbols.compound(prior))
    shift = melody_symbols.way_home(prior)
    music = melody_symbols.heard(prior, shift)
    answer = melody_symbols.written(made.said(logits, music, melody_symbols.compound(prior)), shift)
    for row in torch.cat([prior, answer], 1):
        kind = int(melody_symbols.compound(row[None]))
        used = row[row != melody.PAD]
        places = pitched(used).nonzero()[:, 0]
        late = places[1:] > len(used) // 2 - 1  # the given bars may do as they like
        leaps, waits = (notes(used).diff()[late], places.diff()[late])
        assert (made.leaps[kind][leaps + 38] > RARE_LEAP).all()
        assert all(made.waits[kind][wait] > 0 for wait in waits if wait < 16)


def test_late_in_its_lessons_it_answers_itself() -> None:
    torch.manual_seed(2)
    made = ConditionalGAN(dataclasses.replace(SMALL, own=1.0, hide=0.0))
    real = melody_symbols.heard(priors(), torch.zeros(8, dtype=torch.long))
    kinds = melody_symbols.compound(priors())
    made.progress = 0.1
    assert made._sometimes_own(real, kinds) is real
    made.progress = 0.9
    own = made._sometimes_own(real, kinds)
    assert not torch.equal(own, real) and torch.equal(own.sum(2), torch.ones(8, HALF))
    paid = made.play("generator", corpus("melody4", 16))
    assert {"loss", "apart"} <= set(paid) and 0 <= float(paid["apart"]) <= 1


def test_answers_are_measured_beside_those_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "LINKS", 2)
    monkeypatch.setattr(links, "DRAWS", 2)
    windows = corpus("melody4", 60).numpy().astype(np.uint8)
    side = Split(windows, np.arange(60, dtype=np.int32), tuple(f"{n}" for n in range(60)))
    found, curves = links.measure(network(), Dataset(side, side, 0), MELODY4)
    assert found["real_answer_fd"] < found["answer_fd"] and 0 <= found["answer_luck"] <= 1
    assert len(curves["chain"]["this one"]) == len(curves["chain"]["link"]) == links.LINKS


def test_a_chain_of_neighbours_stays_in_the_bars_of_what_it_continues() -> None:
    windows = corpus("melody4", 60).numpy().astype(np.uint8)
    prior = windows[:20, HALF:]
    made = links.neighbours(prior, windows, np.random.default_rng(1))
    assert ((made == melody.PAD) == (prior == melody.PAD)).all() and made.max() <= melody.PAD
    pitches = set(windows[windows < melody.PAD].tolist())
    assert set(made[made < melody.PAD].tolist()) <= pitches
