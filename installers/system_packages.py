"""The system libraries the studio needs: which are missing, and how this system installs them.

Standard library only. A library is looked for the way the program will look for it, by loading it, so the answer is
right on every distribution and takes a few milliseconds.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

# shared object (any one of the names will do): (apt, dnf, pacman)
LINUX_LIBRARIES = {
    ("libfluidsynth.so.3", "libfluidsynth.so.2"): ("libfluidsynth3", "fluidsynth-libs", "fluidsynth"),
    ("libportaudio.so.2",): ("libportaudio2", "portaudio", "portaudio"),
    ("libEGL.so.1",): ("libegl1", "libglvnd-egl", "libglvnd"),
    ("libGL.so.1",): ("libgl1", "libglvnd-glx", "libglvnd"),
    ("libfontconfig.so.1",): ("libfontconfig1", "fontconfig", "fontconfig"),
    ("libdbus-1.so.3",): ("libdbus-1-3", "dbus-libs", "dbus"),
    ("libglib-2.0.so.0",): ("libglib2.0-0", "glib2", "glib2"),
    ("libxkbcommon.so.0",): ("libxkbcommon0", "libxkbcommon", "libxkbcommon"),
    ("libxkbcommon-x11.so.0",): ("libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11"),
    ("libX11-xcb.so.1",): ("libx11-xcb1", "libX11-xcb", "libx11"),
    ("libxcb-cursor.so.0",): ("libxcb-cursor0", "xcb-util-cursor", "xcb-util-cursor"),
    ("libxcb-icccm.so.4",): ("libxcb-icccm4", "xcb-util-wm", "xcb-util-wm"),
    ("libxcb-image.so.0",): ("libxcb-image0", "xcb-util-image", "xcb-util-image"),
    ("libxcb-keysyms.so.1",): ("libxcb-keysyms1", "xcb-util-keysyms", "xcb-util-keysyms"),
    ("libxcb-render-util.so.0",): ("libxcb-render-util0", "xcb-util-renderutil", "xcb-util-renderutil"),
    ("libxcb-shape.so.0",): ("libxcb-shape0", "libxcb", "libxcb"),
    ("libxcb-xkb.so.1",): ("libxcb-xkb1", "libxcb", "libxcb"),
    ("libxcb-randr.so.0",): ("libxcb-randr0", "libxcb", "libxcb"),
    ("libxcb-xfixes.so.0",): ("libxcb-xfixes0", "libxcb", "libxcb"),
    ("libxcb-sync.so.1",): ("libxcb-sync1", "libxcb", "libxcb"),
}
MANAGERS = {"apt-get": "apt-get install -y", "dnf": "dnf install -y", "pacman": "pacman -S --needed --noconfirm"}


def provide(extra: Sequence[str] = ()) -> bool:
    """Install what is missing, or say in one line what to install.

    Args:
        extra: apt packages wanted besides the libraries (`python3-venv`, `fluidsynth`); ignored where there is no apt.

    Returns:
        Whether everything is there now.
    """
    if sys.platform == "darwin":
        return _provide_by_brew()
    if os.name == "nt":
        return _windows_has_fluidsynth()
    manager = next((name for name in MANAGERS if shutil.which(name)), "")
    column = max(0, list(MANAGERS).index(manager)) if manager else 0
    packages = sorted({names[column] for names in missing().values()})
    if manager == "apt-get":
        packages += extra
    if not packages:
        return True
    if manager == "apt-get" and _may_install():
        return _apt_install(packages)
    command = f"sudo {MANAGERS[manager]}" if manager else "with your package manager (Debian's names):"
    print(f"Some system libraries are missing. Please install them: {command} {' '.join(packages)}")
    return False


def missing() -> dict[tuple[str, ...], tuple[str, str, str]]:
    """The rows of LINUX_LIBRARIES of which no name can be loaded."""
    return {names: packages for names, packages in LINUX_LIBRARIES.items() if not any(map(_loads, names))}


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _as_root() -> list[str]:
    return [] if hasattr(os, "geteuid") and os.geteuid() == 0 else ["sudo", "-n"]


def _may_install() -> bool:
    """Root, or sudo that asks for no password: the set-up must never stop at a prompt."""
    if not _as_root():
        return True
    return bool(shutil.which("sudo")) and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0


def _apt_install(packages: Sequence[str]) -> bool:
    print(f"Installing system libraries: {' '.join(packages)}", flush=True)
    apt = [*_as_root(), "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-o", "DPkg::Lock::Timeout=120"]
    subprocess.run([*apt, "update"], stdout=subprocess.DEVNULL)  # an old list may still do: the install tells
    done = subprocess.run(
        [*apt, "install", "-y", "--no-install-recommends", *packages], capture_output=True, text=True, errors="replace"
    )
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or ["apt-get failed"])[-1]
        print(f"That failed ({reason}). Please run: sudo apt-get install {' '.join(packages)}")
    return done.returncode == 0


def mac_fluidsynth() -> list[Path]:
    """FluidSynth's library where Homebrew or MacPorts put it; empty where there is none."""
    homes = [os.environ.get("HOMEBREW_PREFIX", ""), "/opt/homebrew", "/usr/local", "/opt/local"]
    return [path for home in homes if home and (path := Path(home) / "lib" / "libfluidsynth.dylib").exists()][:1]


def _provide_by_brew() -> bool:
    """On macOS only FluidSynth is missing: the wheels carry Qt, PortAudio and libsndfile."""
    if mac_fluidsynth():
        return True
    if shutil.which("brew"):
        print("Installing FluidSynth with Homebrew", flush=True)
        if subprocess.run(["brew", "install", "--quiet", "fluid-synth"]).returncode == 0:
            return True
    print("FluidSynth is missing, so there is no sound. Please install Homebrew and run: brew install fluid-synth")
    return False


def _windows_has_fluidsynth() -> bool:
    """On Windows only FluidSynth is missing, and there is no package manager that is always there."""
    if Path("C:/tools/fluidsynth/bin").is_dir() or shutil.which("fluidsynth") or shutil.which("libfluidsynth-3.dll"):
        return True
    print("FluidSynth is missing, so there is no sound. Please install Chocolatey and run: choco install fluidsynth")
    return False
