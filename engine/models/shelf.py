"""Trained models on disk, and the ones in memory."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.errors import UserError
from engine.models import bundle as bundles
from engine.models import keeping
from engine.models.checks import check
from engine.models.checks.check import load_network
from engine.models.keeping import SUFFIX
from engine.models.registry import REGISTRY, Row, find, row
from engine.models.row import OWN

if TYPE_CHECKING:
    from torch import nn

__all__ = ["SUFFIX", "Entry", "Shelf", "load_network"]

_OF_THE_OLD = ("evaluation", "twins", "checksum")  # what is no longer true of a network that was changed
BEFORE = ".before"  # behind the name of a network that was changed, of what it was before
_WAYS = set("/\\:")  # with which a name would lead to another folder
MEND = "Import or train it again, or delete it."
Found = tuple[dict[str, Any], str]  # a header, or what is wrong with the file


@dataclass(frozen=True)
class Entry:
    """A registry row with the bundle found for it (None: there is none that can be used) and that bundle's header.

    Attributes:
        wrong: what is the matter with the composer's file of that name, in words; empty if nothing is.
        mine: the file is the composer's, not one that came with the program.
    """

    row: Row
    path: Path | None
    header: dict[str, Any]
    wrong: str = ""
    mine: bool = False


class Shelf:
    """Looks for bundles in folders (the composer's own first) and loads each at most once."""

    def __init__(self, folders: list[Path], own: Path | None = None) -> None:
        """`own` is the composer's folder among them, where networks that are changed here are kept."""
        self._folders, self._own = folders, own
        self._bundles: dict[str, bundles.Bundle] = {}
        self._networks: dict[str, nn.Module] = {}
        self._looked: dict[tuple[Path, int, int], Found] = {}  # file, its time and size -> what a look at it found
        self._aside: list[Path] = []  # what was deleted since this shelf was made

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
        """Where the bundle of a model is; one of the composer's own is found by names it once had, too.

        Raises:
            UserError: there is none.
        """
        known = row(name)
        for folder in self._folders if not set(name) & _WAYS else ():  # a name may come from a file
            if (folder / (name + SUFFIX)).is_file():
                return folder / (name + SUFFIX)
        if known.own:
            if (renamed := self.now_called(name)) != name and self._own is not None:
                return self._own / (renamed + SUFFIX)
            raise UserError(
                f"Your model “{known.title}” is not on this machine.", "Import its file, or choose another model."
            )
        raise UserError(f"The model {name} is not trained yet.", f"Run: melomorph train {name}")

    def now_called(self, name: str) -> str:
        """The name of a model by one that it may have had before; that name itself if nobody had it."""
        system, _, title = name.partition(OWN)
        if not title or self._own is None or (self._own / (name + SUFFIX)).is_file():
            return name
        others = [path for path in self._own_files() if path.stem.startswith(system + OWN)]
        return next((path.stem for path in others if title in self._look(path, row(path.stem))[0].get("was", ())), name)

    def entries(self) -> list[Entry]:
        """Every registered model, and behind each the composer's own networks of that kind."""
        own: dict[str, list[Row]] = {}
        for path in self._own_files():
            known = row(path.stem)
            own.setdefault(known.system, []).append(known)
        return [self._entry(row) for known in REGISTRY.values() for row in (known, *own.get(known.name, ()))]

    def _own_files(self) -> list[Path]:
        """The composer's bundles with names of their own, by title."""
        there = self._own.glob(f"*{OWN}*{SUFFIX}") if self._own is not None else ()
        known = [path for path in there if (found := find(path.stem)) and found.own and not path.stem.endswith(BEFORE)]
        return sorted(known, key=lambda path: path.stem.casefold())

    def _entry(self, known: Row) -> Entry:
        try:
            path = self.path(known.name)
            if not self.is_own(path):
                return Entry(known, path, bundles.read_header(path))
            header, wrong = self._look(path, known)
            return Entry(known, None if wrong else path, header, wrong, mine=True)
        except UserError:
            return Entry(known, None, {})

    def _look(self, path: Path, known: Row) -> Found:
        """The header of a file of the composer's, or what is wrong with it; looked at once as long as it stays."""
        try:
            state = path.stat()
            key = (path, state.st_mtime_ns, state.st_size)
        except OSError as error:
            return {}, f"{path.name} cannot be opened: {error.strerror}."
        if key not in self._looked:
            try:
                self._looked[key] = (check.looked_at(path, known), "")
            except UserError as error:
                self._looked[key] = ({}, f"{error.what} {MEND}")
        return self._looked[key]

    def bundle(self, name: str) -> bundles.Bundle:
        """Header and extras (not the weights), read once.

        Raises:
            UserError: there is none, or it is damaged.
        """
        if name not in self._bundles:
            path = self.path(name)
            own = self.is_own(path)
            self._bundles[name] = check.without_weights(path, row(name)) if own else bundles.read(path, weights=False)
        return self._bundles[name]

    def network(self, name: str) -> nn.Module:
        """The trained network on the CPU, ready to be asked; a file of the composer's is proved before. Imports torch.

        Raises:
            UserError: there is none, or it is damaged.
        """
        if name not in self._networks:
            path = self.path(name)
            own = self.is_own(path)
            self._networks[name] = check.proved(path, row(name))[1] if own else load_network(path)
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
                shutil.copyfile(path, path.with_name(name + BEFORE + SUFFIX))
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

    # the composer's files -------------------------------------------------------------------------------------------

    def import_(self, path: Path, title: str = "") -> str:
        """Take a model's file in, once it is proved; returns the name of the new model. Imports torch.

        Args:
            path: the file, which stays where it is.
            title: of its card; empty: the one it has.

        Raises:
            UserError: it is no model or is not to be trusted, there is no room, or the title has no letters.
        """
        return keeping.take_in(path, title, self._home())

    def export(self, name: str, path: Path) -> Path:
        """Write a model as one file that another Melomorph can import; returns where it is.

        Raises:
            UserError: there is no such model, it is damaged, or the file cannot be written.
        """
        return keeping.give_out(self.path(name), row(name), path)

    def rename(self, name: str, title: str) -> str:
        """Give a model of the composer's another title; returns its new name. The old one still finds it.

        Raises:
            UserError: it is not the composer's, it is damaged, or the title has no letters.
        """
        new = keeping.rename(self._mine(name), title)
        self.forget(name)
        return new

    def delete(self, name: str) -> None:
        """Put a model of the composer's aside; it can be brought back until the studio is closed.

        Raises:
            UserError: it is not the composer's, or cannot be moved.
        """
        self._aside.append(keeping.put_aside(self._mine(name)))
        self.forget(name)

    def undelete(self, name: str) -> None:
        """Bring back what was deleted.

        Raises:
            UserError: it is gone.
        """
        aside = keeping.bring_back(self._home(), name)
        self._aside = [path for path in self._aside if path != aside]
        self.forget(name)

    def clear_away(self) -> None:
        """What was deleted since this shelf was made is gone for good, and what a crash left of that the day before."""
        left = keeping.left_aside(self._own) if self._own is not None else []
        for path in (*self._aside, *left):
            path.unlink(missing_ok=True)
        self._aside = []

    def _home(self) -> Path:
        if self._own is None:
            raise UserError("There is no folder for models of your own.", "Start the studio to have one made.")
        return self._own

    def _mine(self, name: str) -> Path:
        path = self.path(name)
        if not self.is_own(path):
            raise UserError(f"{row(name).title} came with Melomorph.", "Only models of your own can be changed so.")
        return path
