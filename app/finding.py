"""Finding actions by their names, here and elsewhere; and whether any two of them get in each other's way."""

from __future__ import annotations

from app.actions import ACTIONS, Action


def duplicates(actions: tuple[Action, ...] = ACTIONS) -> list[str]:
    """Shortcuts or ids that two actions share."""
    seen: set[str] = set()
    twice = []
    for action in actions:
        for name in (action.id, *action.keys):
            if name in seen:
                twice.append(name)
            seen.add(name)
    return twice


def search(words: str, actions: tuple[Action, ...] = ACTIONS) -> list[Action]:
    """Actions that hold every word of `words` in title or menu, those that begin with it first."""
    wanted = spelt(words).split()
    found = []
    for action in actions:
        text = spelt(f"{action.title} {action.menu} {action.hint} {action.also}".replace("&", ""))
        if all(word in text for word in wanted):
            found.append(action)
    first = " ".join(wanted)
    return sorted(found, key=lambda action: not spelt(action.title).startswith(first))


def spelt(text: str) -> str:
    """Words as they are compared: in small letters, and "quantize" as "quantise", "color" as "colour"."""
    return text.casefold().replace("iz", "is").replace("our", "or")
