"""A training in words: what it is, where it stands, why it failed, what would be lost with it, what to do next."""

from __future__ import annotations

import time
from pathlib import Path

from app.i18n import tr
from app.panels.jobs import state_words, time_left
from app.panels.training.words import how_far
from app.training.duration import time as spell
from app.training.queue import DONE, DROP, FAILED, FINISH, PAUSE, RUNNING, WAITING, Training
from engine.corpus.corpora import CORPORA
from engine.errors import UserError
from engine.events import JobChanged
from engine.jobs.train import LEARNT
from engine.models.row import OWN
from engine.training.options import Order

READ = 0.02  # of a job: up to here the music is read
A_DAY = 20 * 3600  # seconds after which a clock alone would mislead


def about(order: Order) -> str:
    """Which system learns from what, and what it began with."""
    known = CORPORA.get(order.corpus)
    music = tr(known.title) if known else tr("the folder {name}").format(name=Path(order.corpus).name)
    parts = [order.row.title, music]
    if order.start is not None:
        start = order.start.stem.partition(OWN)[2] or tr("the shipped one")
        parts.append(tr("begun with {name}").format(name=start))
    return " · ".join(parts)


def in_short(training: Training, before: int) -> str:
    """Its state in a few words; `before` it, so many have their turn."""
    if training.wish == DROP:
        return tr("Being thrown away…")
    if training.state == RUNNING:
        if training.wish == PAUSE:
            return tr("Pausing…")
        if training.wish == FINISH:
            return tr("Finishing…")
        job = training.job
        fraction = f"{job.fraction:.0%}" if job is not None and job.fraction else ""
        parts = (fraction, time_left(training.seconds_left))
        return " · ".join(part for part in parts if part) or tr("Begins…")
    if training.state == WAITING:
        return tr("Waits, {n} before it").format(n=before) if before > 1 else tr("Next")
    if training.state == DONE:
        return tr("Done")
    if training.state == FAILED:
        return tr("Failed")
    words = tr("Paused") if training.job is not None else tr("Not finished")
    return f"{words} · {training.looks[-1].fraction:.0%}" if training.looks else words


def at_length(training: Training, before: int) -> str:
    """Where it stands, in a sentence or with figures."""
    if training.wish == DROP:
        return tr("Being thrown away…")
    if training.state == RUNNING:
        return _running(training)
    if training.state == WAITING:
        waits = tr("It begins when those before it are done: {n}.").format(n=before)
        return waits if before else tr("It begins at once.")
    if training.state == DONE:
        return tr("Done. Its card plays what it learnt: open it, and press one of its buttons.")
    if training.state == FAILED:
        return why(training)
    return _resting(training)


def _running(training: Training) -> str:
    job, progress = training.job, training.progress
    if training.wish == PAUSE:
        return tr("Pausing: what it has learnt is being kept…")
    left = time_left(training.seconds_left)
    if job is not None and job.fraction >= LEARNT:
        words = tr("It has learnt. Now its map is drawn and it is measured.")
        words = words if job.text.startswith("step ") or not job.text else f"{words[:-1]}: {tr(job.text)}."
        return f"{words} ({left})" if left else words
    if training.wish == FINISH:
        words = tr("Keeping the best there was so far; then its map is drawn and it is measured…")
        return f"{words} ({left})" if left else words
    if progress is None:
        return _before_its_first_step(job)
    return how_far(progress, training.seconds_left)


def _before_its_first_step(job: JobChanged | None) -> str:
    if job is None or not job.fraction:
        return tr("It begins…")
    return tr("It reads its music: {file}").format(file=job.text) if job.fraction < READ else state_words(job)


def _resting(training: Training) -> str:
    if training.kept is None:
        return tr("It has learnt nothing yet. It can still begin.")
    if training.job is not None:
        return tr("Paused. What it has learnt is kept: it can go on.")
    return tr("It is not finished. What it had learnt by {when} is kept: it can go on from there.").format(
        when=moment(training.kept)
    )


def why(training: Training) -> str:
    """Why it failed, and whether it can go on."""
    error = training.job.error if training.job is not None else None
    said = str(error) if isinstance(error, UserError) else ""
    if not said:
        reason = training.job.text if training.job is not None else ""
        said = tr("It failed: {reason}").format(reason=_last_line(reason) or tr("nobody knows why."))
    return f"{said} {tr('What it had learnt is kept: it can go on.')}" if training.kept is not None else said


def _last_line(text: str) -> str:
    """Of a traceback, what was wrong."""
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return lines[-1].strip() if lines else ""


def question(training: Training) -> str:
    """What would be lost with it."""
    progress = training.progress
    if progress is not None and progress.pace > 0 and not progress.network:
        time_words = spell(progress.step / progress.pace)
        lost = tr("{n} steps, {time} of learning, are lost for good.").format(n=progress.step, time=time_words)
    elif training.kept is not None:
        lost = tr("All it had learnt by {when} is lost for good.").format(when=moment(training.kept))
    else:
        lost = tr("It has learnt nothing yet: only what you chose for it is lost.")
    return tr("Throw away “{title}”? {lost}").format(title=training.order.title, lost=lost)


def offer(orders: list[Order]) -> str:
    """What the window says at its start of trainings that were interrupted."""
    if len(orders) == 1:
        return tr("The training of “{title}” is not finished. It can go on where it was.").format(title=orders[0].title)
    names = ", ".join(f"“{order.title}”" for order in orders[:3]) + ("…" if len(orders) > 3 else "")
    return tr("{n} trainings are not finished: {names}. They can go on where they were.").format(
        n=len(orders), names=names
    )


def moment(when: float) -> str:
    """A point in time: the clock today, the day as well before."""
    form = "%H:%M" if time.time() - when < A_DAY else "%Y-%m-%d %H:%M"
    return time.strftime(form, time.localtime(when))
