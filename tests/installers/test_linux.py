"""The Linux packages, made from a bundle of three files: what they own, ask for and register."""

from __future__ import annotations

import configparser
import ctypes
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import contents
import libraries
import pytest
import slim
from linux import appimage, deb, portable

from app import files

HERE = Path(deb.__file__).resolve().parent
MIME = "{http://www.freedesktop.org/standards/shared-mime-info}"
on_debian = pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="Debian's tools make Debian's packages")
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="the libraries of Linux are looked at")


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """What PyInstaller leaves, with a real program and real libraries of this system."""
    folder = tmp_path / "dist" / contents.PROGRAM
    (folder / "_internal" / contents.LENT).mkdir(parents=True)
    (folder / "_internal" / "PySide6" / "Qt" / "lib").mkdir(parents=True)
    shutil.copy(shutil.which("ls") or "", folder / contents.PROGRAM)
    for name, place in (
        ("libfluidsynth.so.3", "."),  # called by name
        ("libsndfile.so.1", "."),  # FluidSynth asks for it
        ("libportaudio.so.2", "PySide6/Qt/lib"),
        ("libxcb-cursor.so.0", contents.LENT),  # nobody asks for it
        ("libasound.so.2", contents.LENT),  # FluidSynth asks for it
    ):
        found = libraries.of_system(name)
        assert found is not None
        shutil.copy(found, folder / "_internal" / place / name)
    return folder


def test_menu_entry_and_kind_of_file_agree() -> None:
    parser = configparser.RawConfigParser()
    parser.optionxform = str  # type: ignore[method-assign, assignment]
    parser.read(HERE / "melomorph.desktop", encoding="utf-8")
    entry = parser["Desktop Entry"]
    assert entry["Type"] == "Application"
    assert entry["Exec"] == f"{contents.PROGRAM} %f"
    assert entry["Icon"] == contents.PROGRAM
    assert entry["Terminal"] == "false"
    assert all(entry[name].endswith(";") for name in ("Categories", "MimeType", "Keywords"))
    root = ElementTree.parse(HERE / "melomorph-mime.xml").getroot()
    (kind,) = root.findall(f"{MIME}mime-type")
    assert kind.get("type") == contents.MIME_TYPE
    assert contents.MIME_TYPE in entry["MimeType"].split(";")
    (glob,) = kind.findall(f"{MIME}glob")
    assert glob.get("pattern") == f"*{contents.SUFFIX}"
    # Project files are archives: a desktop that looks inside must come to the same answer.
    project = Path(__file__).with_name("project_0_1_0.melomorph").read_bytes()
    (above,) = kind.findall(f"{MIME}sub-class-of")
    assert (above.get("type"), project[:2]) == ("application/zip", b"PK")


def test_the_studio_writes_the_kind_of_file_that_is_registered() -> None:
    assert files.SUFFIX == contents.SUFFIX


def test_the_control_file_is_filled_in() -> None:
    text = deb.control("1.2.3", 4567, ["libc6 (>= 2.36)", "libgl1"])
    fields = dict(re.findall(r"^([\w-]+): (.*)$", text, re.MULTILINE))
    assert fields["Package"] == contents.PROGRAM
    assert (fields["Version"], fields["Installed-Size"]) == ("1.2.3", "4567")
    assert fields["Depends"] == "libc6 (>= 2.36), libgl1"
    assert re.fullmatch(r"[a-z0-9]+", fields["Architecture"])
    assert {"Maintainer", "Section", "Priority", "Description"} <= set(fields)
    assert not re.search(r"[{}]", text)


@on_debian
def test_libraries_become_packages(bundle: Path) -> None:
    asked = libraries.asked_for(bundle)
    assert "libasound.so.2" in asked  # what is lent is not there for a Debian system
    assert "libsndfile.so.1" not in asked
    needs = deb.depends(asked, "2.36")
    assert "libc6 (>= 2.36)" in needs
    assert any(name.startswith("libasound2") for name in needs)
    with pytest.raises(SystemExit, match=r"libnowhere\.so\.9"):
        deb.depends(["libnowhere.so.9"], "2.36")


@on_debian
def test_the_package_owns_nothing_of_a_user(bundle: Path, tmp_path: Path) -> None:
    """An upgrade or a removal touches what the package owns, and runs its scripts: there are none."""
    made = deb.debian_package(bundle, tmp_path, tmp_path, "9.8.7")
    assert made.name == f"melomorph_9.8.7_{deb.architecture()}.deb"
    listed = subprocess.run(["dpkg-deb", "--contents", made], capture_output=True, text=True, check=True).stdout
    paths = [line.split(maxsplit=5)[5].split(" -> ")[0] for line in listed.splitlines()]
    files = [path for path in paths if not path.endswith("/")]
    assert [path for path in files if not path.startswith(("./opt/melomorph/", "./usr/"))] == []
    assert all(f"./{path}" in paths for path in (
        "opt/melomorph/melomorph", "usr/bin/melomorph", "usr/share/applications/melomorph.desktop",
        "usr/share/mime/packages/melomorph.xml", "usr/share/icons/hicolor/scalable/apps/melomorph.svg",
        "usr/share/icons/hicolor/scalable/mimetypes/application-x-melomorph.svg",
    ))  # fmt: skip
    assert not [path for path in paths if f"/{contents.LENT}/" in path]
    assert "root/root" in listed.splitlines()[0]
    about = tmp_path / "about"
    subprocess.run(["dpkg-deb", "--control", made, about], check=True)
    assert [path.name for path in about.iterdir()] == ["control"]


@on_linux
def test_the_portable_archive_says_what_it_needs(bundle: Path, tmp_path: Path) -> None:
    made = portable.portable_archive(bundle, tmp_path, tmp_path, "9.8.7")
    subprocess.run(["tar", "--zstd", "-xf", made, "-C", tmp_path], check=True)
    folder = tmp_path / made.name.removesuffix(".tar.zst")
    note = (folder / "README.txt").read_text(encoding="utf-8")
    assert f"glibc {libraries.glibc_needed(bundle)}" in note
    assert (folder / "_internal" / contents.LENT / "libasound.so.2").is_file()
    assert (folder / "share" / "applications" / "melomorph.desktop").is_file()


@on_linux
def test_an_appimage_starts_and_shows_itself(bundle: Path, tmp_path: Path) -> None:
    folder = appimage.app_folder(bundle, tmp_path)
    assert (folder / "AppRun").resolve() == (folder / "usr" / "lib" / "melomorph" / "melomorph").resolve()
    assert (folder / "melomorph.desktop").is_file()
    assert (folder / ".DirIcon").resolve().suffix == ".svg"


@on_linux
def test_orphans_go_and_what_is_called_stays(bundle: Path) -> None:
    slim.drop_orphans(bundle)
    left = {path.name for path in bundle.rglob("*.so*")}
    assert left == {"libfluidsynth.so.3", "libsndfile.so.1", "libportaudio.so.2", "libasound.so.2"}


@on_linux
def test_a_stripped_library_still_loads(bundle: Path) -> None:
    library = bundle / "_internal" / "libsndfile.so.1"
    slim.strip(library)
    assert slim.is_aligned(library)
    ctypes.CDLL(str(library))
    assert list(bundle.rglob("*.slim")) == []


@on_linux
def test_glibc_is_not_carried_and_the_desktops_libraries_are_lent() -> None:
    entries = [
        ("libm.so.6", "/lib/x86_64-linux-gnu/libm.so.6", "BINARY"),
        ("libX11.so.6", "/lib/x86_64-linux-gnu/libX11.so.6", "BINARY"),
        ("libFLAC.so.12", "/lib/x86_64-linux-gnu/libFLAC.so.12", "BINARY"),
        ("numpy/core.so", "/home/me/.venv/numpy/core.so", "EXTENSION"),
    ]
    placed = {name for name, _, _ in libraries.arranged(entries)}
    assert {f"{contents.LENT}/libX11.so.6", "libFLAC.so.12", "numpy/core.so"} <= placed
    assert not [name for name in placed if name.endswith("libm.so.6")]


LEND = """
import ctypes, os, runpy, sys
from ctypes.util import find_library
sys._MEIPASS = {bundle!r}
runpy.run_path({hook!r})
print(ctypes.util.find_library("fluidsynth"), ctypes.util.find_library("c"))
ctypes.CDLL("libasound.so.2")
print(os.environ["LD_LIBRARY_PATH"], os.environ["PYINSTALLER_RESET_ENVIRONMENT"])
print(any("/lent/libasound.so.2" in line for line in open("/proc/self/maps")))
"""


@on_linux
def test_a_frozen_process_finds_its_own_and_borrows_only_what_is_missing(bundle: Path) -> None:
    inside, hook = bundle / "_internal", contents.HERE / "hooks" / "surroundings.py"
    program = LEND.format(bundle=str(inside), hook=str(hook))
    # as PyInstaller's loader leaves it, for a user who had set the path to something
    environment = {**os.environ, "LD_LIBRARY_PATH": str(inside), "LD_LIBRARY_PATH_ORIG": "/nowhere"}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    found, path, borrowed = done.stdout.splitlines()
    assert path == "/nowhere 1"
    assert found.split() == [str(inside / "libfluidsynth.so.3"), "libc.so.6"]
    assert borrowed == "False"  # this system has its own
