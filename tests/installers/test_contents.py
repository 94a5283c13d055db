"""What goes into the bundle: everything the studio imports by name, and nothing it needs is left out."""

from __future__ import annotations

import ast
import json
import pkgutil
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import contents
import libraries
import notices
import pytest

import app
import engine
from engine.models import registry
from engine.verbs.catalog import VERBS

INSTALLERS = Path(contents.HERE)
# What the studio does with its libraries: learns, lays out maps, draws, computes in several processes.
WORK = """
import json, sys
import torch, lightning_fabric, sklearn.manifold, pyqtgraph, sounddevice, soundfile, fluidsynth, mido
import numpy as np
import torch.distributed, torch.distributed.run
x = np.random.default_rng(1).normal(size=(12, 3))
torch.optim.AdamW([torch.nn.Parameter(torch.zeros(2))]).step()
sklearn.manifold.TSNE(perplexity=3).fit_transform(x)
sklearn.manifold.Isomap(n_neighbors=8).fit_transform(x)
print(json.dumps(sorted(sys.modules)))
"""


def test_the_version_is_the_projects() -> None:
    assert contents.VERSION == metadata.version("melomorph") == engine.__version__


def test_every_model_and_verb_is_inside() -> None:
    """The spec takes all modules of OURS that can be walked to: whatever is imported by name must be among them."""
    assert set(contents.OURS) == {"app", "engine"}
    walked = {
        found.name
        for package in (app, engine)
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    }
    wanted = {row.module for row in registry.REGISTRY.values()} | {verb.run.__module__ for verb in VERBS.values()}
    assert len(wanted) > 40
    assert wanted - walked == set()
    assert "collect_submodules(package)" in (INSTALLERS / "melomorph.spec").read_text(encoding="utf-8")


@pytest.mark.timeout(240)
def test_nothing_that_is_left_out_is_needed() -> None:
    done = subprocess.run([sys.executable, "-c", WORK], capture_output=True, text=True, timeout=200, check=True)
    loaded = json.loads(done.stdout.splitlines()[-1])
    # Optional where they are imported: their absence is answered.
    optional = {"readline", "ssl", "PySide6.QtTest"}
    out = [name for name in contents.LEFT_OUT if name not in optional]
    assert [name for name in loaded if any(name == left or name.startswith(f"{left}.") for left in out)] == []


def test_the_trim_spares_what_torch_looks_for() -> None:
    for name in contents.NEVER_TRIMMED:
        assert not libraries.trimmed(name)
    assert "torch/bin/torch_shm_manager" in contents.NEVER_TRIMMED
    kept = ("torch/testing/__init__.py", "torch/lib/libtorch_cpu.so", "sklearn/manifold/_utils.so", "torch/version.py")
    ours = [path.relative_to(contents.ROOT).as_posix() for path in (contents.ROOT / "resources").rglob("*.s*")]
    assert len(ours) > 30
    assert [name for name in (*kept, *ours) if libraries.trimmed(name)] == []


def test_the_trim_takes_what_nobody_reads() -> None:
    gone = (
        "torch/include/a/b.h",
        "torch/bin/protoc-3.13",
        "torch/bin/test_api",
        "torch/test/x",
        "scipy/stats/tests/a.npz",
    )
    assert [name for name in gone if not libraries.trimmed(name)] == []


def test_the_spec_compiles_and_names_what_exists() -> None:
    tree = ast.parse((INSTALLERS / "melomorph.spec").read_text(encoding="utf-8"))
    asked = {
        (node.value.id, node.attr)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }
    known = {"contents": contents, "libraries": libraries}
    assert ("contents", "HIDDEN") in asked
    assert [(place, name) for place, name in asked if place in known and not hasattr(known[place], name)] == []
    for file in ("entry.py", "hooks/hook-torch.py", "hooks/surroundings.py"):
        compile((INSTALLERS / file).read_text(encoding="utf-8"), file, "exec")


def test_the_soundfont_may_be_given_away() -> None:
    assert libraries.soundfont().is_file()
    text = (INSTALLERS / "licenses" / "TimGM6mb.txt").read_text(encoding="utf-8")
    assert "Tim Brechbill" in text
    assert "GNU GENERAL PUBLIC LICENSE" in text


def test_licences_go_along(tmp_path: Path) -> None:
    notices.collect(tmp_path / "licenses")
    texts = {path.name: path.read_text(encoding="utf-8", errors="replace") for path in tmp_path.glob("licenses/*")}
    named = ("Melomorph", "TimGM6mb", "LGPL-2.1", "LGPL-3", "torch", "PySide6-Essentials")
    assert {f"{name}.txt" for name in named} <= set(texts)
    assert [name for name, text in texts.items() if len(text) < 20 or ": \n" in text[:80]] == []
    # What the project depends on and carries must be there; the two that only scripts use are not carried.
    lines = metadata.requires("melomorph") or []
    wanted = {re.match(r"[\w-]+", line)[0].lower() for line in lines if "extra ==" not in line}  # type: ignore[index]
    assert wanted - {name.lower() for name in notices.CARRIED} == {"symusic"}
