"""A training as a job of its own lane: what it tells becomes events, and its result a model that can be asked."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from engine.errors import UserError
from engine.events import Notice, TrainingProgressed
from engine.jobs.train import train_job
from engine.training.progress import TrainingProgress

if TYPE_CHECKING:
    from engine.session import Session
    from engine.training.options import Order


def train(session: Session, order: Order) -> int:
    """Queue a training; returns the job's number. A bundle that is there already stays beside the new one.

    Raises:
        UserError: the folder cannot be written.
    """
    name = order.row.name

    def tell(progress: TrainingProgress) -> bool:
        session.events.emit(TrainingProgressed(job.job_id, name, progress))
        return job.job_id in session.enough

    def done(path: object) -> None:
        if session.steering.model == name:  # its codes are in the document, and those of the new one mean other music
            when = "It is used from the next start on."
        else:
            session.shelf.forget(name)
            when = "Its card plays what it learnt."
        session.events.emit(Notice(f"{order.row.title} is trained. {when}"))

    try:
        order.out.parent.mkdir(parents=True, exist_ok=True)
        if order.out.is_file():
            shutil.copyfile(order.out, order.out.with_name(f"{order.out.stem}.before{order.out.suffix}"))
    except OSError as error:
        raise UserError(
            f"{order.out.parent} cannot be written.", "Free some space, or mend the folder's rights."
        ) from error
    job = train_job(order, done, tell)
    return session.school.submit(job)
