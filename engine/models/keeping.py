"""What is done with a composer's bundles as files: taken in, given out, renamed, put aside and brought back."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from pathlib import Path

from engine.errors import UserError
from engine.models import bundle as bundles
from engine.models.checks import check
from engine.models.own import free_name, title_from
from engine.models.registry import row as row_of
from engine.models.row import OWN, Row

SUFFIX, DELETED = ".safetensors", ".deleted"
WAITS = 24 * 3600  # seconds that a deleted model waits if the studio is never closed


def take_in(path: Path, title: str, folder: Path) -> str:
    """Prove a copy of a foreign file, and keep what was proved in the composer's folder; returns its name there.

    Raises:
        UserError: it is refused, or the folder cannot be written.
    """
    check.looked_at(path)  # before a byte of it is copied
    waiting: Path | None = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        waiting = Path(tempfile.mkdtemp(prefix=".import-", dir=folder))
        copy = waiting / path.name
        shutil.copyfile(path, copy)
        made, _ = check.proved(copy)
        name = free_name(made.model, title or _title(made, path), folder)
        bundles.rewrite(copy, folder / (name + SUFFIX), {"title": name.partition(OWN)[2]})
        return name
    except OSError as error:
        raise _no_room(folder) from error
    finally:
        if waiting is not None:
            shutil.rmtree(waiting, ignore_errors=True)


def _title(made: bundles.Bundle, path: Path) -> str:
    """What a file's model is called: by its own title, by its file's name, or as its system."""
    system, _, after = path.stem.partition(OWN)
    named = after if system == made.model else path.stem
    plain = row_of(made.model).title if named in ("", made.model) else named
    return str(made.header.get("title") or plain)


def give_out(found: Path, row: Row, to: Path) -> Path:
    """Write a bundle as a file of its own, its title inside; returns where it is, with the right suffix.

    Raises:
        UserError: it is damaged, or the file cannot be written.
    """
    if to.suffix.lower() != SUFFIX:
        to = to.with_name(to.name + SUFFIX)
    try:
        bundles.rewrite(found, to, {"title": title_from(row.title)})
    except OSError as error:
        raise UserError(f"{to} cannot be written.", "Choose another folder, or free some space.") from error
    return to


def rename(path: Path, title: str) -> str:
    """Move a bundle to another title, which stands inside as well; its old name is remembered. Returns the new one.

    Raises:
        UserError: it is damaged, the title has no letters, or the folder cannot be written.
    """
    header = check.looked_at(path)
    wanted, (system, _, old) = title_from(title), path.stem.partition(OWN)
    if wanted == old:
        return path.stem
    same = wanted.casefold() == old.casefold()  # some systems of files see no difference
    name = f"{system}{OWN}{wanted}" if same else free_name(system, wanted, path.parent)
    was = [earlier for earlier in header.get("was", []) if earlier != name.partition(OWN)[2]]
    try:
        new = path.with_name(name + SUFFIX)
        bundles.rewrite(path, new, {"title": name.partition(OWN)[2], "was": [*was, *([old] if old else [])]})
        if not new.samefile(path):
            path.unlink()
    except OSError as error:
        raise _no_room(path.parent) from error
    return name


def put_aside(path: Path) -> Path:
    """Move a bundle out of sight; returns where it is now.

    Raises:
        UserError: the folder cannot be written.
    """
    aside = path.with_name(path.stem + DELETED)
    try:
        os.replace(path, aside)
        os.utime(aside)  # from now on it waits to be brought back
    except OSError as error:
        raise _no_room(path.parent) from error
    return aside


def left_aside(folder: Path) -> list[Path]:
    """What was put aside a day ago or more, and would have been brought back by now."""
    there = (path for path in folder.glob(f"*{DELETED}") if path.is_file())
    return [path for path in there if time.time() - path.stat().st_mtime > WAITS]


def bring_back(folder: Path, name: str) -> Path:
    """Move a bundle back from where it was put aside; returns where it was.

    Raises:
        UserError: it is not there, or the folder cannot be written.
    """
    aside = folder / (name + DELETED)
    if not aside.is_file():
        raise UserError(f"“{row_of(name).title}” is gone.", "Import its file, if you exported it once.")
    try:
        os.replace(aside, folder / (name + SUFFIX))
    except OSError as error:
        raise _no_room(folder) from error
    return aside


def _no_room(folder: Path) -> UserError:
    return UserError(f"{folder} cannot be written.", "Free some space, or mend the folder's rights.")
