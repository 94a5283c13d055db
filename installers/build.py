"""Build what people install on the operating system this runs on, and start it once: `make installer`.

PyInstaller makes a folder with everything in it (Python, Qt, torch, FluidSynth, a soundfont, the trained models), which
is made smaller and started with --self-test; then

    Linux    dist/melomorph_VERSION_ARCH.deb and dist/melomorph-VERSION-linux-MACHINE.tar.zst, which needs no package
             (--appimage too, where appimagetool is on the path)
    macOS    dist/Melomorph-VERSION.dmg with Melomorph.app (--sign and --notarize, see macos/README.md)
    Windows  dist/Melomorph-VERSION.zip, and Melomorph-VERSION-setup.exe where Inno Setup is found

Build with the .venv of `make setup`: two versions of PySide6 on the path give a broken bundle.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import contents
import libraries
import notices
from slim import size_of, slim

HERE, ROOT = contents.HERE, contents.ROOT
BUILD = ROOT / "build"
DIST = ROOT / "dist"
WINDOWS = os.name == "nt"
MAC = sys.platform == "darwin"
TOOLS = {"PyInstaller": "pyinstaller>=6.10,<7", "PIL": "pillow"}  # Pillow makes the icons of Windows and macOS
PATIENCE = 600  # seconds a self-test may take on a busy machine


def main() -> int:
    """Freeze, make small, start once, pack, and say what came out."""
    options = read_options()
    if not options.packed_again:
        freeze()
        slim(bundle())
    version = options.version or contents.VERSION
    print(f"{bundle().relative_to(ROOT)}: {size_of(bundle()) / 1e6:.0f} MB unpacked", flush=True)
    if not options.untested:
        self_test()
    made = [] if options.bundle_only else pack(version, options)
    for path in made:
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1e6:.0f} MB")
    return 0


def read_options() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description="Build what people install on this operating system")
    parser.add_argument("--bundle-only", action="store_true", help="stop after the folder in dist/")
    parser.add_argument("--packed-again", action="store_true", help="take the folder in dist/ as it is")
    parser.add_argument("--untested", action="store_true", help="do not start it")
    parser.add_argument("--version", default="", help="write this version on the packages (to try an upgrade)")
    parser.add_argument("--appimage", action="store_true", help="Linux: an AppImage as well (needs appimagetool)")
    parser.add_argument("--sign", default="", metavar="IDENTITY", help="macOS: sign as this Developer ID")
    parser.add_argument("--notarize", default="", metavar="PROFILE", help="macOS: have Apple check it, by this profile")
    options = parser.parse_args()
    if options.notarize and not options.sign:
        parser.error("--notarize needs --sign: Apple looks at signed programs only")
    return options


def freeze() -> None:
    """PyInstaller's folder in dist/ (on macOS Melomorph.app beside it)."""
    missing = [wanted for module, wanted in TOOLS.items() if importlib.util.find_spec(module) is None]
    if missing:
        lock = HERE / "locks" / "constraints.txt"
        run(sys.executable, "-m", "pip", "install", "--quiet", "--constraint", lock, *missing)
    BUILD.mkdir(exist_ok=True)
    notices.collect(BUILD / "licenses")
    draw_icon(BUILD / "icon.png", 512)
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    run(*command, "--distpath", DIST, "--workpath", BUILD, HERE / "melomorph.spec")


def draw_icon(path: Path, size: int) -> None:
    """The program's icon as a picture of `size` times `size` pixels."""
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(ROOT / "resources" / "icons" / "app.svg")).render(painter)
    painter.end()
    if not image.save(str(path)):
        raise SystemExit(f"The icon {path} could not be written.")


def bundle() -> Path:
    """What PyInstaller made: a folder, on macOS the application."""
    return DIST / f"{contents.NAME}.app" if MAC else DIST / contents.PROGRAM


def program() -> Path:
    """The program inside the bundle."""
    if MAC:
        return bundle() / "Contents" / "MacOS" / contents.NAME
    return bundle() / (f"{contents.PROGRAM}.exe" if WINDOWS else contents.PROGRAM)


def self_test() -> None:
    """Start what was built, away from the checkout, so that nothing is found by luck."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    environment.pop("PYTHONPATH", None)
    done = subprocess.run([program(), "--self-test"], cwd=BUILD, env=environment, timeout=PATIENCE)
    if done.returncode != 0:
        raise SystemExit(f"The bundle does not pass its self-test (exit {done.returncode}).")


def pack(version: str, options: argparse.Namespace) -> list[Path]:
    """The files people download."""
    if MAC:
        from macos.image import disk_image

        return [disk_image(bundle(), DIST, version, options.sign, options.notarize)]
    if WINDOWS:
        from windows.package import packages

        return packages(bundle(), DIST, version)
    from linux.appimage import appimage
    from linux.deb import debian_package
    from linux.portable import portable_archive

    print(f"it starts on glibc {libraries.glibc_needed(bundle())} and later", flush=True)
    made = [debian_package(bundle(), BUILD, DIST, version), portable_archive(bundle(), BUILD, DIST, version)]
    return made + ([appimage(bundle(), BUILD, DIST, version)] if options.appimage else [])


def run(*command: str | Path) -> None:
    """Run a command; its failure is ours."""
    subprocess.run([str(part) for part in command], check=True)


if __name__ == "__main__":
    raise SystemExit(main())
