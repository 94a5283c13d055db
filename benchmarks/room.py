"""The real window over a real engine, without a screen and without sound: where benchmarks of the studio take place."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from app.main_window import MainWindow

MODEL = "melody_vae"
DOTS = 900  # as many as the shipped map has
PATIENCE = 150.0  # seconds: a training has a low priority, and on a busy machine it starts when others let it


def bundles(folder: Path) -> Path:
    """The folder of the shipped models; if there is none that fits, `folder` with an untrained one, just as quick."""
    from engine.errors import UserError
    from engine.models.shelf import load_network
    from engine.resources import root

    try:
        load_network(root() / "bundles" / f"{MODEL}.safetensors")
        return root() / "bundles"
    except (UserError, OSError):
        _write_untrained(folder / f"{MODEL}.safetensors")
        return folder


def melodies(count: int, seed: int = 5) -> NDArray[np.uint8]:
    """Melodies that wander, tokens [count, 32]."""
    from engine.codecs import melody

    rng = np.random.default_rng(seed)
    windows = []
    for _ in range(count):
        step, pitch, rows = 0, int(rng.integers(55, 75)), []
        while step < melody.SLOTS:
            length = int(rng.integers(1, 5))
            rows.append((step, step + length, pitch))
            step, pitch = step + length, pitch + int(rng.choice([-4, -2, -1, 1, 2, 3]))
        windows.append(melody.encode_steps(rows, compound=False))
    return np.stack(windows)


def _write_untrained(path: Path) -> None:
    import torch

    from engine.jobs import generate
    from engine.latent import attributes
    from engine.models import bundle, melody_vae

    torch.manual_seed(3)
    options = melody_vae.Options()
    network = melody_vae.MelodyVAE(options).eval()
    windows = melodies(DOTS)
    codes, values = generate.encode(network, windows), attributes.measure(windows)
    extras: bundle.Arrays = {"map.codes": codes, "map.melodies": windows}
    for name, vector in attributes.vectors(codes, values).items():
        extras |= {f"map.vector.{name}": vector.astype(np.float32), f"map.value.{name}": values[name]}
    header = {"options": dataclasses.asdict(options), "map": {"titles": [f"Tune {n + 1}" for n in range(DOTS)]}}
    weights = {name: value.detach().float().numpy() for name, value in network.state_dict().items()}
    bundle.write(bundle.Bundle(MODEL, header, weights, extras), path)


@contextlib.contextmanager
def studio() -> Iterator[MainWindow]:
    """The studio as it opens the first time, its map playable; nothing of the user's is read or written."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from app.settings import Settings, UserPaths
    from app.studio import SWITCH_SECONDS, begin, make_application, make_window, wake
    from engine.session import Session, SessionPaths

    sys.setswitchinterval(SWITCH_SECONDS)
    make_application()
    with tempfile.TemporaryDirectory(prefix="melomorph-room-") as home:
        root = Path(home)
        paths = UserPaths(*(root / name for name in ("settings.json", "autosave", "models", "cache", "log.txt")))
        session = Session(SessionPaths(bundles(root), paths.autosave, paths.models), audio=False)
        window = make_window(session, Settings(paths.settings), paths)
        try:
            begin(window)
            window.show()
            wake(window)
            until(lambda: window.verbs.playable or bool(window.verbs.trouble))
            if window.verbs.trouble:
                raise RuntimeError(window.verbs.trouble)
            yield window
        finally:
            window.bridge.close()
            session.close()
            window.hide()
            window.deleteLater()


def until(true: Callable[[], bool], patience: float = PATIENCE) -> None:
    """Let the window live until something is so.

    Raises:
        RuntimeError: it does not become so.
    """
    from PySide6.QtWidgets import QApplication

    limit = time.monotonic() + patience
    while not true():
        if time.monotonic() > limit:
            raise RuntimeError("the studio did not get there in time")
        QApplication.processEvents()
        time.sleep(0.002)
