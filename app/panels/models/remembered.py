"""What the composer chose last in the forms of verbs: kept from one session to the next, where it still makes sense."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from engine.errors import UserError
from engine.options import changed, pair

if TYPE_CHECKING:
    from app.settings import Settings
    from engine.models.row import Row
    from engine.verbs.verb import Verb

SEED = "seed"


class Remembered:
    """Options by system and verb, as lines of `SYSTEM VERB FIELD=VALUE` for those that are not the usual ones.

    Args:
        settings: where they are kept; None: for this session only.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings
        self._lines: dict[tuple[str, ...], str] = {}  # system, verb, field -> value, as text
        for line in settings.preferences.options if settings is not None else ():
            head, _, value = line.partition("=")
            if len(place := tuple(head.split())) == 3:
                self._lines[place] = value

    def options(self, row: Row, verb: Verb, hidden: Collection[str] = ()) -> Any:
        """The usual options with what was chosen last; what is unknown, out of range or not shown is as usual."""
        options = verb.options()
        for (system, of, name), value in self._lines.items():
            if (system, of) == (row.system, verb.name) and name not in hidden:
                try:
                    options = changed(options, dict([pair(f"{name}={value}")]))
                except UserError:  # from another version, or written by hand
                    continue
        return options

    def keep(self, row: Row, verb: Verb, options: Any) -> None:
        """Remember options as they stand; `flush` writes them."""
        usual = asdict(verb.options())
        for name, value in asdict(options).items():
            place = row.system, verb.name, name
            self._lines.pop(place, None)
            if value != usual[name]:
                self._lines[place] = str(value)

    def ran(self, row: Row, verb: Verb, options: Any) -> None:
        """Remember options that were used: another time begins with the next seed, not with the same ideas."""
        if hasattr(options, SEED):
            options = replace(options, seed=options.seed + 1)
        self.keep(row, verb, options)
        self.flush()

    def flush(self) -> None:
        """Write what is remembered."""
        if self._settings is not None:
            lines = tuple(f"{' '.join(place)}={value}" for place, value in sorted(self._lines.items()))
            self._settings.put(replace(self._settings.preferences, options=lines))
