"""The rules of ARCHITECTURE.md that import-linter cannot see, read from the syntax tree of every file."""

from __future__ import annotations

import ast
import gc
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LONGEST_FILE = 300
LONGEST_FUNCTION = 40
QT_WORDS = {"event", "paint", "data", "flags", "index", "parent", "close", "show", "hide"}  # Qt's, yet in one word
ALARMS = ("QMessageBox.critical", "QMessageBox.warning", "QMessageBox.information", "QErrorMessage")
# Longer, and argued for: path or path:function -> why.
LONGER: dict[str, str] = {}


@pytest.fixture(scope="module", autouse=True)
def trees() -> Iterator[None]:
    """What is read here is a million objects: nobody looks them through for garbage, here or in later tests."""
    gc.disable()
    yield
    for kept in (tree, nodes, mentions):
        kept.cache_clear()
    gc.enable()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


@cache
def files(*folders: str) -> list[Path]:
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    assert found, folders
    return found


@cache
def nodes(path: Path) -> list[ast.AST]:
    """All that stands in a file, listed once for every rule."""
    return list(ast.walk(tree(path)))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> set[str]:
    """Every module a file imports, anywhere in it, with what is taken from it: `torch.nn`, `PySide6.QtCore.Qt`."""
    found: set[str] = set()
    for node in nodes(path):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def dotted(node: ast.AST) -> str:
    """`torch.cuda.is_available` for an attribute chain, empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""


@cache
def mentions(path: Path) -> set[str]:
    return imports(path) | {dotted(node) for node in nodes(path) if isinstance(node, ast.Attribute)}


def offenders(paths: list[Path], allowed: set[str], forbidden: Callable[[str], bool]) -> dict[str, list[str]]:
    """Files outside `allowed` that mention something forbidden, and what."""
    found = {name(path): sorted(filter(forbidden, mentions(path))) for path in paths if name(path) not in allowed}
    return {path: what for path, what in found.items() if what}


@pytest.mark.parametrize(
    ("folders", "allowed", "words"),
    [
        pytest.param(("app", "engine"), {"app/settings.py"}, ("appdirs",), id="only settings knows user folders"),
        pytest.param(
            ("app", "engine"), {"engine/device.py"}, ("torch.cuda", "torch.mps", "torch.backends"), id="only device"
        ),
        pytest.param(("app",), {"app/errors.py"}, ALARMS, id="only errors says what went wrong"),
        pytest.param(("app", "engine"), set(), ("pickle", "torch.load", "joblib", "dill"), id="nothing is unpickled"),
        pytest.param(("app",), set(), ("PySide6.QtCore.QThread",), id="the engine has its own threads"),
    ],
)
def test_only_one_place(folders: tuple[str, ...], allowed: set[str], words: tuple[str, ...]) -> None:
    def forbidden(mention: str) -> bool:
        return any(mention == word or mention.startswith(f"{word}.") for word in words)

    assert offenders(files(*folders), allowed, forbidden) == {}


def test_only_the_bridge_listens_to_the_engine() -> None:
    """Engine events come on any thread; everything else in the interface gets them as Qt signals."""
    found = offenders(files("app"), {"app/bridge.py"}, lambda mention: mention.endswith("events.subscribe"))
    assert found == {}


def functions(path: Path) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for node in nodes(path):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{name(path)}:{node.name}", node


def test_files_and_functions_are_short() -> None:
    long: dict[str, int] = {}
    for path in files("app", "engine", "benchmarks", "installers"):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        long |= {name(path): lines} if lines > LONGEST_FILE else {}
        sizes = {where: (node.end_lineno or 0) - node.lineno + 1 for where, node in functions(path)}
        long |= {where: size for where, size in sizes.items() if size > LONGEST_FUNCTION}
    assert {where: size for where, size in long.items() if where not in LONGER} == {}


def classes(path: Path) -> list[ast.ClassDef]:
    return [node for node in nodes(path) if isinstance(node, ast.ClassDef)]


def is_protocol(holder: ast.ClassDef) -> bool:
    return "Protocol" in map(dotted, holder.bases)


def methods(holder: ast.ClassDef) -> list[ast.FunctionDef]:
    return [node for node in holder.body if isinstance(node, ast.FunctionDef)]


def test_public_methods_say_what_they_do() -> None:
    """All but overrides: Qt's (camelCase), torch's `forward`, and what a Protocol of ours declares."""
    paths = files("app", "engine")
    declared = {m.name for path in paths for holder in classes(path) if is_protocol(holder) for m in methods(holder)}
    known = QT_WORDS | declared | {"forward"}
    silent: list[str] = []
    for path in paths:
        for holder in classes(path):
            if holder.name.startswith("_") or is_protocol(holder):
                continue
            ours = [m for m in methods(holder) if m.name == m.name.lower() and not m.name.startswith("_")]
            ours = [m for m in ours if m.name not in known and not is_setter(m)]
            silent += [f"{name(path)}:{holder.name}.{m.name}" for m in ours if not ast.get_docstring(m)]
    assert silent == []


def is_setter(method: ast.FunctionDef) -> bool:
    """A setter shares the docstring of its property."""
    return any(isinstance(decorator, ast.Attribute) for decorator in method.decorator_list)


def test_models_take_no_kwargs() -> None:
    assert [where for path in files("engine/models") for where, node in functions(path) if node.args.kwarg] == []


def test_text_files_are_utf8() -> None:
    """Windows would otherwise read and write another encoding."""
    bare: list[str] = []
    for path in files("app", "engine", "benchmarks", "installers"):
        for node in nodes(path):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                takes_text = node.func.attr in ("read_text", "write_text")
                if takes_text and not any(keyword.arg == "encoding" for keyword in node.keywords):
                    bare.append(f"{name(path)}:{node.lineno}")
    assert bare == []


@pytest.mark.parametrize("heavy", ["torch", "music21", "sklearn", "scipy", "lightning_fabric", "pretty_midi"])
def test_the_window_starts_without(heavy: str) -> None:
    """What is imported before the first paint is what the composer waits for."""
    assert heavy not in _loaded_with_the_window()


@cache
def _loaded_with_the_window() -> frozenset[str]:
    code = "import sys, app.__main__, app.main_window; print(' '.join(sys.modules))"
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
    return frozenset(told.stdout.split())
