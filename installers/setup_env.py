"""Create or refresh .venv: the locked libraries, the project itself, and what the system lacks.

    python3 installers/setup_env.py

Standard library only; started by any Python from 3.8 on, it looks for one that suits. When nothing has changed since
the last time it does nothing, in a fraction of a second.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import system_packages

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCK = ROOT / "installers" / "locks" / "constraints.txt"
STAMP = VENV / "melomorph.stamp"
# In the order of preference: 3.13 has no ready-made python-rtmidi, so no MIDI ports; 3.14 is untried.
VERSIONS = ["3.12", "3.11", "3.13", "3.14"]
PROBE = "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])"


class SetupFailed(Exception):
    """One line for the person who started the set-up."""


def main() -> int:
    """Run the set-up; 0 when .venv is ready, 2 after one line saying what to do."""
    parser = argparse.ArgumentParser(description="Create or refresh .venv")
    parser.add_argument("--python", default="", help="the interpreter .venv is made from (default: the best one found)")
    parser.add_argument("--bench", action="store_true", help="also the fluidsynth program, the peer of the benchmarks")
    options = parser.parse_args()
    try:
        system_packages.provide(["fluidsynth"] if options.bench and not shutil.which("fluidsynth") else [])
        if not (STAMP.exists() and STAMP.read_text(encoding="utf-8") == fingerprint()):
            prepare(options.python)
    except SetupFailed as failure:
        print(failure, file=sys.stderr)
        return 2
    return 0


def prepare(wanted: str) -> None:
    """Make .venv, fill it, and stamp it."""
    if not venv_works():
        base = interpreter(wanted)
        print(f"Creating .venv with {' '.join(base)}", flush=True)
        run([*base, "-m", "venv", "--clear", str(VENV)], "Python could not create .venv.")
    print("Installing the libraries (torch is the large one; this happens once)", flush=True)
    install_torch()
    pip("install", "--editable", f"{ROOT}[dev]")
    STAMP.write_text(fingerprint(), encoding="utf-8")
    print("Ready.", flush=True)


def fingerprint() -> str:
    """What .venv depends on; a change of any of it makes the set-up run again."""
    python = (VENV / "pyvenv.cfg").read_text(encoding="utf-8") if (VENV / "pyvenv.cfg").exists() else ""
    parts = [LOCK.read_text(encoding="utf-8"), (ROOT / "pyproject.toml").read_text(encoding="utf-8"), python, str(ROOT)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def venv_python() -> Path:
    """The interpreter inside .venv."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def venv_works() -> bool:
    """It exists, it starts, and it is a Python that suits."""
    return venv_python().exists() and suits([str(venv_python())])


def interpreter(wanted: str) -> list[str]:
    """The command of a Python that suits: the one asked for, the one that runs this, or the best on the path.

    Raises:
        SetupFailed: there is none.
    """
    if wanted:
        if suits([wanted]):
            return [wanted]
        raise SetupFailed(f"{wanted} does not suit: Python 3.11, 3.12 or 3.13 with venv and pip is needed.")
    found = next(filter(suits, candidates()), None)
    if found is None and shutil.which("apt-get"):
        system_packages.provide(["python3-venv"])  # Debian's own Python comes without it
        found = next(filter(suits, candidates()), None)
    if found is None:
        raise SetupFailed("Please install Python 3.12 with its venv module (python.org or your package manager).")
    return found


def candidates() -> Iterator[list[str]]:
    """Commands that may start a Python, best first."""
    yield [sys.executable]
    for version in VERSIONS:
        yield ["py", f"-{version}"] if os.name == "nt" else [f"python{version}"]
    yield ["python3"]


def suits(command: list[str]) -> bool:
    """Whether the command starts a Python of a version we support that can make virtual environments."""
    try:
        answer = subprocess.run([*command, "-c", PROBE], capture_output=True, text=True, timeout=60)
    except OSError:
        return False
    return answer.returncode == 0 and answer.stdout.strip() in VERSIONS


def install_torch() -> None:
    """Install torch first, so that a machine without an NVIDIA GPU does not get gigabytes of CUDA libraries."""
    if sys.platform.startswith("linux") and not has_nvidia() and pip_would_bring_cuda():
        pip("install", "uv")
        command = [str(venv_python()), "-m", "uv", "pip", "install", "--python", str(venv_python())]
        command += ["--torch-backend", "cpu", "--constraint", str(LOCK), "torch"]
        if subprocess.run(command).returncode == 0:
            return
        print("torch's CPU build could not be had; installing the CUDA build, which works without a GPU, too.")
    pip("install", "torch")


def has_nvidia() -> bool:
    """Whether this Linux machine has an NVIDIA GPU with a driver."""
    if Path("/proc/driver/nvidia/version").exists():
        return True
    return (
        bool(shutil.which("nvidia-smi")) and subprocess.run(["nvidia-smi", "-L"], capture_output=True).returncode == 0
    )


def pip_would_bring_cuda() -> bool:
    """Ask pip for its plan, without installing anything. False when torch is there already."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "plan.json"
        pip("install", "--dry-run", "--quiet", "--report", str(report), "torch")
        plan = json.loads(report.read_text(encoding="utf-8"))["install"]
    names = [item["metadata"]["name"].lower() for item in plan]
    return any(name.startswith(("nvidia", "cuda")) for name in names)


def pip(verb: str, *arguments: str) -> None:
    """Run the pip of .venv under the lock; quiet where nobody watches."""
    quiet = [] if sys.stdout.isatty() or "--quiet" in arguments else ["--quiet"]
    command = [str(venv_python()), "-m", "pip", verb, "--disable-pip-version-check", "--constraint", str(LOCK)]
    run([*command, *quiet, *arguments], "pip could not install the libraries; its own words are above.")


def run(command: list[str], otherwise: str) -> None:
    """Run a command; if it fails, stop the set-up with one line."""
    try:
        code = subprocess.run(command).returncode
    except OSError as error:
        raise SetupFailed(f"{otherwise} ({error})") from error
    if code != 0:
        raise SetupFailed(otherwise)


if __name__ == "__main__":
    raise SystemExit(main())
