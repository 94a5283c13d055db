"""What the composer asks of the engine. Every question only queues work; the answer comes as an event."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from engine.codecs.codec import Voice
from engine.commands.ask_map import AskMap
from engine.commands.document import Pin, Steering
from engine.commands.map_bars import map_span
from engine.commands.voices import check
from engine.errors import UserError
from engine.events import CandidatesReady, FolderSurveyed, PutOnMap, SliderLearnt, VoicesChecked
from engine.jobs import generate
from engine.jobs.job import Job, Report
from engine.latent.attributes import from_sets
from engine.score import Note

if TYPE_CHECKING:
    from pathlib import Path

    from engine.codecs.codec import Codec, Tokens
    from engine.latent.map import Code
    from engine.score import Score
    from engine.training.options import Order
    from engine.verbs.verb import Passage

AT_ONCE = 800  # notes whose voice leading is looked through in less than 5 ms


class Ask(AskMap):
    """Every question there is: about the map, about codes and bricks, and long work. One per session."""

    # melodies -------------------------------------------------------------------------------------------------

    def candidates(self, steering: Steering, count: int = 4, radius: float = 1.0) -> None:
        """Draw new melodies, from anywhere or around the puck. Answer: CandidatesReady (notes from tick 0 on).

        Those from anywhere come in the key of the piece, where it says one; those around the puck stay around it.

        Args:
            steering: the model, the seed, and where the puck stands.
            count: how many.
            radius: how far from the puck they may be, 0..1; 1 is anywhere.
        """
        score = self._session.score
        ticks = score.ticks_per_quarter

        def answer() -> None:
            network, chart = self._ready(steering.model)
            if radius < 1 and chart.fits(steering.code):
                melodies, codes = generate.around(network, chart, steering, count, radius, ticks)
            else:
                melodies, codes = generate.candidates(network, steering, count, ticks, codec=chart.codec)
                melodies, codes = self._at_home(score, steering, network, chart.codec, melodies, codes)
            self._session.events.emit(CandidatesReady(melodies, codes, steering.seed))

        self._session.interactive.ask("candidates", answer)

    @staticmethod
    def _at_home(
        score: Score, steering: Steering, network: Any, codec: Codec, melodies: Sequence[tuple[Note, ...]],
        codes: Sequence[Code],
    ) -> tuple[tuple[tuple[Note, ...], ...], tuple[Code, ...]]:  # fmt: skip
        """Drawn melodies in the key of the piece around the bars of the map."""
        from engine.verbs.at_home import way_home
        from engine.verbs.verb import Passage

        place = Passage(score, steering.at_tick)
        ways = [way_home(place, (Voice("", 0, melody),)) for melody in melodies]
        away = [index for index, way in enumerate(ways) if way]
        home = generate.transposed(
            network, steering, [melodies[i] for i in away], [ways[i] for i in away], score.ticks_per_quarter, codec
        )
        made = dict(enumerate(zip(melodies, codes, strict=True)))
        made |= {index: found for index, found in zip(away, home, strict=True) if found is not None}
        return tuple(melody for melody, _ in made.values()), tuple(code for _, code in made.values())

    def put_on_map(self, notes: tuple[Note, ...], at_tick: int, label: str = "") -> None:
        """Find where a melody of the score lies. Answer: PutOnMap with a pin that keeps its very notes."""
        steering, ticks = self._session.steering, self._session.score.ticks_per_quarter

        def answer() -> None:
            network, chart = self._ready(steering.model)
            start, end = map_span(replace(steering, at_tick=at_tick), ticks)
            inside = tuple(n for n in notes if start <= n.start < end)
            code = generate.code_of(network, inside, ticks, at_tick, steering.compound, chart.codec)
            self._session.events.emit(PutOnMap(Pin(label, code, generate.shifted(inside, -at_tick)), at_tick))

        self._session.interactive.ask("put on map", answer)

    def learn_slider(self, name: str, windows_more: Sequence[Tokens], windows_less: Sequence[Tokens] = ()) -> None:
        """Learn a slider that leads from some melodies to others: "more like these". Answer: SliderLearnt.

        Args:
            name: what it will be called.
            windows_more: melodies of the map's model, tokens [16 * bars] each, that have much of it; at least one.
            windows_less: melodies that have little; none: all of the map's.

        Raises:
            UserError: there is no melody to learn from.
        """
        if not windows_more:
            raise UserError("There is no melody to learn from.", "Pin one on the map first.")
        model = self._session.steering.model

        def answer() -> None:
            import numpy as np

            network, chart = self._ready(model)
            more = generate.encode(network, np.stack(list(windows_more)))
            less = generate.encode(network, np.stack(list(windows_less))) if windows_less else chart.codes
            vector = tuple(float(number) for number in from_sets(more, less))
            self._session.events.emit(SliderLearnt(model, name, vector))

        self._session.interactive.ask("learn slider", answer)

    def keep_slider(self, learnt: SliderLearnt, initiator: object = None) -> bool:
        """Put a slider that was learnt beside the others, as one undo step; one of that name is replaced."""
        steering = self._session.steering
        if learnt.model != steering.model:
            return False  # the composer went on to another map meanwhile
        steering = replace(steering, learnt={**steering.learnt, learnt.name: learnt.vector})
        return self._session.history.do(f"slider “{learnt.name}”", steering=steering, initiator=initiator)

    def check_voices(self, strict: bool = False) -> None:
        """Look through the voice leading of the piece. Answer: VoicesChecked, of a short piece before this returns."""
        score = self._session.score

        def answer() -> None:
            try:
                event = VoicesChecked(score, check(score, strict))
            except UserError as error:
                event = VoicesChecked(score, (), str(error))
            self._session.events.emit(event)

        if score.note_count <= AT_ONCE:
            answer()
        else:
            self._session.interactive.ask("voices", answer)

    # work -----------------------------------------------------------------------------------------------------

    def work(
        self, title: str, work: Callable[[Report], object], done: Callable[[object], None] = lambda _: None
    ) -> int:
        """Queue any long work on the work lane; returns the job's number."""
        return self._session.work.submit(Job(title, work, done))

    def train(self, order: Order) -> int:
        """Train a model in a child process, in the background. Answers: TrainingProgressed, and Notice when it is done.

        What it learnt is used at once, but for the model of the map: the codes of this session belong to the network
        that is loaded now.
        """
        from engine.commands.ask_training import train

        return train(self._session, order)

    def compare(self, names: Sequence[str], n: int, seed: int = 1, compound: bool = False, corpus: str = "") -> int:
        """Set models side by side in a child process, `n` melodies of each. Answers: ComparisonGrown, row by row."""
        from engine.commands.ask_comparison import compare

        return compare(self._session, names, n, seed, compound, corpus)

    def survey(self, folder: str) -> int:
        """Look through a folder of music in the background; returns the job's number. Answer: FolderSurveyed."""
        from engine.jobs.survey import survey_job

        def done(found: object) -> None:
            self._session.events.emit(FolderSurveyed(job.job_id, found))  # type: ignore[arg-type]

        job = survey_job(folder, self._session.paths.cache, done)
        return self._session.scans.submit(job)

    def unfinished(self) -> list[Order]:
        """Trainings that were begun and are neither done nor thrown away; among them those that run or wait now."""
        from engine.training.unfinished import orders

        own = self._session.shelf.own
        return orders(own) if own is not None else []

    def forget_training(self, order: Order) -> None:
        """Throw away what is kept of a training that does not run."""
        from engine.training.unfinished import forget

        forget(order.out)

    def finish_training(self, job_id: int) -> None:
        """End a training now and keep what was best so far, as if it had been ordered that long."""
        self._session.enough.add(job_id)

    def verb(
        self,
        name: str,
        model: str,
        options: object = None,
        windows: Sequence[Tokens] = (),
        compound: bool = False,
        titles: Sequence[str] = (),
        passage: Passage | None = None,
    ) -> int:
        """Ask a model for ideas in the background; returns the job's number. Answer: IdeasReady.

        Raises:
            UserError: no such verb or model, the model cannot do it, or there is too little music for it.
        """
        from engine.commands.ask_verb import ask_verb, asked

        ticks = self._session.score.ticks_per_quarter
        about = asked(self._session.shelf, name, model, options, windows, compound, ticks, titles, passage)
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
