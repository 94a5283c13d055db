"""The bidirectional network: holes of all kinds, nothing leaks out of them, everything else stays."""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace

import numpy as np
import torch

from engine.codecs import melody
from engine.codecs.catalog import codec
from engine.evaluation import masked
from engine.models.bidirectional_rnn import GROUPS, BidirectionalRNN, Options, SampleOptions, groups, holes
from engine.models.parts import home_key
from tests.engine.made_up import corpus

SMALL = Options(embedding=8, width=32, layers=1, meeting=48, dropout=0.0, batch=32)


@cache
def network(both: bool = True) -> BidirectionalRNN:
    """Taught for a moment."""
    torch.manual_seed(1)
    made, music = BidirectionalRNN(Options(**{**SMALL.__dict__, "both": both})), corpus("phrase", 96)
    optimizer = torch.optim.Adam(made.parameters(), lr=1e-2)
    for step in range(30):
        optimizer.zero_grad()
        made.loss(music[step % 3 :: 3])["loss"].backward()
        optimizer.step()
    return made.eval()


def test_holes_are_of_all_kinds_and_sizes() -> None:
    torch.manual_seed(2)
    x = corpus("phrase", 60).repeat(15, 1)
    hole, used = holes(x), x != melody.PAD
    assert not (hole & ~used).any() and (hole.sum(1) > 0).float().mean() > 0.98
    share = hole.sum(1) / used.sum(1)
    assert share.min() < 0.1 and share.max() > 0.9 and 0.3 < float(share.mean()) < 0.55
    edges = (hole[::2, 1:] != hole[::2, :-1]).sum(1)
    assert 0.2 < float((edges <= 2).float().mean()) < 0.6, "runs and single bars"
    assert float((edges > 30).float().mean()) > 0.1, "single steps"


def test_what_is_in_a_hole_is_not_heard() -> None:
    x = corpus("phrase", 12, seed=5)
    torch.manual_seed(3)
    hole = holes(x)
    spoilt = torch.where(hole, 40, x)
    o = SampleOptions(temperature=1.0)
    assert torch.equal(network().inpaint(x, hole, o)[~hole], x[~hole])
    assert torch.equal(network().inpaint(x, hole, o), network().inpaint(spoilt, hole, o))


def test_a_step_is_heard_by_neither_reader() -> None:
    x = home_key.home(corpus("phrase", 4, seed=6), torch.zeros(4, dtype=torch.long))
    other = x.clone()
    other[:, 50] = 40
    made = network()
    with torch.no_grad():
        before, after = (made._logits(tokens, tokens) for tokens in (x, other))
    changed = (before - after).abs().amax(-1) > 1e-6
    assert not changed[:, 50].any() and changed[:, 49].all() and changed[:, 51].all()


def test_the_twin_hears_nothing_of_what_follows() -> None:
    x = home_key.home(corpus("phrase", 4, seed=6), torch.zeros(4, dtype=torch.long))
    other = x.clone()
    other[:, 50] = 40
    made = network(both=False)
    with torch.no_grad():
        before, after = (made._logits(tokens, tokens) for tokens in (x, other))
    assert torch.equal(before[:, :51], after[:, :51]) and not torch.equal(before[:, 51], after[:, 51])


def test_filling_step_by_step_is_the_network_all_at_once() -> None:
    x = corpus("phrase", 6, seed=7)
    torch.manual_seed(5)
    hole = holes(x)
    filled = network().inpaint(x, hole, SampleOptions(temperature=0.0))
    shift = home_key.homeward(x, ~hole)
    tokens = home_key.home(filled, shift)
    made = network()
    with torch.no_grad():
        logits = made._logits(tokens, tokens.masked_fill(hole, home_key.MASK))
    logits = logits + home_key.unwritable(shift)[:, None]
    logits[:, 0, melody.HOLD] = -1e9
    assert torch.equal(home_key.away(logits.argmax(-1), shift)[hole], filled[hole])


def test_rewriting_changes_only_what_is_open_and_can_be_watched() -> None:
    x = corpus("phrase", 3, seed=8)
    open_ = torch.zeros_like(x, dtype=torch.bool)
    open_[:, 32:64] = True
    seen: list[torch.Tensor] = []
    o = SampleOptions(temperature=1.0, rounds=4)
    found = network().rewrite(x, open_, o, watch=seen.append)
    stays = ~open_ | (x == melody.PAD)
    assert len(seen) == 4 and torch.equal(seen[-1], found) and not torch.equal(seen[0], seen[1])
    assert torch.equal(found[stays], x[stays]) and not torch.equal(found, x)
    assert torch.equal(found, network().rewrite(x, open_, o))


def test_every_step_is_in_one_group() -> None:
    group = groups((200, 128), torch.Generator().manual_seed(1))
    assert group.unique().tolist() == list(range(GROUPS))
    runs = (group[:, 1:] != group[:, :-1]).sum(1).float().mean()
    assert 20 < float(runs) < 36


def test_the_figures_of_holes_in_phrases() -> None:
    windows = corpus("phrase", 40, seed=60).numpy().astype(np.uint8)
    split = SimpleNamespace(windows=windows)
    data = SimpleNamespace(train=split, held_out=split)
    figures, _ = masked.measure(network(), data, codec("phrase"))  # type: ignore[arg-type]
    assert figures["masked_kept"] == 1.0
    for name in ("masked", "bar", "two_bars"):
        assert 0 < figures[f"{name}_nats"] < 2.5 and figures[f"hold_{name}_onset_accuracy"] == 0
    bars = masked.some_bars(windows[::2], np.random.default_rng(0), 2)
    assert (bars.sum(1) == 32).all()
    window = np.arange(128, dtype=np.uint8)[None] % 60 + 2
    hole = np.arange(128)[None] == 70
    assert masked.copied(window, hole)[0, 70] == window[0, 6]
