"""What a training let hear: kept beside its checkpoint, so that it is there again when the training goes on.

`NAME.heard` is plain JSON. It is written whole or not at all, never grows beyond a few megabytes, and is believed in
nothing: one that is damaged, or holds anything that a hearing cannot, is as if it were not there.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engine.codecs.codec import Voice
from engine.score import Note
from engine.training.progress import Heard, Line, News, Tell
from engine.verbs.idea import Idea

SUFFIX = ".heard"
KEPT = 12  # hearings of a training; of more, those in between make way
LARGEST = 6_000_000  # bytes of the file
MOST_NOTES, MOST_DOTS, MOST = 20_000, 5_000, 64  # in a hearing; MOST: samples, voices, rows, figures, names
LONGEST, LAST_TICK = 200, 10_000_000  # letters of a text; ticks


@dataclass(frozen=True, eq=False)
class Hearing:
    """What a network made while it learnt, and when that was heard (seconds since the epoch)."""

    heard: Heard
    when: float


def with_one_more(hearings: Sequence[Hearing], heard: Heard, when: float) -> list[Hearing]:
    """The same with a new one. What was heard of steps that a kill took away is forgotten; of too many the first and
    the newest stay, and a few spread over the time between.
    """
    found = [hearing for hearing in hearings if hearing.heard.step < heard.step]
    found.append(Hearing(heard, when))
    while len(found) > KEPT:
        steps = [hearing.heard.step for hearing in found]
        gaps = [after - before for before, after in zip(steps, steps[2:], strict=False)]
        del found[1 + gaps.index(min(gaps))]
    return found


def kept(out: Path, tell: Tell) -> Tell:
    """The same listener; what it hears is kept beside a bundle `out` in the making. A disk that refuses keeps none."""

    def told(news: News) -> bool:
        if isinstance(news, Heard):
            write(out, with_one_more(read(out), news, time.time()))
        return tell(news)

    return told


def write(out: Path, hearings: Sequence[Hearing]) -> None:
    """Keep these beside a bundle, without those that are too large."""
    found = [text for hearing in hearings if len(text := json.dumps(_plain(hearing))) * KEPT <= LARGEST]
    path = out.with_suffix(SUFFIX)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    with contextlib.suppress(OSError):
        part.write_text(f"[{', '.join(found)}]", encoding="utf-8")
        part.replace(path)


def read(out: Path) -> list[Hearing]:
    """What is kept beside a bundle, the oldest first; nothing if there is none, or anything about it is wrong."""
    path = out.with_suffix(SUFFIX)
    try:
        if path.stat().st_size > LARGEST:
            return []
        found = json.loads(path.read_text(encoding="utf-8"))
        return [_hearing(said) for said in found[-KEPT:]]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError, RecursionError):
        return []


# as plain values --------------------------------------------------------------------------------------------------


def _plain(hearing: Hearing) -> dict[str, Any]:
    heard = hearing.heard
    return {
        "when": round(hearing.when), "step": heard.step, "fraction": heard.fraction, "ticks": heard.ticks_per_quarter,
        "samples": [_plain_idea(idea) for idea in heard.samples],
        "places": None if heard.places is None else np.round(heard.places.astype(float), 4).tolist(),
        "kinds": None if heard.kinds is None else heard.kinds.tolist(),
        "names": list(heard.kind_names),
        "table": [[line.name, dict(line.figures)] for line in heard.table],
    }  # fmt: skip


def _plain_idea(idea: Idea) -> dict[str, Any]:
    voices = [
        [v.name, v.program, [[n.start, n.pitch, n.length, n.velocity] for n in v.notes]] for v in idea.voices
    ]  # fmt: skip
    return {"caption": idea.caption, "remark": idea.remark, "ticks": idea.ticks, "meter": idea.meter, "voices": voices}


# and back; what does not fit raises ------------------------------------------------------------------------------


def _hearing(said: Mapping[str, Any]) -> Hearing:
    places, kinds, names = said["places"], said["kinds"], tuple(map(_text, _few(said["names"])))
    dots = None if places is None else np.array(places, np.float32)
    numbers = None if kinds is None else np.array(kinds, np.uint8)
    if dots is not None:
        fits = dots.ndim == 2 and dots.shape[1] == 2 and 0 < len(dots) <= MOST_DOTS and np.isfinite(dots).all()
        if not fits or numbers is None or numbers.shape != (len(dots),):
            raise ValueError("places are pairs of numbers, each of a kind")
    samples = tuple(_idea(one) for one in _few(said["samples"]))
    if sum(len(voice.notes) for idea in samples for voice in idea.voices) > MOST_NOTES:
        raise ValueError("so much music is no sample")
    table = tuple(Line(_text(name), _figures(figures)) for name, figures in _few(said["table"]))
    heard = Heard(
        _whole(said["step"], 0, 10**12), _number(said["fraction"]), samples, _whole(said["ticks"], 1, 10_000), dots,
        numbers if dots is not None else None, table, names,
    )  # fmt: skip
    return Hearing(heard, _number(said["when"]))


def _idea(said: Mapping[str, Any]) -> Idea:
    voices = tuple(
        Voice(_text(name), _whole(program, 0, 127), tuple(_note(*note) for note in notes))
        for name, program, notes in _few(said["voices"])
    )
    over, under = said["meter"] or (4, 4)
    meter = (_whole(over, 1, 64), _whole(under, 1, 64)) if said["meter"] else None
    ticks = _whole(said["ticks"], 0, LAST_TICK)
    return Idea(_text(said["caption"]), voices, remark=_text(said["remark"]), ticks=ticks, meter=meter)


def _note(start: Any, pitch: Any, length: Any, velocity: Any) -> Note:
    return Note(
        _whole(start, 0, LAST_TICK), _whole(pitch, 0, 127), _whole(length, 1, LAST_TICK), _whole(velocity, 1, 127)
    )


def _figures(said: Mapping[str, Any]) -> dict[str, float]:
    return {_text(name): _number(value) for name, value in _few(list(said.items()))}


def _few(found: Any) -> list[Any]:
    if not isinstance(found, list) or len(found) > MOST:
        raise ValueError("a list of a few")
    return found


def _text(found: Any) -> str:
    if not isinstance(found, str) or len(found) > LONGEST:
        raise ValueError("a short text")
    return found


def _number(found: Any) -> float:
    if isinstance(found, bool) or not isinstance(found, int | float) or not math.isfinite(found):
        raise ValueError("a number")
    return float(found)


def _whole(found: Any, least: int, most: int) -> int:
    if isinstance(found, bool) or not isinstance(found, int) or not least <= found <= most:
        raise ValueError("a whole number in its range")
    return found
