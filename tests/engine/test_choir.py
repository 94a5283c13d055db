"""Four voices as harmonizing networks hear them, and the networks: keys, kept cells, the order of things."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.codecs.chorale import CHORALE, FIRST_PITCH, HIGHEST, HOLD, LOWEST, REST, pitches
from engine.corpus.dataset import Dataset, Split
from engine.evaluation import harmonies
from engine.models.encoder_decoder_chorale import ChoraleEncoderDecoder
from engine.models.mini_bach import MiniBach
from engine.models.parts import choir
from engine.models.registry import REGISTRY
from engine.options import changed, fitting
from tests.engine.made_up import corpus
from tests.engine.small import SMALL

torch.set_num_threads(1)
NAMES = ("mini_bach", "encoder_decoder_chorale")


def network(name: str, **changes: Any) -> Any:
    row = REGISTRY[name]
    module = row.load_module()
    torch.manual_seed(2)
    return getattr(module, row.network)(changed(module.Options(), {**SMALL[name], **changes})).eval()


def options(name: str, **wanted: Any) -> Any:
    return fitting(REGISTRY[name].load_module().SampleOptions, wanted)


@torch.no_grad()
def costs(made: Any, x: Tensor, given: Tensor) -> Tensor:
    """Nats of the open cells, [n]."""
    cells = made.net.costs(x, given)[0] if isinstance(made, MiniBach) else made._costs(x, given)[0]
    return cells.sum((1, 2))


def moved(x: Tensor, semitones: int) -> Tensor:
    return torch.where(x >= FIRST_PITCH, x + semitones, x)


class TestWhatIsHeard:
    def test_tokens_come_back_from_what_sounds(self) -> None:
        x = corpus("chorale", 8)
        x[:, 2, 20:28] = torch.tensor([REST, HOLD, HOLD, HOLD, 9, HOLD, 9, HOLD])
        everything = torch.ones_like(x, dtype=torch.bool)
        heard = choir.listen(x, everything)
        nothing = torch.zeros_like(everything)
        assert torch.equal(choir.written(heard.sounds, heard.begins, nothing.long(), nothing), x)
        assert torch.equal(choir.from_key(heard.in_key, heard.key), heard.sounds)

    def test_nothing_is_known_of_what_is_not_given(self) -> None:
        x = corpus("chorale", 6)
        given = torch.rand(x.shape, generator=torch.Generator().manual_seed(1)) < 0.5
        other = torch.where(given, x, corpus("chorale", 6, seed=5))
        mine, theirs = choir.listen(x, given), choir.listen(other, given)
        for field in dataclasses.fields(mine):
            assert torch.equal(getattr(mine, field.name), getattr(theirs, field.name)), field.name

    def test_the_key_moves_with_the_music_and_what_is_heard_does_not(self) -> None:
        x = corpus("chorale", 12)
        given = choir.soprano(x)
        here, there = choir.listen(x, given), choir.listen(moved(x, 3), given)
        assert torch.equal(there.key, here.key + 3) and torch.equal(here.in_key, there.in_key)

    def test_singable_sounds_are_those_in_range(self) -> None:
        key = torch.tensor([-5, 0, 6])
        can = choir.singable(key)
        for row, semitones in enumerate(key.tolist()):
            for voice, (low, high) in enumerate(zip(LOWEST, HIGHEST, strict=True)):
                sounds = torch.arange(choir.HEARD)[None, None, can[row, voice]].expand(1, 4, -1)
                real = choir.from_key(sounds, torch.tensor([semitones]))[0, 0]
                assert (real[1:] - 1 + low).tolist() == list(range(low, high + 1))

    def test_gifts_leave_something_to_do(self) -> None:
        torch.manual_seed(1)
        gifts = choir.random_gift(400, torch.device("cpu"))
        assert not gifts.all((1, 2)).any() and gifts[:, 0].all(1).float().mean() > 0.55


@pytest.mark.parametrize("name", NAMES)
class TestHarmonizers:
    def test_given_cells_stay_and_all_is_in_range(self, name: str) -> None:
        made, x = network(name), corpus("chorale", 8)
        gifts = torch.rand(x.shape, generator=torch.Generator().manual_seed(4)) < 0.4
        gifts[:3] = choir.soprano(x)[:3]
        gifts[3, :, :32] = True
        x[4:, :, 0] = HOLD  # what sounded before the window goes on
        for heat in (0.0, 1.0):
            found = made.harmonize(x, gifts, options(name, temperature=heat, seed=3))
            assert torch.equal(found[gifts], x[gifts])
            sizes = torch.tensor(CHORALE.sizes)[:, None]
            assert (found >= 0).all() and (found < sizes).all()
            assert (found[:, :, 0][~gifts[:, :, 0]] != HOLD).all()
            again = made.harmonize(x, gifts, options(name, temperature=heat, seed=3))
            assert torch.equal(found, again)

    def test_what_is_not_given_is_not_looked_at(self, name: str) -> None:
        made, x = network(name), corpus("chorale", 4)
        other = torch.where(choir.soprano(x), x, corpus("chorale", 4, seed=8))
        how = options(name, temperature=0.7, seed=2)
        assert torch.equal(made.harmonize(x, choir.soprano(x), how), made.harmonize(other, choir.soprano(x), how))

    def test_all_keys_are_one(self, name: str) -> None:
        made, x = network(name), corpus("chorale", 4)
        here, there = (costs(made, music, choir.soprano(x)) for music in (x, moved(x, 2)))
        if name == "mini_bach":  # it alone knows which notes of the other key lie out of range
            assert torch.isfinite(there).all()
        else:
            torch.testing.assert_close(there, here)

    def test_costs_are_those_of_chances(self, name: str) -> None:
        """One cell open, the last of the bass: the chances of all its tokens sum to one."""
        made, x = network(name), corpus("chorale", 1)
        given = torch.ones_like(x, dtype=torch.bool)
        given[0, 3, 63] = False
        every = x.repeat(CHORALE.vocabulary, 1, 1)
        every[:, 3, 63] = torch.arange(CHORALE.vocabulary)
        chances = (-costs(made, every, given.expand_as(every)).double()).exp()
        total = float(chances.sum())
        assert 0.97 < total <= 1.0001 if name == "mini_bach" else 0.3 < total <= 1.0001


def test_a_chord_knows_only_what_was_before_it() -> None:
    """Where every choice is told the true ones, later truths and later voices of the chord change nothing before."""
    made, x = network("encoder_decoder_chorale"), corpus("chorale", 3)
    given = choir.soprano(x)
    other = x.clone()
    other[:, 2, 40:] = 7  # the tenor, from step 40 on

    def costs(music: Tensor) -> Tensor:
        return made._costs(music, given)[0]

    mine, theirs = costs(x), costs(other)
    assert torch.equal(mine[:, :, :40], theirs[:, :, :40])
    assert torch.equal(mine[:, 3, 40], theirs[:, 3, 40]), "the bass is chosen before the tenor"
    assert not torch.equal(mine[:, 1, 40], theirs[:, 1, 40]), "the alto after it"


def test_attention_sums_to_one_and_its_twin_has_none() -> None:
    x = corpus("chorale", 3)
    share = network("encoder_decoder_chorale").attention(x, x)
    assert share.shape == (3, 64, 64)
    torch.testing.assert_close(share.sum(-1), torch.ones(3, 64))
    twin = network("encoder_decoder_chorale", attention=False)
    assert not twin.attention(x, x).any() and isinstance(twin, ChoraleEncoderDecoder)


def test_the_original_says_tokens_and_begins_with_notes() -> None:
    made, x = network("mini_bach", form="original"), corpus("chorale", 5)
    assert isinstance(made, MiniBach)
    found = made.harmonize(x, choir.soprano(x), options("mini_bach", temperature=1.0))
    assert torch.equal(found[:, 0], x[:, 0]) and (found[:, :, 0] != HOLD).all()
    assert (found < torch.tensor(CHORALE.sizes)[:, None]).all()


class _Echo:
    """Harmonizes as Bach did."""

    def harmonize(self, x: Tensor, given: Tensor, options: Any, report: Any) -> Tensor:
        return x


class TestFigures:
    def test_bach_himself_is_right(self, monkeypatch: pytest.MonkeyPatch) -> None:
        windows = corpus("chorale", 24).numpy().astype(np.uint8)
        side = Split(windows, np.arange(24, dtype=np.int32), tuple(map(str, range(24))))
        monkeypatch.setattr(harmonies, "harmonized", lambda network, truth, report: truth)
        figures, _ = harmonies.measure(_Echo(), Dataset(side, side, 0), CHORALE)
        assert figures["harmony_pitch"] == figures["harmony_onset"] == figures["harmonize_kept"] == 1.0
        assert figures["parallel_fifths"] == figures["real_parallel_fifths"]
        assert 0 < figures["lookup_harmony_pitch"] < 1

    def test_faults_are_counted_against_changes_of_chord(self) -> None:
        window = np.zeros((1, 4, 64), np.uint8)
        for voice, line in enumerate([(72, 74), (65, 67), (60, 59), (48, 50)]):
            window[0, voice, [0, 4]] = np.array(line) - LOWEST[voice] + FIRST_PITCH
        found = harmonies.led(window, CHORALE)
        assert found["parallel_fifths"] == 100.0, "soprano and alto"
        assert found["parallel_octaves"] == 100.0, "soprano and bass"
        assert found["crossings"] == found["out_of_range"] == 0.0 and found["chord_changes"] == 1 / 16

    def test_the_table_knows_the_commonest_note(self) -> None:
        tokens = np.zeros((3, 4, 64), np.uint8)
        tokens[:, :, 0] = [[10, 8, 6, 4], [10, 8, 6, 4], [10, 9, 7, 5]]
        assert (harmonies.looked_up(tokens, tokens) == pitches(tokens)[:1, 1:]).all()
