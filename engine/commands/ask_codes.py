"""What dials and bricks ask of any model while the hand is on them. The interactive lane answers; the newest wins."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.events import BrickChoices, BricksHeard, DialsHeard, MotifsCounted

if TYPE_CHECKING:
    from engine.codecs.codec import Tokens, Voice
    from engine.session import Session

Wishes = Mapping[str, Any]  # sampling options by name; what a model does not know is passed over
OPEN = -1  # a brick that is to be drawn


class AskCodes:
    """Questions about codes and bricks, of whichever model. One per session, called on the session's own thread."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._code_requests = 0

    def dials(self, model: str, code: Sequence[float], wishes: Wishes | None = None) -> int:
        """Decode a code; an empty one is drawn first, by the model's own law. Answer: DialsHeard.

        Returns:
            the number of the request, which the answer carries.
        """
        request, resolution = self._next(), self._session.score.ticks_per_quarter

        def answer() -> None:
            import torch

            network, options = self._loaded(model), self._options(model, wishes)
            with torch.inference_mode():
                z = torch.tensor([list(code)], dtype=torch.float32) if code else network.draw(1, options)
                voices = self._voices(model, network.decode(z, options), resolution)[0]
            self._session.events.emit(DialsHeard(model, voices, _numbers(z[0]), request))

        self._session.interactive.ask("dials", answer)
        return request

    def dials_of(self, model: str, window: Tokens, wishes: Wishes | None = None) -> int:
        """Find the code of a window of the composer's music, and decode that. Answer: DialsHeard."""
        request, resolution = self._next(), self._session.score.ticks_per_quarter

        def answer() -> None:
            import torch

            network, options = self._loaded(model), self._options(model, wishes)
            z = network.encode(_tensor(window[None]))  # which may descend a gradient
            with torch.inference_mode():
                voices = self._voices(model, network.decode(z, options), resolution)[0]
            self._session.events.emit(DialsHeard(model, voices, _numbers(z[0]), request))

        self._session.interactive.ask("dials", answer)
        return request

    def count_motifs(self, model: str) -> None:
        """How often each unit of a sparse code is on. Answer: MotifsCounted."""

        def answer() -> None:
            often = self._loaded(model).often
            self._session.events.emit(MotifsCounted(model, _numbers(often)))

        self._session.interactive.ask("count motifs", answer)

    def bricks(self, model: str, ids: Sequence[int], keep: Sequence[bool] = (), wishes: Wishes | None = None) -> int:
        """Hear a row of bricks; those that are OPEN, or not to be kept, are drawn first. Answer: BricksHeard."""
        request, resolution = self._next(), self._session.score.ticks_per_quarter
        wanted = np.asarray(ids, np.int64)
        if len(keep):
            wanted = np.where(np.asarray(keep, bool), wanted, OPEN)

        def answer() -> None:
            self._lay(model, wanted[None], resolution, wishes, request)

        self._session.interactive.ask("bricks", answer)
        return request

    def bricks_of(self, model: str, window: Tokens, wishes: Wishes | None = None) -> int:
        """The bricks of a window of the composer's music. Answer: BricksHeard."""
        request, resolution = self._next(), self._session.score.ticks_per_quarter

        def answer() -> None:
            ids = self._loaded(model).bricks(_tensor(window[None])).numpy()
            self._lay(model, ids, resolution, wishes, request)

        self._session.interactive.ask("bricks", answer)
        return request

    def brick_choices(
        self, model: str, ids: Sequence[int], place: int, choices: Sequence[int], wishes: Wishes | None = None
    ) -> int:
        """What the row would sound like with each of some bricks in one place. Answer: BrickChoices."""
        request, resolution = self._next(), self._session.score.ticks_per_quarter

        def answer() -> None:
            network, options = self._loaded(model), self._options(model, wishes)
            rows = np.repeat(np.asarray(ids, np.int64)[None], len(choices), 0)
            rows[:, place] = choices
            voices = self._voices(model, network.build(_tensor(rows), options), resolution)
            self._session.events.emit(BrickChoices(model, place, tuple(choices), tuple(voices), request))

        self._session.interactive.ask(f"brick choices {choices[0] if choices else 0}", answer)
        return request

    @staticmethod
    def takes(model: str, option: str) -> bool:
        """Whether a model that answered before has a sampling option of that name."""
        from engine.models.registry import row

        module = sys.modules.get(row(model).module)  # importing it here would import torch
        return module is not None and option in {field.name for field in dataclasses.fields(module.SampleOptions)}

    # on the interactive lane ------------------------------------------------------------------------------------

    def _lay(self, model: str, ids: np.ndarray, resolution: int, wishes: Wishes | None, request: int) -> None:
        network, options = self._loaded(model), self._options(model, wishes)
        laid = _tensor(ids)
        if (ids == OPEN).any():
            laid = network.compose(laid, options)
        voices = self._voices(model, network.build(laid, options), resolution)[0]
        self._session.events.emit(BricksHeard(model, tuple(int(i) for i in laid[0]), voices, request))

    def _loaded(self, model: str) -> Any:
        import torch

        torch.set_num_threads(1)  # two threads collapse on a busy machine, and a frame is short
        return self._session.shelf.network(model)

    def _options(self, model: str, wishes: Wishes | None) -> Any:
        from engine.models.registry import row
        from engine.options import fitting

        steering = self._session.steering
        wanted = {"temperature": 0.0, "seed": steering.seed, "compound": steering.compound} | dict(wishes or {})
        return fitting(row(model).load_module().SampleOptions, wanted)

    @staticmethod
    def _voices(model: str, tokens: Any, resolution: int) -> list[tuple[Voice, ...]]:
        from engine.codecs.catalog import codec
        from engine.models.registry import row

        windows = tokens.cpu().numpy().astype(np.uint8)
        return [codec(row(model).codec).write(window, resolution) for window in windows]

    def _next(self) -> int:
        self._code_requests += 1
        return self._code_requests


def _tensor(numbers: np.ndarray) -> Any:
    import torch

    return torch.from_numpy(np.ascontiguousarray(numbers, dtype=np.int64))


def _numbers(values: Any) -> tuple[float, ...]:
    return tuple(float(value) for value in values.detach().cpu())
