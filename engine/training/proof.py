"""Whether a chip computes what the processor computes: one batch on both, before a training trusts it.

Graphics chips lack operations, or have had wrong ones in some version of their driver: a training on them then fails
late, or learns nonsense in silence. The same dice are thrown for both, so that only the arithmetic differs.
"""

from __future__ import annotations

import copy
import math
import os
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_map

from engine import device as devices
from engine.errors import UserError

LOSS, SLOPE = 0.01, 0.05  # shares by which they may differ: sums are taken in another order, some in fewer bits

Costs = dict[str, tuple[float, Tensor]]
FALLBACK = "PYTORCH_ENABLE_MPS_FALLBACK"
_CHOOSE = "Choose the processor (cpu) as the device, or update PyTorch and the driver."
_DOUBT = f"What is learnt there may be nonsense. {_CHOOSE}"


def proved(network: nn.Module, batch: NDArray[Any], chip: torch.device, title: str) -> tuple[str, ...]:
    """What has to be said aloud before a network is trained on a chip, in sentences; nothing if all is well.

    Args:
        network: on the processor; it stays as it is.
        batch: of training music, as its loss takes it.
        chip: that is to train it.
        title: what people call the network.

    Raises:
        UserError: the chip lacks an operation or the memory for it.
    """
    if chip.type == "cpu":
        return ()
    said = []
    if chip.type == "mps" and os.environ.get(FALLBACK, "0") not in ("", "0"):
        said.append(f"{FALLBACK} is set: what the chip cannot do, the processor does in silence, and slowly.")
    here = costs(copy.deepcopy(network), batch, torch.device("cpu"))
    there = on_chip(copy.deepcopy(network), batch, chip, title)
    return (*said, *differences(here, there, devices.name(chip)))


def on_chip(network: nn.Module, batch: NDArray[Any], chip: torch.device, title: str) -> Costs:
    """The `costs` there.

    Raises:
        UserError: the chip lacks an operation or the memory for it.
    """
    name = devices.name(chip)
    try:
        return costs(network.to(chip), batch, chip)
    except torch.OutOfMemoryError as error:
        remedy = "Choose a smaller Batch, or the processor (cpu) as the device."
        raise UserError(f"{name} has too little memory for {title}.", remedy) from error
    except (NotImplementedError, RuntimeError, TypeError) as error:  # an operation, or numbers of 64 bits
        raise UserError(f"{name} cannot do all that {title} needs: {_first_line(error)}", _CHOOSE) from error


def costs(network: Any, batch: NDArray[Any], chip: torch.device) -> Costs:
    """Of each player (of the only one: empty), what it pays for a batch, and the slope of that by its weights [n]."""
    network.eval()
    network.progress = 0.0
    found: Costs = {}
    players: Mapping[str, nn.Module] = network.players() if hasattr(network, "players") else {"": network}
    with torch.random.fork_rng(devices=[]):
        for name, player in players.items():
            torch.default_generator.manual_seed(31)
            x = torch.from_numpy(batch).to(chip)
            with SameDice(chip):
                loss: Tensor = (network.play(name, x.long()) if name else network.loss(x))["loss"]
                slopes = _slopes(loss, list(player.parameters()))
            flat = [slope.detach().float().cpu().flatten() for slope in slopes if slope is not None]
            found[name] = (float(loss.detach()), torch.cat(flat))
    return found


def _slopes(loss: Tensor, parameters: Sequence[nn.Parameter]) -> Sequence[Tensor | None]:
    wanting = [parameter for parameter in parameters if parameter.requires_grad]
    if not loss.requires_grad:  # some players have to wait now and then
        return [torch.zeros(1)]
    return torch.autograd.grad(loss, wanting, allow_unused=True)


def differences(here: Costs, there: Costs, name: str) -> tuple[str, ...]:
    """Where a chip counts otherwise than the processor, in sentences."""
    said = []
    for player, (loss, slope) in here.items():
        who = f" of the {player}" if player else ""
        other, way = there[player]
        size, apart = float(slope.norm()), float((slope - way).norm())
        if math.isfinite(loss) and not abs(loss - other) <= LOSS * max(abs(loss), abs(other)) + 1e-4:
            words = f"the loss{who} is {other:.4g} there and {loss:.4g} here"
        elif math.isfinite(size) and not apart <= SLOPE * size + 1e-6:
            words = f"the gradient{who}, {size:.4g} long, is {apart:.4g} away from what it is here"
        else:
            continue
        said.append(f"{name} counts otherwise than the processor: {words}. {_DOUBT}")
    return tuple(said)


class SameDice(TorchDispatchMode):
    """All chance comes from the processor's generator, wherever it is needed."""

    def __init__(self, chip: torch.device) -> None:
        super().__init__()
        self._chip = chip

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if torch.Tag.nondeterministic_seeded not in func.tags or self._chip.type == "cpu":
            return func(*args, **kwargs)
        here = {**kwargs, "device": torch.device("cpu")} if "device" in kwargs else kwargs
        drawn = func(*tree_map(_down, args), **tree_map(_down, here))
        if func._schema.is_mutable:  # in place
            args[0].copy_(drawn)
            return args[0]
        return tree_map(lambda found: found.to(self._chip) if isinstance(found, Tensor) else found, drawn)


def _down(found: Any) -> Any:
    return found.cpu() if isinstance(found, Tensor) else found


def _first_line(error: Exception) -> str:
    words = (str(error).strip() or type(error).__name__).splitlines()[0]
    return words if len(words) < 160 else f"{words[:157]}..."
