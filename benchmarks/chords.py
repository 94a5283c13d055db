"""How often the likely chord of a bar is the one a lead sheet has: `python -m benchmarks.chords FOLDER`.

The folder holds lead sheets as JSON lines (`.jsonl` or `.jsonl.gz`), one piece to a line: `notes` as [onset, length,
MIDI pitch], `chords` as [onset, name, root, kind], `bars` as their first ticks, `meter` and `len`, all at 24 ticks to a
quarter note. Only the melody is heard. A bar's true chord is the one that lasts longest in it; bars whose chord is
neither major nor minor are left out. One tune in six was looked at when the weights were rounded: it is left out too.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.codecs.chord_finding import NONE, class_weights, key_of, likely_triads
from engine.errors import UserError

TICKS, LEAST, SEEN = 24, 4, 6  # to a quarter note; bars of a piece; every so-manieth tune was looked at
KINDS = {"maj": 0, "min": 12}
Weights = NDArray[np.float64]
Triads = NDArray[np.int64]


@dataclass(frozen=True)
class Sheet:
    """One piece: what its melody is bar by bar [bars, 12], and the triad of each bar; -1 where it is another chord."""

    weights: Weights
    triads: Triads


def sheets(path: Path) -> Iterator[Sheet]:
    """The pieces of a file that have full bars with chords, without those that were looked at."""
    stored = path.read_bytes()
    text = gzip.decompress(stored) if path.suffix == ".gz" else stored
    number = 0
    for line in text.decode("utf-8").splitlines():
        piece = json.loads(line)
        if not all(piece[name] for name in ("meter", "notes", "chords", "bars")):
            continue
        sheet = _sheet(piece)
        if len(sheet.triads) >= LEAST:
            number += 1
            if number % SEEN != 1:
                yield sheet


def _sheet(piece: dict[str, Any]) -> Sheet:
    numerator, denominator = piece["meter"]
    length = numerator * 4 * TICKS // denominator
    edges = [*piece["bars"], piece["len"]]
    bars = [(start, end) for start, end in pairwise(edges) if end - start == length]
    changes = [*(chord[0] for chord in piece["chords"]), piece["len"]]
    spans, triads = [], []
    for start, end in bars:
        lasts: Counter[int] = Counter()
        for chord, begin, stop in zip(piece["chords"], changes, changes[1:], strict=False):
            kind = KINDS.get(chord[3])
            lasts[-1 if kind is None else chord[2] % 12 + kind] += max(0, min(stop, end) - max(begin, start))
        if lasts and lasts.most_common(1)[0][1]:
            spans.append((start, end))
            triads.append(lasts.most_common(1)[0][0])
    notes = [(onset, onset + long, pitch) for onset, long, pitch in piece["notes"]]
    return Sheet(class_weights(notes, spans), np.array(triads, dtype=np.int64))


def _likely(sheet: Sheet) -> Triads:
    return np.asarray(likely_triads(sheet.weights[None])[0])


def _tonic(sheet: Sheet) -> Triads:
    return np.full(len(sheet.triads), int(key_of(likely_triads(sheet.weights[None]))[0]))


def _commonest(sheet: Sheet) -> Triads:
    known = sheet.triads[sheet.triads >= 0]
    return np.full(len(sheet.triads), Counter(known.tolist()).most_common(1)[0][0] if len(known) else NONE)


def _fullest(sheet: Sheet) -> Triads:
    triads = np.arange(24)
    tones = np.zeros((24, 12))
    for interval in (np.zeros(24, int), np.where(triads >= 12, 3, 4), np.full(24, 7)):
        tones[triads, (triads + interval) % 12] = 1
    return np.asarray((sheet.weights @ tones.T).argmax(1))


WAYS: dict[str, Callable[[Sheet], Triads]] = {
    "always the home triad of the key found": _tonic,
    "always the tune's commonest chord, from the sheet": _commonest,
    "the triad with most of the bar's sound, bar by bar": _fullest,
    "the likely chord": _likely,
}


def measure(path: Path) -> dict[str, tuple[float, float]]:
    """Share of bars with the right chord, and with the right root, by each way of finding it."""
    read = list(sheets(path))
    if not read:
        raise UserError(f"There are no lead sheets in {path.name}.", "Each line has to be one piece as JSON.")
    truth = np.concatenate([sheet.triads for sheet in read])
    found = {}
    for name, way in WAYS.items():
        told, known = np.concatenate([way(sheet) for sheet in read]), truth >= 0
        right, root = (told == truth)[known], (told % 12 == truth % 12)[known]
        found[name] = float(right.mean()), float(root.mean())
    return found


def main() -> None:
    """A table for every file of a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    for path in sorted(parser.parse_args().folder.glob("*.jsonl*")):
        print(f"\n{path.name}\n\n| chord of a bar | right | right root |\n|---|--:|--:|")
        for name, (right, root) in measure(path).items():
            print(f"| {name} | {100 * right:.1f} % | {100 * root:.1f} % |")


if __name__ == "__main__":
    main()
