"""Writing files so that a crash, a full disk or a pulled plug never leaves half of one."""

from __future__ import annotations

import os
import shutil
import uuid
from pathlib import Path

from engine.errors import UserError


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
