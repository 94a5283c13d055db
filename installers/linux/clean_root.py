"""A root file system with nothing in it but Debian's smallest base, and commands run in it away from this one.

No Python, no FluidSynth, no Qt, no fonts; one user with a home that has something in it. Commands get processes,
mounts and (unless packages are fetched) a network of their own, so that nothing of this machine helps.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

USER, NUMBER = "composer", 1000
QUIET = {"QT_QPA_PLATFORM": "offscreen", "DEBIAN_FRONTEND": "noninteractive"}  # no screen, nobody to ask
PATIENCE = 900  # seconds for one command
# Processes of its own, what they find under /proc, and memory to share.
MOUNTS = "mount -t proc proc {root}/proc && mount -t tmpfs tmpfs {root}/dev/shm && exec chroot {who} {root} {command}"


class Failed(Exception):
    """What did not go as it should, in words."""


def debootstrap(base: Path, suite: str, mirror: str = "") -> None:
    """Make the base once; copies of it are the roots."""
    if (base / "etc" / "debian_version").exists():
        return
    say(f"making {base} ({suite})")
    command = ["debootstrap", "--variant=minbase", suite, str(base), *([mirror] if mirror else [])]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


class CleanRoot:
    """A copy of the base with a user in it.

    Args:
        base: what debootstrap made.
        path: where the copy goes; what was there is removed.
    """

    def __init__(self, base: Path, path: Path) -> None:
        if path.exists():
            shutil.rmtree(path)
        subprocess.run(["cp", "--archive", "--reflink=auto", str(base), str(path)], check=True)
        self.path = path
        shutil.copy("/etc/resolv.conf", path / "etc" / "resolv.conf")
        (path / "dev" / "shm").mkdir(exist_ok=True)
        self.run("useradd", "--create-home", "--uid", str(NUMBER), USER)
        self.home = path / "home" / USER
        found = [name for name in self.names() if any(word in name for word in ("python", "fluidsynth", "libQt"))]
        if found:
            raise Failed(f"the root is not clean: {found[:5]}")

    def names(self) -> Iterator[str]:
        """Names of programs and libraries in it."""
        for folder in ("usr/bin", "usr/sbin", "usr/lib", "usr/local"):
            yield from (path.name for path in (self.path / folder).rglob("*"))

    def run(self, *command: str, user: bool = False, network: bool = False) -> str:
        """Run a command in the root; returns what it said, and raises if it failed."""
        return "".join(line for _, line in self.lines(*command, user=user, network=network))

    def lines(self, *command: str, user: bool = False, network: bool = False) -> Iterator[tuple[float, str]]:
        """What a command says, line by line, each with the seconds since it was started.

        Raises:
            Failed: it ended with anything but 0; its last words are in the message.
        """
        home = f"/home/{USER}" if user else "/root"
        known = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "HOME": home} | QUIET
        spaces = ["unshare", "--mount", "--pid", "--fork", "--ipc", *([] if network else ["--net"])]
        who = f"--userspec={NUMBER}:{NUMBER}" if user else ""
        inside = MOUNTS.format(root=self.path, who=who, command=shlex.join(command))
        began, said = time.monotonic(), []
        with subprocess.Popen(
            [*spaces, "sh", "-c", inside],
            env=known,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                said.append(line)
                yield time.monotonic() - began, line
            code = process.wait(PATIENCE)
        if code != 0:
            raise Failed(f"{' '.join(command)} ended with {code}:\n{''.join(said[-15:])}")

    def unpack(self, archive: Path, folder: str) -> Path:
        """Unpack a .tar.zst into a new folder of the home, as its user (the bare root has no zstd); its one folder."""
        place = self.home / folder
        place.mkdir()
        os.chown(place, NUMBER, NUMBER)
        as_user = f"setpriv --reuid={NUMBER} --regid={NUMBER} --clear-groups tar --extract --directory={place}"
        subprocess.run(["sh", "-c", f"zstd -dc {shlex.quote(str(archive))} | {as_user}"], check=True)
        (inside,) = place.iterdir()
        return inside

    def belongings(self) -> dict[str, str]:
        """Every file under the user's home -> its checksum; caches, as fontconfig's, are the system's own business."""
        everything = (path for path in self.home.rglob("*") if self.home / ".cache" not in path.parents)
        files = (path for path in everything if path.is_file() and not path.is_symlink())
        return {str(path.relative_to(self.home)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}

    def give(self, name: str, content: bytes) -> None:
        """Put a file into the user's home, theirs."""
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        for part in [path, *path.parents]:
            if self.home in [part, *part.parents]:
                os.chown(part, NUMBER, NUMBER)

    def forget(self, folder: str) -> None:
        """Drop the files of a folder from memory, so that the next start reads them from the disk."""
        os.sync()
        for path in (self.path / folder.lstrip("/")).rglob("*"):
            if path.is_file() and not path.is_symlink():
                with path.open("rb") as file:
                    os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def say(text: str) -> None:
    """One line, at once."""
    print(text, flush=True)
