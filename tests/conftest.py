"""What every test stands on: no screen, no network, no file of the user's touched, and the same cases every time."""

from __future__ import annotations

import gc
import os
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

# Before numpy, torch or Qt are imported: they read these once.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
_HOME = tempfile.TemporaryDirectory(prefix="melomorph-tests-")
os.environ["MELOMORPH_HOME"] = _HOME.name  # settings, autosaves and models of the tests

import pytest  # noqa: E402  (after the environment)
from hypothesis import HealthCheck, settings  # noqa: E402

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

PATIENCE = 60_000  # milliseconds that a window is waited for unless a test says otherwise: a busy machine is no bug

settings.register_profile(
    "repeatable",
    derandomize=True,  # the same cases on every machine: a red test is red for everyone
    deadline=None,  # a busy machine is not a bug
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
settings.register_profile("search", derandomize=False, deadline=None, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


def pytest_collection_finish() -> None:
    """What is there now stays to the end: the collector of garbage need not look through it again and again."""
    gc.freeze()


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Anything that leaves this machine fails the test; loopback and Unix sockets may be used."""
    connect = socket.socket.connect

    def local_only(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else "localhost"
        if host not in ("localhost", "127.0.0.1", "::1"):
            raise AssertionError(f"the test tried to reach {address!r}: tests need no network")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", local_only)
    yield


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """A test that let torch have every core gives them back: later ones would wait for cores that others need."""
    yield
    torch = sys.modules.get("torch")
    if torch is not None and torch.get_num_threads() != 1:
        torch.set_num_threads(1)


@pytest.fixture
def qtbot(qtbot: QtBot) -> QtBot:
    """Its waits end as soon as what they wait for is so; they give up after a minute, not after five seconds."""
    wait = qtbot.waitUntil

    def patient(callback: Callable[[], bool | None], *, timeout: int = PATIENCE) -> None:
        wait(callback, timeout=timeout)

    qtbot.waitUntil = qtbot.wait_until = patient  # type: ignore[method-assign]
    return qtbot
