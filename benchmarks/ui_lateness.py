"""How late a 60 Hz timer in the window comes while the piece plays and a training runs."""

from __future__ import annotations

from benchmarks.gates import Gate, summed_up

GATES = (Gate("ui_lateness_while_training", "training_p99_ms", 16.0),)
STROKES = 720  # twelve seconds


def measure(quick: bool = False) -> dict[str, float]:
    """Milliseconds of lateness, without and with a training in the background."""
    from benchmarks.room import studio
    from benchmarks.training import training

    strokes = 10 if quick else STROKES
    with studio() as window:
        window.session.player.play()
        figures = summed_up("idle", _lateness(strokes), (50, 95, 99))
        with training(window):
            window.session.player.play()
            figures |= summed_up("training", _lateness(strokes), (50, 95, 99, 100))
    return figures


def _lateness(strokes: int) -> list[float]:
    import time

    from benchmarks.beat import Beat

    late: list[float] = []
    Beat(lambda due: late.extend((time.perf_counter() - when) * 1e3 for when in due), strokes).run()
    return late
