"""Two made-up models with maps, untrained and instant: what they play follows from their code by hand."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from engine.codecs import melody
from engine.codecs.catalog import codec
from engine.jobs import generate
from engine.latent import attributes
from engine.models import bundle as bundles
from engine.models.row import Recipe, Row

ORDER = (0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15)  # in which a bar fills with notes
TUNE = (0, 2, 4, 7, 5, 4, 2, -1)


@dataclass(frozen=True)
class Options:
    bars: int = 8
    latent: int = 4


@dataclass(frozen=True)
class SampleOptions:
    temperature: float = 0.0
    seed: int = 1  # and no `compound`: what a model does not know it is not told


class Toy(nn.Module):
    """Codes [n, latent]: height, density, where the tune starts, and nothing at all."""

    def __init__(self, options: Options | None = None) -> None:
        super().__init__()
        self.options = options or Options()
        self.progress = 1.0
        self.scale = nn.Parameter(torch.tensor([6.0, 0.12]))

    def encode(self, x: Tensor) -> Tensor:
        windows = x.numpy().astype(np.uint8)
        found = attributes.measure(windows)
        codes = np.zeros((len(windows), self.options.latent), np.float32)
        codes[:, 0], codes[:, 1] = (found["height"] - 66) / 6, (found["density"] - 0.4) / 0.12
        if self.options.latent > 2:
            codes[:, 2], codes[:, 3] = windows[:, 0] / 31 - 1, (windows.astype(int) ** 2).sum(1) % 7 / 3.5 - 1
        return torch.from_numpy(codes)

    def decode(self, z: Tensor, options: SampleOptions) -> Tensor:
        lines = np.zeros((len(z), self.options.bars, 16), np.int64)
        for line, code in zip(lines, z.numpy(), strict=True):
            base = int(np.clip(np.round(66 + 6 * code[0]), 40, 86)) - melody.LOWEST + melody.FIRST_PITCH_TOKEN
            count = int(np.clip(np.round(16 * (0.4 + 0.12 * code[1])), 1, 16))
            for bar in range(self.options.bars):
                for index, step in enumerate(sorted(ORDER[:count])):
                    line[bar, step] = base + TUNE[(index + bar) % len(TUNE)]
        return torch.from_numpy(lines.reshape(len(z), -1))

    def draw(self, n: int, options: SampleOptions) -> Tensor:
        generator = torch.Generator().manual_seed(options.seed)
        return torch.randn(n, self.options.latent, generator=generator)

    def sample(self, n: int, options: SampleOptions) -> Tensor:
        return self.decode(self.draw(n, options), options)


def toy_row(name: str, codec_name: str) -> Row:
    """A row of the registry for one of them."""
    return Row(
        name, f"Toy {codec_name}", 2026, "none", "nothing", "Toys", codec_name, ("samples", "encodes"), "tests.toys",
        "Toy", Recipe("folk", 1),
    )  # fmt: skip


ROWS = {name: toy_row(name, kind) for name, kind in (("toy_phrase", "phrase"), ("toy_melody", "melody"))}


def write_toy(name: str, folder: Path, dots: int = 60, places: bool = True, latent: int = 4) -> Path:
    """Write the bundle of a toy with a map of made-up melodies."""
    bars = codec(ROWS[name].codec).bars
    network = Toy(Options(bars, latent))
    spread = torch.from_numpy(np.random.default_rng(2).normal(size=(dots, latent)).astype(np.float32))
    windows = network.decode(spread, SampleOptions()).numpy().astype(np.uint8)
    codes, values = spread.numpy(), attributes.measure(windows)
    assert np.isfinite(generate.encode(network, windows)).all()
    extras: bundles.Arrays = {"map.codes": codes, "map.melodies": windows}
    vectors = attributes.vectors(codes, values)
    extras |= {f"map.vector.{n}": v.astype(np.float32) for n, v in vectors.items()}
    extras |= {f"map.value.{n}": v.astype(np.float32) for n, v in values.items()}
    if places:
        round_ = codes[:, :2] / (1 + 0.3 * np.abs(codes[:, :2]))
        extras |= {"map.places.tsne": round_.astype(np.float32), "map.places.isomap": round_[:, ::-1].copy()}
    header = {
        "options": asdict(network.options),
        "codec": ROWS[name].codec,
        "corpus": {"name": "folk"},
        "map": {"titles": [f"Tune {n + 1}" for n in range(dots)]},
        "evaluation": {"figures": {f"slider_{a}_moves_{b}": 1.0 * (a == b) for a in values for b in values}},
    }
    weights = {key: value.detach().float().numpy() for key, value in network.state_dict().items()}
    path = folder / f"{name}.safetensors"
    bundles.write(bundles.Bundle(name, header, weights, extras), path)
    return path
