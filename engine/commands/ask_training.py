"""A training as a job of its own lane: what it tells becomes events, and its result a model that can be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.events import Notice, TrainingHeard, TrainingProgressed
from engine.jobs.train import train_job
from engine.training import unfinished
from engine.training.progress import Heard, News, Said

if TYPE_CHECKING:
    from engine.session import Session
    from engine.training.options import Order


def train(session: Session, order: Order) -> int:
    """Queue a training; returns the job's number. What is ordered is kept, so that it can go on after any end.

    Raises:
        UserError: the folder cannot be written.
    """
    name = order.name

    def tell(news: News) -> bool:
        if isinstance(news, Said):
            session.events.emit(Notice(f"{order.title}: {news.words}"))
            return job.job_id in session.enough
        said = TrainingHeard if isinstance(news, Heard) else TrainingProgressed
        session.events.emit(said(job.job_id, name, news))  # type: ignore[arg-type]
        return job.job_id in session.enough

    def done(path: object) -> None:
        session.shelf.forget(name)  # if there was one of that name; the map keeps the network that its codes are of
        session.events.emit(Notice(f"{order.title} is trained. Its card plays what it learnt."))

    unfinished.keep(order)
    job = train_job(order, done, tell, session.paths.cache)
    return session.school.submit(job)
