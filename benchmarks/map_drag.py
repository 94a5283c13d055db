"""From mouse move on the map to notes repainted in the roll, in the real window with the real decoder."""

from __future__ import annotations

from benchmarks.gates import Gate, summed_up

GATES = (
    Gate("map_drag", "idle_p95_ms", 16.0),
    Gate("map_drag_while_training", "training_p95_ms", 33.0),
)
MOVES = 480  # eight seconds
WARM = 20  # moves that are not counted: first pixmaps


def measure(quick: bool = False) -> dict[str, float]:
    """Milliseconds, without and with a training in the background, and how many moves were never answered."""
    from benchmarks.drag import Hand, Stopwatch, WatchedRoll
    from benchmarks.room import studio
    from benchmarks.training import training

    moves = 10 if quick else MOVES
    with WatchedRoll() as rolls, studio() as window:
        watch = rolls.watch = Stopwatch(window)
        hand = Hand(window, watch)
        hand.drag(WARM)
        figures = summed_up("idle", hand.drag(moves), (50, 95, 99))
        with training(window):
            hand.drag(WARM)
            figures |= summed_up("training", hand.drag(moves), (50, 95, 99))
        figures["unanswered"] = float(watch.unanswered)
    return figures
