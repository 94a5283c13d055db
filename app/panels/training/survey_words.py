"""What is in a folder of music, told in sentences; no widgets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from app.i18n import tr
from app.panels.elided import breakable
from app.training.choices import why_not
from engine.codecs.catalog import MELODIC

if TYPE_CHECKING:
    from engine.corpus.survey import Survey
    from engine.models.row import Row

TOLD = 4  # meters or keys that are named; the others are counted
WINDOWS = {  # codec -> what one window is
    "melody": "two bars of melody", "melody4": "four bars of melody", "phrase": "eight bars of melody",
    "period": "sixteen bars of melody", "tune": "a whole tune", "chorale": "four bars in four voices",
    "roll": "four bars of piano", "frames": "eight bars of chords", "stream": "96 notes of two hands",
}  # fmt: skip


def head(survey: Survey) -> str:
    """How much there is."""
    if not survey.files:
        return tr("There is no music in this folder.")
    if not survey.read:
        return tr("None of the {n} files of music could be read.").format(n=f"{survey.files:,}")
    return tr("{what}: {hours} of music.").format(what=_how_many(survey), hours=hours(survey.hours))


def _how_many(survey: Survey) -> str:
    """Files that were read, and how many of them are there twice; what was passed over has its own list."""
    copies = len(survey.copies)
    read, files = f"{survey.read + copies:,}", f"{survey.files:,}"
    if survey.files == 1:
        return tr("One file was read")
    how = tr("All {read} files were read") if read == files else tr("{read} of {files} files were read")
    if copies:
        how += tr(", one of them a copy of another") if copies == 1 else tr(", {copies} of them copies of others")
    return how.format(read=read, files=files, copies=f"{copies:,}")


def hours(number: float) -> str:
    """How long it is."""
    if number < 1:
        return tr("{n} min").format(n=max(1, round(number * 60)))
    return tr("{n} h").format(n=f"{number:.1f}")


def about(survey: Survey) -> str:
    """Meters, keys and kinds, a line each."""
    lines = []
    if survey.meters:
        lines.append(tr("Meters: {what}").format(what=counted(survey.meters)))
    if survey.keys:
        lines.append(tr("Keys: {what}").format(what=counted(survey.keys)))
    if survey.kinds:
        kinds = ", ".join(survey.kinds[: 2 * TOLD])
        more = len(survey.kinds) - 2 * TOLD
        kinds = tr("{what} and {n} more").format(what=kinds, n=more) if more > 0 else kinds
        lines.append(tr("Kinds, by sub-folder: {what}").format(what=kinds))
    return breakable("\n".join(lines))


def counted(found: Mapping[str, int]) -> str:
    """How often each is there, the commonest named: "4/4 (30), 3/4 (12) and 2 others"."""
    named = ", ".join(f"{name} ({n:,})" for name, n in list(found.items())[:TOLD])
    others = len(found) - TOLD
    if others > 0:
        return (tr("{what} and one other") if others == 1 else tr("{what} and {n} others")).format(what=named, n=others)
    return named


def learns(row: Row, survey: Survey) -> str:
    """What a model would learn from, the bold sentence."""
    windows, pieces = survey.windows.get(row.codec, 0), survey.pieces.get(row.codec, 0)
    if not windows:
        return tr("{model} finds nothing in it to learn from.").format(model=row.title)
    many, one = (tr("{n} melodies"), tr("one melody")) if row.codec in MELODIC else (tr("{n} pieces"), tr("one piece"))
    return tr("{model} would learn from {windows} windows, {what} each, of {pieces}.").format(
        model=row.title,
        windows=f"{windows:,}",
        what=tr(WINDOWS[row.codec]),
        pieces=one if pieces == 1 else many.format(n=f"{pieces:,}"),
    )


def against(row: Row, survey: Survey) -> str:
    """What stands against learning from it, or speaks against it, with what to do; empty if nothing does."""
    worries = [f"{worry.what} {worry.remedy}" for worry in survey.worries.get(row.codec, ())]
    return why_not(row, survey, {}) or "\n".join(worries)


def verdict(row: Row, survey: Survey) -> str:
    """The same in few words, for a table: the first of them say the most."""
    worries = survey.worries.get(row.codec, ())
    if not survey.windows.get(row.codec, 0) and worries:
        return worries[0].remedy
    return why_not(row, survey, {}) or " ".join(worry.what for worry in worries) or tr("Enough.")
