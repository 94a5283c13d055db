"""A verb as a job of the work lane: the composer's music is read now, the model is asked in the background."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from engine.codecs.catalog import codec as codec_of
from engine.codecs.codec import Tokens
from engine.errors import Cancelled, UserError
from engine.events import IdeaSketched, IdeasReady
from engine.jobs.job import Job, Report
from engine.models.registry import row as row_of
from engine.options import checked
from engine.verbs.catalog import verb as verb_of
from engine.verbs.seats import seated
from engine.verbs.verb import Asked, Idea, Passage

if TYPE_CHECKING:
    from engine.models.shelf import Shelf
    from engine.session import Session


def asked(
    shelf: Shelf,
    verb: str,
    model: str,
    options: Any = None,
    windows: Sequence[Tokens] = (),
    compound: bool = False,
    ticks_per_quarter: int = 480,
    titles: Sequence[str] = (),
    passage: Passage | None = None,
) -> Asked:
    """What a verb works on, checked.

    Raises:
        UserError: no such verb or model, the model cannot do it, or there is too little music for it.
    """
    known, row = verb_of(verb), row_of(model)
    if not known.offered_by(row):
        raise UserError(f"{row.title} cannot do this: {known.text}", "Choose another model.")
    if len(windows) < known.windows:
        bars = codec_of(row.codec).bars
        many = "one piece" if known.windows == 1 else f"{known.windows} pieces"
        raise UserError(f"This needs {many} of {bars} bars of music.", "Draw some notes there first.")
    settled = checked(known.options() if options is None else options)
    codec = codec_of(row.codec)
    return Asked(row, shelf, codec, tuple(windows), compound, ticks_per_quarter, settled, tuple(titles), passage)


def ideas(about: Asked, verb: str, report: Report) -> list[Idea]:
    """Run a verb now, on this thread."""
    return [seated(about.passage, idea) for idea in verb_of(verb).run(about, report)]


def ask_verb(session: Session, about: Asked, verb: str) -> int:
    """Queue a verb; returns the job's number. Answers: IdeaSketched while it works, IdeasReady when it is done.

    Stopped before its end, it gives what was finished by then.
    """
    track = about.passage.track if about.passage else None

    def done(result: object) -> None:
        assert isinstance(result, tuple)
        session.events.emit(IdeasReady(verb, about.row.name, result, track))

    def work(report: Report) -> object:
        kept: list[Idea] = []

        def sketch(idea: Idea) -> None:
            session.events.emit(IdeaSketched(verb, about.row.name, seated(about.passage, idea), track))

        watched = replace(about, sketch=sketch, keep=lambda idea: kept.append(seated(about.passage, idea)))
        try:
            return tuple(ideas(watched, verb, report))
        except Cancelled:
            if kept:
                done(tuple(kept))
            raise

    return session.work.submit(Job(f"{verb_of(verb).title}: {about.row.title}", work, done))
