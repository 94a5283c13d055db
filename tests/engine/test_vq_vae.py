"""The VQ-VAE: its book, its prior, and what a row of bricks promises."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.codecs import melody
from engine.models.parts.brick_book import Book
from engine.models.parts.brick_prior import Prior, gumbel
from engine.models.vq_vae import BRICKS, SLOTS, VQVAE, Options, SampleOptions

SMALL: dict[str, Any] = {
    "book": 24, "size": 8, "width": 24, "embedding": 12, "blocks": 1, "features": 24, "state": 24, "prior": 24,
    "warmup": 0.0, "forget": 0.2, "patience": 20,
}  # fmt: skip


def made(**changes: Any) -> VQVAE:
    torch.manual_seed(3)
    return VQVAE(Options(**{**SMALL, **changes}))


def tunes(n: int = 48, seed: int = 0) -> Tensor:
    """Four bars of arpeggios and scales, of both kinds of bar, tokens int64 [n, 64]."""
    rng = np.random.default_rng(seed)
    windows = []
    for index in range(n):
        compound, start, notes = index % 2 == 1, int(rng.integers(55, 75)), []
        for at in range(0, 4 * melody.steps_per_bar(compound), 4):
            figure = [(0, 4, 7, 4), (0, 2, 4, 5), (7,), (0, 7)][rng.integers(4)]
            length = 4 // len(figure)
            notes += [(at + length * i, at + length * (i + 1), start + step) for i, step in enumerate(figure)]
        windows.append(melody.encode_steps(notes, compound, bars=4))
    return torch.from_numpy(np.array(windows).astype(np.int64))


def kind(x: Tensor, compound: bool) -> Tensor:
    return x[torch.from_numpy(melody.is_compound(x.numpy()) == compound)]


@pytest.fixture(scope="module")
def trained() -> VQVAE:
    network = made()
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-2)
    batches = [tunes(32, seed=seed) for seed in range(6)]
    for step in range(150):
        optimizer.zero_grad()
        network.loss(batches[step % 6])["loss"].backward()
        optimizer.step()
    return network.eval()


# the book ------------------------------------------------------------------------------------------------------------


def points(n: int, clusters: int = 6, seed: int = 0) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    centres = torch.nn.functional.normalize(
        torch.randn(clusters, 8, generator=torch.Generator().manual_seed(9)), dim=-1
    )
    which = torch.randint(clusters, (n,), generator=generator)
    noise = 0.05 * torch.randn(n, 8, generator=generator)
    return torch.nn.functional.normalize(centres[which] + noise, dim=-1), which


def test_the_book_finds_what_there_is() -> None:
    torch.manual_seed(0)
    book = Book(12, 8, decay=0.9, patience=10)
    for step in range(60):
        book.follow(points(200, seed=step)[0])
    assert torch.allclose(book.vectors.norm(dim=-1), torch.ones(12), atol=1e-5)
    fresh, which = points(300, seed=999)
    ids, vectors = book.nearest(fresh)
    assert float((fresh * vectors).sum(-1).min()) > 0.9
    assert all(len(which[ids == brick].unique()) <= 1 for brick in range(12)), "no brick stands for two things"


def test_a_brick_nobody_uses_is_given_away() -> None:
    torch.manual_seed(0)
    book = Book(4, 8, decay=0.9, patience=5)
    here = points(64, clusters=1)[0]
    book.follow(here)
    book.vectors[3] = -here[0]
    book.sums[3] = -here[0]
    for step in range(4):
        book.follow(points(64, clusters=1, seed=step)[0])
        assert float(book.vectors[3] @ here[0]) < 0
    book.follow(here)
    assert float(book.vectors[3] @ here[0]) > 0.5


def test_the_book_moves_only_while_learning() -> None:
    network, batch = made(), tunes()
    before = network.book.vectors.clone()
    network.eval().loss(batch)
    assert torch.equal(before, network.book.vectors)
    network.train().loss(batch)
    assert not torch.equal(before, network.book.vectors)
    late = made(warmup=0.5)
    late.progress = 0.4
    before = late.book.vectors.clone()
    late.loss(batch)
    assert torch.equal(before, late.book.vectors), "there are no bricks yet"


# the prior -----------------------------------------------------------------------------------------------------------


def test_the_prior_counts_every_brick_once_and_looks_only_back() -> None:
    torch.manual_seed(1)
    prior = Prior(10, BRICKS, 16)
    ids, first, duple = torch.randint(10, (5, BRICKS)), torch.randint(60, (5,)), torch.zeros(5, dtype=torch.bool)
    costs = prior._costs(ids, first, duple)
    other = ids.clone()
    other[:, 9] = (other[:, 9] + 1) % 10
    changed = prior._costs(other, first, duple)
    assert torch.equal(costs[:, :9], changed[:, :9]) and not torch.equal(costs[:, 10:], changed[:, 10:])
    total = float(prior.cost(ids, first, duple).detach()) * 5 * BRICKS
    assert total == pytest.approx(float(costs.sum()) + 5 * math.log(60), rel=1e-5)
    empty = ids.clone()
    empty[:, 3::4] = 10
    assert (prior._costs(empty, first, duple)[:, 3::4] == 0).all()


def test_a_gap_is_filled_to_go_with_what_follows() -> None:
    """In a world where a brick is always followed by its like, a gap before a 7 is filled with 7."""
    prior = Prior(10, BRICKS, 12)
    with torch.no_grad():
        for parameter in prior.parameters():
            parameter.zero_()
        state = torch.nn.functional.one_hot(torch.arange(12), 12).float() * 3
        prior.bricks.weight.copy_(state)
        heard, _, turned, _ = prior.turn.all_weights[0]
        heard[24:].copy_(torch.eye(12))  # the new state is what was heard
        turned[12:24] = -20.0
        prior.out.weight.copy_(torch.eye(10, 12) * 4)
    ids = torch.full((400, BRICKS + 1), 5)
    ids[:, 0], ids[:, 1:] = -1, 7
    ids[:, -1] = 30
    filled = prior.fill(ids, False, 1.0, seed=2)
    assert torch.equal(filled[:, 1:], ids[:, 1:])
    blind = prior.fill(torch.full((400, BRICKS + 1), -1), False, 1.0, seed=2)
    assert float((filled[:, 0] == 7).float().mean()) > 3 * float((blind[:, 0] == 7).float().mean())


def test_noise_does_not_know_how_many_are_drawn() -> None:
    assert torch.equal(gumbel((9, 5), 4)[:3], gumbel((3, 5), 4))
    assert abs(float(gumbel((100_000,), 1).mean()) - 0.5772) < 0.02


# bricks and codes ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("compound", [False, True])
def test_melodies_come_back_from_their_bricks(trained: VQVAE, compound: bool) -> None:
    x, options = kind(tunes(64, seed=99), compound), SampleOptions(compound=compound)
    ids = trained.bricks(x)
    assert ids.shape == (len(x), BRICKS + 1) and ids.dtype == torch.int64
    assert ((ids[:, 3:BRICKS:4] == trained.options.book) == compound).all()
    assert torch.equal(ids[:, -1] + melody.FIRST_PITCH_TOKEN, x[:, 0])
    again = trained.build(ids, options)
    used = x != melody.PAD
    assert torch.equal(again == melody.PAD, ~used)
    assert float((again == x)[used].float().mean()) > 0.85
    assert len(ids[:, :BRICKS].unique()) > trained.options.book / 3


@pytest.mark.parametrize("compound", [False, True])
def test_codes_are_the_bricks(trained: VQVAE, compound: bool) -> None:
    x, options = kind(tunes(16, seed=5), compound), SampleOptions(compound=compound)
    codes = trained.encode(x)
    assert codes.shape == (len(x), 16 * trained.options.size + 1)
    built = trained.build(trained.bricks(x), options)
    assert torch.equal(trained.decode(codes, options), built)
    near = codes + 1e-3 * torch.randn(codes.shape, generator=torch.Generator().manual_seed(1))
    assert torch.equal(trained.decode(near, options), built), "what is near a brick is that brick"


def test_another_first_pitch_is_another_key(trained: VQVAE) -> None:
    ids = trained.bricks(kind(tunes(16, seed=5), False))
    low = trained.build(ids, SampleOptions())
    ids[:, -1] += 2
    high = trained.build(ids, SampleOptions())
    pitched = (low >= melody.FIRST_PITCH_TOKEN) & (low < 50)
    assert torch.equal(high[pitched], low[pitched] + 2)


@pytest.mark.parametrize("compound", [False, True])
def test_what_is_given_stays_and_the_rest_is_drawn(trained: VQVAE, compound: bool) -> None:
    ids = trained.bricks(kind(tunes(16, seed=5), compound))
    hole = torch.zeros_like(ids, dtype=torch.bool)
    hole[:, 4:8] = True
    options = SampleOptions(compound=compound, seed=3)
    filled = trained.compose(ids.masked_fill(hole, -1), options)
    assert torch.equal(filled[~hole], ids[~hole]) and (filled >= 0).all()
    assert torch.equal(filled, trained.compose(ids.masked_fill(hole, -1), options))
    other = trained.compose(ids.masked_fill(hole, -1), dataclasses.replace(options, seed=4))
    assert not torch.equal(filled, other)
    assert (filled[:, [7]] == trained.options.book).all() == compound
    assert torch.equal(filled[:1], trained.compose(ids[:1].masked_fill(hole[:1], -1), options)), "one at a time too"
    likeliest = dataclasses.replace(options, spread=0.0)
    assert len(trained.compose(torch.full((4, BRICKS + 1), -1), likeliest).unique(dim=0)) == 1


@pytest.mark.parametrize("compound", [False, True])
def test_samples_fit_the_codec(trained: VQVAE, compound: bool) -> None:
    drawn = trained.sample(6, SampleOptions(compound=compound, temperature=1.0))
    assert drawn.shape == (6, SLOTS)
    used = torch.zeros(SLOTS, dtype=torch.bool)
    used[melody.slots(compound, 4)] = True
    assert (drawn[:, ~used] == melody.PAD).all() and (drawn[:, used] < melody.VOCABULARY).all()
    assert (drawn[:, 0] != melody.HOLD).all()


def test_an_alarm_says_when_few_bricks_are_used() -> None:
    network = made()
    assert "2 of 24" in network.collapsed({"perplexity": 2.0}) and network.collapsed({"perplexity": 12.0}) == ""


def test_gradients_go_straight_through() -> None:
    network = made()
    network.loss(tunes())["cost"].backward()
    assert float(network.tokens.weight.grad.abs().sum()) > 0  # type: ignore[union-attr]
    assert network.prior.out.weight.grad is None, "the prior learns on what it is given"
