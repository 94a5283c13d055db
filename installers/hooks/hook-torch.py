"""PyInstaller's own hook takes all of torch, sources included; this one takes what is reached, compiled.

Sources are needed by the settings modules alone (torch reads the comments in them); torch.jit, the other reader of
sources, is switched off by hooks/surroundings.py.
"""

from collections.abc import Iterator
from pathlib import Path

from PyInstaller.compat import is_win
from PyInstaller.utils.hooks import PY_DYLIB_PATTERNS, collect_dynamic_libs, collect_submodules, get_package_paths

_TORCH = Path(get_package_paths("torch")[1])


def _settings_modules() -> Iterator[str]:
    """Modules that hand themselves to torch's settings machinery."""
    for path in sorted(_TORCH.rglob("*config*.py")):
        if "install_config_module(" in path.read_text(encoding="utf-8", errors="replace"):
            yield ".".join(["torch", *path.relative_to(_TORCH).with_suffix("").parts])


module_collection_mode = {"torch": "pyz"} | dict.fromkeys(_settings_modules(), "pyz+py")
hiddenimports = ["torch.distributed.elastic.multiprocessing", *collect_submodules("torch._dynamo.polyfills")]
binaries = collect_dynamic_libs("torch", search_patterns=[*PY_DYLIB_PATTERNS, "*.so.*"])
datas = [] if is_win else [(str(_TORCH / "bin" / "torch_shm_manager"), "torch/bin")]
bindepend_symlink_suppression = ["**/torch/lib/*.so*"]
warn_on_missing_hiddenimports = False
