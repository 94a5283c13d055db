"""What the map asks: which model is on it and what sounds at a place. The interactive lane answers."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.commands.ask_codes import AskCodes
from engine.commands.document import Steering
from engine.commands.map_bars import map_span
from engine.errors import UserError
from engine.events import DocumentChanged, Event, Failed, MapReady, MelodyMorphed, WayWalked
from engine.jobs import generate
from engine.latent.map import LatentMap, has_map
from engine.models.registry import listed, row
from engine.score import Note, Origin, Score

if TYPE_CHECKING:
    from torch import nn

    from engine.jobs.generate import Morph
    from engine.session import Session


@dataclass(frozen=True)
class _Answer:
    """The newest decoded place, kept so that a release does not decode it again."""

    steering: Steering
    morph: Morph


class AskMap(AskCodes):
    """Questions about the map and its model. The document says which model that is; undo may bring back another.

    The methods are called on the session's own thread. The interactive lane answers them; it is the only one
    that touches the loaded networks while a drag is under way. Maps and networks once loaded stay.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._maps: dict[str, LatentMap] = {}
        self._networks: dict[str, nn.Module] = {}
        self._wanted = ""  # model of the map that was asked for; none before the window is painted
        self._requests = 0
        self._settled = 0
        self._answer: _Answer | None = None
        self._hand = threading.Lock()  # whether the hand is still there, while an answer is passed to the player
        self._heard: Steering | None = None  # the place whose melody the player was last given
        session.events.subscribe(self._follow)

    # which map ------------------------------------------------------------------------------------------------

    def load_map(self) -> None:
        """Read the dots of the document's model, then warm its decoder. Answer: MapReady twice, the second playable."""
        name = self._wanted = self._session.steering.model
        self._session.map = self._maps.get(name)

        def dots() -> None:
            if name not in self._maps:
                self._maps[name] = self._read_map(name)
            if name == self._wanted:
                self._session.map = self._maps[name]
                self._session.events.emit(MapReady(name, playable=False))
                self._say_what_does_not_fit(self._maps[name])

        def decoder() -> None:
            if name not in self._maps:
                return  # why was said when the dots failed
            self._ready(name)
            if name == self._wanted:
                self._session.events.emit(MapReady(name, playable=True))

        self._session.interactive.ask("map dots", dots)
        self._session.interactive.ask("map decoder", decoder)

    def _read_map(self, name: str) -> LatentMap:
        """The map of a model, under the name the document has for it.

        Raises:
            UserError: the model is not on this machine, has no map, or is damaged.
        """
        try:
            chart = LatentMap.from_bundle(self._session.shelf.bundle(name))
        except UserError as error:
            if not self._session.steering.code and not self._session.steering.pins:
                raise
            kept = "The notes of this piece are all there, and its places on that map stay in it."
            raise UserError(f"{error.what} {kept}", error.remedy) from error
        chart.model = name
        return chart

    def choose_map(self, name: str) -> bool:
        """Put another model on the map, as one undo step. Code, pins and sliders belong to the space they were made in:
        they are put aside with it, and come back with undo. Answer: MapReady, as after `load_map`.

        Returns:
            False if it is there already.

        Raises:
            UserError: no such model, it has no map, or it is not trained yet.
        """
        known = row(name)
        if not has_map(known):
            raise UserError(f"{known.title} has no map.", "Choose a model that turns melodies into codes.")
        if "map" not in self._session.shelf.bundle(name).header:
            raise UserError(f"{known.title} was trained without a map.", f'Run: melomorph chart "{name}"')
        steering = self._session.steering
        if name == steering.model:
            return False
        return self._session.history.do(f"map of {known.title}", steering=steering.on_map_of(name))

    def maps(self) -> list[tuple[str, str]]:
        """(name, title) of every trained model that has a map, in the order of the registry."""
        entries = self._session.shelf.entries()
        return [(e.row.name, listed(e.row)) for e in entries if has_map(e.row) and e.path and "map" in e.header]

    def _follow(self, event: Event) -> None:
        """The document may come to another model: by choice, by undo, or because another piece was opened."""
        moved = isinstance(event, DocumentChanged) and event.steering
        if moved and self._wanted and self._session.steering.model != self._wanted:
            self.load_map()

    def _say_what_does_not_fit(self, chart: LatentMap) -> None:
        steering = self._session.steering
        places = [code for code in (steering.code, *(pin.code for pin in steering.pins)) if code]
        if steering.model == chart.model and not all(chart.fits(code) for code in places):
            what = f"The places on the map in this piece were made with another training of {row(chart.model).title}."
            remedy = "The notes are all there; put them on the map again to go on from them."
            self._session.events.emit(Failed(UserError(what, remedy)))

    def _ready(self, name: str) -> tuple[nn.Module, LatentMap]:
        """A network and its map; on the interactive lane, where torch may be imported."""
        if name not in self._maps:
            raise UserError("The map is still loading.", "Try again in a second.")
        chart = self._maps[name]
        if name not in self._networks:
            import torch

            from engine import device

            torch.set_num_threads(1)  # two threads collapse on a busy machine, and a frame is short
            network = self._session.shelf.network(name)
            first = tuple(chart.codes[0].tolist())
            generate.morph(network, chart, Steering(name, code=first), 480)  # the first decode is the slow one
            self._networks[name] = network
            self._session.device_name = device.name(device.choose(self._session.device_wanted))
        return self._networks[name], chart

    # what sounds where ----------------------------------------------------------------------------------------

    def morph(self, steering: Steering) -> None:
        """Decode the place; the newest request wins. Answer: MelodyMorphed, heard at the next grid step."""
        self._requests += 1
        request, score = self._requests, self._session.score

        def answer() -> None:
            network, chart = self._ready(steering.model)
            morph = generate.morph(network, chart, steering, score.ticks_per_quarter)
            self._answer = _Answer(steering, morph)
            notes = generate.shifted(morph.notes, steering.at_tick)
            with self._hand:
                if request <= self._settled:
                    return  # the hand let go meanwhile: nobody wants to hear or see it any more
                self._listen(score, steering, morph.notes)
            self._session.events.emit(MelodyMorphed(notes, morph.reconstruction, request))

        self._session.interactive.ask("morph", answer)

    def walk(self, count: int, bars: int, crossfades: bool = False) -> None:
        """Play the way through the pins as so many variations of so many bars each. Answer: WayWalked."""
        steering, resolution = self._session.steering, self._session.score.ticks_per_quarter

        def answer() -> None:
            from engine.commands.walk import walked

            network, chart = self._ready(steering.model)
            notes, ticks = walked(network, chart, steering, count, bars, crossfades, resolution)
            self._session.events.emit(WayWalked(notes, ticks))

        self._session.interactive.ask("way", answer)

    def keep_way(self, way: WayWalked, label: str, initiator: object = None) -> bool:
        """Write such variations into the score from the map's bars on, as one undo step."""
        from engine.commands import edit

        steering, score = self._session.steering, self._session.score
        track = min(steering.track, len(score.tracks) - 1)
        if track < 0:
            score, track = replace(score, tracks=Score().tracks), 0
        start = steering.at_tick
        notes = generate.shifted(way.notes, start)
        written = edit.replace_span(score, track, start, start + way.ticks, notes).score
        return self._session.history.do(label, score=written, initiator=initiator)

    def hover(self, dot: int) -> None:
        """Let a corpus melody be heard: the dot's own notes; nothing is decoded."""
        chart = self._session.map
        if chart is not None and dot < len(chart.melodies):
            self.audition(chart.notes(dot, self._session.score.ticks_per_quarter))

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
        network, chart = self._networks.get(steering.model), self._maps.get(steering.model)
        if network is None or chart is None:
            return None
        return generate.morph(network, chart, steering, self._session.score.ticks_per_quarter)

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

    def audition(self, notes: tuple[Note, ...]) -> None:
        """Let a melody (from tick 0 on) be heard once; the document and its player stay as they are."""
        track = self._session.steering.track
        score = self._session.score
        program = score.tracks[track].program if track < len(score.tracks) else 0
        self._session.player.preview(notes, program, score.ticks_per_quarter, score.tempos[0].microseconds)


def _written(score: Score, steering: Steering, notes: tuple[Note, ...]) -> Score:
    """The score with the bars of the map replaced by `notes`."""
    from engine.commands import edit

    track = min(steering.track, len(score.tracks) - 1)
    if track < 0:
        score, track = replace(score, tracks=Score().tracks), 0
    start, end = map_span(steering, score.ticks_per_quarter)
    return edit.replace_span(score, track, start, end, notes).score
