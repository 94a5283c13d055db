"""Any systems side by side, on equal terms, between real music and music spoilt in a known way.

`melomorph evaluate --compare NAME NAME ...` prints it. Everything is brought to one common currency (`currency`), as
many melodies are measured of every row, and the same is measured of held-out tunes, of tunes whose pitches were
shuffled and of Markov chains: a figure means something only beside those.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.codecs.catalog import TUNES
from engine.codecs.catalog import codec as codec_of
from engine.corpus.corpus_of import corpus_of
from engine.errors import UserError
from engine.evaluation import baselines, chains, reference
from engine.evaluation.comparison_columns import COLUMNS
from engine.evaluation.comparison_table import MODEL, MUSIC, SPOILT, Comparison, Line
from engine.evaluation.currency import Coins
from engine.evaluation.drawn import Source, comparable, ways
from engine.evaluation.reference import Reference
from engine.evaluation.ruler import Ruler, Sheet
from engine.jobs.job import Report, silent, stretch
from engine.models.registry import REGISTRY
from engine.models.registry import row as row_of
from engine.models.row import Row

if TYPE_CHECKING:
    from engine.models.shelf import Shelf

N, LEAST = 1_000, 60  # melodies of a row; below the least nothing is measured
SORTED_BY = "told_apart"
KNOWN = 5  # rows besides those of systems
EAR = "music_vae"  # whose encoder turns melodies into codes
Told = Callable[[Comparison], None]
Found = Line | tuple[Row, str]  # a row, or a system and why it has none


@dataclass(frozen=True)
class Terms:
    """On what terms systems are compared: see the arguments of `compare`."""

    n: int = N
    seed: int = 1
    corpus: str = ""
    compound: bool = False
    temperature: float | None = None


def compare(
    names: Sequence[str],
    shelf: Shelf,
    n: int = N,
    seed: int = 1,
    report: Report = silent,
    told: Told = lambda comparison: None,
    *,
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
    terms = Terms(n, seed, corpus, compound, temperature)
    groups, left_out = _grouped(chosen(names, shelf), shelf, corpus)
    made = Comparison((), COLUMNS, n, seed, compound, left_out=left_out)
    for where, found in _found(groups, shelf, terms, report):
        made = _with(made, where, found)
        told(made)
    if not any(line.kind == MODEL for line in made.lines):
        why = " ".join(made.left_out.values())
        raise UserError(f"Nothing of this can be compared. {why}".strip(), "Choose systems that write music.")
    return made


def _found(
    groups: dict[tuple[str, str], list[Row]], shelf: Shelf, terms: Terms, report: Report
) -> Iterator[tuple[str, Line | tuple[Row, str]]]:
    """Line after line with its corpus, or a system that cannot be compared and why."""
    sizes = {key: KNOWN + 1 + sum(len(ways(row)) for row in members) for key, members in groups.items()}
    done, total = 0, sum(sizes.values())
    for key, members in groups.items():
        part = stretch(report, done / total, (done + sizes[key]) / total)
        done += sizes[key]
        for found in _group(key[0], members, shelf, terms, part):
            yield key[0], found


def _with(made: Comparison, where: str, found: Line | tuple[Row, str]) -> Comparison:
    """A comparison and one line more."""
    corpora = {**made.corpora, where: _title(where)}
    if isinstance(found, Line):
        return replace(made, lines=(*made.lines, found), corpora=corpora).sorted_by(SORTED_BY)
    return replace(made, corpora=corpora, left_out={**made.left_out, found[0].name: found[1]})


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


def _grouped(rows: Sequence[Row], shelf: Shelf, corpus: str) -> tuple[dict[tuple[str, str], list[Row]], dict[str, str]]:
    """Systems that are held against one reference: (corpus, codec that it is read in) -> rows; and name -> why, of
    those whose music nobody knows.
    """
    groups: dict[tuple[str, str], list[Row]] = {}
    left_out = {}
    for row in rows:
        try:
            where = corpus or corpus_of(shelf.bundle(row.name).header, row.title)
        except UserError as error:
            left_out[row.name] = str(error)
            continue
        groups.setdefault((where, reference.real_codec(codec_of(row.codec), where).name), []).append(row)
    return groups, left_out


def _title(corpus: str) -> str:
    from engine.corpus.corpora import CORPORA

    return CORPORA[corpus].title if corpus in CORPORA else corpus


def _group(corpus: str, rows: Sequence[Row], shelf: Shelf, terms: Terms, report: Report) -> Iterator[Found]:
    """The rows of one corpus: real and spoilt music first, then the systems."""
    asked = [(row, going_on) for row in rows for going_on in ways(row)]
    parts = KNOWN + 1 + len(asked)
    long = any(row.codec in TUNES or codec_of(row.codec).bars >= 8 for row in rows)
    try:
        first = stretch(report, 0.0, 1 / parts)
        found = reference.read(corpus, codec_of(rows[0].codec), terms.compound, terms.seed, long, first)
        if min(len(found.far), len(found.near)) < LEAST:
            raise UserError("There is too little of this music in this kind of bar.", "Choose the other kind.")
    except UserError as error:
        yield from ((row, str(error)) for row in rows)
        return
    terms = replace(terms, n=min(terms.n, len(found.far), len(found.near)))
    ruler = Ruler(found, terms.n, _ear(shelf), _judge())
    for index, (line, sheet) in enumerate(_known(found, terms)):
        part = stretch(report, (1 + index) / parts, (2 + index) / parts)
        yield replace(line, figures=ruler.measure(sheet, part))
    for index, (row, going_on) in enumerate(asked):
        part = stretch(report, (KNOWN + 1 + index) / parts, (KNOWN + 2 + index) / parts)
        try:
            source = Source(row, shelf.network(row.name), terms.seed, terms.compound, terms.temperature, going_on)
            yield _of_system(source, corpus, ruler, terms, part)
        except UserError as error:
            yield row, str(error)


def _of_system(source: Source, corpus: str, ruler: Ruler, terms: Terms, report: Report) -> Line:
    """The row of a system.

    Raises:
        UserError: it writes no such music.
    """
    row = source.row
    drawn, pieces = source.draw(terms.n, stretch(report, 0.0, 0.7))
    coins = reference.mixed(drawn, np.random.default_rng([terms.seed, 13]))
    figures = ruler.measure(Sheet(coins, pieces), stretch(report, 0.7, 1.0))
    name, title = (f"{row.name}:continues", f"{row.title}, going on") if source.going_on else (row.name, row.title)
    return Line(name, title, MODEL, corpus, terms.n, source.how, figures)


def _known(found: Reference, terms: Terms) -> Iterator[tuple[Line, Sheet]]:
    """Rows of which it is known how good they are, and what they are made of."""
    n, rng, corpus = terms.n, np.random.default_rng([terms.seed, 17]), found.corpus
    far = found.far.first(n)
    if len(found.held_out) >= n:
        line = Line("held_out", "real tunes, held out", MUSIC, corpus, n, "as printed")
        yield line, Sheet(found.held_out.first(n), found.pieces[1])
    yield Line("real", "real tunes, other half", MUSIC, corpus, n, "as printed"), Sheet(far, found.pieces[0], True)
    shuffled = Coins(baselines.shuffled(far.windows, rng), far.pieces)
    line = Line("shuffled", "real tunes, pitches shuffled", SPOILT, corpus, n, "real rhythms")
    yield line, Sheet(shuffled, learnt=True)
    home, learnt = (baselines.at_home(coins.windows) for coins in (far, found.far))  # twelve keys at once are none
    chain = Coins(baselines.markov(home, rng, learnt), far.pieces)
    line = Line("markov_pitches", "Markov chain of pitches", SPOILT, corpus, n, "real rhythms")
    yield line, Sheet(reference.mixed(chain, rng), learnt=True)
    chain = Coins(chains.written(learnt, n, rng), np.arange(n, dtype=np.int32))
    line = Line("markov", "Markov chain of notes", SPOILT, corpus, n, "pitches and lengths")
    yield line, Sheet(reference.mixed(chain, rng), learnt=True)


def _ear(shelf: Shelf) -> Any:
    """The encoder that codes are measured with, if it is there."""
    try:
        return shelf.network(EAR)
    except UserError:
        return None


def _judge() -> Any:
    """The judge of kinds, if it is there."""
    from engine.evaluation.kinds import load_judge

    try:
        return load_judge()
    except UserError:
        return None
