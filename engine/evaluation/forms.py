"""Phrases made in the shape of held-out ones: how much nearer they come to it than what a machine writes unasked."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.codecs import melody
from engine.codecs.codec import Codec
from engine.corpus.dataset import Dataset
from engine.evaluation.reconstruction import pick
from engine.jobs.job import Report, silent

TEMPLATES = 12  # half of each kind of bar
ECHOED = 500
Windows = NDArray[np.uint8]
Curves = dict[str, dict[str, list[float]]]


def measure(network: Any, data: Dataset, codec: Codec, report: Report = silent) -> tuple[dict[str, float], Curves]:
    """Means over held-out templates, and a curve: errors after every round, as parts of the first.

    structure_error, tonality_error, meter_error: of phrases made under all three constraints at their usual strength;
    free_ before them: of phrases made the same way under none. ..._saved: the part of the free error that is gone.
    shaped_energy, free_energy, template_energy: free energy per step, which the machine keeps low. shaped_onsets,
    free_onsets, template_onsets: notes per step. shaped_copied: notes of the template that are there again, in place;
    free_copied: for comparison. echo_...: as of other machines (`boltzmann`).
    """
    from engine.evaluation.boltzmann import echoes
    from engine.models.c_rbm import ShapeOptions
    from engine.models.parts.form_constraints import CONSTRAINTS

    rng = np.random.default_rng(7)
    rows: list[dict[str, float]] = []
    lines: dict[str, NDArray[np.float64]] = {name: np.zeros(0) for name in CONSTRAINTS}
    templates = [
        w for kind in (False, True) for w in pick(data.held_out.where(kind).windows, codec, TEMPLATES // 2, rng)
    ]
    for index, window in enumerate(templates):
        report(index, len(templates), "phrases are shaped")
        free, _ = shaped(network, window, ShapeOptions(structure=0.0, tonality=0.0, meter=0.0))
        made, errors = shaped(network, window, ShapeOptions())
        rows.append(told(network, window, free, "free_") | told(network, window, made, "shaped_"))
        rows[-1] |= {f"template_{name}": value for name, value in of_machine(network, window).items()}
        for name in CONSTRAINTS:
            lines[name] = (lines[name] if len(lines[name]) else 0.0) + np.array(errors[name]) / len(templates)
    figures = {name: float(np.mean([row[name] for row in rows])) for name in (rows[0] if rows else {})}
    for name in CONSTRAINTS if rows else ():
        figures[f"{name}_error"] = figures.pop(f"shaped_{name}_error")
        figures[f"{name}_saved"] = 1 - figures[f"{name}_error"] / max(figures[f"free_{name}_error"], 1e-9)
    rounds = [float(index + 1) for index in range(len(lines[CONSTRAINTS[0]]))]
    for kind in (False, True):
        held = pick(data.held_out.where(kind).windows, codec, ECHOED, rng)
        if len(held):
            figures |= {("compound_" if kind else "") + k: v for k, v in echoes(network, held, kind).items()}
    return figures, {"shape": {"round": rounds} | {name: part_left(line) for name, line in lines.items()}}


def part_left(errors: NDArray[np.float64]) -> list[float]:
    """Errors after every round, as parts of the first."""
    return [round(float(error / max(errors[0], 1e-9)), 5) for error in errors]


def shaped(network: Any, window: Windows, options: Any) -> tuple[Windows, dict[str, list[float]]]:
    """A new phrase in the shape of a window [128], and the errors after every round."""
    import torch

    made, errors = network.shaped(torch.from_numpy(window.astype(np.int64)), options)
    return np.asarray(made.numpy().astype(np.uint8)), errors


def told(network: Any, template: Windows, made: Windows, prefix: str) -> dict[str, float]:
    """Figures of one phrase beside its template."""
    import torch

    from engine.models.parts.form_constraints import CONSTRAINTS

    errors = network.errors(*(torch.from_numpy(w.astype(np.int64)) for w in (made, template)))
    figures = {f"{name}_error": float(error) for name, error in zip(CONSTRAINTS, errors, strict=True)}
    return {prefix + name: value for name, value in (figures | of_machine(network, made)).items()} | {
        f"{prefix}copied": copied(template, made)
    }


def of_machine(network: Any, window: Windows) -> dict[str, float]:
    """Free energy and notes per step of one phrase."""
    import torch

    used = window[window != melody.PAD]
    energy = network.energy(torch.from_numpy(window.astype(np.int64))[None])
    return {"energy": float(energy[0]), "onsets": float((used >= melody.FIRST_PITCH_TOKEN).mean())}


def copied(template: Windows, made: Windows) -> float:
    """Part of the notes of a template that begin in the same place and on the same pitch in what was made."""
    notes = (template >= melody.FIRST_PITCH_TOKEN) & (template < melody.PAD)
    return float((made == template)[notes].mean())
