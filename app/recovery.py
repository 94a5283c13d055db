"""What a studio that died has left: offered at the next start, brought back or thrown away."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QFileInfo, QLocale

from app.i18n import tr
from app.panels.message_bar import MessageBar

if TYPE_CHECKING:
    from app.files import Files
    from engine.session import Session


class Recovery:
    """Offers unsaved work in the message bar.

    Args:
        files: asks before the open piece is replaced, and tells the window of another one.
        session: the engine.
        bar: where the offer stands.
    """

    def __init__(self, files: Files, session: Session, bar: MessageBar) -> None:
        self._files, self._session, self._bar = files, session, bar

    def offer(self, folder: Path) -> None:
        """If a session died with unsaved work, offer it; nothing waits for the answer."""
        from engine.autosave import leftovers

        found = leftovers(folder)
        if found:
            when = QLocale().toString(QFileInfo(str(found[0])).lastModified(), QLocale.FormatType.ShortFormat)
            words = tr("Melomorph did not end cleanly. Your unsaved work of {when} is still here.").format(when=when)
            take, drop = self._recovering(found), self._forgetting(found)
            self._bar.offer(words, [(tr("Bring it back"), take), (tr("Discard"), drop)])

    def _recovering(self, found: list[Path]) -> Callable[[], None]:
        def recover() -> None:
            from engine.autosave import forget
            from engine.commands.project import load_any

            if not self._files.may_lose():
                self.offer(found[0].parent)
                return
            document, _ = load_any(found[0])
            self._session.recover(document)
            self._session.autosave(wait=True)  # it is on disk again before the old copy goes
            forget(found[0])
            self._files.became(document.score.name or tr("Recovered"))

        return recover

    def _forgetting(self, found: list[Path]) -> Callable[[], None]:
        def discard() -> None:
            from engine.autosave import forget

            forget(found[0])
            self.offer(found[0].parent)  # an older one is not thrown away unseen

        return discard
