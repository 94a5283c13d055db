"""What a model can do. A model declares it in the registry by having the method; nothing is inherited.

Tensors in, tensors out; no model sees a note, a file, a device name or a person.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from engine.jobs.job import Report

if TYPE_CHECKING:
    from torch import Tensor

Watch = Callable[["Tensor"], None]  # told now and then how music [n, *shape] stands that takes shape step by step


def unwatched(x: Tensor) -> None:
    """Nobody watches."""


@runtime_checkable
class Samples(Protocol):
    """Makes music from nothing."""

    def sample(self, n: int, options: Any, report: Report) -> Tensor: ...


@runtime_checkable
class Encodes(Protocol):
    """Has a latent space: music to codes and back, and new codes by the seed."""

    def encode(self, x: Tensor) -> Tensor: ...

    def decode(self, z: Tensor, options: Any) -> Tensor: ...

    def draw(self, n: int, options: Any) -> Tensor: ...


@runtime_checkable
class Continues(Protocol):
    """Goes on from what is there: windows [n, *shape] -> the windows that follow them."""

    def extend(self, x: Tensor, options: Any, report: Report) -> Tensor: ...


@runtime_checkable
class Harmonizes(Protocol):
    """Adds voices; `given`, bool like x, marks the cells that stay as they are."""

    def harmonize(self, x: Tensor, given: Tensor, options: Any, report: Report, watch: Watch = unwatched) -> Tensor: ...


@runtime_checkable
class Inpaints(Protocol):
    """Fills a hole, bool like x, from both sides; what was in it is not looked at, and all else stays as it is."""

    def inpaint(self, x: Tensor, hole: Tensor, options: Any, report: Report, watch: Watch = unwatched) -> Tensor: ...


@runtime_checkable
class Rewrites(Protocol):
    """Writes the open cells, bool like x, anew, starting from what they hold; all else stays as it is."""

    def rewrite(self, x: Tensor, open_: Tensor, options: Any, report: Report, watch: Watch = unwatched) -> Tensor: ...


@runtime_checkable
class Attends(Protocol):
    """Can show what each new step of an answer y listened to in its call x: [n, steps of y, steps of x]."""

    def attention(self, x: Tensor, y: Tensor) -> Tensor: ...


@runtime_checkable
class Refines(Protocol):
    """Moves music, round by round, towards what it knows; every round is kept, the start first."""

    def refine(self, x: Tensor, options: Any, report: Report) -> Tensor: ...


@runtime_checkable
class Bricks(Protocol):
    """Writes music as a row of numbered bricks, and can draw the open ones (-1) anew."""

    def bricks(self, x: Tensor) -> Tensor: ...

    def build(self, ids: Tensor, options: Any) -> Tensor: ...

    def compose(self, ids: Tensor, options: Any) -> Tensor: ...


@runtime_checkable
class Motifs(Protocol):
    """Knows what each unit of its code stands for, and how often it is used."""

    def motifs(self, options: Any) -> tuple[Tensor, Tensor]: ...


@runtime_checkable
class Follows(Protocol):
    """Writes melodies over chords, int64 [n, bars]: 0..11 major, 12..23 minor by their roots, 24 none.

    `first`, tokens [n, 16], are bars that stay as they are and come first. Tokens [n, 16 * bars] come back.
    """

    def follow(self, chords: Tensor, first: Tensor | None, options: Any, report: Report) -> Tensor: ...


@runtime_checkable
class Transfers(Protocol):
    """Rewrites music as another kind, by its number among the network's `names`; all else about it stays."""

    names: tuple[str, ...]

    def transfer(self, x: Tensor, kind: int, options: Any, report: Report) -> Tensor: ...


@runtime_checkable
class Learns(Protocol):
    """Can be trained by the one trainer, which sets `progress` (0..1) before each step."""

    progress: float

    def loss(self, batch: Tensor) -> dict[str, Tensor]: ...


@runtime_checkable
class Plays(Protocol):
    """Learns by a game between players, each with a loss of its own. `trial` is music of the generator like a batch."""

    progress: float

    def players(self) -> dict[str, Any]: ...

    def play(self, player: str, batch: Tensor) -> dict[str, Tensor]: ...

    def trial(self, batch: Tensor) -> Tensor: ...


CAPABILITIES: dict[str, type] = {
    "samples": Samples,
    "encodes": Encodes,
    "continues": Continues,
    "harmonizes": Harmonizes,
    "inpaints": Inpaints,
    "rewrites": Rewrites,
    "attends": Attends,
    "refines": Refines,
    "bricks": Bricks,
    "motifs": Motifs,
    "follows": Follows,
    "transfers": Transfers,
    "learns": Learns,
    "plays": Plays,
}
