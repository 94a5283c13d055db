"""Where the data that ships with the program lies: trained bundles, icons, demo scores."""

from __future__ import annotations

from pathlib import Path

from engine.errors import UserError


def root() -> Path:
    """The folder `resources`, beside the package `engine`.

    It lies there in a source checkout, in an installed wheel and in a frozen bundle alike, so that one rule does.

    Raises:
        UserError: the installation is incomplete.
    """
    folder = Path(__file__).resolve().parent.parent / "resources"
    if not folder.is_dir():
        raise UserError("The studio's own files (models, demo pieces) are missing.", "Install Melomorph again.")
    return folder
