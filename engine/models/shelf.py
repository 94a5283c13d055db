"""Trained models on disk, and the ones in memory."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.errors import UserError
from engine.models import bundle as bundles
from engine.models.registry import REGISTRY, Row, find, row
from engine.models.row import OWN

if TYPE_CHECKING:
    from torch import nn

SUFFIX = ".safetensors"
_OF_THE_OLD = ("evaluation", "twins", "checksum")  # what is no longer true of a network that was changed


@dataclass(frozen=True)
class Entry:
    """A registry row with the bundle found for it (None: not trained yet) and that bundle's header."""

    row: Row
    path: Path | None
    header: dict[str, Any]


class Shelf:
    """Looks for bundles in folders (the composer's own first) and loads each at most once."""

    def __init__(self, folders: list[Path], own: Path | None = None) -> None:
        """`own` is the composer's folder among them, where networks that are changed here are kept."""
        self._folders, self._own = folders, own
        self._bundles: dict[str, bundles.Bundle] = {}
        self._networks: dict[str, nn.Module] = {}

    @property
    def folders(self) -> list[Path]:
        """Where bundles are looked for, the composer's own folder first."""
        return list(self._folders)

    @property
    def own(self) -> Path | None:
        """The composer's own folder, if there is one."""
        return self._own

    def is_own(self, path: Path | None) -> bool:
        """Whether a bundle is the composer's, not one that came with the program."""
        return path is not None and path.parent == self._own

    def path(self, name: str) -> Path:
        """Where the bundle of a model is.

        Raises:
            UserError: there is none.
        """
        known = row(name)
        for folder in self._folders:
            if (folder / (name + SUFFIX)).is_file():
                return folder / (name + SUFFIX)
        if known.own:
            raise UserError(
                f"Your model “{known.title}” is not on this machine.", "Import its file, or choose another model."
            )
        raise UserError(f"The model {name} is not trained yet.", f"Run: melomorph train {name}")

    def entries(self) -> list[Entry]:
        """Every registered model, and behind each the composer's own networks of that kind; damaged bundles count as
        missing.
        """
        own: dict[str, list[Row]] = {}
        for path in sorted(self._own.glob(f"*{OWN}*{SUFFIX}")) if self._own is not None else ():
            known = find(path.stem)
            if known is not None and known.own:
                own.setdefault(known.system, []).append(known)
        return [self._entry(row) for known in REGISTRY.values() for row in (known, *own.get(known.name, ()))]

    def _entry(self, known: Row) -> Entry:
        try:
            path = self.path(known.name)
            return Entry(known, path, bundles.read_header(path))
        except UserError:
            return Entry(known, None, {})

    def bundle(self, name: str) -> bundles.Bundle:
        """Header and extras (not the weights), read once."""
        if name not in self._bundles:
            self._bundles[name] = bundles.read(self.path(name), weights=False)
        return self._bundles[name]

    def network(self, name: str) -> nn.Module:
        """The trained network on the CPU, ready to be asked. Imports torch."""
        if name not in self._networks:
            self._networks[name] = load_network(self.path(name))
        return self._networks[name]

    def forget(self, name: str) -> None:
        """There is another bundle of a model now: it is read when it is next asked for."""
        self._bundles.pop(name, None)
        self._networks.pop(name, None)

    def keep(self, name: str, network: nn.Module, how: str) -> Path | None:
        """From now on this network is the one that is asked. It is written into the composer's own folder, where it
        stands before the shipped one until it is deleted; without such a folder it lasts as long as this shelf.

        Raises:
            UserError: the folder cannot be written; the old network stays.
        """
        path = None
        if self._own is not None:
            path = self._own / (name + SUFFIX)
            made = bundles.read(self.path(name), weights=False)
            if path.is_file() and "changed" not in made.header:  # trained by the composer: not to be lost
                shutil.copyfile(path, path.with_name(f"{name}.before{SUFFIX}"))
            made.weights = {key: value.detach().float().numpy() for key, value in network.state_dict().items()}
            made.header = {k: v for k, v in made.header.items() if k not in _OF_THE_OLD} | {"changed": how}
            try:
                bundles.write(made, path)
            except OSError as error:
                raise UserError(
                    f"{path} cannot be written.", "Free some space, or mend the folder's rights."
                ) from error
            self._bundles.pop(name, None)
        self._networks[name] = network.eval()
        return path


def load_network(path: Path) -> nn.Module:
    """The network of a bundle, on the CPU, in evaluation mode.

    Raises:
        UserError: not a bundle, damaged, or of a model or options unknown here.
    """
    import torch

    loaded = bundles.read(path)
    module = row(loaded.model).load_module()
    try:
        options = module.Options(**loaded.header["options"])
        network: nn.Module = getattr(module, row(loaded.model).network)(options)
        network.load_state_dict({name: torch.from_numpy(value.copy()) for name, value in loaded.weights.items()})
    except (TypeError, KeyError, RuntimeError) as error:
        raise UserError(f"{path.name} does not fit this version of Melomorph.", "Train it again.") from error
    return network.eval()
