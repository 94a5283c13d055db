"""What came of a comparison, and how it is written down: CSV, Markdown, words on a terminal."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

LOWER, HIGHER, REAL = "lower", "higher", "as real"  # which figures are good; REAL: those of real music
MODEL, MUSIC, SPOILT = "model", "real music", "spoilt"


@dataclass(frozen=True)
class Column:
    """One figure of every row.

    Attributes:
        name, title: for files, and in a few words for people.
        text: what it means, one or two sentences.
        better: LOWER, HIGHER or REAL.
        percent: a share, written as such.
        digits: behind the point.
    """

    name: str
    title: str
    text: str
    better: str
    percent: bool = False
    digits: int = 2

    def written(self, value: float | None) -> str:
        """A figure as it is read; a dash where there is none."""
        if value is None or math.isnan(value):
            return "\N{EN DASH}"
        return f"{100 * value:.1f} %" if self.percent else f"{value:.{self.digits}f}"


@dataclass(frozen=True)
class Line:
    """One row: a system, real music, or music spoilt in a known way.

    Attributes:
        name, title: of the system, or what else it is.
        kind: MODEL, MUSIC or SPOILT.
        corpus: whose music it was held against.
        n: two-bar melodies that were measured.
        how: how they were drawn.
        figures: by the names of columns; some rows lack some.
        note: what else should be known.
    """

    name: str
    title: str
    kind: str
    corpus: str
    n: int
    how: str = ""
    figures: Mapping[str, float] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True)
class Comparison:
    """Systems side by side.

    Attributes:
        lines: those of one corpus together; real music first, then from the nearest to the farthest.
        columns: what was measured.
        n: two-bar melodies per row that were wanted.
        seed: of every draw.
        compound: bars of 12 sixteenths.
        corpora: name of each corpus -> what people call it.
        left_out: systems that could not be compared -> why.
    """

    lines: tuple[Line, ...]
    columns: tuple[Column, ...]
    n: int
    seed: int
    compound: bool = False
    corpora: Mapping[str, str] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)

    @property
    def reference(self) -> str:
        """What everything was held against, in a sentence."""
        named = "; ".join(self.corpora[name] for name in dict.fromkeys(line.corpus for line in self.lines))
        return f"Held against one half of the tunes of: {named}."

    def column(self, name: str) -> Column:
        """The column of a name."""
        return next(column for column in self.columns if column.name == name)

    def sorted_by(self, name: str) -> Comparison:
        """The same with the rows of each corpus from the best figure to the worst; rows without it come last."""
        column = self.column(name)
        corpora = list(dict.fromkeys(line.corpus for line in self.lines))
        real = {
            line.corpus: line.figures[name]
            for line in reversed(self.lines)
            if line.kind == MUSIC and name in line.figures
        }

        def rank(line: Line) -> tuple[int, float]:
            value = line.figures.get(name, math.nan)
            key = {LOWER: value, HIGHER: -value}.get(column.better, abs(value - real.get(line.corpus, 0.0)))
            return corpora.index(line.corpus), math.inf if math.isnan(key) else key

        return replace(self, lines=tuple(sorted(self.lines, key=rank)))

    def as_json(self) -> dict[str, Any]:
        """Everything in it as plain values."""
        return {
            "n": self.n,
            "seed": self.seed,
            "compound": self.compound,
            "reference": self.reference,
            "corpora": dict(self.corpora),
            "columns": [vars(column) for column in self.columns],
            "rows": [vars(line) | {"figures": dict(line.figures)} for line in self.lines],
            "left_out": dict(self.left_out),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Comparison:
        """What `as_json` told."""
        lines = tuple(Line(**line) for line in data["rows"])
        columns = tuple(Column(**column) for column in data["columns"])
        kept = {name: data[name] for name in ("n", "seed", "compound", "corpora", "left_out")}
        return cls(lines, columns, **kept)

    def csv(self) -> str:
        """One line per row, figures as full numbers, for a spreadsheet."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["name", "title", "kind", "corpus", "n", "how", *(c.name for c in self.columns), "note"])
        for line in self.lines:
            figures = [f"{line.figures[c.name]:.6g}" if c.name in line.figures else "" for c in self.columns]
            writer.writerow([line.name, line.title, line.kind, line.corpus, line.n, line.how, *figures, line.note])
        return out.getvalue()

    def markdown(self, columns: Sequence[str] = ()) -> str:
        """A table of some columns (all, if none are named) for each corpus, real and spoilt music in italics."""
        parts = []
        for corpus, lines, chosen in self._tables(columns):
            counted = len({line.n for line in lines}) > 1 or lines[0].n != self.n
            head = ["", *(["melodies"] if counted else []), "drawn"]
            head += [f"{column.title}{_ARROWS[column.better]}" for column in chosen]
            ruler = "|---|" + ("--:|" if counted else "") + "---|" + "--:|" * len(chosen)
            title = [f"*{self.corpora.get(corpus, corpus)}*\n"] if len(self.corpora) > 1 else []
            rows = (_row(_cells(line, chosen, counted)) for line in lines)
            parts.append("\n".join([*title, _row(head), ruler, *rows]))
        return "\n\n".join(parts)

    def text(self, columns: Sequence[str] = ()) -> str:
        """The same for a terminal."""
        parts = [self.reference]
        for _, lines, chosen in self._tables(columns):
            table = [["", "n", "drawn", *(column.title for column in chosen)]]
            for line in lines:
                figures = (column.written(line.figures.get(column.name)) for column in chosen)
                table.append([line.title, str(line.n), line.how, *figures])
            parts.append(_aligned(table))
        parts += [f"Left out: {name}. {why}" for name, why in self.left_out.items()]
        return "\n\n".join(parts)

    def _tables(self, columns: Sequence[str]) -> Iterator[tuple[str, list[Line], list[Column]]]:
        """For each corpus its rows, and those of some columns that any of them has."""
        for corpus in dict.fromkeys(line.corpus for line in self.lines):
            lines = [line for line in self.lines if line.corpus == corpus]
            wanted = [self.column(name) for name in columns] or list(self.columns)
            yield corpus, lines, [c for c in wanted if any(c.name in line.figures for line in lines)]


_ARROWS = {LOWER: " \N{DOWNWARDS ARROW}", HIGHER: " \N{UPWARDS ARROW}", REAL: ""}


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cells(line: Line, columns: Sequence[Column], counted: bool) -> list[str]:
    title = line.title if line.kind == MODEL else f"*{line.title}*"
    count = [f"{line.n:,}"] if counted else []
    return [title, *count, line.how, *(column.written(line.figures.get(column.name)) for column in columns)]


def _aligned(table: Sequence[Sequence[str]]) -> str:
    """Columns under one another: words to the left, numbers to the right."""
    wide = [max(map(len, column)) for column in zip(*table, strict=True)]
    lines = []
    for row in table:
        cells = (c.ljust(w) if i in (0, 2) else c.rjust(w) for i, (c, w) in enumerate(zip(row, wide, strict=True)))
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)
