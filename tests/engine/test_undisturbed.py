"""A request to end waits until what is being written is written."""

from __future__ import annotations

import signal
import threading
from pathlib import Path

import numpy as np
import pytest
from torch import nn

from engine.training import checkpoint
from engine.training.undisturbed import undisturbed


@pytest.fixture(params=[signal.SIGINT, signal.SIGTERM])
def number(request: pytest.FixtureRequest) -> signal.Signals:
    def stop(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(request.param, stop)
    request.addfinalizer(lambda: signal.signal(request.param, before))
    found: signal.Signals = request.param
    return found


def test_it_is_heard_behind_it(number: signal.Signals) -> None:
    done = []
    with pytest.raises(KeyboardInterrupt), undisturbed():
        with undisturbed():
            signal.raise_signal(number)
            done.append("inner")
        done.append("outer")
    assert done == ["inner", "outer"]
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(number)  # heard at once again


def test_an_error_that_ends_it_is_told_instead(number: signal.Signals) -> None:
    with pytest.raises(ValueError, match="what happened"), undisturbed():
        signal.raise_signal(number)
        raise ValueError("what happened")


def test_a_checkpoint_is_written_to_the_end(
    number: signal.Signals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network, path, write = nn.Linear(2, 2), tmp_path / "mine.checkpoint", checkpoint.save_file

    def asked_to_end(*args: object, **kwargs: object) -> None:
        signal.raise_signal(number)
        write(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(checkpoint, "save_file", asked_to_end)
    with pytest.raises(KeyboardInterrupt):
        checkpoint.save(path, network, network, {}, {}, np.random.default_rng(1), {"step": 7})
    assert checkpoint.load(path, network, network, {}, np.random.default_rng(2))[0] == {"step": 7}
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_other_threads_hear_no_signals(number: signal.Signals) -> None:
    heard = []

    def work() -> None:
        with undisturbed():
            heard.append(signal.getsignal(number))

    before = signal.getsignal(number)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert heard == [before]
