"""Orderless NADE: what is closed stays to the token, what was in a hole is not looked at, rules are heeded."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.codecs.chorale import CHORALE, HOLD, REST, pitches
from engine.errors import Cancelled
from engine.models.orderless_nade import Options, OrderlessNade, SampleOptions, heard
from engine.models.parts.blocked_gibbs import blocks, schedule, shares
from engine.models.parts.covers import covers
from engine.models.parts.part_rules import broken
from engine.score.voice_leading import Kind, faults
from tests.engine.made_up import corpus

QUICK = SampleOptions(rounds=6, temperature=1.0)


@pytest.fixture(scope="module")
def network() -> OrderlessNade:
    """Trained for a moment, so that it has opinions."""
    torch.manual_seed(3)
    made = OrderlessNade(Options(width=24, dilations="1,4", dropout=0.0))
    optimizer, batch = torch.optim.Adam(made.parameters(), lr=3e-3), corpus("chorale", 32)
    for _ in range(30):
        optimizer.zero_grad()
        made.loss(batch)["loss"].backward()
        optimizer.step()
    return made.eval()


def music(n: int = 4) -> Tensor:
    """Chorales with held, repeated and silent notes."""
    x = corpus("chorale", n, seed=8)
    x[:, 2, 20:24] = HOLD
    x[:, 1, 32], x[:, 1, 33:44] = REST, HOLD
    x[:, 3, 8] = x[:, 3, 4]
    return x


def test_covers_are_of_every_kind() -> None:
    torch.manual_seed(1)
    made = covers((400, 4, 64))
    share = made.float().mean((1, 2))
    assert made.flatten(1).any(1).all() and share.max() == 1 and share.min() < 0.05
    whole = made.all(-1)
    assert (whole[:, 1:].all(1) & ~made[:, 0].any(1)).float().mean() > 0.03, "a soprano alone is given"
    assert (made.any(1) == made.all(1)).all(1).float().mean() > 0.02, "gaps in all voices"


def test_shares_fall_and_blocks_lie_in_what_is_open() -> None:
    line = shares(50)
    assert line[0] == 0.9 and line[-1] == pytest.approx(0.1) and line == sorted(line, reverse=True)
    open_ = torch.zeros(3, 4, 64, dtype=torch.bool)
    open_[0, 1:], open_[1, 2, 7] = True, True
    generator = torch.Generator().manual_seed(0)
    for block in schedule(open_, 12, generator):
        assert not (block & ~open_).any() and block[0].any() and block[1, 2, 7] and not block[2].any()
    assert 0.05 < blocks(open_, 0.1, generator)[0, 1:].float().mean() < 0.2


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_what_is_closed_stays_to_the_token(network: OrderlessNade, temperature: float) -> None:
    x, rng = music(), np.random.default_rng(2)
    wanted = dataclasses.replace(QUICK, temperature=temperature)
    holes = [torch.from_numpy(rng.random(x.shape) < share) for share in (0.1, 0.5, 0.95)]
    bar = torch.zeros_like(holes[0])
    bar[:, 1, 16:32] = True
    for hole in (*holes, bar):
        for y in (network.inpaint(x, hole, wanted), network.rewrite(x, hole, wanted)):
            assert torch.equal(y[~hole], x[~hole])
            CHORALE.write(y[0].numpy().astype(np.uint8), 480)
        assert torch.equal(network.harmonize(x, ~hole, wanted), network.inpaint(x, hole, wanted))
    nothing = torch.zeros_like(bar)
    assert torch.equal(network.inpaint(x, nothing, wanted), x)


def test_what_was_in_the_hole_is_not_looked_at(network: OrderlessNade) -> None:
    x = music()
    hole = torch.zeros(x.shape, dtype=torch.bool)
    hole[:, 1:, 10:38] = True
    other = torch.where(hole, corpus("chorale", 4, seed=77).roll(1, -1), x)
    assert not torch.equal(other, x)
    assert torch.equal(network.inpaint(x, hole, QUICK)[hole], network.inpaint(other, hole, QUICK)[hole])
    few = dataclasses.replace(QUICK, rounds=1)
    assert not torch.equal(network.rewrite(x, hole, few)[hole], network.rewrite(other, hole, few)[hole])


def test_a_closed_hold_goes_on_with_what_is_written_before_it(network: OrderlessNade) -> None:
    x = music(2)
    hole = torch.zeros(x.shape, dtype=torch.bool)
    hole[:, 0, 4:6] = True  # tokens 6 and 7 hold on to a note that begins in the hole
    assert (x[:, 0, 6:8] == HOLD).all()
    for seed in range(8):
        y = network.inpaint(x, hole, dataclasses.replace(QUICK, seed=seed))
        sung = pitches(y.numpy())
        assert (sung[:, 0, 6:8] == sung[:, 0, 5:6]).all() and torch.equal(y[..., 6:], x[..., 6:])


def test_one_voice_can_be_rewritten_a_little(network: OrderlessNade) -> None:
    x = music()
    open_ = torch.zeros(x.shape, dtype=torch.bool)
    open_[:, 3] = True
    few, many = (network.rewrite(x, open_, dataclasses.replace(QUICK, rounds=n)) for n in (1, 30))
    moved = [float((pitches(y.numpy()) != pitches(x.numpy())).mean()) for y in (few, many)]
    assert 0 < moved[0] < moved[1] and torch.equal(many[:, :3], x[:, :3])


def test_it_is_watched_and_can_be_stopped(network: OrderlessNade) -> None:
    x, seen, told = music(1), [], []
    hole = torch.ones_like(x, dtype=torch.bool)

    def report(done: float, total: float, text: str = "") -> None:
        told.append(done)
        if len(told) == 5:
            raise Cancelled

    with pytest.raises(Cancelled):
        network.inpaint(x, hole, QUICK, report, seen.append)
    assert len(seen) == 4 and all(y.shape == x.shape for y in seen)


def test_what_sounds_and_what_begins() -> None:
    x = torch.full((1, 4, 64), HOLD)
    x[0, 0, :6] = torch.tensor([5, HOLD, 5, REST, HOLD, 2])
    sounding, struck = heard(x)
    assert sounding[0, 0, :7].tolist() == [4, 4, 4, 0, 0, 1, 1] and not sounding[0, 1:].any()
    assert struck[0, 0, :7].tolist() == [True, False, True, False, False, True, False]


def test_rules_are_those_of_voice_leading() -> None:
    x = music(12)
    sounding, _ = heard(x)
    counts = broken(sounding, 30).gather(2, sounding[:, :, None])[:, :, 0]
    for window, found in zip(x.numpy().astype(np.uint8), counts, strict=True):
        voices = [voice.notes for voice in CHORALE.write(window, 480)]
        wrong = {Kind.FIFTH, Kind.OCTAVE, Kind.CROSSING, Kind.LEAP}
        expected = {fault.tick // 120 for fault in faults(voices) if fault.kind in wrong}
        counted = {int(step) for step in found.any(0).nonzero()}
        assert expected <= counted
    parallel = torch.zeros(1, 4, 2, dtype=torch.long)
    parallel[0, 0], parallel[0, 3] = torch.tensor([8, 10]), torch.tensor([25, 27])  # G4 A4 over C4 D4
    assert broken(parallel, 30)[0, 3, 27, 1] == 1 and broken(parallel, 30)[0, 3, 25, 1] == 0


def test_rules_are_heeded(network: OrderlessNade) -> None:
    def wrong(rules: float) -> int:
        made = network.sample(6, SampleOptions(rounds=24, temperature=1.0, rules=rules)).numpy().astype(np.uint8)
        voices = ([voice.notes for voice in CHORALE.write(window, 480)] for window in made)
        return sum(f.kind in {Kind.FIFTH, Kind.OCTAVE, Kind.CROSSING} for line in voices for f in faults(line))

    assert wrong(12.0) < 0.5 * wrong(0.0)
