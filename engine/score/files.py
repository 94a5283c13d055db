"""Writing files so that a crash, a full disk or a pulled plug never leaves half of one."""

from __future__ import annotations

import os
import shutil
import uuid
from pathlib import Path

from engine.errors import UserError


def unreadable(path: Path, error: Exception) -> UserError:
    """Why a file of music cannot be opened, in words."""
    if isinstance(error, FileNotFoundError):
        return UserError(f"There is no file {path}.", "It may have been moved or renamed.")
    if isinstance(error, IsADirectoryError) or (isinstance(error, PermissionError) and path.is_dir()):  # Windows
        return UserError(f"{path.name or path} is a folder, not a file of music.", "Choose a file inside it.")
    if isinstance(error, PermissionError):
        return UserError(f"You may not read {path.name}.", "Ask its owner, or copy it to a folder of yours.")
    return UserError(f"{path.name} cannot be read.", "Check that it is a file that you may open.")


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that at any moment either the old one or the whole new one is there.

    Raises:
        UserError: the place cannot be written to.
    """
    temporary = None
    try:
        path = path.resolve()  # what a link points to is replaced, not the link
        temporary = path.with_name(f".{uuid.uuid4().hex}.part")
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            shutil.copymode(path, temporary)
        temporary.replace(path)
    except (OSError, ValueError) as error:  # ValueError: a name with a null character
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise UserError(
            f"{path.name} cannot be written: {reason}.", "Choose another folder or name, or make room."
        ) from error
