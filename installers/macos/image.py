"""The disk image with Melomorph.app, signed and checked by Apple if wished (see README.md beside it)."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import contents

HERE = Path(__file__).resolve().parent
MACH_O = (b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe")  # 64 bits; several architectures in one


def disk_image(app: Path, dist: Path, version: str, identity: str = "", profile: str = "") -> Path:
    """Make the .dmg of an application; returns where it lies.

    Args:
        app: Melomorph.app.
        dist: folder of the result.
        version: for its name.
        identity: a Developer ID in the keychain to sign with; empty: not signed.
        profile: credentials that `notarytool store-credentials` has kept; empty: Apple does not see it.
    """
    if identity:
        sign(app, identity)
    made = dist / f"{contents.NAME}-{version}.dmg"
    made.unlink(missing_ok=True)
    _run("hdiutil", "create", "-volname", contents.NAME, "-srcfolder", app, "-format", "UDZO", made)
    if identity:
        _run("codesign", "--force", "--timestamp", "--sign", identity, made)
    if profile:
        _run("xcrun", "notarytool", "submit", made, "--keychain-profile", profile, "--wait")
        _run("xcrun", "stapler", "staple", made)
    return made


def sign(app: Path, identity: str) -> None:
    """Sign every program and library from the inside out, then the whole, and have the result checked."""
    signed: list[str | Path] = ["codesign", "--force", "--timestamp", "--options", "runtime", "--sign", identity]
    entitled = [*signed, "--entitlements", HERE / "entitlements.plist"]
    for path in sorted(programs(app), key=lambda path: -len(path.parts)):
        _run(*(entitled if path.parent.name == "MacOS" else signed), path)
    _run(*entitled, app)
    _run("codesign", "--verify", "--deep", "--strict", app)


def programs(app: Path) -> Iterator[Path]:
    """Files of machine code in an application."""
    for path in app.rglob("*"):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                if file.read(4) in MACH_O:
                    yield path


def _run(*command: str | Path) -> None:
    subprocess.run([str(part) for part in command], check=True)
