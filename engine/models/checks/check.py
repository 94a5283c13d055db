"""A bundle that comes from somewhere is looked through before it is loaded; nothing in it is believed.

`looked_at` reads the table alone, for lists. `proved` goes the whole way: the container, the header, the shapes of
the network that the options describe (before a byte is given to it), the checksum, every number, and last one code
decoded. Whatever is wrong is a UserError in words; nothing of the file is ever run, and no place it names is gone to.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.errors import UserError
from engine.models import bundle as bundles
from engine.models.bundle import Arrays, Bundle
from engine.models.checks import container
from engine.models.checks.container import Refused, no_bundle
from engine.models.checks.extras import check_extras
from engine.models.checks.header import check_header, checked_options, row_of
from engine.models.checks.weights import check_numbers, check_shapes
from engine.models.row import Row

if TYPE_CHECKING:
    from torch import nn


def looked_at(path: Path, row: Row | None = None) -> dict[str, Any]:
    """The header of a file, as far as it can be checked without torch and without its tensors.

    Args:
        path: the file.
        row: of the system it should be of; None: of any.

    Raises:
        UserError: it cannot be what it should be.
    """
    header = bundles.read_header(path)
    try:
        check_header(header)
        if row is not None and row_of(header).name != row.system:
            raise Refused(f"is of another system than its name says ({row_of(header).title})")
    except Refused as why:
        raise no_bundle(path, str(why)) from why
    return header


def without_weights(path: Path, row: Row | None = None) -> Bundle:
    """Header and extras of a file, checked as far as they can be without torch and without its weights.

    Raises:
        UserError: it cannot be what it should be.
    """
    header = looked_at(path, row)
    made = bundles.read(path, weights=False)
    try:
        check_extras(made.extras, header, row_of(header))
    except Refused as why:
        raise no_bundle(path, str(why)) from why
    return made


def proved(path: Path, row: Row | None = None) -> tuple[Bundle, nn.Module]:
    """A file, looked through to its last number, and its network on the CPU, in evaluation mode. Imports torch.

    Args:
        path: the file.
        row: of the system it should be of; None: of any.

    Raises:
        UserError: it is not what it says, or is damaged.
    """
    header = looked_at(path, row)
    found = container.opened(path)
    try:
        system = row_of(header)
        options = checked_options(header, system.load_module().Options)
        check_shapes(found.tensors, system, options)
        arrays = found.read()
        if header.get("checksum") != bundles.checksum(arrays, header):
            raise bundles.damaged(path)
        check_numbers(arrays)
        made = bundles.made_of(header, arrays)
        length = check_extras(made.extras, header, system)
        network = built(system, options, made.weights)
        _try(network, system, made.extras, length)
    except Refused as why:
        raise no_bundle(path, str(why)) from why
    return made, network


def load_network(path: Path) -> nn.Module:
    """The network of a bundle, on the CPU, in evaluation mode; it gets no memory before its shapes are known to fit.

    Raises:
        UserError: not a bundle, damaged, or of a model or options unknown here.
    """
    from engine.models.registry import row as of_name

    loaded = bundles.read(path)
    system = of_name(loaded.model)
    try:
        options = checked_options(loaded.header, system.load_module().Options)
        check_shapes(container.opened(path).tensors, system, options)
        return built(system, options, loaded.weights)
    except (Refused, KeyError) as error:
        raise UserError(f"{path.name} does not fit this version of Melomorph.", "Train it again.") from error


def built(row: Row, options: Any, weights: Arrays) -> nn.Module:
    """A network with these weights, whose shapes are known to fit.

    Raises:
        Refused: it cannot be built of them.
    """
    import torch

    try:
        network: nn.Module = getattr(row.load_module(), row.network)(options)
        network.load_state_dict({name: torch.from_numpy(value.copy()) for name, value in weights.items()})
    except (TypeError, ValueError, KeyError, RuntimeError) as error:
        raise Refused("has weights that do not fit its network") from error
    return network.eval()


def _try(network: Any, row: Row, extras: Arrays, length: int) -> None:
    """One code decoded: whether the codes kept in the file are this network's.

    Raises:
        Refused: they are not.
    """
    import torch

    if not length:
        return
    code = np.asarray(extras["map.codes"][:1] if "map.codes" in extras else np.zeros((1, length)), np.float32)
    try:
        with torch.inference_mode():
            network.decode(torch.from_numpy(code.copy()), row.load_module().SampleOptions())
    except (RuntimeError, ValueError, IndexError, TypeError) as error:
        raise Refused("has codes that are not its network's") from error
