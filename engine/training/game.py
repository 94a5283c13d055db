"""The players of a training: one with one loss as a rule, a critic and a generator in a game.

Each has an optimiser of its own; while one moves, the others stand still.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from engine.training.options import TrainOptions


@dataclass
class Player:
    """One who learns.

    Attributes:
        name: critic, generator; empty where there is only one.
        parameters: what its optimiser moves.
        optimizer: its own.
        moves: in each step of the training.
        rate: its learning rate, as a multiple of the training's.
    """

    name: str
    parameters: list[nn.Parameter]
    optimizer: Any
    moves: int = 1
    rate: float = 1.0

    def takes_over(self, players: Sequence[Player]) -> None:
        """Only this one's weights take gradients from now on."""
        for player in players if len(players) > 1 else ():
            for parameter in player.parameters:
                parameter.requires_grad_(player is self)


def players_of(model: nn.Module, options: TrainOptions) -> list[Player]:
    """Who learns in a network, in the order of their moves.

    A game tells its players by `players()`, and by its options how often the critic moves, how fast it learns, and how
    much of their momentum both keep (little, or they run round one another: Kingma and Ba's .9 is too much for games).
    """
    if not hasattr(model, "players"):
        parameters = list(model.parameters())
        return [Player("", parameters, _optimizer(parameters, options, (0.9, 0.99)))]
    game: Any = model.options
    found = []
    for name, module in model.players().items():  # type: ignore[operator]
        parameters = list(module.parameters())
        optimizer = _optimizer(parameters, options, (game.momentum, 0.9))
        critic = name.startswith("critic")
        moves, rate = (game.critic_steps, game.critic_rate) if critic else (1, 1.0)
        found.append(Player(name, parameters, optimizer, moves, rate))
    return found


def _optimizer(
    parameters: list[nn.Parameter], options: TrainOptions, betas: tuple[float, float]
) -> torch.optim.Optimizer:
    """AdamW; weight decay for matrices only."""
    matrices = [p for p in parameters if p.ndim > 1]
    vectors = [p for p in parameters if p.ndim <= 1]
    groups: list[dict[str, Any]] = [{"params": matrices}, {"params": vectors, "weight_decay": 0.0}]
    return torch.optim.AdamW(
        groups, lr=options.learning_rate, betas=betas, weight_decay=options.weight_decay, fused=True
    )
