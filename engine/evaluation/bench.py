"""Systems of frames trained and measured on the sets of 2012, beside what was published on them.

`melomorph evaluate MODEL --bench FOLDER` trains a network of that kind on each set of the folder and tells its nats per
frame on the test pieces by the paper's convention (`bench_sets`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from engine.codecs.roll import KEYS
from engine.errors import UserError
from engine.evaluation.bench_sets import TITLES, BenchSet, independent_nats, marginals, markov_nats, read_sets
from engine.jobs.job import Report, silent, stretch

MINUTES = {"rnn_nade": 1.5, "rnn_rbm": 2.5, "nade": 3.0, "rbm": 3.0}  # of one core, on the chorales
NAMES = {"rnn_nade": "RNN-NADE", "rnn_rbm": "RNN-RBM", "nade": "NADE, single frames", "rbm": "RBM, single frames"}
MODELS = tuple(MINUTES)
TRAINED = 0.9  # of the work on a set

# Nats per frame on the test pieces, in the order of TITLES; "remembered": quoted from the field's memory of the paper.
PUBLISHED: tuple[tuple[str, tuple[float, ...], str], ...] = (
    ("every key by the toss of a coin", (61.00, 61.00, 61.00, 61.00), "88 ln 2"),
    ("Note 1-gram", (11.06, 10.25, 11.51, 11.05), "computed again here"),
    ("RBM", (7.43, 5.25, 9.56, 10.17), "remembered"),
    ("NADE", (7.19, 5.48, 10.06, 10.28), "remembered"),
    ("MLP", (8.70, 4.38, 7.94, 8.13), "remembered"),
    ("RNN", (8.71, 4.46, 8.13, 8.37), "as on a benchmark page"),
    ("RTRBM", (6.35, 2.62, 6.35, 7.36), "remembered"),
    ("RNN-RBM", (6.27, 2.39, 6.01, 7.09), "remembered"),
    ("RNN-NADE", (5.83, 2.91, 6.74, 7.48), "remembered"),
    ("RNN-NADE (HF)", (5.56, 2.31, 5.60, 7.05), "as on a benchmark page; its JSB figure there is 5.19"),
)
COUNTERPART = {"rnn_nade": "RNN-NADE (HF)", "rnn_rbm": "RNN-RBM", "nade": "NADE", "rbm": "RBM"}


def compare(model: str, folder: Path, minutes: float = 0.0, seed: int = 1, report: Report = silent) -> dict[str, Any]:
    """Train and measure on every set of a folder: {"model", "sets": [{...}]}, the numbers as in `_measured`.

    Args:
        model: one of MODELS.
        folder: with the sets, see `bench_sets`.
        minutes: of one core for each set; 0: as many as the chorales need.
        seed: of the first weights and the order of the music.
        report: progress and cancel point.

    Raises:
        UserError: this model cannot be compared, or the folder holds no set.
    """
    if model not in MINUTES:
        raise UserError(f"{model} does not write chords frame by frame.", f"Choose one of: {', '.join(MODELS)}.")
    sets = read_sets(folder)
    found = []
    for index, bench in enumerate(sets):
        part = stretch(report, index / len(sets), (index + 1) / len(sets))
        found.append(_measured(model, bench, minutes or MINUTES[model], seed, part))
    return {"model": model, "sets": found}


def _measured(model: str, bench: BenchSet, minutes: float, seed: int, report: Report) -> dict[str, Any]:
    """One set: our nats and how they came about, and those of laws without a network."""
    from engine.evaluation.bench_train import train
    from engine.evaluation.frame_likelihood import likelihood

    trained = train(model, bench, minutes, seed, stretch(report, 0.0, TRAINED))
    test = likelihood(trained.network, bench.test, marginals(bench.train), report=stretch(report, TRAINED, 1.0))
    return {
        "set": bench.name,
        "nats": round(test.nats, 4),
        "error": round(test.error, 4),
        "frames": test.frames,
        "all_frames": sum(len(piece) for piece in bench.test),
        "exact": test.exact,
        "valid_nats": round(trained.valid, 4),
        "minutes": minutes,
        "best_after_minutes": round(trained.minutes, 2),
        "times_through": round(trained.rounds, 1),
        "uniform_nats": KEYS * 0.6931471805599453,
        "independent_nats": round(independent_nats(bench.train, bench.test), 4),
        "markov_nats": round(markov_nats(bench.train, bench.test), 4),
    }


def table(results: Sequence[Mapping[str, Any]]) -> str:
    """What was found by one or more systems, and what was published, as a Markdown table."""
    names = [name for name in TITLES if any(one["set"] == name for result in results for one in result["sets"])]
    columns = [list(TITLES).index(name) for name in names]
    lines = [f"| nats per frame | {' | '.join(TITLES[name] for name in names)} | where from |"]
    lines.append("|---|" + "--:|" * len(names) + "---|")
    for title, numbers, source in PUBLISHED:
        lines.append(_row(title, [f"{numbers[column]:.2f}" for column in columns], source))
    first = {one["set"]: one for result in results for one in result["sets"]}
    plain = (("each key by how often it sounds", "independent_nats"), ("each key by itself before", "markov_nats"))
    for title, key in plain:
        lines.append(_row(title, [f"{first[name][key]:.2f}" for name in names], "ours, no network"))
    for result in results:
        sets = {one["set"]: one for one in result["sets"]}
        cells = [f"**{sets[name]['nats']:.2f}**" if name in sets else "" for name in names]
        lines.append(_row(NAMES[result["model"]], cells, "ours"))
    return "\n".join(lines)


def _row(title: str, cells: Iterable[str], source: str) -> str:
    return f"| {title} | {' | '.join(cells)} | {source} |"


def budgets(results: Sequence[Mapping[str, Any]]) -> str:
    """How each of our figures came about, as a Markdown table."""
    lines = ["| | set | nats | validation | minutes | best after | times through the pieces | measured on |"]
    lines.append("|---|---|--:|--:|--:|--:|--:|---|")
    for result in results:
        for one in result["sets"]:
            how = "exact" if one["exact"] else f"annealed, ± {one['error']:.2f}"
            frames = f"{'all ' if one['frames'] == one['all_frames'] else ''}{one['frames']:,} frames, {how}"
            lines.append(
                f"| {NAMES[result['model']]} | {TITLES[one['set']]} | {one['nats']:.3f} | {one['valid_nats']:.2f} | "
                f"{one['minutes']:g} | {one['best_after_minutes']:.1f} | {one['times_through']:.0f} | {frames} |"
            )
    return "\n".join(lines)


def page(results: Sequence[Mapping[str, Any]]) -> str:
    """The whole page: what was compared, the table, and how our figures came about."""
    return f"{_INTRODUCTION}\n{table(results)}\n\n{_HOW}\n{budgets(results)}\n"


_INTRODUCTION = """# The sets of 2012

Since Boulanger-Lewandowski, Bengio and Vincent (*Modeling Temporal Dependencies in High-Dimensional Sequences:
Application to Polyphonic Music Generation and Transcription*, ICML 2012), systems of polyphonic music are compared on
four sets of pieces in C, as frames of 88 keys: how many nats do they need for a frame of a test piece they never saw?
Fewer is better; the paper prints the same numbers with a minus sign. All figures are sums over the 88 keys, averaged
over all frames of the test pieces, the first of each piece among them. That this is the paper's convention can be
checked: its *Note 1-gram* is reproduced to the last digit.

Made by `melomorph evaluate MODEL --bench FOLDER`, which trains a network of the kind on the training pieces of each set
in the folder and keeps the weights that were best on its validation pieces. What is called *remembered* is quoted from
the field's memory of the paper and was not checked against it.
"""
_HOW = """## How ours came about

One core, the minutes given, one seed. Nothing was tuned on the test pieces; on the chorales the RNN-NADE's memory (100)
and the share of it left out while learning (.6) are the best of five on the validation pieces. The others have the
classic sizes (an LSTM of 150 or 100 tanh units, NADE 100, Boltzmann machine 150). All hear no bars and no beats here,
and learn with Adam; pieces longer than 160 frames are cut for learning, and each part begins from nothing. What
has no figure of ours was not trained. Some minutes are enough for the chorales, for the larger sets they are few.
Likelihoods of Boltzmann machines are estimated (annealed importance sampling), and can be a little too good.
"""
