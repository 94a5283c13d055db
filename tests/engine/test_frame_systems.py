"""NADE, RNN-NADE and RNN-RBM: laws that sum to one, memories that do not see ahead, cells and keys that stay."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from engine.codecs.roll import LOWEST
from engine.models import nade, rnn_nade, rnn_rbm
from engine.models.parts import frame_columns
from engine.models.parts.nade_layer import NadeLayer
from tests.engine.made_up import corpus

SMALL = {"memory": 12, "hidden": 10}
STATES = torch.tensor([[n >> i & 1 for i in range(4)] for n in range(16)], dtype=torch.float32)


def network(kind: str) -> Any:
    """A small network, untrained but for how often keys sound."""
    torch.manual_seed(2)
    made = {
        "nade": lambda: nade.Nade(nade.Options(hidden=10)),
        "rnn_nade": lambda: rnn_nade.RnnNade(rnn_nade.Options(**SMALL)),
        "rnn_rbm": lambda: rnn_rbm.RnnRbm(rnn_rbm.Options(**SMALL, rounds=3)),
    }[kind]()
    made.prepare(lambda n: corpus("frames", 8))
    return made.eval()


def options(made: Any, **wanted: Any) -> Any:
    kind = {nade.Nade: nade, rnn_nade.RnnNade: rnn_nade, rnn_rbm.RnnRbm: rnn_rbm}[type(made)].SampleOptions
    return kind(**({"rounds": 3} if kind is rnn_rbm.SampleOptions else {"draws": 4}) | wanted)


@pytest.fixture
def layer() -> NadeLayer:
    torch.manual_seed(0)
    made = NadeLayer(4, 6)
    for weights in made.parameters():
        weights.data.mul_(8)
    return made


def _law(layer: NadeLayer) -> tuple[Tensor, Tensor, Tensor]:
    b, c = torch.tensor([0.5, -1.0, 0.2, 0.7]), torch.linspace(-1, 1, 6)
    return b, c, (-layer.nats(STATES, b.expand(16, -1), c.expand(16, -1))).exp().detach()


def test_the_likelihoods_of_all_chords_sum_to_one(layer: NadeLayer) -> None:
    assert float(_law(layer)[2].sum()) == pytest.approx(1, abs=1e-5)


def test_what_is_drawn_follows_the_law_given_what_stays(layer: NadeLayer) -> None:
    """One key is given that comes last: many draws by their weights are the law given it."""
    b, c, law = _law(layer)
    n, many = 20_000, frame_columns.SampleOptions(temperature=1.0)
    stays = torch.tensor([False, False, False, True]).expand(n, -1)
    drawn, weight = layer.draw(b.expand(n, -1), c.expand(n, -1), torch.ones(n, 4), stays, many, torch.Generator())
    assert drawn[:, 3].all()
    place = (drawn @ torch.tensor([1.0, 2, 4, 8])).long()
    found = torch.zeros(16).index_add(0, place, weight.exp())
    right = torch.where(STATES[:, 3] > 0, law, 0)
    assert torch.allclose(found / found.sum(), right / right.sum(), atol=0.02)
    assert float(weight.exp().mean()) == pytest.approx(float(right.sum()), abs=0.02)


@pytest.mark.parametrize("kind", ["rnn_nade", "rnn_rbm"])
def test_the_memory_does_not_see_ahead(kind: str) -> None:
    made, x = network(kind), corpus("frames", 1)
    later = x.clone()
    later[:, 30] = 1 - later[:, 30]
    a, b = (made.told(made.keys.cut(window)) for window in (x, later))
    assert torch.equal(a[:, :31], b[:, :31]) and not torch.equal(a[:, 31], b[:, 31])


@pytest.mark.parametrize("kind", ["nade", "rnn_nade", "rnn_rbm"])
def test_what_is_given_stays_and_nothing_sounds_over_a_melody(kind: str) -> None:
    made, x = network(kind), corpus("frames", 1, seed=4)
    melody = torch.where(torch.arange(88) >= 64 - LOWEST, x, 0)
    found = made.harmonize(melody, melody > 0, options(made))
    assert (found[melody > 0] == 1).all() and (found != melody).any()
    sung = melody.any(-1)
    assert (
        melody[sung].float().mul(torch.arange(1, 89)).amax(-1) == found[sung].mul(torch.arange(1, 89)).amax(-1)
    ).all()
    open_ = made.harmonize(melody, melody > 0, options(made, lid=False))
    assert (open_[melody > 0] == 1).all()


@pytest.mark.parametrize("kind", ["nade", "rnn_nade", "rnn_rbm"])
def test_a_hole_is_filled_without_looking_into_it(kind: str) -> None:
    made, x = network(kind), corpus("frames", 1, seed=5)
    hole = torch.zeros_like(x, dtype=torch.bool)
    hole[:, 20:30] = True
    hole[:, 40, :40] = True
    seen: list[Tensor] = []
    found = made.inpaint(x, hole, options(made), watch=seen.append)
    assert torch.equal(found[~hole], x[~hole]) and found.dtype == torch.int64
    other = torch.where(hole, 1 - x, x)
    assert torch.equal(found, made.inpaint(other, hole, options(made)))
    assert seen and all(now.shape == x.shape for now in seen)


def test_music_is_heard_in_c_and_answered_in_its_own_key() -> None:
    x = corpus("frames", 6)
    assert frame_columns.to_c(x).tolist() == [0] * 6
    made = network("rnn_rbm")
    a = made.extend(x[:1], options(made))
    for up in (-4, 3, 5):
        higher = frame_columns.moved(x, torch.full((6,), up))
        assert frame_columns.to_c(higher).tolist() == [-up] * 6
        assert torch.equal(frame_columns.moved(a, torch.tensor([up])), made.extend(higher[:1], options(made)))
    assert frame_columns.to_c(torch.zeros(1, 64, 88)).tolist() == [0]


@pytest.mark.parametrize("kind", ["nade", "rnn_nade", "rnn_rbm"])
def test_density_makes_chords_fuller(kind: str) -> None:
    made = network(kind)
    thin, usual, full = (made.sample(1, options(made, density=d)).sum() for d in (-2.0, 0.0, 2.0))
    assert thin < usual < full


def test_attempts_that_do_not_fit_die_out() -> None:
    from engine.models.parts.frame_rnn import _survivors

    weight = torch.tensor([[0.0, -50.0, -50.0, -50.0], [0.0, 0.1, 0.0, 0.1]])
    chosen, after = _survivors(weight, torch.Generator().manual_seed(1))
    assert chosen.tolist() == [0, 0, 0, 0, 4, 5, 6, 7] and (after[0] == 0).all() and torch.equal(after[1], weight[1])


def test_the_slope_of_an_rnn_rbm_is_that_of_its_contrast() -> None:
    made, x = network("rnn_rbm"), corpus("frames", 2)
    torch.manual_seed(4)
    made.loss(x)["loss"].backward()
    slope = made.weight.grad.clone()
    made.zero_grad()
    torch.manual_seed(4)
    made.cost(x).mean().backward()
    assert torch.allclose(slope, made.weight.grad)
