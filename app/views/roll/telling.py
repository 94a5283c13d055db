"""An edit after which there may be fewer notes than before: it is done, and said."""

from __future__ import annotations

from app.i18n import tr
from app.views.roll.state import RollState
from engine.commands.edit import Edit


def commit_told(roll: RollState, label: str, made: Edit, count: int) -> None:
    """Make an edit of so many notes one undo step, and say so if some of them came to lie on others and are gone."""
    roll.commit(label, made)
    lost = count - len(made.notes)
    if lost == 1:
        roll.say(tr("One note fell onto another of its pitch; undo brings it back"))
    elif lost > 1:
        roll.say(tr("{count} notes fell onto others of their pitch; undo brings them back").format(count=lost))
