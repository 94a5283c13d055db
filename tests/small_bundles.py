"""Bundles of small untrained networks, for whatever shows or asks a model."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from engine.models import bundle as bundles
from engine.models.bundle import Bundle
from engine.models.registry import row as row_of
from engine.training.dials import dials

SMALL = {
    "vae": {"width": 16, "latent": 6, "memory": 8},
    "sparse_ae": {"width": 16, "units": 40, "embedding": 4, "memory": 8},
    "vq_vae": {"book": 12, "size": 4, "width": 8, "embedding": 4, "features": 8, "state": 8, "prior": 8},
}


def keep_small(name: str, folder: Path) -> None:
    """A bundle of a small untrained network, its dials read from random codes."""
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(5)
    row = row_of(name)
    module = row.load_module()
    known = {field.name for field in dataclasses.fields(module.Options)}
    options = module.Options(**{key: value for key, value in SMALL[name].items() if key in known})
    network = getattr(module, row.network)(options).eval()
    codes = network.draw(200, module.SampleOptions()).numpy()
    weights = {key: value.detach().float().numpy() for key, value in network.state_dict().items()}
    header = {"options": dataclasses.asdict(options)}
    bundles.write(Bundle(name, header, weights, dials(codes)), folder / f"{name}.safetensors")
