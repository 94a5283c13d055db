"""The one funnel through which the document changes: do, undo, redo."""

from __future__ import annotations

import threading
from dataclasses import replace

from engine.commands.document import Document, Steering
from engine.events import DocumentChanged, Events
from engine.score import Score

LIMIT = 500  # scores share their notes, so a step costs a few pointers


class History:
    """Keeps the present document, what was before it, and what was undone.

    Only the thread that owns the session (the interface, or a script) may call it: engine threads hand
    their results over as events and never write.
    """

    def __init__(self, document: Document, events: Events) -> None:
        self._document = document
        self._events = events
        self._before: list[tuple[str, Document]] = []
        self._undone: list[tuple[str, Document]] = []
        self._owner = threading.get_ident()

    @property
    def document(self) -> Document:
        """The present."""
        return self._document

    @property
    def undo_label(self) -> str:
        """What undo would take back, or empty."""
        return self._before[-1][0] if self._before else ""

    @property
    def redo_label(self) -> str:
        """What redo would bring back, or empty."""
        return self._undone[-1][0] if self._undone else ""

    @property
    def labels(self) -> list[str]:
        """Everything done so far, oldest first."""
        return [label for label, _ in self._before]

    def do(
        self,
        label: str,
        *,
        score: Score | None = None,
        steering: Steering | None = None,
        initiator: object = None,
        goes_on: bool = False,
    ) -> bool:
        """Replace score, steering or both as one undo step. Returns False, and keeps no step, if nothing differs.

        Args:
            label: what undo calls it.
            score: what the document has from now on; None keeps what it has.
            steering: likewise.
            initiator: told with the event, so that who did it need not hear of it.
            goes_on: this continues the step before, if that is called the same and was not undone since: the notches
                of a wheel are one step.
        """
        self._check_thread()
        before = self._document
        after = replace(before, score=score or before.score, steering=steering or before.steering)
        if after == before:
            return False
        if not (goes_on and self.undo_label == label and not self._undone):
            self._before.append((label, before))
            del self._before[:-LIMIT]
        self._undone.clear()
        self._become(after, label, initiator)
        return True

    def undo(self) -> bool:
        """Take the last step back."""
        self._check_thread()
        if not self._before:
            return False
        label, document = self._before.pop()
        self._undone.append((label, self._document))
        self._become(document, label, None)
        return True

    def redo(self) -> bool:
        """Bring the last undone step back."""
        self._check_thread()
        if not self._undone:
            return False
        label, document = self._undone.pop()
        self._before.append((label, self._document))
        self._become(document, label, None)
        return True

    def reset(self, document: Document, label: str = "open") -> None:
        """Start over with another document (a file was opened)."""
        self._check_thread()
        self._before.clear()
        self._undone.clear()
        self._become(document, label, None, everything=True)

    def _check_thread(self) -> None:
        if threading.get_ident() != self._owner:
            raise RuntimeError("only the session's own thread may change the document")

    def _become(self, after: Document, label: str, initiator: object, everything: bool = False) -> None:
        before, self._document = self._document, after
        self._events.emit(
            DocumentChanged(
                label,
                score=everything or after.score is not before.score,
                steering=everything or after.steering != before.steering,
                initiator=initiator,
            )
        )
