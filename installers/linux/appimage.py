"""The AppImage: the same folder in one file that starts with a double click. Its tool must be on the path."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from pathlib import Path

import contents

from linux.deb import ICON, place_desktop_files


def appimage(bundle: Path, build: Path, dist: Path, version: str) -> Path:
    """Make the AppImage of a bundle's folder; returns where it lies.

    Raises:
        SystemExit: appimagetool is not on the path.
    """
    tool = shutil.which("appimagetool")
    if tool is None:
        raise SystemExit("appimagetool is not on the path; the workflow in .ci/ shows where it comes from.")
    folder = app_folder(bundle, build)
    made = dist / f"{contents.NAME}-{version}-{platform.machine()}.AppImage"
    environment = {**os.environ, "ARCH": platform.machine(), "VERSION": version}
    # Without FUSE, as in a container, the tool unpacks itself.
    subprocess.run([tool, "--appimage-extract-and-run", "--no-appstream", folder, made], check=True, env=environment)
    shutil.rmtree(folder)
    return made


def app_folder(bundle: Path, build: Path) -> Path:
    """What an AppImage is made from: the bundle, what starts it, and how a desktop shows it."""
    folder = build / f"{contents.NAME}.AppDir"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(bundle, folder / "usr" / "lib" / contents.PROGRAM, symlinks=True, copy_function=os.link)
    place_desktop_files(folder / "usr" / "share")
    shutil.copy(folder / "usr/share/applications" / f"{contents.PROGRAM}.desktop", folder)
    shutil.copy(ICON, folder / f"{contents.PROGRAM}.svg")
    (folder / ".DirIcon").symlink_to(f"{contents.PROGRAM}.svg")
    (folder / "AppRun").symlink_to(f"usr/lib/{contents.PROGRAM}/{contents.PROGRAM}")
    return folder
