"""Pinning: keep what sounds at a place of the map under a letter, exactly."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from app.i18n import tr
from engine.commands.document import Pin, Steering
from engine.commands.map_bars import codec_on_map
from engine.events import PutOnMap
from engine.latent.interpolate import spherical_mean
from engine.score import Track

if TYPE_CHECKING:
    from engine.codecs.codec import Tokens
    from engine.session import Session

LETTERS = "ABCDEFGH"


class Pins:
    """The pins of a session; every change of them is one undo step."""

    def __init__(self, session: Session, initiator: object) -> None:
        self._session, self._initiator = session, initiator

    def free_letter(self) -> str:
        """The next letter; with all taken, the last one moves."""
        taken = {pin.label for pin in self._session.steering.pins}
        return next((letter for letter in LETTERS if letter not in taken), LETTERS[-1])

    def keep(self, label: str, steering: Steering) -> bool:
        """Pin what the engine plays at a place. Returns False while it cannot play yet."""
        notes = self._session.ask.melody_at(steering)
        if notes is None:
            return False
        self._put(tr("pin {label}").format(label=label), self._with(Pin(label, steering.code, notes)))
        return True

    def put_mine(self, event: PutOnMap) -> None:
        """The composer's melody was found a place: pin it there and go there; one undo step."""
        pin = replace(event.pin, label=event.pin.label or self.free_letter())
        steering = replace(
            self._session.steering,
            code=pin.code,
            pins=self._with(pin),
            at_tick=event.at_tick,
            sliders={},
            crossfade=None,
        )
        self._session.history.do(tr("put my melody on the map"), steering=steering, initiator=self._initiator)

    def remove(self, label: str) -> None:
        """Take a pin away; one undo step."""
        pins = tuple(pin for pin in self._session.steering.pins if pin.label != label)
        self._put(tr("remove pin {label}").format(label=label), pins)

    def windows(self, label: str) -> tuple[list[Tokens], list[Tokens]]:
        """The melody of one pin, and those of the others, as tokens of the model on the map.

        Raises:
            UserError: a pin keeps silence.
        """
        steering, ticks = self._session.steering, self._session.score.ticks_per_quarter
        codec = codec_on_map(steering)
        read = [
            (pin.label == label, codec.read((Track.of(pin.notes),), ticks, 0, steering.compound))
            for pin in steering.pins
        ]
        return [tokens for mine, tokens in read if mine], [tokens for mine, tokens in read if not mine]

    def learn_slider(self, label: str) -> None:
        """Ask for a slider towards one pin's melody, away from the others' (or from all of the map's).

        Raises:
            UserError: a pin keeps silence.
        """
        more, less = self.windows(label)
        self._session.ask.learn_slider(tr("Like {label}").format(label=label), more, less)

    def middle(self) -> tuple[float, ...]:
        """The code in the middle of all pins (there must be one)."""
        codes = np.array([pin.code for pin in self._session.steering.pins])
        return tuple(float(x) for x in spherical_mean(codes))

    def _with(self, made: Pin) -> tuple[Pin, ...]:
        others = (pin for pin in self._session.steering.pins if pin.label != made.label)
        return tuple(sorted((*others, made), key=lambda pin: pin.label))

    def _put(self, label: str, pins: tuple[Pin, ...]) -> None:
        before = self._session.steering
        steering = replace(before, pins=pins, crossfade=_as_far(before.crossfade, before.pins, pins))
        self._session.history.do(label, steering=steering, initiator=self._initiator)


def _as_far(t: float | None, before: tuple[Pin, ...], after: tuple[Pin, ...]) -> float | None:
    """The same place on the way through other pins: further pins behind it make it an earlier part of the whole."""
    if t is None or len(after) < 2 or any(one.code != other.code for one, other in zip(before, after, strict=False)):
        return None
    moved = t * (len(before) - 1) / (len(after) - 1)
    return moved if moved <= 1 else None
