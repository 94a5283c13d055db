"""Every text the composer reads passes through here, so that it can be translated."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

CONTEXT = "Melomorph"


def tr(text: str) -> str:
    """The text in the composer's language; the English itself where no translation is installed."""
    return QCoreApplication.translate(CONTEXT, text)
