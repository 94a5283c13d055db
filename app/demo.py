"""The same session a composer would have, without a screen: what `make run` plays where no window can open."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import UserError
from engine.events import CandidatesReady, Event, Failed, IdeasReady, JobChanged, MapReady, MelodyMorphed

if TYPE_CHECKING:
    from app.main_window import MainWindow

WAIT_SECONDS = 120.0


def play(folder: Path) -> int:
    """Generate, morph A to B, edit, play into a file; leave .mid, .wav and a picture of the real window in `folder`."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        window = _open(Path(home))
        made = _session(window, folder)
        window.close()
    for line in made:
        print(line)
    return 0


def self_test() -> int:
    """Check an installation: window, map, models, files, and a training in a child. Leaves nothing behind."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from app import self_test as checks

    heard: list[Event] = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home, checks.Failures() as failures:
        folder = Path(home)
        window = _open(folder / "home")
        window.bridge.heard.connect(heard.append)
        checks.say("the window is painted")
        checks.hear_first_piece(window, folder, heard, _until)
        for line in _session(window, folder):
            checks.say(line.rpartition(os.sep)[2])
        checks.check_midi(folder / "melomorph.mid", window.session.score)
        checks.check_sound(folder / "melomorph.wav", window.session.score)
        checks.lay_out()
        checks.train(window, heard, _until)
        window.close()
        failures.check()
    print("Melomorph works.")
    return 0


def _open(home: Path) -> MainWindow:
    """A window of its own: neither the user's settings nor unsaved work are touched."""
    from app.settings import HOME, Settings, user_paths
    from app.studio import begin, make_session, make_window, wake

    os.environ[HOME] = str(home)
    paths = user_paths()
    settings = Settings(paths.settings)
    window = make_window(make_session(settings, paths, audio=False), settings, paths)
    window.resize(1440, 900)
    window.show()
    begin(window)
    wake(window)
    return window


def _session(window: MainWindow, folder: Path) -> list[str]:
    session = window.session
    heard: list[Event] = []
    window.bridge.heard.connect(heard.append)
    _until(lambda: any(isinstance(e, MapReady) and e.playable for e in heard), heard, "the map to load")
    made = _generate(window, heard)
    made += _morph(window, heard, folder)
    _edit(window)
    session.save(folder / "melomorph.melomorph")
    made.append(f"{session.project_path}: the project")
    for kind, write in (("mid", _write_midi), ("wav", _write_wav)):
        path = folder / f"melomorph.{kind}"
        write(window, path, heard)
        made.append(f"{path}: the piece, {session.score.note_count} notes")
    window.bar.dismiss()
    window.candidates.setFocus()
    made.append(_picture(window, folder / "melomorph.png", "the window as it stands"))
    made += _ideas(window, heard, folder)
    made.append(_picture(window, folder / "ideas.png", "the same, with what other models made"))
    return made


def _picture(window: MainWindow, path: Path, what: str) -> str:
    _settle()
    if not window.grab().save(str(path)):
        raise UserError(f"The picture {path} could not be written.", "Choose another folder.")
    return f"{path}: {what}"


def _ideas(window: MainWindow, heard: list[Event], folder: Path) -> list[str]:
    """A dream that begins with noise, and four bars by DeepHear; the first idea of each as a file."""
    from engine.commands.place import place
    from engine.score import Score
    from engine.score.midi_write import write_midi

    session, made = window.session, []
    for verb, model in (("dream", "denoising_ae"), ("draw", "deephear")):
        before = sum(isinstance(e, IdeasReady) for e in heard)
        session.ask.verb(verb, model)
        _until(lambda: sum(isinstance(e, IdeasReady) for e in heard) > before, heard, f"the answer of {model}")  # noqa: B023
        ready = [e for e in heard if isinstance(e, IdeasReady)][-1]
        path = folder / f"{model}.mid"
        blank = Score(ticks_per_quarter=session.score.ticks_per_quarter)
        voices = ready.ideas[-1].voices
        end = max(note.end for voice in voices for note in voice.notes)
        write_midi(place(blank, [voices], 0, end, 0).score, path)
        made.append(f"{path}: {len(ready.ideas)} ideas by {model}, the last of them")
    return made


def _generate(window: MainWindow, heard: list[Event]) -> list[str]:
    window.candidates.generate()
    _until(lambda: any(isinstance(e, CandidatesReady) for e in heard), heard, "four candidates")
    ready = next(e for e in heard if isinstance(e, CandidatesReady))
    return [f"generated {len(ready.melodies)} melodies with seed {ready.seed}"]


def _morph(window: MainWindow, heard: list[Event], folder: Path) -> list[str]:
    """Two tunes of the map as A and B, the puck dragged from one to the other, left in between."""
    from engine.codecs.melody import to_notes
    from engine.commands.document import Pin
    from engine.latent.interpolate import slerp

    session = window.session
    chart = session.map
    assert chart is not None
    duple = [i for i, melody in enumerate(chart.melodies) if melody[15] != 62]
    pins = tuple(
        Pin(label, tuple(chart.codes[dot].tolist()), to_notes(chart.melodies[dot], session.score.ticks_per_quarter))
        for label, dot in (("A", duple[0]), ("B", duple[len(duple) // 2]))
    )
    steering = replace(session.steering, pins=pins)
    for step in range(9):
        code = slerp(chart.codes[duple[0]], chart.codes[duple[len(duple) // 2]], step / 8 * 0.5)
        steering = replace(steering, code=tuple(code.tolist()))
        before = sum(isinstance(e, MelodyMorphed) for e in heard)
        session.ask.morph(steering)
        _until(lambda: sum(isinstance(e, MelodyMorphed) for e in heard) > before, heard, "a morphed melody")  # noqa: B023
    session.ask.commit(steering, "morph A to B")
    titles = chart.titles[duple[0]], chart.titles[duple[len(duple) // 2]]
    return [f"morphed from “{titles[0]}” halfway to “{titles[1]}”"]


def _edit(window: MainWindow) -> None:
    """An edit by hand: the first note a little longer, taken back and done again."""
    from engine.commands import edit

    session = window.session
    first = session.score.tracks[0].notes[0]
    ticks = session.score.ticks_per_quarter // 4
    session.history.do("lengthen note", score=edit.resize_notes(session.score, 0, [first], ticks).score)
    session.history.undo()
    session.history.redo()


def _write_midi(window: MainWindow, path: Path, heard: list[Event]) -> None:
    from engine.score.midi_write import write_midi

    write_midi(window.session.score, path)


def _write_wav(window: MainWindow, path: Path, heard: list[Event]) -> None:
    job = window.session.ask.render(path)

    def written() -> bool:
        return any(isinstance(e, JobChanged) and e.job_id == job and e.state == "done" for e in heard)

    _until(written, heard, "sound")


def _until(true: Callable[[], bool], heard: list[Event], what: str) -> None:
    """Let the window live until something is true.

    Raises:
        UserError: it takes too long. Whatever failed on an engine thread is raised as it is.
    """
    from PySide6.QtWidgets import QApplication

    end = time.monotonic() + WAIT_SECONDS
    while not true():
        QApplication.processEvents()
        for event in heard:
            if isinstance(event, Failed):
                raise event.error
            if isinstance(event, JobChanged) and event.error is not None:
                raise event.error
        if time.monotonic() > end:
            raise UserError(f"Waiting for {what} took too long.", "Run `melomorph doctor` to see what is missing.")
        time.sleep(0.005)


def _settle(seconds: float = 0.4) -> None:
    """Let everything that waits be painted."""
    from PySide6.QtWidgets import QApplication

    end = time.monotonic() + seconds
    while time.monotonic() < end:
        QApplication.processEvents()
        time.sleep(0.005)


if __name__ == "__main__":
    sys.exit(play(Path("demo")))
