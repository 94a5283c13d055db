"""The Anticipation-RNN: pins stay, what is not pinned is composed, and the future is heard through the pins only."""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace

import numpy as np
import torch
from torch import Tensor

from engine.codecs import melody
from engine.codecs.catalog import codec
from engine.evaluation import pins as measured
from engine.models.anticipation_rnn import AnticipationRNN, Options, SampleOptions, random_pins
from engine.models.parts import home_key
from engine.models.parts.note_walk import before
from tests.engine.made_up import corpus

SMALL = Options(embedding=8, foresight=24, width=48, layers=1, dropout=0.0, forget=0.0, batch=32)


@cache
def network() -> AnticipationRNN:
    """Taught for a moment."""
    torch.manual_seed(1)
    made, music = AnticipationRNN(SMALL), corpus("phrase", 96)
    optimizer = torch.optim.Adam(made.parameters(), lr=1e-2)
    for step in range(40):
        optimizer.zero_grad()
        made.loss(music[step % 3 :: 3])["loss"].backward()
        optimizer.step()
    return made.eval()


def first_beats(x: Tensor) -> Tensor:
    return torch.from_numpy(measured.first_beats(x.numpy().astype(np.uint8)))


def test_pins_are_of_every_kind() -> None:
    torch.manual_seed(4)
    x = corpus("phrase", 40).repeat(15, 1)
    pins, used = random_pins(x), x != melody.PAD
    assert not (pins & ~used).any()
    share = pins.float().sum(1) / used.sum(1)
    assert 0.12 < float((share == 0).float().mean()) < 0.35, "nothing at all is pinned"
    onsets = home_key.pitched(x)
    only_onsets = ((pins & ~onsets).sum(1) == 0) & (share > 0)
    assert 0.1 < float(only_onsets.float().mean()) < 0.4
    assert 0.1 < float((share > 0.5).float().mean()) < 0.4, "all but a hole is pinned"


def test_pins_stay_and_the_rest_is_composed() -> None:
    x = corpus("phrase", 12, seed=5)
    for pins in (first_beats(x), torch.zeros_like(x, dtype=torch.bool), x != melody.PAD):
        found = network().inpaint(x, ~pins, SampleOptions(temperature=1.0))
        assert torch.equal(found[pins], x[pins])
        assert torch.equal(found == melody.PAD, x == melody.PAD) and found.max() <= melody.PAD
        assert not (~pins[:, 0] & (found[:, 0] == melody.HOLD)).any()


def test_what_is_not_pinned_is_not_looked_at() -> None:
    x = corpus("phrase", 12, seed=5)
    pins = first_beats(x)
    spoilt = torch.where(pins | (x == melody.PAD), x, 40)
    o = SampleOptions(temperature=1.0, seed=3)
    assert torch.equal(network().inpaint(x, ~pins, o), network().inpaint(spoilt, ~pins, o))


def test_a_melody_hears_pins_ahead_and_no_note_ahead() -> None:
    x = home_key.home(corpus("phrase", 4, seed=6)[::2], torch.zeros(2, dtype=torch.long))
    later = x.clone()
    later[:, 100] = 40
    nothing, pinned = torch.zeros_like(x, dtype=torch.bool), torch.zeros_like(x, dtype=torch.bool)
    pinned[:, 100] = True
    early = slice(0, 100)
    with torch.no_grad():
        known = [network()._cost(music, before(music), nothing)[:, early] for music in (x, later)]
        heard = [network()._cost(music, before(music), pinned)[:, early] for music in (x, later)]
    torch.testing.assert_close(known[0], known[1])
    assert not torch.allclose(heard[0], heard[1])


def test_the_walk_writes_what_the_network_likes_best() -> None:
    """Step by step and all at once are one network."""
    x = corpus("phrase", 6, seed=7)
    pins = (x != melody.PAD) & ((torch.arange(128) < 16) | (torch.arange(128) >= 78))
    found = network().inpaint(x, ~pins, SampleOptions(temperature=0.0))
    likeliest = network().surprise(found, pins, pins)
    for step in (17, 40, 75):
        for token in (melody.HOLD, melody.REST, 30):
            other = found.clone()
            other[:, step] = token
            dearer = network().surprise(other, pins, pins)[:, step] >= likeliest[:, step] - 1e-4
            assert (dearer | pins[:, step] | (found[:, step] == melody.PAD)).all()


def test_the_figures_of_pins() -> None:
    x = corpus("phrase", 40, seed=8)
    split = SimpleNamespace(windows=x.numpy().astype(np.uint8))
    data = SimpleNamespace(train=split, held_out=split)
    figures, _ = measured.measure(network(), data, codec("phrase"))  # type: ignore[arg-type]
    assert figures["pins_kept"] == 1.0
    assert 0 <= figures["unforced_all_pins_kept"] <= figures["unforced_pins_kept"] <= 1
    pins, nothing = first_beats(x), torch.zeros_like(x, dtype=torch.bool)
    known, unknown = (network().surprise(x, heard)[pins].mean() for heard in (pins, nothing))
    assert known < unknown, "who knows a pin expects it"


def test_leaps_are_counted_into_pins() -> None:
    window = np.zeros((1, 128), dtype=np.uint8)
    window[0, [0, 8, 16, 30, 32]] = [30, 32, 37, 40, 38]
    pins = measured.first_beats(window)
    assert np.flatnonzero(pins[0]).tolist() == [0, 16, 32]
    assert measured.leap(window, pins) == (5 + 2) / 2
