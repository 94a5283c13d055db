"""A figure that a system has to reach, and whether it does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Gate:
    """A figure that has to hold: at least or at most a number."""

    name: str
    gate: float
    at_least: bool

    def judged(self, figures: dict[str, float]) -> dict[str, Any]:
        """The gate with its value and whether it holds."""
        value = figures[self.name]
        holds = value >= self.gate if self.at_least else value <= self.gate
        sign = ">=" if self.at_least else "<="
        return {"name": self.name, "value": value, "gate": f"{sign} {self.gate:g}", "holds": bool(holds)}
