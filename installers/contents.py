"""What the bundle of every system carries and what it leaves out: read by the spec, the trimming and the tests.

"Never used" was measured, not guessed: every model sampled, trained, evaluated and put on a map, in two processes as
well, and what Python had loaded by then was written down.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
NAME = "Melomorph"
PROGRAM = "melomorph"
VERSION = str(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])
# What a file of the studio is called where systems register kinds of files.
SUFFIX = ".melomorph"
MIME_TYPE = "application/x-melomorph"
IDENTIFIER = "org.melomorph.Melomorph"

# Taken whole: models, verbs and panels are imported by name, which PyInstaller cannot see.
OURS = ("app", "engine")
# Imported late or by name, by libraries.
HIDDEN = ("fluidsynth", "rtmidi", "sounddevice", "soundfile", "sklearn.manifold", "torch.distributed.run")

# In .venv for developers and for corpora, or reached only by code that the studio never runs.
LEFT_OUT = (
    *("music21", "matplotlib", "pytest", "_pytest", "hypothesis", "mypy", "ruff", "importlinter", "grimp", "tests"),
    *("tkinter", "IPython", "PIL", "pandas", "networkx", "jinja2", "aiohttp", "requests"),
    *("setuptools", "pkg_resources", "pip", "wheel", "distutils", "lib2to3", "pydoc_data", "idlelib", "test"),
    *("pretty_midi", "symusic"),  # for scripts; the soundfont of the first goes along as a file
    *("sklearn.datasets", "sklearn.ensemble", "sklearn.feature_extraction", "sklearn.inspection", "sklearn.cluster"),
    *("scipy.io", "scipy.signal", "scipy.cluster", "scipy.datasets", "scipy.odr", "scipy.fftpack", "scipy.misc"),
    *("sympy.testing", "sympy.parsing.latex", "sympy.physics", "mpl_toolkits", "urllib3"),
    *("torch.utils.tensorboard", "torch.utils.benchmark", "torch.contrib", "torchvision", "triton", "tensorboard"),
    *("torch._inductor.codegen", "torch._inductor.kernel", "torch._inductor.fx_passes", "torch._vendor.quack"),
    *("torch.testing._internal.common_utils", "torch.testing._internal.common_methods_invocations"),
    *("torch.testing._internal.opinfo", "torch.testing._internal.common_distributed", "torch.ao.pruning"),
    *("multidict", "propcache", "yarl", "frozenlist", "PySide6.QtNetwork", "PySide6.QtTest", "PySide6.QtDBus"),
    *("sqlite3", "dbm", "curses", "readline", "ssl"),
    *("pyqtgraph.opengl", "pyqtgraph.examples", "pyqtgraph.jupyter", "pyqtgraph.console", "pyqtgraph.flowchart"),
)

# Qt's plugins that a studio of widgets needs; the rest (databases, maps, cameras, phones) stays behind.
QT_PLUGINS = (
    *("platforms/*xcb*", "platforms/*offscreen*", "platforms/*wayland*", "platforms/*windows*", "platforms/*cocoa*"),
    *("platforminputcontexts/*compose*", "platforminputcontexts/*ibus*", "platformthemes/*xdgdesktopportal*"),
    *("wayland-shell-integration/*xdg*", "wayland-decoration-client/*", "xcbglintegrations/*", "styles/*"),
    *("imageformats/*svg*", "imageformats/*jpeg*", "imageformats/*ico*", "iconengines/*svg*"),
)

# Files nobody reads, by patterns within the bundle.
TRIMMED = (
    *("torch/include", "torch/share", "torch/test", "torch/lib/*.a", "torch/lib/*.lib"),
    *("torch/bin/protoc*", "torch/bin/*[Tt]est*", "torch/bin/upgrader_models", "torch/bin/*.ptl"),
    *("torch/lib/libtorchbind_test*", "torch/lib/libjitbackend_test*", "torch/lib/libbackend_with_compiler*"),
    *("torch/lib/libaoti_custom_ops*", "PySide6/Qt/translations", "PySide6/translations", "PySide6/Qt/qml"),
    *("**/tests", "**/__pycache__", "**/*.pyi", "**/*.pxd", "**/*.pyx", "sklearn/datasets", "tcl*", "tk*"),
)
# `import torch` looks for these, and fails or loses its processes without them.
NEVER_TRIMMED = ("torch/bin/torch_shm_manager", "torch/lib/libshm.so", "torch/lib/libtorch_global_deps.so")

# Linux: libraries that are always the bundle's own. What else comes from the system is asked of the system again.
OWN_LIBRARIES = (
    *("libfluidsynth", "libinstpatch", "libportaudio", "libsndfile", "libFLAC", "libvorbis", "libogg", "libopus"),
    *("libmpg123", "libmp3lame", "libz.", "liblzma", "libbz2", "libffi", "libssl", "libcrypto", "libpython"),
    *("libgomp", "libuuid"),
)
# Of these the ones that are called by name; any other library that nothing in the bundle asks for is dropped.
CALLED_LIBRARIES = ("libfluidsynth", "libportaudio", "libpython", "libtorch", "libshm", "libsndfile")
# glibc's own, which belong to the system's kernel and loader.
OF_GLIBC = ("libc.", "libm.", "libmvec.", "libdl.", "libpthread.", "librt.", "libutil.", "libresolv.", "ld-linux")
# Loaded by nobody PyInstaller can see, or on its list of what every desktop has; a bare system has none of them.
LENT_LIBRARIES = (
    *("libGL.so.1", "libEGL.so.1", "libGLX.so.0", "libGLdispatch.so.0", "libxcb.so.1", "libdrm.so.2", "libgbm.so.1"),
    *("libwayland-client.so.0", "libwayland-cursor.so.0", "libwayland-egl.so.1", "libwayland-server.so.0"),
)
# Where the lent ones lie in the bundle: used where the system has none (see hooks/libraries.py).
LENT = "lent"

if __name__ == "__main__":
    print(VERSION)
