"""Install and start what `make installer` has made for Linux in a bare Debian. Used by hand and by the workflow.

    sudo python3 installers/linux/try_in_clean_root.py --roots FOLDER dist/*.deb dist/*.tar.zst
    ... --upgrade dist/melomorph_0.1.0+next_amd64.deb --project tests/installers/project_0_1_0.melomorph

Needs root, debootstrap, and for the .deb a mirror of Debian; the standard library alone. For every file given:

1. a root is copied that has neither Python nor FluidSynth, with one user whose home holds settings, a project and a
   trained model, as Melomorph would have put them there;
2. a .deb is installed by apt with the packages it declares, a .tar.zst is unpacked into the home by that user;
3. without a network, `melomorph --self-test` is run by that user, read from the disk as after a restart of the
   machine; the seconds until a piece has become sound are held against ten;
4. the project of an older version is opened and told about;
5. an upgrade (--upgrade) is installed over the first .deb and tested again, then the package is purged;
6. after each step the user's files are as they were, and nothing of the test is left behind in the home or in /tmp.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from linux.clean_root import CleanRoot, Failed, debootstrap, say

SOUND, AT_MOST = "the first piece sounds", 10.0  # the line of the self-test, and the seconds until it may come
PROJECT = "Music/older.melomorph"
BELONGINGS = {
    ".config/melomorph/settings.json": b'{"theme": "dark", "first_launch": false}',
    ".local/share/melomorph/models/mine.safetensors": b"not read by this test",
    "Music/song.mid": b"nor this",
}


def main() -> int:
    """Try every file; 0 if all went well."""
    parser = argparse.ArgumentParser(description="Install and start Linux packages in a bare Debian")
    parser.add_argument("files", nargs="+", type=Path, help=".deb and .tar.zst files")
    parser.add_argument("--roots", type=Path, required=True, help="an existing folder the roots are made in")
    parser.add_argument("--suite", default="bookworm", help="Debian's release")
    parser.add_argument("--mirror", default="", help="where debootstrap fetches from, if not from its own choice")
    parser.add_argument("--upgrade", type=Path, help="a .deb of a later version, installed over the one in FILES")
    parser.add_argument("--project", type=Path, help="a project file of an older version, which must open")
    options = parser.parse_args()
    base = options.roots / f"base-{options.suite}"
    try:
        debootstrap(base, options.suite, options.mirror)
        for path in options.files:
            say(f"== {path.name}")
            root = prepared(base, options.roots / path.suffix.lstrip("."), options.project)
            trial = installed if path.suffix == ".deb" else unpacked
            trial(root, path, options)
            shutil.rmtree(root.path)
    except Failed as failure:
        print(f"FAILED: {failure}", file=sys.stderr)
        return 1
    say("All is well.")
    return 0


def prepared(base: Path, path: Path, project: Path | None) -> CleanRoot:
    """A root whose user has worked with the studio before."""
    root = CleanRoot(base, path)
    for name, content in BELONGINGS.items():
        root.give(name, content)
    if project is not None:
        root.give(PROJECT, project.read_bytes())
    return root


def installed(root: CleanRoot, package: Path, options: argparse.Namespace) -> None:
    """A .deb: install, test, upgrade, test, purge."""
    before = root.belongings()
    install(root, package, update=True)
    integrated(root)
    try_out(root, "/usr/bin/melomorph", "/opt/melomorph", options.project)
    same(root, before, "the self-test")
    if options.upgrade:
        old = version(root)
        install(root, options.upgrade)
        if version(root) == old:
            raise Failed(f"the version is still {old} after the upgrade")
        say(f"upgraded from {old} to {version(root)}")
        same(root, before, "the upgrade")
        try_out(root, "/usr/bin/melomorph", "/opt/melomorph", options.project)
    root.run("apt-get", "purge", "-y", "melomorph")
    left = [name for name in ("opt/melomorph", "usr/bin/melomorph") if (root.path / name).exists()]
    if left:
        raise Failed(f"left behind by the package: {left}")
    same(root, before, "the removal")
    say("removed, and the user's files are as they were")


def install(root: CleanRoot, package: Path, update: bool = False) -> None:
    """Let apt install a package file with what it depends on, and what keeps menus and kinds of files."""
    shutil.copy(package, root.path / "root" / package.name)
    if update:
        root.run("apt-get", "-q", "update", network=True)
    wanted = [f"/root/{package.name}", "shared-mime-info", "desktop-file-utils"]
    said = root.run(
        *("apt-get", "-q", "install", "-y", "--no-install-recommends", *wanted),
        network=True,
    )
    (root.path / "root" / package.name).unlink()
    say(f"installed by apt, {said.count('Setting up ')} packages")


def version(root: CleanRoot) -> str:
    """What dpkg says is installed."""
    return root.run("dpkg-query", "--show", "--showformat=${Version}", "melomorph")


def integrated(root: CleanRoot) -> None:
    """The desktop knows the kind of file, and which program opens it."""
    globs = (root.path / "usr/share/mime/globs2").read_text(encoding="utf-8")
    opens = (root.path / "usr/share/applications/mimeinfo.cache").read_text(encoding="utf-8")
    if "application/x-melomorph:*.melomorph" not in globs or "application/x-melomorph=melomorph.desktop" not in opens:
        raise Failed("the desktop does not know .melomorph files")
    say("the desktop opens .melomorph files with it")


def unpacked(root: CleanRoot, archive: Path, options: argparse.Namespace) -> None:
    """A portable archive: unpack it into the home, test, throw it away."""
    before = root.belongings()
    folder = root.unpack(archive, "Programs")
    inside = f"/{folder.relative_to(root.path)}"
    try_out(root, f"{inside}/melomorph", inside, options.project)
    shutil.rmtree(folder.parent)
    same(root, before, "unpacking, testing and throwing away")
    say("thrown away, and the user's files are as they were")


def try_out(root: CleanRoot, program: str, folder: str, project: Path | None) -> None:
    """Run the self-test as the user, without a network, and look how long the first sound takes."""
    root.forget(folder)
    at = 0.0
    for seconds, line in root.lines(program, "--self-test", user=True):
        say(f"  {seconds:6.1f} s  {line.rstrip()}")
        at = seconds if line.rstrip().endswith(SOUND) else at
    if not 0.0 < at <= AT_MOST:
        raise Failed(f"the first sound came after {at:.1f} seconds")
    left = [path.name for path in (root.path / "tmp").iterdir()]
    if left:
        raise Failed(f"left behind in /tmp: {left}")
    if project is not None:
        told = root.run(program, "info", f"/home/composer/{PROJECT}", user=True)
        say(f"  an older project opens: {' '.join(told.split())[:100]}")


def same(root: CleanRoot, before: dict[str, str], what: str) -> None:
    """Fail if the user's files are not what they were."""
    now = root.belongings()
    changed = sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))
    if changed:
        raise Failed(f"{what} changed the user's files: {changed[:5]}")


if __name__ == "__main__":
    raise SystemExit(main())
