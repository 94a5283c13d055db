"""What an installation must carry: one version, one command, its data, and a set-up that finds what is missing."""

from __future__ import annotations

import importlib
import re
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from types import ModuleType

import pytest

import engine
from engine import resources
from engine.errors import UserError

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def installer(name: str) -> ModuleType:
    """A script of installers/, loaded as Python would load it from its own folder."""
    folder = str(ROOT / "installers")
    if folder not in sys.path:
        sys.path.append(folder)
    return importlib.import_module(name)


def test_one_version_everywhere() -> None:
    version = PROJECT["project"]["version"]
    assert metadata.version("melomorph") == version == engine.__version__
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_command_is_installed() -> None:
    (command,) = metadata.entry_points(group="console_scripts", name="melomorph")
    assert command.value == "app.__main__:main"
    assert callable(command.load())


def test_resources_are_found() -> None:
    assert (resources.root() / "icons").is_dir()
    assert list((resources.root() / "icons").glob("*.svg"))


def test_missing_resources_are_said_in_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(resources, "__file__", str(tmp_path / "engine" / "resources.py"))
    with pytest.raises(UserError, match="Install Melomorph again"):
        resources.root()


def test_every_folder_of_code_is_a_package() -> None:
    """The wheel carries packages: a folder without __init__.py would work in a checkout and be missing after pip."""
    folders = {path.parent for top in ("app", "engine") for path in (ROOT / top).rglob("*.py")}
    assert [folder for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []


def test_every_dependency_is_locked_within_its_bounds() -> None:
    lock = (ROOT / "installers" / "locks" / "constraints.txt").read_text(encoding="utf-8")
    pinned = {_plain(name) for name in re.findall(r"^([\w.-]+)==", lock, re.MULTILINE)}
    project = PROJECT["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {_plain(re.match(r"[\w.-]+", line)[0]) for line in wanted} - {"melomorph"}  # type: ignore[index]
    assert names - pinned == set()
    # One place decides which Qt an old Python gets; the lock must not contradict it.
    old_qt = re.search(r"PySide6_Essentials==6\.(\d+)\.\d+; python_version < '3.12'", lock)
    assert old_qt and int(old_qt[1]) < 12


def _plain(name: str) -> str:
    return name.lower().replace("_", "-")


def test_no_registry_is_named() -> None:
    """Where packages come from is the business of whoever installs."""
    texts = [path for path in (ROOT / "installers").rglob("*") if path.is_file() and path.suffix != ".pyc"]
    texts += [ROOT / "pyproject.toml", ROOT / "Makefile", ROOT / "README.md"]
    hosts = re.compile(r"https?://[\w.]*(pypi|pytorch|pythonhosted|conda|jsdelivr|npmjs)", re.IGNORECASE)
    assert [path.name for path in texts if hosts.search(path.read_text(encoding="utf-8"))] == []


def test_setup_takes_a_python_that_suits() -> None:
    setup_env = installer("setup_env")
    assert setup_env.suits([sys.executable])
    assert not setup_env.suits(["no-such-python"])
    assert setup_env.interpreter("")
    with pytest.raises(setup_env.SetupFailed, match="Python 3"):
        setup_env.interpreter("no-such-python")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="sonames are Linux's")
def test_setup_names_the_missing_library(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    system_packages = installer("system_packages")
    table = {("libc.so.6",): ("libc6",) * 3, ("libnothere.so.0", "libneither.so.1"): ("libnothere0",) * 3}
    monkeypatch.setattr(system_packages, "LINUX_LIBRARIES", table)
    monkeypatch.setattr(system_packages, "_may_install", lambda: False)
    assert not system_packages.provide()
    said = capsys.readouterr().out.strip()
    assert len(said.splitlines()) == 1
    assert "libnothere0" in said
    assert "libc6" not in said
