"""Write installers/locks/constraints.txt from what is installed in .venv.

.venv/bin/python -m pip install --upgrade --editable ".[dev]"
make test && make bench
.venv/bin/python installers/lock.py
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

LOCK = Path(__file__).resolve().parent / "locks" / "constraints.txt"
HEAD = """\
# The versions that were tested together; written by installers/lock.py, given to pip as constraints.
"""
# PySide6 6.12 aborts on Python 3.11 (see pyproject.toml), while newer Pythons may have it.
OLD_QT = "6.11.3; python_version < '3.12'"
NEW_QT = "6.12.0; python_version >= '3.12'"
QT = ("pyside6_essentials", "shiboken6")


def main() -> None:
    """Freeze, drop what is not a library of ours, and write."""
    command = [sys.executable, "-m", "pip", "freeze", "--exclude-editable", "--exclude", "uv"]
    frozen = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    lines: list[str] = []
    for line in frozen:
        name, _, version = line.partition("==")
        if name.lower() in QT:
            lines += [f"{name}=={OLD_QT}", f"{name}=={NEW_QT}"]
        elif version:
            lines.append(f"{name}=={version.partition('+')[0]}")  # torch's +cpu is chosen by the set-up, not the lock
    LOCK.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    print(f"{LOCK.name}: {len(lines)} lines")


if __name__ == "__main__":
    main()
