"""Decoding under the mouse: one code and 64 codes, beside MusicVAE's recurrent decoder in the same process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.gates import Gate, summed_up, timed

if TYPE_CHECKING:
    from torch import Tensor, nn

GATES = (
    Gate("decode_one", "one_p50_ms", 3.0),
    Gate("decode_64", "sixty_four_p50_ms", 20.0),
    Gate("decode_over_musicvae", "musicvae_ratio", 10.0, at_least=True),
)
LATENT, UNITS, LAYERS, VOCABULARY, STEPS = 512, 1024, 2, 90, 32  # two bars of a 2 x 1024 decoder, code of 512


def musicvae_decoder() -> nn.Module:
    """The decoder of Roberts et al. (2018) for two bars: LSTM cells fed with the code and the note just chosen.

    Cells, not `nn.LSTM` stepped through, which is three to five times slower. Weights are random: speed is the same.
    """
    import torch
    from torch import nn

    class Decoder(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.begin = nn.Linear(LATENT, 2 * UNITS * LAYERS)
            sizes = [LATENT + VOCABULARY] + [UNITS] * (LAYERS - 1)
            self.cells = nn.ModuleList(nn.LSTMCell(size, UNITS) for size in sizes)
            self.out = nn.Linear(UNITS, VOCABULARY)

        def forward(self, z: Tensor) -> Tensor:
            """Codes [n, 512] to the likeliest tokens [n, 32]."""
            states = list(zip(*[iter(torch.tanh(self.begin(z)).chunk(2 * LAYERS, -1))] * 2, strict=True))
            token, tokens = z.new_zeros(len(z), VOCABULARY), []
            for _ in range(STEPS):
                x = torch.cat([z, token], -1)
                for layer, cell in enumerate(self.cells):
                    states[layer] = cell(x, states[layer])
                    x = states[layer][0]
                chosen = self.out(x).argmax(-1)
                token = torch.nn.functional.one_hot(chosen, VOCABULARY).to(z.dtype)
                tokens.append(chosen)
            return torch.stack(tokens, 1)

    return Decoder().eval()


def measure(quick: bool = False) -> dict[str, float]:
    """Milliseconds of a decode: one code as under the mouse, four as for candidates, 64 on one and on two threads.

    The peer and single codes run on one thread, as the studio decodes.
    """
    import os
    import tempfile

    import torch

    from benchmarks.room import bundles
    from engine.commands.document import Steering
    from engine.jobs import generate
    from engine.models.shelf import Shelf

    with tempfile.TemporaryDirectory() as folder:
        network: Any = Shelf([bundles(Path(folder))]).network("melody_vae")
    rng = np.random.default_rng(1)
    codes = rng.standard_normal((64, network.options.latent)).astype(np.float32)
    steering, peer = Steering(), musicvae_decoder()
    z = torch.from_numpy(rng.standard_normal((1, LATENT)).astype(np.float32))

    def ours(count: int) -> object:
        return generate.decode(network, codes[:count], steering)

    def theirs() -> object:
        with torch.inference_mode():
            return peer(z)

    figures: dict[str, float] = {}
    for threads in (1, 2):
        torch.set_num_threads(min(threads, os.cpu_count() or 1))
        figures |= summed_up(f"sixty_four_on_{threads}", timed(lambda: ours(64), 3 if quick else 120))
    figures["sixty_four_p50_ms"] = min(figures["sixty_four_on_1_p50_ms"], figures["sixty_four_on_2_p50_ms"])
    torch.set_num_threads(1)  # as in the studio
    figures |= summed_up("four", timed(lambda: ours(4), 3 if quick else 100))
    one, musicvae = _in_turn(lambda: ours(1), theirs, rounds=2 if quick else 20)
    figures |= summed_up("one", one) | summed_up("musicvae", musicvae)
    figures["musicvae_ratio"] = round(float(np.median(musicvae) / np.median(one)), 2)
    return figures


def _in_turn(ours: Callable[[], object], theirs: Callable[[], object], rounds: int) -> tuple[list[float], list[float]]:
    """Both by turns, so that a busy moment of the machine meets both."""
    timed(ours, 20), timed(theirs, 2)
    mine: list[float] = []
    others: list[float] = []
    for _ in range(rounds):
        others += timed(theirs, 1)
        mine += timed(ours, 20)
    return mine, others
