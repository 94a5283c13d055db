"""How likely systems of frames hold music: nats per frame, exactly where that can be had, annealed where it cannot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.codecs.roll import LOWEST
from engine.evaluation.annealed import log_likelihood, log_partition
from engine.evaluation.bench_sets import Piece
from engine.jobs.job import Report, silent

MOST = 5_000  # frames on which machines are annealed


@dataclass(frozen=True)
class Likelihood:
    """Nats per frame: their mean, how sure that is (deviation of the mean), over how many frames; exact or annealed."""

    nats: float
    error: float
    frames: int
    exact: bool


@torch.no_grad()
def likelihood(
    network: Any,
    pieces: Sequence[Piece],
    silence: NDArray[np.floating],
    most: int = MOST,
    chains: int = 10,
    temperatures: int = 300,
    report: Report = silent,
) -> Likelihood:
    """Of pieces [t, 88] heard from their beginnings, over all 88 keys.

    Args:
        network: with `nats` (exact), or with `told` and `machine`, of which so many frames are annealed.
        pieces: binary frames.
        silence: how often each key [88] sounds in the training music: keys the network does not know follow it.
        most: frames on which machines are annealed, chosen at random if there are more.
        chains: of each machine, led to it.
        temperatures: machines on the way there.
        report: progress and cancel point.
    """
    frames = np.concatenate(pieces)
    outside = _outside(network, frames, silence)
    if hasattr(network, "nats"):
        parts = []
        for index, piece in enumerate(pieces):
            report(index, len(pieces), "likelihood")
            parts.append(network.nats(_tensor(piece)[None])[0])
        return _found(torch.cat(parts).double().numpy() + outside, exact=True)
    cells = [network.keys.cut(_tensor(piece)) for piece in pieces]
    told = torch.cat([network.told(part[None])[0] for part in cells])
    chosen = np.random.default_rng(3).permutation(len(frames))[:most]
    machine = network.machine(told[chosen])
    log_z = log_partition(
        machine.weight, machine.b_v, machine.b_h, 0, network.b, chains, temperatures, seed=2, report=report
    )
    nats = -log_likelihood(machine, torch.cat(cells)[chosen], log_z).double().numpy()
    return _found(nats + outside[chosen], exact=False)


def _tensor(piece: Piece) -> Tensor:
    return torch.from_numpy(piece.astype(np.int64))


def _outside(network: Any, frames: Piece, silence: NDArray[np.floating]) -> NDArray[np.float64]:
    """Nats [frames] of the keys the network does not know."""
    known = slice(network.keys.lowest - LOWEST, network.keys.highest - LOWEST + 1)
    chances = np.where(frames > 0, silence, 1 - silence)
    nats = -np.log(chances)
    nats[:, known] = 0
    return np.asarray(nats.sum(1))


def _found(nats: NDArray[np.floating], exact: bool) -> Likelihood:
    return Likelihood(float(nats.mean()), float(nats.std() / max(1, len(nats)) ** 0.5), len(nats), exact)
