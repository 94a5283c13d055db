"""The Debian package: the bundle in /opt, a command, a menu entry, an icon and the kind of file.

It has no scripts of its own: menus, icons and kinds of files are refreshed by triggers of the packages that keep them,
and what is under a user's folders is neither owned nor touched, whether it is installed, upgraded or removed.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import contents
import libraries

HERE = Path(__file__).resolve().parent
ICON = contents.ROOT / "resources" / "icons" / "app.svg"
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


def debian_package(bundle: Path, build: Path, dist: Path, version: str) -> Path:
    """Make the .deb of a bundle's folder; returns where it lies."""
    tree = build / "deb"
    shutil.rmtree(tree, ignore_errors=True)
    program = tree / "opt" / contents.PROGRAM
    shutil.copytree(bundle, program, symlinks=True, copy_function=os.link, ignore=shutil.ignore_patterns(contents.LENT))
    (tree / "usr/bin").mkdir(parents=True)
    (tree / "usr/bin" / contents.PROGRAM).symlink_to(f"/opt/{contents.PROGRAM}/{contents.PROGRAM}")
    place_desktop_files(tree / "usr/share")
    documents = tree / "usr/share/doc" / contents.PROGRAM
    documents.mkdir(parents=True)
    (documents / "copyright").write_text(copyright_text(), encoding="utf-8")
    (tree / "DEBIAN").mkdir()
    size = sum(path.lstat().st_size for path in program.rglob("*")) // 1024
    needs = depends(libraries.asked_for(program), libraries.glibc_needed(program))
    (tree / "DEBIAN" / "control").write_text(control(version, size, needs), encoding="utf-8")
    made = dist / f"{contents.PROGRAM}_{version}_{architecture()}.deb"
    subprocess.run(["dpkg-deb", "--root-owner-group", "-Zzstd", "-z9", "--build", tree, made], check=True)
    shutil.rmtree(tree)
    return made


def place_desktop_files(share: Path) -> None:
    """The menu entry, the kind of file, and the icons of both, as they lie under /usr/share."""
    for folder, name, source in (
        ("applications", f"{contents.PROGRAM}.desktop", HERE / "melomorph.desktop"),
        ("mime/packages", f"{contents.PROGRAM}.xml", HERE / "melomorph-mime.xml"),
        ("icons/hicolor/scalable/apps", f"{contents.PROGRAM}.svg", ICON),
        ("icons/hicolor/scalable/mimetypes", f"{contents.MIME_TYPE.replace('/', '-')}.svg", ICON),
    ):
        (share / folder).mkdir(parents=True, exist_ok=True)
        shutil.copy(source, share / folder / name)


def architecture() -> str:
    """Debian's name for this machine."""
    return ARCHITECTURES.get(platform.machine(), platform.machine())


def control(version: str, kilobytes: int, needs: Iterable[str]) -> str:
    """The control file, filled in."""
    text = (HERE / "control").read_text(encoding="utf-8")
    fields = {"version": version, "architecture": architecture(), "size": kilobytes, "depends": ", ".join(needs)}
    return text.format(**fields)


def depends(asked: Iterable[str], glibc: str) -> list[str]:
    """The packages that hold the libraries the bundle asks of its system, as this system names them.

    Raises:
        SystemExit: a library belongs to no package here, so nobody could install it.
    """
    found = {f"libc6 (>= {glibc})"}
    for name in asked:
        if name.startswith(contents.OF_GLIBC):
            continue
        path = libraries.of_system(name)
        owner = owner_of(path) if path is not None else ""
        if not owner:
            raise SystemExit(f"The bundle needs {name}, which no package of this system holds.")
        found.add(owner)
    return sorted(found)


def owner_of(path: Path) -> str:
    """The package a system's library belongs to, or an empty word."""
    for candidate in dict.fromkeys((path.resolve(), path, Path("/usr") / path.relative_to("/"))):
        done = subprocess.run(["dpkg", "-S", str(candidate)], capture_output=True, text=True)
        if done.returncode == 0:
            return done.stdout.partition(":")[0]
    return ""


def copyright_text() -> str:
    """Our licence, and where those of the libraries lie."""
    ours = (contents.ROOT / "LICENSE").read_text(encoding="utf-8")
    return f"{ours}\nThe licences of the libraries and of the soundfont: /opt/{contents.PROGRAM}/_internal/licenses\n"
