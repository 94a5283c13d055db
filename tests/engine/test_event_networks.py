"""Networks of note events: they hear only what was, they write what adds up, and they leave alone what is closed."""

from __future__ import annotations

import dataclasses
from itertools import product
from typing import Any

import numpy as np
import pytest
import torch

from engine.codecs import tune
from engine.codecs.tune import TUNE
from engine.jobs.job import silent
from engine.models.parts import event_rules
from engine.models.parts.event_ear import AGO, hear
from engine.models.parts.event_infill import stretches
from engine.models.parts.event_network import SampleOptions
from engine.models.registry import REGISTRY
from engine.models.transformer import Attention, skewed
from engine.options import changed
from tests.engine.made_up import corpus
from tests.engine.small import SMALL

NAMES = ("celtic_lstm", "dilated_conv", "transformer")
PLAIN = SampleOptions(temperature=1.0, seed=3)


@pytest.fixture(params=NAMES, scope="module")
def network(request: pytest.FixtureRequest) -> Any:
    row = REGISTRY[request.param]
    module = row.load_module()
    torch.manual_seed(5)
    return getattr(module, row.network)(changed(module.Options(), SMALL[row.name])).eval()


def bars_of(tokens: np.ndarray) -> list[int]:
    lines = tune.starts(tokens)[tokens[:, 0] == tune.BAR]
    return np.diff([0, *lines]).tolist()


class TestHearing:
    def test_the_place_in_the_bar_follows_from_the_lengths(self) -> None:
        notes = [(24 * n, 24 * n + 24, 60 + n % 3) for n in range(8)]
        tokens, _ = tune.encode(notes, 0, 2)
        heard = hear(torch.from_numpy(tokens[None].astype(np.int64)), torch.tensor([2]))
        assert heard.onset[0, 2:13].tolist() == [0, 24, 48, 72, 96, 0, 24, 48, 72, 96, 0]
        assert heard.room[0, 2:7].tolist() == [96, 72, 48, 24, 0]
        assert heard.bar[0, 6:8].tolist() == [0, 1] and heard.left[0, [2, 7, 12]].tolist() == [3, 2, 1]

    def test_what_stood_here_a_bar_ago(self) -> None:
        notes = [(24 * n, 24 * n + 24, 60 + n % 4) for n in range(16)]
        tokens, _ = tune.encode(notes, 0, 4)
        heard = hear(torch.from_numpy(tokens[None].astype(np.int64)))
        bar = AGO.index(1)
        assert heard.ago[0, 7:11, bar].tolist() == [2, 3, 4, 5] and heard.began[0, 7:11, bar].all()
        assert (heard.ago[0, :7, bar] == -1).all() and heard.kept[0, 8:11, bar].all()

    def test_nothing_that_comes_later_is_heard(self, network: Any) -> None:
        x = corpus("tune", 2)[:, :60]
        told = torch.tensor([8, 0])
        said = network.body(network.ear(x, hear(x, told)))
        for row in (0, 1, 2, 17, 40):
            other = x.clone()
            other[:, row:] = corpus("tune", 2, seed=9)[:, row:60]
            changed_ = network.body(network.ear(other, hear(other, told)))
            torch.testing.assert_close(changed_[:, : row + 1], said[:, : row + 1], atol=1e-5, rtol=1e-4)

    def test_row_by_row_is_the_same_as_all_at_once(self, network: Any) -> None:
        x = corpus("tune", 3)[:, :50]
        features = network.ear(x, hear(x))
        said, state = network.body(features), network.body.begin(3)
        for row in range(20):
            one, state = network.body.step(features[:, row], state)
            torch.testing.assert_close(one, said[:, row], atol=1e-5, rtol=1e-4)
        state = network.body.caught_up(features[:, :20])
        for row in range(20, 30):
            one, state = network.body.step(features[:, row], state)
            torch.testing.assert_close(one, said[:, row], atol=1e-5, rtol=1e-4)

    def test_a_key_is_not_heard(self, network: Any) -> None:
        x = corpus("tune", 2)
        moved = x.clone()
        moved[:, 1, 1] += 3
        assert torch.equal(network.nats(x), network.nats(moved))


class TestAttention:
    def test_skewing_is_looking_up_distances(self) -> None:
        scores = torch.randn(2, 3, 6, 6)  # column s: distance 5 - s
        moved = skewed(scores)
        for i, j in product(range(6), range(6)):
            if j <= i:
                assert torch.equal(moved[:, :, i, j], scores[:, :, i, 5 - (i - j)])

    def test_attention_is_what_it_should_be_by_hand(self) -> None:
        torch.manual_seed(2)
        layer, x = Attention(8, 2, 10), torch.randn(1, 5, 8)
        query, key, value = layer.ask(x).view(1, 5, 3, 2, 4).permute(2, 0, 3, 1, 4)
        heard = torch.zeros(1, 2, 5, 4)
        for head, i in product(range(2), range(5)):
            far = torch.stack([key[0, head, j] + layer.distance[head, 9 - (i - j)] for j in range(i + 1)])
            weights = (far @ query[0, head, i] / 2).softmax(0)
            heard[0, head, i] = weights @ value[0, head, : i + 1]
        torch.testing.assert_close(layer(x), layer.out(heard.transpose(1, 2).reshape(1, 5, -1)))


class TestWriting:
    @pytest.mark.parametrize("temperature", [0.0, 1.5])
    @pytest.mark.parametrize("meter", ["4/4", "9/8", "3/8"])
    def test_bars_add_up_whatever_it_says(self, network: Any, meter: str, temperature: float) -> None:
        drawn = network.sample(3, SampleOptions(temperature, 2, meter, "dorian", "A", 5))
        for tokens in drawn.numpy().astype(np.uint8):
            length = int(tune.BAR_UNITS[tune.meter_of(tokens)])
            assert f"{tune.METERS[tune.meter_of(tokens)][0]}/{tune.METERS[tune.meter_of(tokens)][1]}" == meter
            assert bars_of(tokens) == [length] * 5 and (tokens[:, 0] == tune.END).sum() == 1
            assert tokens[1].tolist() == [tune.FIRST_MODE + 1, tune.NO_SHIFT - 5], "A dorian is G major's notes"
            assert TUNE.ticks(tokens, 480) == 5 * length * 20

    def test_without_rules_it_writes_as_it_likes(self, network: Any) -> None:
        loose = network.compose(2, PLAIN, silent, strict=False).numpy().astype(np.uint8)
        assert not all(set(bars_of(tokens)) == {96} for tokens in loose)
        assert all((tokens[:, 0] == tune.END).sum() == 1 for tokens in loose)

    def test_what_follows_is_eight_bars_in_the_same_meter_and_key(self, network: Any) -> None:
        x = corpus("tune", 2, seed=4)
        found = network.extend(x, PLAIN)
        assert torch.equal(found[:, :2], x[:, :2])
        for tokens in found.numpy().astype(np.uint8):
            assert bars_of(tokens) == [int(tune.BAR_UNITS[tune.meter_of(tokens)])] * 8
            assert not (tokens[:, 0] == tune.END).any()

    def test_silence_before_the_music_is_not_heard(self, network: Any) -> None:
        notes = [(24 * n, 24 * n + 24, 60 + n % 5) for n in range(16)]
        late = [(start + 192, end + 192, pitch) for start, end, pitch in notes]
        windows = [tune.encode(notes, 0, 4, False)[0], tune.encode(late, 0, 6, False)[0]]
        x = torch.from_numpy(np.array(windows).astype(np.int64))
        found = [network.extend(one[None], PLAIN) for one in x]
        assert torch.equal(found[0], found[1])

    def test_no_length_is_left_that_nothing_fills(self) -> None:
        room = torch.arange(3, 145)
        room = room[event_rules._FILLABLE[room]]
        fits = event_rules.lengths(torch.full_like(room, tune.REST), room)
        assert fits.any(1).all() and not fits[:, 0].any()
        behind = room[:, None] - torch.as_tensor(tune.UNITS)
        assert event_rules._FILLABLE[behind[fits]].all()


class TestFilling:
    def test_what_is_around_stays_where_it_was(self, network: Any) -> None:
        x = corpus("tune", 1, seed=6)
        for index, tokens in enumerate(x.numpy().astype(np.uint8)):
            bar = int(tune.BAR_UNITS[tune.meter_of(tokens)])
            hole = torch.from_numpy(TUNE.cells(tokens, 2 * bar // 6, 4 * bar // 6))
            watched: list[torch.Tensor] = []
            made = network.inpaint(x[index : index + 1], hole[None], PLAIN, silent, watched.append)
            assert made.shape == (1, *TUNE.shape) and torch.equal(watched[-1], made)
            now = made[0].numpy().astype(np.uint8)
            assert bars_of(now) == [bar] * 8
            sides = [n for n in tune.decode(tokens) if not 2 * bar <= n[0] < 4 * bar]
            assert [n for n in tune.decode(now) if not 2 * bar <= n[0] < 4 * bar] == sides
            again = network.inpaint(x[index : index + 1], hole[None], PLAIN)
            assert torch.equal(again, made)

    def test_two_holes_with_a_note_between_them(self, network: Any) -> None:
        x = corpus("tune", 1, seed=8)
        open_ = torch.zeros(1, *TUNE.shape, dtype=torch.bool)
        open_[0, [2, 3, 8, 9]] = True
        made = network.inpaint(x, open_, dataclasses.replace(PLAIN, temperature=0.0))
        before, after = (tune.decode(w[0].numpy().astype(np.uint8)) for w in (x, made))
        times = tune.starts(x[0].numpy().astype(np.uint8))
        kept = [note for note in before if times[4] <= note[0] < times[8] or note[0] >= times[10]]
        assert set(kept) <= set(after)

    def test_stretches_go_on_over_bar_lines(self) -> None:
        symbols = torch.tensor([5, 15, 40, 40, tune.BAR, 40, 41, tune.BAR, 42])
        open_ = torch.tensor([0, 0, 0, 1, 0, 1, 0, 0, 1], dtype=torch.bool)
        assert stretches(open_, symbols) == [(3, 6), (8, 9)]
