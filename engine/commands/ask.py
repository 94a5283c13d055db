"""What the composer asks of the engine. Every question only queues work; the answer comes as an event."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.codecs import melody
from engine.commands.ask_codes import AskCodes
from engine.commands.document import Pin, Steering
from engine.errors import UserError
from engine.events import CandidatesReady, MapReady, MelodyMorphed, Notice, PutOnMap
from engine.jobs import generate
from engine.jobs.job import Job, Report
from engine.score import Note, Origin, Score

if TYPE_CHECKING:
    from pathlib import Path

    from torch import nn

    from engine.codecs.codec import Tokens
    from engine.jobs.generate import Morph
    from engine.latent.map import LatentMap
    from engine.session import Session
    from engine.training.options import Order


@dataclass(frozen=True)
class _Answer:
    """The newest decoded place, kept so that a release does not decode it again."""

    steering: Steering
    morph: Morph


class Ask(AskCodes):
    """Questions about models: the map, the sliders, candidates. One per session.

    The methods are called on the session's own thread. The interactive lane answers them; it is the only one
    that touches the loaded network while a drag is under way.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._network: nn.Module | None = None
        self._requests = 0
        self._settled = 0
        self._answer: _Answer | None = None
        self._hand = threading.Lock()  # whether the hand is still there, while an answer is passed to the player
        self._heard: Steering | None = None  # the place whose melody the player was last given

    # the map --------------------------------------------------------------------------------------------------

    def load_map(self) -> None:
        """Read the map's dots, then warm the decoder. Answer: MapReady twice, the second time playable."""
        name = self._session.steering.model

        def dots() -> None:
            from engine.latent.map import LatentMap

            self._session.map = LatentMap.from_bundle(self._session.shelf.bundle(name))
            self._session.events.emit(MapReady(name, playable=False))

        def decoder() -> None:
            if self._session.map is None:
                return  # why was said when the dots failed
            self._ready()
            self._session.events.emit(MapReady(name, playable=True))

        self._session.interactive.ask("map dots", dots)
        self._session.interactive.ask("map decoder", decoder)

    def _ready(self) -> tuple[nn.Module, LatentMap]:
        """The network and its map; on the interactive lane, where torch may be imported."""
        if self._session.map is None:
            raise UserError("The map is still loading.", "Try again in a second.")
        if self._network is None:
            import torch

            from engine import device

            torch.set_num_threads(1)  # two threads collapse on a busy machine, and a frame is short
            network = self._session.shelf.network(self._session.steering.model)
            first = tuple(self._session.map.codes[0].tolist())
            generate.morph(network, self._session.map, Steering(code=first), 480)  # the first decode is the slow one
            self._network = network
            self._session.device_name = device.name(device.choose(self._session.device_wanted))
        return self._network, self._session.map

    def morph(self, steering: Steering) -> None:
        """Decode the place; the newest request wins. Answer: MelodyMorphed, heard at the next grid step."""
        self._requests += 1
        request, score = self._requests, self._session.score

        def answer() -> None:
            network, chart = self._ready()
            morph = generate.morph(network, chart, steering, score.ticks_per_quarter)
            self._answer = _Answer(steering, morph)
            notes = generate.shifted(morph.notes, steering.at_tick)
            with self._hand:
                if request <= self._settled:
                    return  # the hand let go meanwhile: nobody wants to hear or see it any more
                self._listen(score, steering, morph.notes)
            self._session.events.emit(MelodyMorphed(notes, morph.reconstruction, request))

        self._session.interactive.ask("morph", answer)

    def hover(self, dot: int) -> None:
        """Show a corpus melody. Answer: MelodyMorphed with the dot's own notes; nothing is decoded."""
        chart = self._session.map
        if chart is None:
            return
        tokens = chart.melodies[dot]
        notes = melody.to_notes(tokens, self._session.score.ticks_per_quarter)
        self.audition(notes)

    def commit(self, steering: Steering, label: str, initiator: object = None) -> bool:
        """Write the melody at `steering` into the score, with the steering itself, as one undo step.

        Returns:
            False if there is no decoder yet (nothing is written then).
        """
        self._settle()
        morph = self._decoded(steering)
        if morph is None:
            return False
        if self._heard != steering and not self._session.player.playing:  # let go before it was decoded, as by a click
            with self._hand:
                self._listen(self._session.score, steering, morph.notes)
        notes = generate.shifted(morph.notes, 0, Origin.GENERATED if morph.reconstruction else None)
        return self.write(notes, steering, label, initiator)

    def write(self, notes: tuple[Note, ...], steering: Steering, label: str, initiator: object = None) -> bool:
        """Write a melody (from tick 0 on) into the score where the steering says, as one undo step with it."""
        score = _written(self._session.score, steering, generate.shifted(notes, steering.at_tick))
        return self._session.history.do(label, score=score, steering=steering, initiator=initiator)

    def melody_at(self, steering: Steering) -> tuple[Note, ...] | None:
        """What sounds at a place, from tick 0 on, decoded at once (within a frame); None before there is a decoder."""
        morph = self._decoded(steering)
        return None if morph is None else morph.notes

    def _decoded(self, steering: Steering) -> Morph | None:
        answer = self._answer
        if answer is not None and answer.steering == steering:
            return answer.morph
        if self._network is None or self._session.map is None:
            return None
        return generate.morph(self._network, self._session.map, steering, self._session.score.ticks_per_quarter)

    @property
    def settled(self) -> int:
        """Answers to requests up to this number are over: their gesture was kept or taken back."""
        return self._settled

    def let_go(self) -> None:
        """The hand let go and nothing is kept: the player returns to the document, and to silence if it was stopped."""
        self._settle()
        self._session.player.stop_preview()

    def _settle(self) -> None:
        with self._hand:  # an answer on its way is either heard before this, or not at all
            self._settled = self._requests
        self._session.play_score(self._session.score)

    def _listen(self, score: Score, steering: Steering, notes: tuple[Note, ...]) -> None:
        """A morph is heard at once: in its place if the piece plays, else by itself, keeping its own beat."""
        player, self._heard = self._session.player, steering
        if player.playing:
            self._session.play_score(_written(score, steering, generate.shifted(notes, steering.at_tick)))
        else:
            program = score.tracks[steering.track].program if steering.track < len(score.tracks) else 0
            tempo = score.tempos[0].microseconds
            player.preview(notes, program, score.ticks_per_quarter, tempo, follow=True)

    # melodies -------------------------------------------------------------------------------------------------

    def candidates(self, steering: Steering, count: int = 4) -> None:
        """Draw new melodies. Answer: CandidatesReady (notes from tick 0 on)."""
        ticks = self._session.score.ticks_per_quarter

        def answer() -> None:
            network, _ = self._ready()
            melodies, codes = generate.candidates(network, steering, count, ticks)
            self._session.events.emit(CandidatesReady(melodies, codes, steering.seed))

        self._session.interactive.ask("candidates", answer)

    def put_on_map(self, notes: tuple[Note, ...], at_tick: int, label: str = "") -> None:
        """Find where a melody of the score lies. Answer: PutOnMap with a pin that keeps its very notes."""
        steering, ticks = self._session.steering, self._session.score.ticks_per_quarter

        def answer() -> None:
            network, _ = self._ready()
            span = melody.span_ticks(ticks, steering.compound)
            inside = tuple(n for n in notes if at_tick <= n.start < at_tick + span)
            if not inside:
                raise UserError("There are no notes in these two bars.", "Draw some, or put the marker elsewhere.")
            code = generate.code_of(network, inside, ticks, at_tick, steering.compound)
            self._session.events.emit(PutOnMap(Pin(label, code, generate.shifted(inside, -at_tick)), at_tick))

        self._session.interactive.ask("put on map", answer)

    def audition(self, notes: tuple[Note, ...]) -> None:
        """Let a melody (from tick 0 on) be heard once; the document and its player stay as they are."""
        track = self._session.steering.track
        score = self._session.score
        program = score.tracks[track].program if track < len(score.tracks) else 0
        self._session.player.preview(notes, program, score.ticks_per_quarter, score.tempos[0].microseconds)

    # work -----------------------------------------------------------------------------------------------------

    def work(
        self, title: str, work: Callable[[Report], object], done: Callable[[object], None] = lambda _: None
    ) -> int:
        """Queue any long work on the work lane; returns the job's number."""
        return self._session.work.submit(Job(title, work, done))

    def train(self, order: Order) -> int:
        """Train a model in a child process, in the background. What it learnt is used from the next start on:
        the codes of this session belong to the network that is loaded now.
        """
        from engine.jobs.train import train_job

        def done(path: object) -> None:
            self._session.events.emit(Notice(f"{order.row.title} is trained. It is used from the next start on."))

        return self._session.work.submit(train_job(order, done))

    def verb(
        self,
        name: str,
        model: str,
        options: object = None,
        windows: Sequence[Tokens] = (),
        compound: bool = False,
        titles: Sequence[str] = (),
    ) -> int:
        """Ask a model for ideas in the background; returns the job's number. Answer: IdeasReady.

        Raises:
            UserError: no such verb or model, the model cannot do it, or there is too little music for it.
        """
        from engine.commands.ask_verb import ask_verb, asked

        ticks = self._session.score.ticks_per_quarter
        about = asked(self._session.shelf, name, model, options, windows, compound, ticks, titles)
        return ask_verb(self._session, about, name)

    def render(self, path: Path) -> int:
        """Render the present score to a sound file, in the background."""
        score, font = self._session.score, self._session.soundfont

        def work(report: Report) -> object:
            from engine.audio.render import render_score
            from engine.audio.synth import working_soundfont

            render_score(score, path, working_soundfont(font), report)
            return path

        return self.work(f"Rendering {path.name}", work)


def _written(score: Score, steering: Steering, notes: tuple[Note, ...]) -> Score:
    """The score with the two bars of the steering replaced by `notes`."""
    from engine.commands import edit

    track = min(steering.track, len(score.tracks) - 1)
    if track < 0:
        score, track = replace(score, tracks=Score().tracks), 0
    end = steering.at_tick + melody.span_ticks(score.ticks_per_quarter, steering.compound)
    return edit.replace_span(score, track, steering.at_tick, end, notes).score
