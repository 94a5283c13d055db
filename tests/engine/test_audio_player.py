"""The player's thread, with no device and with one that is pulled by hand."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from engine.audio import output
from engine.audio.player import Player
from engine.audio.soundfont import bundled_soundfont
from engine.audio.synth import RATE
from engine.audio.voices import Sent
from engine.errors import UserError
from engine.events import Event, Events, Failed, Notice, PlayheadMoved
from engine.score import Note, Score, Tempo, Track

SONG = Score((Track.of([Note(i * 480, 60 + i, 480, 100) for i in range(8)]),))


class Heard:
    """Everything a player said."""

    def __init__(self) -> None:
        self.events = Events()
        self.all: list[Event] = []
        self.events.subscribe(self.all.append)

    def of(self, kind: type) -> list[Event]:
        return [event for event in self.all if isinstance(event, kind)]


class HandPulled:
    """An output whose blocks are pulled by the test, in the place of a device's thread."""

    def __init__(self) -> None:
        self.pull: output.Pull | None = None
        self.ended: Callable[[], None] = lambda: None
        self.alive = True
        self.latency = 0.02
        self.error: BaseException | None = None
        self.closed = 0

    def open(self, pull: output.Pull, rate: int, device: str | None, ended: Callable[[], None]) -> output.Output:
        self.pull, self.ended, self.alive = pull, ended, True
        return self

    def close(self) -> None:
        self.closed += 1
        self.alive = False

    def run(self, frames: int) -> np.ndarray:
        block = np.zeros((frames, 2), np.float32)
        assert self.pull is not None
        self.pull(frames, block)
        return block


def no_device(pull: output.Pull, rate: int, device: str | None, ended: Callable[[], None]) -> output.Output:
    raise UserError("No sound device was found.", "Connect one.")


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.005)


def settle(player: Player) -> None:
    """Wait until everything that was asked for so far has been done or handed to the core."""
    done = threading.Event()
    player._queue(done.set)
    assert done.wait(60)


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def device() -> HandPulled:
    return HandPulled()


@pytest.fixture
def player(heard: Heard, device: HandPulled) -> Iterator[Player]:
    player = Player(heard.events, bundled_soundfont(), open_output=device.open)
    player.set_score(SONG)
    yield player
    player.close()
    assert not heard.of(Failed)


def test_without_a_device_the_playhead_moves_in_silence_and_one_notice_says_why(heard: Heard) -> None:
    player = Player(heard.events, bundled_soundfont(), open_output=no_device)
    assert player.available is None
    player.set_score(SONG)
    player.play()
    assert player.playing
    begun = time.monotonic()
    until(lambda: player.tick > 200)
    took = time.monotonic() - begun
    assert took > 200 / 960 * 0.9, "in real time, not faster"
    assert player.available == "No sound device was found."
    player.stop()
    player.audition(60)
    player.play()
    player.silence()
    until(lambda: not heard.all or heard.all[-1] == PlayheadMoved(player.tick, False))
    player.close()
    assert len(heard.of(Notice)) == 1
    ticks = [event.tick for event in heard.of(PlayheadMoved) if isinstance(event, PlayheadMoved)]
    assert ticks == sorted(ticks) and len(ticks) <= (time.monotonic() - begun) * 30 + 8


def test_switched_off_it_looks_for_nothing_and_says_nothing(heard: Heard) -> None:
    player = Player(heard.events, enabled=False, open_output=HandPulled().open)
    player.set_score(SONG)
    player.play()
    until(lambda: player.tick > 30)
    player.close()
    assert player.available == "Sound is switched off." and not heard.of(Notice)


def test_nothing_is_opened_before_it_is_needed(player: Player, device: HandPulled) -> None:
    player.seek(480)
    settle(player)
    assert device.pull is None and player.tick == 480
    player.audition(60, 100, 0, 50)
    settle(player)
    until(lambda: bool(np.abs(device.run(2000)).max() > 0.01))
    assert not player.playing


def test_it_plays_from_the_playhead_to_the_end(player: Player, device: HandPulled, heard: Heard) -> None:
    player.seek(6 * 480)
    player.play()
    assert player.playing and player.tick == 6 * 480
    settle(player)
    assert player.available is None
    until(lambda: bool(np.abs(device.run(1000)).max() > 0.01))
    assert player.tick > 6 * 480
    device.run(2 * RATE)
    until(lambda: not player.playing)
    until(lambda: heard.all[-1] == PlayheadMoved(8 * 480, False))
    player.toggle()
    assert player.playing
    player.toggle()
    assert not player.playing


def test_the_newest_score_is_taken_at_the_grid(heard: Heard, device: HandPulled) -> None:
    sent: list[Sent] = []
    player = Player(heard.events, bundled_soundfont(), open_output=device.open, record=sent.append)
    player.set_score(SONG)
    player.play()
    settle(player)
    device.run(100)
    for pitch in range(70, 90):
        player.set_score(Score((Track.of([Note(120, pitch, 100)]),)))
    settle(player)
    device.run(RATE)
    player.close()
    assert [note.pitch for note in sent if note.on] == [60, 89]
    assert device.closed == 1


def test_a_device_that_vanishes_leaves_a_silent_playhead(player: Player, device: HandPulled, heard: Heard) -> None:
    player.play()
    settle(player)
    device.run(4410)
    device.alive = False
    device.ended()
    until(lambda: player.available is not None)
    assert player.available == "The sound device stopped."
    here = player.tick
    until(lambda: player.tick > here + 50)
    assert player.playing and len(heard.of(Notice)) == 1
    player.stop()
    player.play()  # tries again
    until(lambda: device.alive)
    until(lambda: player.available is None)


def test_a_broken_soundfont_is_replaced_and_said_once(heard: Heard, device: HandPulled, tmp_path: Path) -> None:
    broken = tmp_path / "broken.sf2"
    broken.write_bytes(b"nothing")
    player = Player(heard.events, broken, open_output=device.open)
    player.audition(60)
    settle(player)
    assert player.available is None
    assert "broken.sf2 is not a soundfont." in str(heard.of(Notice)[0])
    player.set_soundfont(bundled_soundfont())
    settle(player)
    assert device.closed == 1 and device.alive
    player.audition(60)
    until(lambda: bool(np.abs(device.run(2000)).max() > 0.01))
    player.close()
    assert len(heard.of(Notice)) == 1 and not heard.of(Failed)


def test_without_the_library_it_says_how_to_get_it(
    heard: Heard, device: HandPulled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "fluidsynth", None)
    player = Player(heard.events, bundled_soundfont(), open_output=device.open)
    player.set_score(SONG)
    player.play()
    until(lambda: player.tick > 10)
    player.close()
    assert player.available == "FluidSynth is not installed."
    assert "nstall it with" in str(heard.of(Notice)[0])


def test_a_preview_is_heard_in_its_own_tempo(heard: Heard, device: HandPulled) -> None:
    sent: list[Sent] = []
    player = Player(heard.events, bundled_soundfont(), open_output=device.open, record=sent.append)
    player.preview([Note(0, 60, 24), Note(24, 64, 24)], ticks_per_quarter=24, microseconds=250_000)
    settle(player)
    device.run(RATE)
    player.close()
    assert [(note.frame, note.on, note.pitch) for note in sent] == [
        (0, True, 60),
        (11025, False, 60),
        (11025, True, 64),
        (22050, False, 64),
    ]
    assert not player.playing


def test_voices_are_heard_together_each_on_a_channel_of_its_own(heard: Heard, device: HandPulled) -> None:
    sent: list[Sent] = []
    player = Player(heard.events, bundled_soundfont(), open_output=device.open, record=sent.append)
    chord = [([Note(0, pitch, 24)], program) for pitch, program in ((72, 52), (67, 52), (60, 19), (60, 0))]
    player.preview_voices(chord, 24, 250_000, False)
    settle(player)
    device.run(RATE)
    player.close()
    assert [(note.frame, note.pitch) for note in sent if note.on] == [(0, 72), (0, 67), (0, 60), (0, 60)]
    assert len({note.channel for note in sent}) == 4  # two voices on one pitch do not cut each other off
    assert [note.frame for note in sent if not note.on] == [11025] * 4


def test_commands_from_many_places_do_not_break_it(player: Player, device: HandPulled) -> None:
    player.play()
    settle(player)
    rng = np.random.default_rng(5)
    commands: list[Callable[[], None]] = [
        lambda: player.seek(float(rng.integers(0, 5000))),
        lambda: player.set_loop((480, 1440)),
        lambda: player.set_loop(None),
        lambda: player.set_tempo_factor(float(rng.uniform(0.1, 9))),
        lambda: player.set_metronome(bool(rng.integers(2))),
        lambda: player.set_volume(float(rng.random())),
        lambda: player.set_score(Score(SONG.tracks, tempos=(Tempo(0, int(rng.integers(100_000, 900_000))),))),
        lambda: player.audition(int(rng.integers(0, 128)), drums=bool(rng.integers(2))),
        player.toggle,
        player.silence,
        player.stop_preview,
    ]
    for _ in range(200):
        commands[int(rng.integers(len(commands)))]()
        sound = device.run(int(rng.integers(1, 2000)))
        assert np.isfinite(sound).all() and np.abs(sound).max() <= 1
    settle(player)


def test_closing_twice_is_harmless(heard: Heard) -> None:
    player = Player(heard.events, enabled=False)
    player.close()
    player.close()


def test_devices_are_listed_or_the_lack_of_portaudio_is_said() -> None:
    try:
        devices = output.list_devices()
    except UserError as error:
        assert error.what == "PortAudio is not installed."
    else:
        assert len({device.name for device in devices}) == len(devices)
