"""DeepHear and its pre-training: what each layer learns alone, what stays of a melody, what a code says."""

from __future__ import annotations

import copy
import itertools
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.codecs.roll import runs
from engine.models.deephear import DeepHear, HarmonizeOptions, Options, SampleOptions
from engine.models.parts import pretraining
from engine.models.parts.harmony_search import region, seams, shifted
from engine.models.parts.laws import LAWS

TINY = Options(layers="48,12", pretrain_steps=150, batch=16)


def music(n: int = 48, seed: int = 0) -> Tensor:
    """Rolls [n, 64, 88] of eight kinds of accompaniment with a tune above, int64."""
    rng = np.random.default_rng(seed)
    made = torch.zeros(n, 64, 88, dtype=torch.long)
    for index, window in enumerate(made):
        kind = index % 8
        for at in range(0, 64, 4):
            window[at : at + 2, 12 + kind] = 1
            window[at + 2 : at + 4, 31 + kind] = window[at + 2 : at + 4, 35 + kind] = 1
            window[at : at + 3, 48 + kind + int(rng.choice([0, 2, 4]))] = 1
    return made


def drawn(rolls: Tensor, seed: int = 1) -> pretraining.Draw:
    generator = torch.Generator().manual_seed(seed)
    return lambda n: rolls[torch.randint(len(rolls), (n,), generator=generator)]


def network(**changes: object) -> DeepHear:
    torch.manual_seed(3)
    return DeepHear(Options(**{**{k: getattr(TINY, k) for k in ("layers", "pretrain_steps", "batch")}, **changes}))


def learnt(net: DeepHear, rolls: Tensor, steps: int = 150) -> DeepHear:
    net.prepare(drawn(rolls))
    optimizer = torch.optim.Adam(net.parameters(), lr=3e-2)
    draw = drawn(rolls, 2)
    for step in range(steps):
        net.progress = step / steps
        optimizer.zero_grad()
        net.loss(draw(16))["loss"].backward()
        optimizer.step()
    net.eval().settle(rolls)
    return net


@pytest.fixture(scope="module")
def ragtime() -> DeepHear:
    """A tiny network that has learnt the made-up music."""
    return learnt(network(pretrain="autoencoder"), music())


# pre-training -------------------------------------------------------------------------------------------------


def bars_and_stripes(n: int, generator: torch.Generator) -> Tensor:
    """Pictures 3 x 3 with whole rows or whole columns on [n, 9]: the classic toy of Boltzmann machines."""
    on = torch.randint(2, (n, 3), generator=generator).float()
    rows = on[:, :, None].expand(n, 3, 3).flatten(1)
    columns = on[:, None, :].expand(n, 3, 3).flatten(1)
    return torch.where(torch.randint(2, (n, 1), generator=generator) > 0, rows, columns)


def free_energy(layer: pretraining.Layer, visible: Tensor) -> Tensor:
    hidden = torch.nn.functional.linear(visible, layer.weight, layer.up)
    return -(visible @ layer.down) - torch.nn.functional.softplus(hidden).sum(1)


def test_a_boltzmann_machine_learns_a_tiny_distribution() -> None:
    torch.manual_seed(0)
    generator = torch.Generator().manual_seed(0)
    layer = pretraining.Layer(torch.zeros(24, 9), torch.zeros(24), torch.zeros(9))
    pretraining.boltzmann(layer, lambda n: bars_and_stripes(n, generator), 1500, 32, 0.1)
    everything = torch.tensor(list(itertools.product((0.0, 1.0), repeat=9)))
    chance = (-free_energy(layer, everything)).softmax(0)
    legal = {tuple(row) for row in bars_and_stripes(500, generator).tolist()}
    assert len(legal) == 14
    of_legal = sum(float(p) for p, row in zip(chance, everything.tolist(), strict=True) if tuple(row) in legal)
    assert of_legal > 0.5  # 14 of 512 pictures; untrained they have 3 % of the chance


@pytest.mark.parametrize("method", ["rbm", "autoencoder"])
def test_pre_training_lowers_the_loss_that_fine_tuning_starts_from(method: str) -> None:
    rolls = music()
    plain, trained = network(pretrain="none"), network(pretrain=method)
    plain.prepare(drawn(rolls))
    torch.manual_seed(0)
    trained.prepare(drawn(rolls))
    with torch.no_grad():
        without, with_it = float(plain.loss(rolls)["loss"]), float(trained.loss(rolls)["loss"])
    assert with_it < 0.8 * without


def test_layers_are_learnt_from_below_and_all_of_them() -> None:
    net = network(pretrain="autoencoder")
    before = copy.deepcopy(net.state_dict())
    told: list[str] = []
    net.prepare(drawn(music()), lambda done, total, text="": told.append(text))
    assert [key for key, old in before.items() if (net.state_dict()[key] == old).all()] == [
        key for key in before if key.startswith("law.")
    ]
    layers = list(dict.fromkeys(text.split(":")[0] for text in told))
    assert layers == [f"autoencoder of {units} units" for units in (48, 12)]
    assert all(part.requires_grad and part.grad is None for part in net.parameters())


# the network --------------------------------------------------------------------------------------------------


def test_the_shipped_stack_is_deephears_and_tied() -> None:
    net = DeepHear()
    assert [tuple(weight.shape) for weight in net.weights] == [(1024, 5632), (256, 1024), (64, 256), (16, 64)]
    assert sum(p.numel() for p in net.weights) == 5632 * 1024 + 1024 * 256 + 256 * 64 + 64 * 16


def test_it_learns_its_music_by_heart(ragtime: DeepHear) -> None:
    rolls = music()
    again = ragtime.decode(ragtime.encode(rolls), SampleOptions())
    wrong = (again != rolls).flatten(1).sum(1).float().mean()
    silent = rolls.flatten(1).sum(1).float().mean()
    assert wrong < 0.4 * silent  # the accompaniment is known, the random tune above hardly


def test_loss_reports_wrong_cells_and_hears_silence() -> None:
    rolls = music()
    net = network()
    with torch.no_grad():
        for part in (*net.weights, *net.up):
            part.zero_()
        net.down[0].fill_(-5)
    parts = {name: value.item() for name, value in net.loss(rolls).items()}
    assert parts["wrong"] == parts["sounding"] == rolls.sum() / len(rolls)
    assert net.collapsed(parts)
    assert not net.collapsed({**parts, "wrong": 10.0})


def test_the_weight_of_sounding_cells_is_gone_by_half_time() -> None:
    rolls = music()
    net = network(pos_weight=5.0)
    losses = []
    for net.progress in (0.0, 0.25, 0.5, 1.0):
        losses.append(net.loss(rolls)["loss"].item())
    assert losses[0] > losses[1] > losses[2] == losses[3]


def test_shaking_is_for_learning_only() -> None:
    rolls = music()
    net = network(shake=3.0)
    torch.manual_seed(0)
    assert net.train().loss(rolls)["loss"].item() != net.train().loss(rolls)["loss"].item()
    assert net.eval().loss(rolls)["loss"].item() == net.eval().loss(rolls)["loss"].item()


def test_codes_are_between_0_and_1_and_rows_do_not_meddle(ragtime: DeepHear) -> None:
    rolls = music()[:6]
    codes = ragtime.encode(rolls)
    assert codes.shape == (6, 12) and codes.min() >= 0 and codes.max() <= 1
    assert torch.allclose(ragtime.encode(rolls[2:3])[0], codes[2], atol=1e-5)
    for options in (SampleOptions(), SampleOptions(temperature=1.0)):
        made = ragtime.decode(codes, options)
        assert made.shape == (6, 64, 88) and set(made.unique().tolist()) <= {0, 1}
        changed = codes.clone()
        changed[3] = 1 - changed[3]
        assert (ragtime.decode(changed, options)[:3] == made[:3]).all()


def test_a_lower_threshold_is_fuller(ragtime: DeepHear) -> None:
    codes = ragtime.draw(8, SampleOptions())
    sparse, full = (ragtime.decode(codes, SampleOptions(threshold=t)).bool() for t in (0.7, 0.2))
    assert (full | sparse == full).all() and full.sum() > sparse.sum()


def test_binary_labels_are_bits_and_every_law_stays_between_0_and_1(ragtime: DeepHear) -> None:
    bits = ragtime.draw(200, SampleOptions(law="binary", seed=2))
    assert set(bits.unique().tolist()) == {0.0, 1.0} and 0.4 < float(bits.mean()) < 0.6
    for law in LAWS:
        codes = ragtime.draw(50, SampleOptions(law=law))
        assert codes.shape == (50, 12) and codes.min() >= 0 and codes.max() <= 1
    torch.manual_seed(1)
    expected = torch.rand(3)
    torch.manual_seed(1)
    first, again, other = (ragtime.sample(4, SampleOptions(seed=s)) for s in (1, 1, 2))
    assert (torch.rand(3) == expected).all()  # torch's own generator is left alone
    assert (first == again).all() and (first != other).any()


# harmony ------------------------------------------------------------------------------------------------------


def tune(kind: int = 3) -> Tensor:
    """The tune of one made-up roll alone [64, 88], bool."""
    roll = music()[kind].bool()
    roll[:, :46] = False
    return roll


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("clear", [True, False])
def test_harmonizing_keeps_every_note_of_the_melody(ragtime: DeepHear, seed: int, clear: bool) -> None:
    melody = tune()
    options = HarmonizeOptions(seed=seed, clear=clear, iterations=30, threshold=0.1)
    (made,) = ragtime.harmonize(melody[None].long(), melody[None], options)
    wanted, found = (set(runs(roll.numpy().astype(np.uint8))) for roll in (melody, made))
    assert wanted <= found  # onset, end and pitch: nothing melts into it either
    assert len(found) > len(wanted)
    if clear:
        assert not (made.bool() & region(melody) & ~melody).any()


def test_harmony_is_found_in_the_melodys_own_accompaniment(ragtime: DeepHear) -> None:
    truth = music()[3].bool()
    melody = tune(3)
    options = HarmonizeOptions(iterations=60, any_key=False)
    (made,) = ragtime.harmonize(melody[None].long(), melody[None], options)
    below = made.bool() & ~melody
    assert (below & truth).sum() > 0.6 * below.sum() > 0


def test_any_key_finds_music_for_a_melody_from_elsewhere(ragtime: DeepHear) -> None:
    away = shifted(tune(3), 5 + 8)  # no kind of accompaniment lies there
    x = away[None].long()
    own, moved = (
        ragtime.harmonize(x, away[None], HarmonizeOptions(iterations=60, any_key=k))[0] for k in (False, True)
    )
    assert (moved.bool() & away == away).all() and (own.bool() & away == away).all()
    assert (own != moved).any()


def test_harmonizing_is_repeatable_touches_nothing_given_and_can_be_stopped(ragtime: DeepHear) -> None:
    rolls = music()[:2]
    given = torch.zeros_like(rolls, dtype=torch.bool)
    given[:, :16] = True  # the whole first bar stays, silences too
    options = HarmonizeOptions(iterations=10, starts=2)
    first, again = (ragtime.harmonize(rolls, given, options) for _ in range(2))
    assert (first == again).all()
    assert (first[:, :16] == rolls[:, :16]).all()
    alone = ragtime.harmonize(rolls[1:], given[1:], options)
    assert (alone[0] == first[1]).all()

    def stop(done: float, total: float, text: str = "") -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ragtime.harmonize(rolls, given, options, stop)


def test_several_looked_for_together_are_those_found_alone_and_are_seen_on_the_way(ragtime: DeepHear) -> None:
    melody, seen = tune(), []
    options = HarmonizeOptions(iterations=26, starts=1, threshold=0.1, clear=False, seed=4)
    together = ragtime.harmonies(melody.long(), melody, options, 3, watch=lambda now: seen.append(now.clone()))
    alone = [
        ragtime.harmonize(melody[None].long(), melody[None], replace(options, seed=4 + number))[0]
        for number in range(3)
    ]
    assert (together == torch.stack(alone)).all() and len(together.unique(dim=0)) > 1
    assert len(seen) == 1 and seen[0].shape == together.shape
    assert (seen[0].bool() & melody == melody).all()


def test_harmonizing_works_inside_inference_mode(ragtime: DeepHear) -> None:
    melody = tune()[None]
    with torch.inference_mode():
        made = ragtime.harmonize(melody.long(), melody, HarmonizeOptions(iterations=5))
    assert (made.bool() & melody == melody).all()


def test_the_region_is_all_above_and_a_whole_tone_around() -> None:
    melody = torch.zeros(64, 88, dtype=torch.bool)
    melody[4:8, 40] = True
    found = region(melody)
    assert found[4].nonzero().flatten().tolist() == list(range(38, 88))
    assert found[20].nonzero().flatten().tolist() == found[0].nonzero().flatten().tolist() == list(range(41, 88))
    assert seams(melody).nonzero().tolist() == [[3, 40], [8, 40]]
    assert not region(torch.zeros_like(melody)).any()


def test_rolls_move_by_semitones_and_lose_what_leaves_the_piano() -> None:
    roll = torch.zeros(64, 88, dtype=torch.bool)
    roll[0, [0, 40, 87]] = True
    assert shifted(roll, 3)[0].nonzero().flatten().tolist() == [3, 43]
    assert shifted(roll, -3)[0].nonzero().flatten().tolist() == [37, 84]
    assert (shifted(roll, 0) == roll).all()
