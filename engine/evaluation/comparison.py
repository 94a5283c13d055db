"""Any systems side by side, on equal terms, between real music and music spoilt in a known way.

`melomorph evaluate --compare NAME NAME ...` prints it. Everything is brought to one common currency (`currency`), as
many melodies are measured of every row, and the same is measured of held-out tunes, of tunes whose pitches were
shuffled and of a Markov chain: a figure means something only beside those.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from engine.codecs.catalog import codec as codec_of
from engine.errors import UserError
from engine.evaluation import baselines, chains, reference
from engine.evaluation.comparison_table import MODEL, MUSIC, SPOILT, Comparison, Line
from engine.evaluation.currency import Coins
from engine.evaluation.drawn import Source, comparable
from engine.evaluation.reference import Reference
from engine.evaluation.ruler import COLUMNS, Ruler
from engine.jobs.job import Report, silent, stretch
from engine.models.registry import REGISTRY
from engine.models.registry import row as row_of
from engine.models.row import Row

if TYPE_CHECKING:
    from engine.models.shelf import Shelf

N, LEAST = 1_000, 60  # melodies of a row; below the least nothing is measured
FIRST = "distance"  # the column by which rows are sorted
KNOWN = 5  # rows besides those of systems
Told = Callable[[Comparison], None]


def compare(
    names: Sequence[str],
    shelf: Shelf,
    n: int = N,
    seed: int = 1,
    report: Report = silent,
    told: Told = lambda comparison: None,
    corpus: str = "",
    compound: bool = False,
    temperature: float | None = None,
) -> Comparison:
    """Measure systems beside real and spoilt music.

    Args:
        names: of the systems; none: every trained one that can be compared.
        shelf: where their networks are.
        n: two-bar melodies of each row.
        seed: of every draw.
        report: progress and cancel point.
        told: is given the comparison as it stands, after every row.
        corpus: against which all are held; empty: each against the one it was trained on.
        compound: bars of 12 sixteenths (6/8, 3/4) instead of 16.
        temperature: of every draw, instead of each system's own.

    Raises:
        UserError: a system is unknown or not trained, or nothing can be compared.
        Cancelled: by the report; `told` knows the rows so far.
    """
    rows = chosen(names, shelf)
    lines: list[Line] = []
    corpora: dict[str, str] = {}
    left_out: dict[str, str] = {}

    def standing() -> Comparison:
        made = Comparison(tuple(lines), COLUMNS, n, seed, compound, dict(corpora), dict(left_out))
        return made.sorted_by(FIRST)

    groups = _grouped(rows, shelf, corpus)
    done, total = 0, len(rows) + (KNOWN + 1) * len(groups)
    for (where, _), members in groups.items():
        group = stretch(report, done / total, (done + KNOWN + 1 + len(members)) / total)
        done += KNOWN + 1 + len(members)
        corpora[where] = _title(where)
        for found in _group(where, members, shelf, n, seed, compound, temperature, group):
            if isinstance(found, Line):
                lines.append(found)
            else:
                left_out[found[0].name] = found[1]
            told(standing())
    if not lines:
        raise UserError("Nothing of this can be compared.", "Choose systems that write music of their own.")
    return standing()


def chosen(names: Sequence[str], shelf: Shelf) -> list[Row]:
    """The rows of some names; of no name, every trained system that can be compared.

    Raises:
        UserError: a name is unknown, not trained, or of a system that writes nothing of its own.
    """
    if not names:
        return [entry.row for entry in shelf.entries() if entry.path is not None and comparable(entry.row)]
    rows = [row_of(name) for name in dict.fromkeys(names)]
    for row in rows:
        shelf.path(row.name)
        if not comparable(row):
            known = ", ".join(name for name, other in REGISTRY.items() if comparable(other))
            raise UserError(f"{row.title} writes no music of its own.", f"Choose from: {known}.")
    return rows


def _grouped(rows: Iterable[Row], shelf: Shelf, corpus: str) -> dict[tuple[str, str], list[Row]]:
    """Systems that are held against one reference: (corpus, codec that it is read in) -> rows."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        where = corpus or str(shelf.bundle(row.name).header["corpus"]["name"])
        groups.setdefault((where, reference.real_codec(codec_of(row.codec), where).name), []).append(row)
    return groups


def _title(corpus: str) -> str:
    from engine.training.corpora import CORPORA

    return CORPORA[corpus].title if corpus in CORPORA else corpus


def _group(
    corpus: str,
    rows: Sequence[Row],
    shelf: Shelf,
    n: int,
    seed: int,
    compound: bool,
    temperature: float | None,
    report: Report,
) -> Iterator[Line | tuple[Row, str]]:
    """The rows of one corpus: real and spoilt music first, then the systems; or a system and why it has none."""
    parts = KNOWN + 1 + len(rows)
    try:
        found = reference.read(corpus, codec_of(rows[0].codec), compound, seed, stretch(report, 0.0, 1 / parts))
    except UserError as error:
        yield from ((row, str(error)) for row in rows)
        return
    if len(found.far) < LEAST:
        yield from ((row, f"{_title(corpus)} has too little music in bars of this kind.") for row in rows)
        return
    n, ruler = min(n, len(found.far)), Ruler(found)
    for index, (line, coins, learnt) in enumerate(_known(found, n, seed)):
        part = stretch(report, (1 + index) / parts, (2 + index) / parts)
        yield _line(line, coins, ruler, learnt, part)
    for index, row in enumerate(rows):
        part = stretch(report, (KNOWN + 1 + index) / parts, (KNOWN + 2 + index) / parts)
        source = Source(row, shelf.network(row.name), seed, compound, temperature)
        try:
            drawn = source.draw(n, stretch(part, 0.0, 0.7))
        except UserError as error:
            yield row, str(error)
            continue
        coins = reference.mixed(drawn, np.random.default_rng([seed, 13]))
        line = Line(row.name, row.title, MODEL, corpus, n, source.how)
        yield _line(line, coins, ruler, False, stretch(part, 0.7, 1.0))


def _line(line: Line, coins: Coins, ruler: Ruler, learnt: bool, report: Report) -> Line:
    return replace(line, figures=ruler.measure(coins, learnt, report))


def _known(found: Reference, n: int, seed: int) -> Iterator[tuple[Line, Coins, bool]]:
    """Rows of which it is known how good they are, what they are made of, and whether from tunes to learn from."""
    rng = np.random.default_rng([seed, 17])
    far = found.far.first(n)
    if len(found.held_out) >= n:
        line = Line("held_out", "real tunes, held out", MUSIC, found.corpus, n, "as printed")
        yield line, found.held_out.first(n), False
    yield Line("real", "real tunes, other half", MUSIC, found.corpus, n, "as printed"), far, True
    shuffled = Coins(baselines.shuffled(far.windows, rng), far.pieces)
    yield Line("shuffled", "real tunes, pitches shuffled", SPOILT, found.corpus, n, "real rhythms"), shuffled, True
    home, learnt = (baselines.at_home(coins.windows) for coins in (far, found.far))  # twelve keys at once are none
    chain = reference.mixed(Coins(baselines.markov(home, rng, learnt), far.pieces), rng)
    yield Line("markov_pitches", "Markov chain of pitches", SPOILT, found.corpus, n, "real rhythms"), chain, True
    chain = reference.mixed(Coins(chains.written(learnt, n, rng), np.arange(n, dtype=np.int32)), rng)
    yield Line("markov", "Markov chain of notes", SPOILT, found.corpus, n, "in one key"), chain, True
