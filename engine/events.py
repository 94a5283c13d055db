"""What the engine says. Frozen records, told to whoever subscribed, on the thread that emits them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.score import Note

if TYPE_CHECKING:
    from engine.codecs.codec import Voice
    from engine.commands.document import Pin
    from engine.commands.voices import Found
    from engine.corpus.survey import Survey
    from engine.evaluation.comparison_table import Comparison
    from engine.score import Score
    from engine.training.progress import Heard, TrainingProgress
    from engine.verbs.verb import Idea


@dataclass(frozen=True)
class DocumentChanged:
    """History replaced the document. `initiator` may ignore the echo of its own change."""

    label: str
    score: bool = True  # notes, tempo, names: anything in the score
    steering: bool = False  # puck, pins, sliders, seed
    initiator: object = None


@dataclass(frozen=True)
class MelodyMorphed:
    """The interactive lane decoded a melody: ghost notes until the gesture is released."""

    notes: tuple[Note, ...]
    reconstruction: bool  # False at a pin, where the very notes that were put in come back
    request: int  # number of the request answered, rising


@dataclass(frozen=True)
class CandidatesReady:
    """Generation finished: several melodies to hear before one is chosen."""

    melodies: tuple[tuple[Note, ...], ...]
    codes: tuple[tuple[float, ...], ...]
    seed: int


@dataclass(frozen=True)
class PutOnMap:
    """A melody of the score was encoded: a pin (its notes from tick 0 on) and where in the score it stands."""

    pin: Pin
    at_tick: int


@dataclass(frozen=True)
class WayWalked:
    """The melodies along the way through the pins: notes from tick 0 on, and how many ticks they fill."""

    notes: tuple[Note, ...]
    ticks: int


@dataclass(frozen=True)
class IdeasReady:
    """A verb is done: what the model made of it; `track` is that of the passage it worked on, if there was one."""

    verb: str
    model: str
    ideas: tuple[Idea, ...]
    track: int | None = None


@dataclass(frozen=True)
class IdeaSketched:
    """A verb is at work, and this is how an idea of it stands; the next sketch takes its place."""

    verb: str
    model: str
    idea: Idea
    track: int | None = None


@dataclass(frozen=True)
class DialsHeard:
    """The interactive lane decoded a code set by a model's own dials."""

    model: str
    voices: tuple[Voice, ...]
    code: tuple[float, ...]
    request: int


@dataclass(frozen=True)
class BricksHeard:
    """The interactive lane built music from bricks."""

    model: str
    ids: tuple[int, ...]
    voices: tuple[Voice, ...]
    request: int


@dataclass(frozen=True)
class MotifsCounted:
    """How often each unit of a sparse code is on in the training music (0..1), unit by unit."""

    model: str
    often: tuple[float, ...]


@dataclass(frozen=True)
class BrickChoices:
    """What a row of bricks would sound like with other bricks in one place, choice by choice."""

    model: str
    place: int
    choices: tuple[int, ...]
    voices: tuple[tuple[Voice, ...], ...]
    request: int


@dataclass(frozen=True)
class SliderLearnt:
    """A direction of a model's latent space was learnt from the composer's own melodies."""

    model: str
    name: str
    vector: tuple[float, ...]


@dataclass(frozen=True)
class VoicesChecked:
    """The voice leading of a piece was looked through: what is wrong, or why that cannot be said."""

    score: Score
    found: tuple[Found, ...]
    why_not: str = ""


@dataclass(frozen=True)
class MapReady:
    """The latent map of a model is loaded (its dots can be painted) or, `playable`, its decoder is warm too."""

    model: str
    playable: bool


@dataclass(frozen=True)
class JobChanged:
    """A job of the work lane was queued, moved, ended or failed."""

    job_id: int
    title: str
    state: str  # queued, running, done, cancelled, failed
    fraction: float = 0.0  # 0..1
    text: str = ""
    seconds_left: float | None = None
    result: Any = None
    error: BaseException | None = None


@dataclass(frozen=True)
class TrainingProgressed:
    """How the training of a job goes; comes a few times a second, and only the newest matters."""

    job_id: int
    model: str
    progress: TrainingProgress


@dataclass(frozen=True)
class TrainingHeard:
    """What the network of a training makes by now; comes every few minutes."""

    job_id: int
    model: str
    heard: Heard


@dataclass(frozen=True)
class FolderSurveyed:
    """What is in a folder of music."""

    job_id: int
    survey: Survey


@dataclass(frozen=True)
class ComparisonGrown:
    """Models side by side, as far as they are measured by now; `whole` when all are."""

    job_id: int
    comparison: Comparison
    whole: bool


@dataclass(frozen=True)
class PlayheadMoved:
    """Where the player is, in ticks of the score that plays."""

    tick: float
    playing: bool


@dataclass(frozen=True)
class KeyPressed:
    """A key of a MIDI keyboard went down or, with velocity 0, up, while the playhead was heard at a tick."""

    pitch: int
    velocity: int
    tick: float


@dataclass(frozen=True)
class KnobTurned:
    """A knob, wheel or fader of a MIDI input now stands at 0..127."""

    source: str
    number: int
    value: int


@dataclass(frozen=True)
class Notice:
    """One line for the status bar (not an error)."""

    text: str


@dataclass(frozen=True)
class Failed:
    """Something raised on an engine thread: a UserError to be shown, or a bug for the crash hook."""

    error: BaseException


Event = (
    DocumentChanged
    | MelodyMorphed
    | CandidatesReady
    | PutOnMap
    | WayWalked
    | IdeasReady
    | IdeaSketched
    | DialsHeard
    | BricksHeard
    | MotifsCounted
    | BrickChoices
    | SliderLearnt
    | VoicesChecked
    | MapReady
    | JobChanged
    | TrainingProgressed
    | TrainingHeard
    | FolderSurveyed
    | ComparisonGrown
    | PlayheadMoved
    | KeyPressed
    | KnobTurned
    | Notice
    | Failed
)


class Events:
    """A list of listeners. `emit` may be called from any thread; listeners must be quick."""

    def __init__(self) -> None:
        self._listeners: tuple[Callable[[Event], None], ...] = ()

    def subscribe(self, listener: Callable[[Event], None]) -> Callable[[], None]:
        """Add a listener; the returned function removes it."""
        self._listeners = (*self._listeners, listener)
        return lambda: self._drop(listener)

    def _drop(self, listener: Callable[[Event], None]) -> None:
        self._listeners = tuple(kept for kept in self._listeners if kept is not listener)

    def emit(self, event: Event) -> None:
        """Tell everyone."""
        for listener in self._listeners:
            listener(event)
