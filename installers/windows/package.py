"""What Windows gets: a zip to unpack anywhere, and with Inno Setup an installer (menu entry, kind of file)."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import contents

SCRIPT = Path(__file__).resolve().parent / "melomorph.iss"


def packages(bundle: Path, dist: Path, version: str) -> list[Path]:
    """Make both from a bundle's folder; returns where they lie."""
    archive = shutil.make_archive(str(dist / f"{contents.NAME}-{version}"), "zip", bundle.parent, bundle.name)
    made = [Path(archive)]
    if compiler := inno_setup():
        subprocess.run([compiler, "/Qp", f"/DVersion={version}", f"/O{dist}", str(SCRIPT)], check=True)
        made.append(dist / f"{contents.NAME}-{version}-setup.exe")
    return made


def inno_setup() -> str:
    """The compiler of Inno Setup, on the path or where its installer puts it; empty where there is none."""
    if found := shutil.which("iscc"):
        return found
    homes = [os.environ.get(name, "") for name in ("ProgramFiles(x86)", "ProgramFiles")]
    places = [Path(home) / "Inno Setup 6" / "ISCC.exe" for home in homes if home]
    return next((str(place) for place in places if place.is_file()), "")
