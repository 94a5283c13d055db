"""The GAN to order: kinds that are asked for, the bars they have, what is said of kinds it does not know."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from engine.codecs import melody
from engine.codecs.melody import MELODY
from engine.corpus.dataset import Dataset, Split
from engine.errors import UserError
from engine.evaluation import orders
from engine.evaluation.kinds import Judge
from engine.models.label_gan import LabelGAN, Options, SampleOptions, number_of
from engine.options import changed
from tests.engine.made_up import corpus
from tests.engine.small import SMALL

NAMES = ("air", "jig", "slow air")


def network(**wanted: Any) -> LabelGAN:
    torch.manual_seed(3)
    return LabelGAN(changed(Options(), {**SMALL["label_gan"], "kinds": ",".join(NAMES), **wanted}))


def music(n: int = 60) -> torch.Tensor:
    """Airs in 4/4, jigs in 6/8, slow airs in both."""
    tokens = corpus("melody", n)
    kind = torch.arange(n) % 2
    kind[2 * n // 3 :] = 2
    return torch.cat([kind[:, None], tokens], 1)


def compound(tokens: torch.Tensor) -> np.ndarray:
    return melody.is_compound(tokens.numpy().astype(np.uint8))


def test_a_kind_brings_its_bars() -> None:
    made = network().eval()
    made.settle(music())
    assert torch.allclose(made.known.sum(), torch.tensor(1.0)) and made.known[0, 1] == 0 and made.known[1, 0] == 0
    for asked in (False, True):
        assert compound(made.sample(4, SampleOptions(kind="jig", compound=asked))).all()
        assert not compound(made.sample(4, SampleOptions(kind="air", compound=asked))).any()
        assert (compound(made.sample(4, SampleOptions(kind="slow air", compound=asked))) == asked).all()


def test_without_a_kind_only_those_with_such_bars_are_drawn() -> None:
    made = network().eval()
    made.settle(music())
    kinds, bars = made._wanted(200, SampleOptions(compound=True), torch.Generator().manual_seed(1))
    assert bars and set(kinds.tolist()) == {1, 2}


def test_an_unknown_kind_is_said() -> None:
    assert number_of(" Jig ", NAMES) == 1
    with pytest.raises(UserError, match="knows no polka"):
        network().sample(1, SampleOptions(kind="polka"))


@pytest.mark.parametrize("condition", ["projection", "ac-gan", "cgan"])
def test_the_critic_hears_the_kind(condition: str) -> None:
    made, batch = network(condition=condition), music(8)
    other = (batch[:, 0] + 1) % 3
    for player in ("critic", "generator"):
        parts = made.play(player, batch)
        parts["loss"].backward()
        assert (f"{player}_kind" in parts) == (condition == "ac-gan")
    unreached = [n for n, p in made.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0]
    assert unreached == []
    made.eval()
    real = made._invented(batch[:, 0], torch.zeros(8, dtype=torch.bool)).detach()
    scores = [made.critic(real, kind).score for kind in (batch[:, 0], other)]
    assert torch.equal(*scores) == (condition == "ac-gan"), "it is told in two of the three ways"


def test_a_generator_of_an_ac_gan_is_not_paid_for_kinds_at_first() -> None:
    made, batch = network(condition="ac-gan", class_weight=0.5), music(8)
    costs = []
    for progress in (0.0, 1.0):
        made.progress = progress
        torch.manual_seed(5)
        parts = made.play("generator", batch)
        costs.append(parts["loss"].item())
    assert costs[1] - costs[0] == pytest.approx(0.5 * parts["generator_kind"].item(), abs=1e-2)


def test_a_trial_is_in_the_bars_and_keys_of_its_batch() -> None:
    made, batch = network().eval(), music(20)
    tried = made.trial(batch)
    assert torch.equal(tried[:, 0], batch[:, 0]) and tried.shape == batch.shape
    assert (compound(tried[:, 1:]) == compound(batch[:, 1:])).all()


def test_what_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    class Deaf(Judge):
        def probabilities(self, windows: Any, report: Any = None) -> Any:
            """Takes everything in 6/8 for a jig, and all else for an air."""
            told = melody.is_compound(windows).astype(int)
            return np.eye(3)[told]

    monkeypatch.setattr(orders, "judge_of", lambda names, data, report: Deaf(NAMES, None, {}, {}))  # type: ignore[arg-type]
    batch = music(120).numpy().astype(np.uint8)
    side = Split(batch[:, 1:], np.arange(120, dtype=np.int32), ("",) * 120, tuple(NAMES[k] for k in batch[:, 0]))
    made = network().eval()
    made.settle(torch.from_numpy(batch.astype(np.int64)))
    figures, _ = orders.measure(made, Dataset(side, side, 0), MELODY)
    assert figures["agreement_chance"] == pytest.approx(1 / 3)
    assert figures["air_agreement"] == figures["jig_agreement"] == figures["jig_real_agreement"] == 1
    assert figures["slow air_agreement"] == 0
    assert figures["real_asked_fd"] < figures["other_kind_fd"]
    assert 0 <= figures["asked_copies"] <= figures["asked_unique"] <= 1
