"""Build the package of the operating system this runs on, and start it once: `make installer`.

PyInstaller makes a folder with everything in it (Python, Qt, torch); then

    Linux    dist/melomorph_VERSION_ARCH.deb, which asks apt for FluidSynth and Qt's X11 libraries
    macOS    dist/Melomorph-VERSION.dmg with Melomorph.app (unsigned)
    Windows  dist/Melomorph-VERSION.zip, and an installer too where Inno Setup is found

Build with the .venv of `make setup`: two versions of PySide6 on the path give a broken bundle.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import system_packages

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
BUILD = ROOT / "build"
DIST = ROOT / "dist"
WINDOWS = os.name == "nt"
MAC = sys.platform == "darwin"
# In .venv for developers and for corpora, but no part of the studio.
LEFT_OUT = [
    *("music21", "matplotlib", "pytest", "_pytest", "hypothesis", "mypy", "ruff", "importlinter", "grimp"),
    *("tkinter", "IPython", "PIL", "sympy.testing", "torch.utils.tensorboard"),
]
# torch's headers and tests; of its programs only torch_shm_manager is needed, and `import torch` fails without it.
TRIMMED = ["torch/include", "torch/share", "torch/test", "torch/bin/protoc*", "torch/bin/test_*", "torch/lib/*.a"]


def main() -> int:
    """Freeze, trim, start once, pack, and say what came out."""
    parser = argparse.ArgumentParser(description="Build the package of this operating system")
    parser.add_argument("--bundle-only", action="store_true", help="stop after the folder dist/melomorph")
    options = parser.parse_args()
    version = str(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])
    freeze()
    trim(DIST)
    self_test()
    if options.bundle_only:
        return 0
    made = mac_image(version) if MAC else windows_package(version) if WINDOWS else debian_package(version)
    print(f"{made.relative_to(ROOT)}: {made.stat().st_size / 1e6:.0f} MB")
    return 0


def freeze() -> None:
    """PyInstaller's one-dir build in dist/melomorph (on macOS also dist/Melomorph.app)."""
    if importlib.util.find_spec("PyInstaller") is None:
        lock = HERE / "locks" / "constraints.txt"
        run(sys.executable, "-m", "pip", "install", "--quiet", "--constraint", lock, "pyinstaller>=6.10,<7")
    data = f"{ROOT / 'resources'}{os.pathsep}resources"
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN", "--onedir"]
    command += ["--name", "Melomorph" if MAC else "melomorph", "--paths", str(ROOT), "--add-data", data]
    command += ["--distpath", str(DIST), "--workpath", str(BUILD), "--specpath", str(BUILD)]
    command += ["--windowed"] if MAC else []
    for package in ("app", "engine"):  # the registry imports models by name, which PyInstaller cannot see
        command += ["--collect-submodules", package]
    for package in ("pretty_midi", "symusic"):  # a soundfont; programs that symusic looks for when imported
        command += ["--collect-data", package]
    command += ["--hidden-import", "fluidsynth"]  # imported late
    for module in LEFT_OUT:
        command += ["--exclude-module", module]
    for library in fluidsynth_libraries():
        command += ["--add-binary", f"{library}{os.pathsep}."]
    run(*command, HERE / "entry.py")


def fluidsynth_libraries() -> list[Path]:
    """FluidSynth itself, where no package manager will bring it (everywhere but on Linux)."""
    if MAC:
        return system_packages.mac_fluidsynth()
    return sorted(Path("C:/tools/fluidsynth/bin").glob("*.dll")) if WINDOWS else []


def trim(folder: Path) -> None:
    """Remove what the studio never reads."""
    for pattern in TRIMMED:
        for found in sorted(folder.rglob(pattern)):
            shutil.rmtree(found) if found.is_dir() else found.unlink()


def program() -> Path:
    """The program inside the bundle."""
    if MAC:
        return DIST / "Melomorph.app" / "Contents" / "MacOS" / "Melomorph"
    return DIST / "melomorph" / ("melomorph.exe" if WINDOWS else "melomorph")


def self_test() -> None:
    """Start what was built, away from the checkout, so that nothing is found by luck."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    environment.pop("PYTHONPATH", None)
    done = subprocess.run([program(), "--self-test"], cwd=BUILD, env=environment, timeout=300)
    if done.returncode != 0:
        raise SystemExit(f"The bundle does not pass its self-test (exit {done.returncode}).")


def debian_package(version: str) -> Path:
    """A .deb that installs to /opt/melomorph, with a command, a menu entry and an icon."""
    architecture = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    tree = BUILD / "deb"
    shutil.rmtree(tree, ignore_errors=True)
    for folder in ("opt", "usr/bin", "usr/share/applications", "usr/share/icons/hicolor/scalable/apps", "DEBIAN"):
        (tree / folder).mkdir(parents=True)
    shutil.copytree(DIST / "melomorph", tree / "opt" / "melomorph", symlinks=True)
    (tree / "usr/bin/melomorph").symlink_to("/opt/melomorph/melomorph")
    shutil.copy(HERE / "linux" / "melomorph.desktop", tree / "usr/share/applications")
    icon = tree / "usr/share/icons/hicolor/scalable/apps/melomorph.svg"
    shutil.copy(ROOT / "resources" / "icons" / "app.svg", icon)
    size = sum(path.lstat().st_size for path in (tree / "opt").rglob("*")) // 1024
    control = (HERE / "linux" / "control").read_text(encoding="utf-8")
    control = control.format(version=version, architecture=architecture, size=size, depends=", ".join(depends()))
    (tree / "DEBIAN" / "control").write_text(control, encoding="utf-8")
    made = DIST / f"melomorph_{version}_{architecture}.deb"
    run("dpkg-deb", "--root-owner-group", "-Zzstd", "-z9", "--build", tree, made)
    return made


def depends() -> list[str]:
    """The Debian packages of the libraries the set-up looks for: one list for both."""
    return sorted({packages[0] for packages in system_packages.LINUX_LIBRARIES.values()})


def mac_image(version: str) -> Path:
    """A disk image with the application. Not signed: macOS asks once before it opens it."""
    made = DIST / f"Melomorph-{version}.dmg"
    made.unlink(missing_ok=True)
    app = DIST / "Melomorph.app"
    run("hdiutil", "create", "-volname", "Melomorph", "-srcfolder", app, "-format", "UDZO", made)
    return made


def windows_package(version: str) -> Path:
    """A zip to unpack anywhere; with Inno Setup on the path also an installer with a Start menu entry."""
    archive = shutil.make_archive(str(DIST / f"Melomorph-{version}"), "zip", DIST, "melomorph")
    if compiler := shutil.which("iscc"):
        run(compiler, "/Qp", f"/DVersion={version}", f"/O{DIST}", HERE / "windows" / "melomorph.iss")
    return Path(archive)


def run(*command: str | Path) -> None:
    """Run a command; its failure is ours."""
    subprocess.run([str(part) for part in command], check=True)


if __name__ == "__main__":
    raise SystemExit(main())
