"""The figures of a model, and what its gates say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.codecs.melody import MELODY
from engine.evaluation import reconstruction as recon
from engine.evaluation.evaluate import evaluate, measure
from engine.evaluation.gates import GATES, Gate
from engine.evaluation.reconstruction import morph_ends, reconstruction
from engine.evaluation.steering import slider_effects
from engine.latent.map import LatentMap
from engine.models import bundle as bundles
from engine.models.registry import REGISTRY
from engine.models.shelf import load_network
from engine.training.make import read_data


def test_a_gate_judges() -> None:
    least, most = Gate("accuracy", 0.97, True), Gate("kl", 40, False)
    assert least.judged({"accuracy": 0.97}) == {"name": "accuracy", "value": 0.97, "gate": ">= 0.97", "holds": True}
    assert not least.judged({"accuracy": 0.9699})["holds"]
    assert most.judged({"kl": 40.0})["holds"] and not most.judged({"kl": 40.01})["holds"]
    assert not least.judged({"accuracy": float("nan")})["holds"] and not most.judged({"kl": float("nan")})["holds"]


def test_every_shipped_model_has_gates() -> None:
    assert set(GATES) == set(REGISTRY)


def test_the_figures_are_those_the_bundle_tells(tiny_bundle: Path, tunes: Path) -> None:
    """Measured again from the file and the corpus, every figure is the same to the last digit."""
    found = evaluate(tiny_bundle, str(tunes))
    assert found == bundles.read_header(tiny_bundle)["evaluation"]
    assert found["model"] == "melody_vae"
    assert {gate["name"] for gate in found["gates"]} == {gate.name for gate in GATES["melody_vae"]}
    for gate in found["gates"]:
        assert set(gate) == {"name", "value", "gate", "holds"} and gate["value"] == found["figures"][gate["name"]]


def test_progress_is_told(tiny_bundle: Path, tunes: Path) -> None:
    told: list[float] = []
    data = read_data(str(tunes), MELODY)
    measure(tiny_bundle, data, lambda done, total, text="": told.append(done / total))
    assert told == sorted(told) and len(told) >= 6 and told[-1] <= 1


class Perfect:
    """Codes that are the tokens themselves; nothing is lost."""

    def __init__(self, wrong: float = 0.0) -> None:
        self.wrong = wrong

    def encode(self, x: Any) -> Any:
        return x.float()

    def decode(self, z: Any, options: Any) -> Any:
        import torch

        spoil = torch.rand(z.shape, generator=torch.Generator().manual_seed(0)) < self.wrong
        return torch.where(spoil & (z < 62), (z + 1) % 62, z).long()

    def loss(self, x: Any) -> dict[str, Any]:
        import torch

        return {"loss": torch.tensor(3.0), "kl": torch.tensor(2.0), "cost": torch.tensor(1.0)}


def test_reconstruction_counts_what_is_right(tunes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recon.generate, "options_for", lambda network, steering: None)
    data = read_data(str(tunes), MELODY)
    for compound in (False, True):
        windows = data.train.where(compound).windows
        found = reconstruction(Perfect(), windows, compound)
        assert found["token_accuracy"] == found["onset_accuracy"] == found["exact_windows"] == 1.0
        assert found["kl_nats"] == 2.0 and found["reconstruction_nats"] == 1.0
        worse = reconstruction(Perfect(0.1), windows, compound)
        assert worse["token_accuracy"] == pytest.approx(0.9, abs=0.02), "padding counts neither way"
        assert worse["onset_accuracy"] == pytest.approx(0.9, abs=0.02)
        assert worse["exact_windows"] == pytest.approx(0.9 ** (24 if compound else 32), abs=0.05)


def test_ends_of_morphs_are_the_notes_that_were_put_there(tiny_bundle: Path, tunes: Path) -> None:
    network, data = load_network(tiny_bundle), read_data(str(tunes), MELODY)
    windows = data.held_out.where(False).windows
    assert len(windows) >= 20 and morph_ends(network, windows, False) == 1.0


def test_sliders_are_measured_honestly(tiny_bundle: Path) -> None:
    """A slider turned round moves the other way, one of no length moves nothing."""
    network = load_network(tiny_bundle)
    chart = LatentMap.from_bundle(bundles.read(tiny_bundle, weights=False))
    found = slider_effects(network, chart, False, seeds=100)
    chart.sliders = {name: -vector for name, vector in chart.sliders.items()}
    turned = slider_effects(network, chart, False, seeds=100)
    for name in chart.sliders:
        assert turned[f"{name}_slider_step"] == pytest.approx(-found[f"{name}_slider_step"])
        assert turned[f"{name}_slider_leak"] == pytest.approx(found[f"{name}_slider_leak"])
        assert found[f"{name}_slider_monotone"] + turned[f"{name}_slider_monotone"] <= 1.0
    chart.sliders = {name: np.zeros_like(vector) for name, vector in chart.sliders.items()}
    still = slider_effects(network, chart, False, seeds=100)
    assert all(still[f"{name}_slider_{what}"] == 0 for name in chart.sliders for what in ("monotone", "step", "leak"))
