"""The autoencoder of chorales: keys, laws, and that it learns."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.codecs.chorale import CHORALE, FIRST_PITCH, HOLD, LOWEST, REST, STEPS
from engine.errors import UserError
from engine.models import auto_bach
from engine.models.auto_bach import AutoBach, Options, SampleOptions, layer_sizes

torch.set_num_threads(1)
SCALE = (0, 2, 4, 5, 7, 9, 11)


def music(n: int, seed: int = 1) -> Tensor:
    """Made-up windows in C major, one chord a beat, tokens [n, 4, 64]."""
    rng = np.random.default_rng(seed)
    tokens = np.zeros((n, 4, STEPS), np.int64)
    for window in tokens:
        for beat in range(0, STEPS, 4):
            root = int(rng.choice([0, 3, 4, 0, 5]))
            for voice, (degree, base) in enumerate(((4, 60), (2, 60), (0, 48), (0, 48))):
                pitch = base + SCALE[(root + degree) % 7]
                window[voice, beat] = pitch - LOWEST[voice] + FIRST_PITCH
    return torch.from_numpy(tokens)


def moved(x: Tensor, semitones: int) -> Tensor:
    return torch.where(x >= FIRST_PITCH, x + semitones, x)


def trained(options: Options, steps: int = 60, rate: float = 3e-3) -> tuple[AutoBach, list[float]]:
    torch.manual_seed(3)
    network, data = AutoBach(options), music(64)
    network.prepare(lambda n: data[:n])
    optimizer = torch.optim.Adam(network.parameters(), lr=rate)
    costs = []
    network.train()
    for step in range(steps):
        network.progress = step / steps
        losses = network.loss(data[torch.arange(32) + 32 * (step % 2)].to(torch.uint8))
        optimizer.zero_grad()
        losses["loss"].backward()
        optimizer.step()
        costs.append(losses["loss"].item())
    network.progress = 1.0
    network.eval().settle(data)
    return network, costs


@pytest.fixture(scope="module")
def network() -> AutoBach:
    """A tiny stack that has learnt sixty-four windows nearly by heart."""
    return trained(Options(hidden="48,24", corruption=0.05, batch=32), 60)[0]


def test_it_learns_and_gives_back(network: AutoBach) -> None:
    x = music(64)
    back = network.decode(network.encode(x), SampleOptions())
    notes = x >= FIRST_PITCH
    assert (back == x)[notes].float().mean() > 0.6, "more than half of the notes"
    assert (back == x).float().mean() > 0.85


def test_components_are_a_better_start_than_chance() -> None:
    torch.manual_seed(3)
    data = music(64)
    first = {}
    for start in ("components", "random"):
        network = AutoBach(Options(hidden="48,24", start=start))
        network.prepare(lambda n: data[:n])
        first[start] = network.eval().loss(data)["loss"].item()
    assert first["components"] < 0.5 * first["random"]


@pytest.mark.parametrize(
    ("loss", "activation"), [("softmax", "tanh"), ("softmax", "sigmoid"), ("softmax", "relu"), ("lecture", "tanh")]
)
def test_every_loss_and_unit_learns(loss: str, activation: str) -> None:
    _, costs = trained(Options(hidden="16", loss=loss, activation=activation, start="random"), 12, rate=2e-2)
    assert np.mean(costs[-2:]) < 0.8 * np.mean(costs[:2])


def test_what_is_learnt_holds_in_all_keys(network: AutoBach) -> None:
    x = music(8)
    here, there = network.encode(x), network.encode(moved(x, 2))
    torch.testing.assert_close(here[:, 1:], there[:, 1:])
    torch.testing.assert_close(there[:, 0] - here[:, 0], torch.full((8,), 2 / 12))
    assert network.key_of(x).tolist() == [0] * 8 and network.key_of(moved(x, 5)).tolist() == [5] * 8
    options = SampleOptions()
    torch.testing.assert_close(network.decode(there, options), moved(network.decode(here, options), 2))


@pytest.mark.parametrize("law", ["fitted", "box", "uniform", "wide"])
def test_only_what_the_voices_have_is_written(network: AutoBach, law: str) -> None:
    options = SampleOptions(law=law, temperature=1.0, spread=1.5)
    made = network.sample(40, options)
    assert made.dtype == torch.int64 and made.shape == (40, *CHORALE.shape)
    assert (made < torch.tensor(CHORALE.sizes)[:, None]).all() and (made[:, :, 0] != HOLD).all()
    torch.testing.assert_close(made, network.sample(40, options))
    assert not torch.equal(made, network.sample(40, SampleOptions(law=law, temperature=1.0, spread=1.5, seed=2)))
    for window in made.numpy().astype(np.uint8):
        resting = np.zeros(4, bool)
        for column in window.T:
            assert not (resting & (column == REST)).any(), "a rest is written once"
            resting = (column == REST) | (resting & (column == HOLD))


def test_a_row_does_not_depend_on_its_neighbours(network: AutoBach) -> None:
    x = music(6)
    torch.testing.assert_close(network.encode(x[2:3])[0], network.encode(x)[2], atol=1e-5, rtol=1e-4)
    z = network.draw(6, SampleOptions())
    for temperature in (0.0, 0.8):
        options = SampleOptions(temperature=temperature)
        torch.testing.assert_close(network.decode(z, options)[:2], network.decode(z[:2], options))


def test_laws_differ_and_the_global_generator_is_left_alone(network: AutoBach) -> None:
    before = torch.random.get_rng_state()
    drawn = {law: network.draw(400, SampleOptions(law=law)) for law in ("fitted", "box", "uniform", "wide")}
    network.sample(2, SampleOptions(temperature=1.0))
    assert torch.equal(before, torch.random.get_rng_state())
    codes = network.encode(music(64))
    torch.testing.assert_close(drawn["fitted"].mean(0), codes.mean(0), atol=0.15, rtol=0)
    assert drawn["wide"].abs().max() > 5 > 1 >= drawn["uniform"].abs().max()
    assert (drawn["box"] <= codes.max(0).values + 1e-4).all()
    assert drawn["fitted"].shape == (400, 25)


def test_an_octave_is_a_key_too_and_odd_voices_are_folded(network: AutoBach) -> None:
    x = music(4)
    assert network.key_of(moved(x, 12)).tolist() == [12] * 4, "the same music, heard the same way"
    odd = x.clone()
    odd[:, 0] = torch.where(odd[:, 0] >= FIRST_PITCH, CHORALE.sizes[0] - 1, odd[:, 0])
    odd[:, 3] = torch.where(odd[:, 3] >= FIRST_PITCH, FIRST_PITCH, odd[:, 3])
    heard = network._in_key(odd, torch.tensor([-13, 13, 7, 0]))
    assert (heard[odd >= FIRST_PITCH] >= FIRST_PITCH).all()
    assert (heard < torch.tensor(CHORALE.sizes)[:, None] + 12).all()
    silence = torch.full((1, 4, STEPS), HOLD)
    silence[..., 0] = REST
    assert network.key_of(silence).tolist() == [0] and network.encode(silence).isfinite().all()


def test_any_label_is_music(network: AutoBach) -> None:
    odd = torch.full((2, 25), 1e6)
    odd[1, 0] = -1e6
    assert network.decode(odd, SampleOptions()).shape == (2, 4, STEPS)


def test_other_music_is_mixed_in_only_while_learning() -> None:
    torch.manual_seed(1)
    network = AutoBach(Options(hidden="4", mix=1.0, start="random"))
    x = music(32)
    network.progress = 0.0
    mixed = network._mixed(x)
    assert not torch.equal(mixed, x)
    assert {bar.numpy().tobytes() for bar in mixed[:, :, 16:32]} <= {bar.numpy().tobytes() for bar in x[:, :, 16:32]}
    assert torch.equal(network.eval()._mixed(x), x)


def test_layers_are_told_in_words() -> None:
    assert layer_sizes("500,200, 30") == [500, 200, 30]
    for words in ("", "many", "10,,3", "1", "20,-3", "2.5"):
        with pytest.raises(UserError):
            layer_sizes(words)
    assert AutoBach(Options(hidden="6,4,3")).law.mean.shape == (4,)
    assert auto_bach.TOKENS == 43
