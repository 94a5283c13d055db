"""Runs first in every process of the bundle, spawned children too: where its own libraries are, and what torch needs.

On Linux a library is lent to a system that has none of its own (`lent/`): the newer one of a desktop, its drivers and
its sound server come first, and a bare system starts as well. A library that is loaded once answers to its name from
then on, so nothing else has to be told.
"""

import ctypes
import ctypes.util
import os
import sys
import tempfile
import warnings
from pathlib import Path

BUNDLE = Path(sys._MEIPASS)  # type: ignore[attr-defined]


def lend() -> None:
    """Load from `lent/` what the system lacks; whatever needs another lent library waits for the next round."""
    missing = [path for path in sorted((BUNDLE / "lent").glob("*.so*")) if not loads(path.name)]
    while found := [path for path in missing if loads(str(path))]:
        missing = [path for path in missing if path not in found]


def loads(name: str) -> bool:
    """Load a library by name or path; whether that was possible."""
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def leave_as_it_was() -> None:
    """Programs that are started from here (a file manager, say) must not be given our libraries.

    This process has read the path already. Processes of our own, which train, find it again by themselves.
    """
    os.environ.pop("LD_LIBRARY_PATH", None)
    if "LD_LIBRARY_PATH_ORIG" in os.environ:
        os.environ["LD_LIBRARY_PATH"] = os.environ.pop("LD_LIBRARY_PATH_ORIG")
    os.environ["PYINSTALLER_RESET_ENVIRONMENT"] = "1"


def find_library(name: str) -> str | None:
    """Our own library of this name before the system's: FluidSynth and PortAudio are asked for in this way."""
    patterns = (f"lib{name}.so*", f"lib{name}.dylib", f"lib{name}.[0-9]*.dylib", f"{name}.dll", f"lib{name}.dll")
    own = next((path for pattern in patterns for path in sorted(BUNDLE.glob(pattern))), None)
    return str(own) if own else _find_in_system(name)


_find_in_system = ctypes.util.find_library
ctypes.util.find_library = find_library
os.environ.setdefault("PYTORCH_JIT", "0")  # it compiles from sources, which the bundle does not carry
warnings.filterwarnings("ignore", "Unable to retrieve source")  # and says so
os.environ.setdefault("TORCHINDUCTOR_CACHE_DIR", tempfile.gettempdir())  # else it leaves a folder there, empty
if sys.platform == "linux":
    lend()
    leave_as_it_was()
