"""MIDI keyboards and ports: found, heard, recorded, played on; gone without harm."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from engine.audio import ports
from engine.audio.core import PlayerCore
from engine.audio.midi_out import MidiOut
from engine.audio.player import Player
from engine.audio.ports import Key, Keyboards, Knob, OpenPort
from engine.audio.voices import Sent
from engine.commands.record import Take
from engine.errors import UserError
from engine.events import Event, Events, Failed
from engine.score import Note, Score, Tempo, Track
from tests.engine.wires import Wires

PIECE = Score(
    (Track.of([Note(i * 60, 60 + i, 60, 90) for i in range(4)], "", 73), Track.of([Note(0, 38, 60)], drums=True)),
    (Tempo.of_bpm(0, 240),),
)


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.002)


def test_every_keyboard_is_found_when_it_comes_and_let_go_when_it_goes() -> None:
    heard: list[Key] = []
    wires = Wires(["Midi Through:0", "Keys", "Keys", "Melomorph:music"])
    keyboards = Keyboards(heard.append, wires)
    keyboards.listen(None)
    assert keyboards.names == ["Keys", "Keys (2)"], "what gives back what is sent is no keyboard"
    wires.key(60, 90)
    wires.key(60, 0)
    wires.callbacks["Keys"](([0xB0, 64, 127], 0.0), None)  # a pedal
    assert heard == [Key(60, 90), Key(60, 0)]
    wires.key(62, 80)
    wires.sources = ["Pads"]
    keyboards.listen(None)
    assert keyboards.names == ["Pads"] and heard[2:] == [Key(62, 80), Key(62, 0)], "no note hangs on a pulled cable"
    keyboards.listen(("Keys",))
    assert keyboards.names == [] and wires.callbacks == {}


def test_a_keyboard_is_known_again_whatever_number_the_system_gives_it() -> None:
    wires = Wires(["Keystation 49:MIDI 1 20:0"])
    keyboards = Keyboards(lambda key: None, wires)
    keyboards.listen(("Keystation 49:MIDI 1",))
    assert keyboards.names == ["Keystation 49:MIDI 1"] == ports.inputs(wires) and keyboards.possible
    keyboards.close()
    assert wires.callbacks == {}


def test_the_real_library_can_be_asked_on_every_machine() -> None:
    assert isinstance(ports.inputs(), list) and isinstance(ports.outputs(), list)
    with pytest.raises(UserError, match="is not there"):
        OpenPort("no such port")


def test_what_is_played_is_sent_with_its_instruments() -> None:
    wires, events = Wires((), ["Synth"]), Events()
    out = MidiOut(events, lambda name: OpenPort(name, wires))
    player = Player(events, enabled=False, record=out.hear)
    out.set_score(PIECE)
    player.set_score(PIECE)
    out.play_on("Synth")
    assert wires.sent == [(0xC0, 73)], "drums need no program"
    player.set_metronome(True)
    player.play()
    until(lambda: len(wires.sent) == 11)
    notes = wires.sent[1:]
    assert [m[1] for m in notes if m[0] == 0x90] == [60, 61, 62, 63] and (0x99, 38, 80) in notes
    assert sorted(m[1] for m in notes if m[0] & 0xF0 == 0x80) == [38, 60, 61, 62, 63]
    player.close()
    out.close()
    assert wires.sent[-16:] == [(0xB0 | channel, 123, 0) for channel in range(16)]


def test_a_port_that_is_pulled_out_is_told_once() -> None:
    told: list[Event] = []
    wires, events = Wires((), ["Synth"]), Events()
    events.subscribe(told.append)
    out = MidiOut(events, lambda name: OpenPort(name, wires))
    with pytest.raises(UserError, match="is not there"):
        out.play_on("Other")
    out.play_on("Synth")
    wires.broken = True
    for number in range(5):
        out.hear(Sent(number, True, 0, 60, 90, False))
    until(lambda: bool(told))
    (failed,) = told
    assert isinstance(failed, Failed) and isinstance(failed.error, UserError) and "Synth" in failed.error.what
    assert out.name == ""
    out.close()


def test_a_key_sounds_until_it_is_let_go() -> None:
    sent: list[Sent] = []
    core = PlayerCore(44_100, sent.append)
    core.post(core.key, 60, 90, 5, False)
    core.fill(512)
    assert [(s.on, s.pitch) for s in sent] == [(True, 60)] and not core.idle
    core.post(core.key, 60, 0, 40, True)  # meanwhile another track is shown
    core.fill(512)
    assert [(s.on, s.pitch) for s in sent] == [(True, 60), (False, 60)] and core.idle
    core.post(core.key, 62, 90, 5, False)
    core.post(core.key, 62, 0, 5, False)  # within one block
    core.fill(512)
    assert [(s.on, s.pitch) for s in sent[2:]] == [(True, 62), (False, 62)] and core.idle


def test_a_take_ends_what_is_held_over_the_end_of_the_loop() -> None:
    take = Take((0, 1920))
    take.key(60, 90, 10.4)
    take.key(64, 80, 1800)
    take.key(60, 0, 480)
    take.key(64, 0, 100)  # the loop began again
    take.key(67, 70, 200)
    assert take.notes(300) == (Note(10, 60, 470, 90), Note(1800, 64, 120, 80), Note(200, 67, 100, 70))
    assert Take().notes(5) == ()


def test_knobs_are_told_apart_from_pedals_and_commands() -> None:
    turned: list[Knob] = []
    wires = Wires(["Pads"])
    keyboards = Keyboards(lambda key: None, wires, turned.append)
    keyboards.listen(None)
    for number in (1, 64, 74, 123):  # wheel, sustain, cutoff, all notes off
        wires.callbacks["Pads"](([0xB3, number, 99], 0.0), None)
    assert turned == [Knob("Pads", 1, 99), Knob("Pads", 74, 99)]
    keyboards.close()
