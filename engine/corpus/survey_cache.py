"""What was found in files of music, kept by their content: a folder is looked through only once, wherever it moves.

The cache may be lost at any time; without it everything is found again.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from pathlib import Path
from types import TracebackType
from typing import Any

NAME = "surveys.sqlite"
EVERY = 50  # files after which what was found is on disk


class SurveyCache:
    """Findings (plain JSON values and bytes) by a key; a context manager.

    Args:
        folder: where the cache is kept; None, or one that cannot be written: nothing is.
    """

    def __init__(self, folder: Path | None) -> None:
        self._file = self._opened(folder) if folder is not None else None
        self._waiting = 0

    def __enter__(self) -> SurveyCache:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._file is not None:
            with contextlib.suppress(sqlite3.Error):
                self._file.commit()
            self._file.close()

    @staticmethod
    def _opened(folder: Path) -> sqlite3.Connection | None:
        path = folder / NAME
        for _ in range(2):  # a damaged one is thrown away and made anew
            try:
                folder.mkdir(parents=True, exist_ok=True)
                file = sqlite3.connect(path, timeout=10)
                file.execute("CREATE TABLE IF NOT EXISTS found (key TEXT PRIMARY KEY, facts TEXT, shapes BLOB)")
                return file
            except sqlite3.OperationalError:
                return None
            except sqlite3.DatabaseError:
                file.close()
                with contextlib.suppress(OSError):
                    path.unlink(missing_ok=True)
            except OSError:
                return None
        return None

    def get(self, key: str) -> tuple[dict[str, Any], bytes] | None:
        """What was found before."""
        if self._file is None:
            return None
        try:
            row = self._file.execute("SELECT facts, shapes FROM found WHERE key = ?", (key,)).fetchone()
            return (json.loads(row[0]), bytes(row[1])) if row else None
        except (sqlite3.Error, ValueError):
            return None

    def put(self, key: str, facts: dict[str, Any], shapes: bytes) -> None:
        """Keep what was found; a full disk is no reason to stop."""
        if self._file is None:
            return
        with contextlib.suppress(sqlite3.Error):
            self._file.execute("INSERT OR REPLACE INTO found VALUES (?, ?, ?)", (key, json.dumps(facts), shapes))
            self._waiting += 1
            if self._waiting >= EVERY:
                self._file.commit()
                self._waiting = 0
