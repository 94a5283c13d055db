"""Earlier saves of a project, inside its file: each is a project by itself, and older Melomorphs pass them over."""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from engine.commands.document import Document
from engine.commands.project import MAX_BYTES, document_alone, from_project_bytes, to_project_bytes
from engine.errors import UserError
from engine.score.files import unreadable, write_whole

MOST = 30  # versions of one project
ROOM = 12_000_000  # bytes that they may take together: a project stays a file that can be sent
_FOLDER, _SUFFIX = "versions/", ".melomorph"
_FORM = "%Y-%m-%dT%H-%M-%S"


@dataclass(frozen=True)
class Version:
    """One earlier save.

    Attributes:
        saved: when, by the clock of the machine that saved it.
        content: a project file's.
    """

    saved: datetime
    content: bytes

    @property
    def document(self) -> Document:
        """What was saved (errors as `load_project`)."""
        return from_project_bytes(self.content)


def save_with_versions(document: Document, path: Path, now: datetime | None = None) -> None:
    """Save a project; what its file held becomes its newest version, unless that is the same music.

    Raises:
        UserError: the place cannot be written to.
    """
    content = to_project_bytes(document)
    kept = thinned(_with_former(path, content))
    whole = io.BytesIO(content)
    with zipfile.ZipFile(whole, "a") as archive:
        archive.comment = (now or datetime.now()).strftime(_FORM).encode()
        for version in kept:
            archive.writestr(zipfile.ZipInfo(f"{_FOLDER}{version.saved:{_FORM}}{_SUFFIX}"), version.content)
    write_whole(path, whole.getvalue())


def versions_of(path: Path) -> list[Version]:
    """The versions in a project file, newest first; what is damaged is passed over.

    Raises:
        UserError: there is no such file, or it cannot be read.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise unreadable(path, error) from error
    return _read(content)[1][::-1]


def thinned(versions: list[Version]) -> list[Version]:
    """At most `MOST` in `ROOM`, oldest first: of those that stand closest together one goes, so that long ago is coarse
    and today is fine. The newest always stays, and the oldest as long as there is room for it.
    """
    kept = list(versions)
    while len(kept) > MOST:
        newest = kept[-1].saved
        close = [
            ((kept[i + 1].saved - kept[i - 1].saved) / max(1.0, (newest - kept[i].saved).total_seconds()), i)
            for i in range(1, len(kept) - 1)
        ]
        del kept[min(close)[1]]
    while len(kept) > 1 and sum(len(version.content) for version in kept) > ROOM:
        del kept[0]
    return kept


def _with_former(path: Path, content: bytes) -> list[Version]:
    """The versions of the file that is to be replaced, and itself, if it is a project and holds something else."""
    try:
        former = path.read_bytes() if path.is_file() else b""
        changed = datetime.fromtimestamp(path.stat().st_mtime).replace(microsecond=0) if former else datetime.min
        alone = document_alone(former)
    except (OSError, UserError):  # nothing to keep
        return []
    saved, kept = _read(former)
    if alone != content and not (kept and kept[-1].content == alone):
        kept.append(Version(saved or changed, alone))
    return list({version.saved: version for version in kept}.values())  # of one second the last


def _read(content: bytes) -> tuple[datetime | None, list[Version]]:
    """When a project file was saved, if it says so, and its versions, oldest first."""
    saved, kept = None, []
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if archive.comment:
                saved = datetime.strptime(archive.comment.decode("ascii", errors="replace"), _FORM)
            for name in archive.namelist():
                if name.startswith(_FOLDER) and name.endswith(_SUFFIX) and archive.getinfo(name).file_size <= MAX_BYTES:
                    date = datetime.strptime(name[len(_FOLDER) : -len(_SUFFIX)], _FORM)
                    kept.append(Version(date, archive.read(name)))
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, EOFError, RuntimeError, zlib.error):
        pass  # what could be read is kept
    return saved, sorted(kept, key=lambda version: version.saved)
