"""What undo restores: the score and how the map and sliders stand."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.options import option
from engine.score import Note, Score


@dataclass(frozen=True)
class Pin:
    """A place on the map that keeps exactly the notes that were put there.

    Attributes:
        label: A, B, C, ...
        code: the latent code of the melody.
        notes: the melody itself, starting at tick 0.
    """

    label: str
    code: tuple[float, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class Steering:
    """Where the composer stands in latent space.

    Attributes:
        model: registry name of the model on the map.
        code: latent code under the puck; empty before the map is first used.
        pins: A and B (and more), in order.
        sliders: values of the attribute sliders, each -3..3 with 0 as it is (`density`, `height`, ...).
        learnt: the composer's own sliders, learnt from melodies: name -> vector in latent space.
        crossfade: how far (0..1) the puck stands on the way through the pins in data space, step by step, without a
            model; None: the melody is the model's. Counts only while the puck is on that way.
        temperature: 0 is the most likely melody, 1 as surprising as the corpus.
        seed: makes every draw repeatable.
        compound: 12-step bars (6/8, 3/4) instead of 16-step ones.
        at_tick: where in the score the morphed bars are written.
        track: the track they are written to.
    """

    model: str = "melody_vae"
    code: tuple[float, ...] = ()
    pins: tuple[Pin, ...] = ()
    sliders: dict[str, float] = field(default_factory=dict)
    temperature: float = 0.0
    seed: int = 1
    compound: bool = False
    at_tick: int = 0
    track: int = 0
    learnt: dict[str, tuple[float, ...]] = field(default_factory=dict)
    crossfade: float | None = None

    def on_map_of(self, model: str) -> Steering:
        """The same work on the map of another model: codes, pins and sliders belong to the space they were made in."""
        return Steering(
            model,
            temperature=self.temperature,
            seed=self.seed,
            compound=self.compound,
            at_tick=self.at_tick,
            track=self.track,
        )


@dataclass(frozen=True)
class SteerOptions:
    """What the command line may say about a draw."""

    seed: int = option(1, "the same seed draws the same melodies", 0)
    temperature: float = option(0.0, "0 takes the likeliest note, 1 surprises as much as the corpus", 0.0, 1.5)
    density: float = option(0.0, "busier (up to 3) or calmer (down to -3)", -3.0, 3.0)
    height: float = option(0.0, "higher (up to 3) or lower (down to -3)", -3.0, 3.0)
    range: float = option(0.0, "wider (up to 3) or narrower (down to -3)", -3.0, 3.0)
    syncopation: float = option(0.0, "more syncopated (up to 3) or straighter (down to -3)", -3.0, 3.0)
    leaps: float = option(0.0, "leaping (up to 3) or stepwise (down to -3)", -3.0, 3.0)
    repetition: float = option(0.0, "repeating itself (up to 3) or always new (down to -3)", -3.0, 3.0)
    mode: float = option(0.0, "more major (up to 3) or more minor (down to -3)", -3.0, 3.0)
    compound: bool = option(False, "bars of 12 sixteenths (6/8) instead of 16 (4/4)")

    @property
    def sliders(self) -> dict[str, float]:
        """The attribute sliders, by name."""
        names = ("density", "height", "range", "syncopation", "leaps", "repetition", "mode")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True)
class Document:
    """One state of the composer's work; a project file holds exactly this."""

    score: Score = field(default_factory=Score)
    steering: Steering = field(default_factory=Steering)
