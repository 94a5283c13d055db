"""Sliders in words: their names, their ends, and how far they are pushed."""

from __future__ import annotations

from app.i18n import tr
from engine.latent.attributes import AXES


def attribute_words(name: str) -> tuple[str, str, str]:
    """Title, lower end and upper end of an attribute, in musical words; one the composer taught keeps its name."""
    if name not in AXES:
        return name, tr("less like it"), tr("more like it")
    less, more = AXES[name]
    return tr(name.capitalize()), tr(less), tr(more)


def read_amount(value: float, less: str, more: str) -> str:
    """An attribute slider's value in words."""
    if abs(value) < 0.05:
        return tr("as it is")
    word = more if value > 0 else less
    how = abs(value)
    phrase = tr("a little {word}") if how < 0.8 else tr("{word}") if how < 2 else tr("much {word}")
    return f"{phrase.format(word=word)}  {value:+.1f}".replace("-", "\N{MINUS SIGN}")


def read_surprise(value: float) -> str:
    """The temperature in words."""
    if value < 0.01:
        return tr("the most likely")
    words = tr("a little") if value < 0.35 else tr("noticeable") if value < 0.7 else tr("bold")
    return f"{words}  {round(100 * value)} %"
