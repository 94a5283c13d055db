"""The command line, as a shell sees it: what is printed, what is written, the exit status."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.__main__ import main, verbs
from engine import __version__
from engine.models import bundle as bundles
from engine.models.registry import REGISTRY
from engine.score import Note, Score, Track
from engine.score.midi_read import read_midi
from engine.score.midi_write import write_midi

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 240  # seconds: a busy machine starts processes when it can
SMALL = {
    "latent": 8, "width": 32, "decoder_width": 32, "blocks": 1, "embedding": 8, "plan": 8, "features": 16,
    "mixers": 1, "couplings": 2, "flow_width": 16, "batch": 32,
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A user's folder of these tests' own: the model trained here is nobody else's."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MELOMORPH_HOME", str(folder))
        yield folder


@pytest.fixture(scope="module")
def trained(home: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A folder of music, and the bundle that `train` made of it."""
    folder, rng = tmp_path_factory.mktemp("music"), random.Random(1)
    for number in range(30):
        line = [Note(240 * i, rng.choice((60, 62, 64, 65, 67, 69, 71, 72)), 240) for i in range(64)]
        write_midi(Score((Track.of(line),)), folder / f"{number}.mid")
    out = home / "models" / "melody_vae.safetensors"
    network = [word for name, value in SMALL.items() for word in ("--set", f"{name}={value}")]
    words = ["train", "melody_vae", "--corpus", str(folder), "--steps", "40", "--learning-rate", "0.004"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("engine.device.use_cores", lambda: None)  # it would keep every core for the tests after it
        assert main([*words, "--device", "cpu", "--out", str(out), *network]) == 0
    return folder, out


@pytest.fixture
def song(tmp_path: Path) -> Path:
    path = tmp_path / "song.mid"
    write_midi(Score((Track.of([Note(480 * i, 60 + i, 480) for i in range(8)]),)), path)
    return path


Capture = pytest.CaptureFixture[str]


def fails(capsys: Capture, *words: str) -> str:
    """Run something the composer can mend: exit status 2, one line, nothing on standard output."""
    assert main(list(words)) == 2
    said = capsys.readouterr()
    assert said.out == ""
    lines = said.err.strip().splitlines()
    assert len(lines) == 1 and lines[0].startswith("melomorph: "), said.err
    assert "Traceback" not in said.err
    return lines[0]


def music(path: Path) -> list[tuple[int, int, int]]:
    return [(n.start, n.length, n.pitch) for track in read_midi(path)[0].tracks for n in track.notes]


# help and mistakes ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", verbs())
def test_every_verb_explains_itself(verb: str, capsys: Capture) -> None:
    with pytest.raises(SystemExit) as ended:
        main([verb, "--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert f"melomorph {verb}" in said
    flags = [line for line in said.splitlines() if line.startswith("  -")]
    assert flags and "None" not in said


def test_the_command_explains_itself(capsys: Capture) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    assert all(verb in capsys.readouterr().out for verb in ("generate",))
    with pytest.raises(SystemExit):
        main(["--version"])
    assert __version__ in capsys.readouterr().out


def test_help_needs_no_torch() -> None:
    """`--help` answers at once."""
    script = (
        "import sys; from app.__main__ import main\n"
        "for verb in ('generate', 'train', 'evaluate', 'dream', 'help'):\n"
        "    try: main([verb, '--help'])\n"
        "    except SystemExit: pass\n"
        "print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, timeout=PATIENCE)
    assert done.stdout.splitlines()[-1] == "False", done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("generate", "--bars", "many"),
        ("train", "--steps", "many"),
        ("morph", "a.mid"),
        ("render", "a.mid"),
        ("models", "x"),
    ],
)
def test_words_that_make_no_sense_end_with_two(words: tuple[str, ...], capsys: Capture) -> None:
    with pytest.raises(SystemExit) as ended:
        main(list(words))
    assert ended.value.code == 2 and "usage" in capsys.readouterr().err


def test_mistakes_are_one_line(capsys: Capture, tmp_path: Path, song: Path, trained: tuple[Path, Path]) -> None:
    out = str(tmp_path / "out")
    assert "3 bars" in fails(capsys, "generate", "--bars", "3", "--out", out)
    assert "no model called choir" in fails(capsys, "generate", "--model", "choir", "--out", out)
    assert "from 0.0 to 1.5" in fails(capsys, "generate", "--temperature", "7", "--out", out)
    assert "from 0.0 to 1.5" in fails(capsys, "generate", "--temperature", "nan", "--out", out)
    assert "missing.mid" in fails(capsys, "info", str(tmp_path / "missing.mid"))
    assert "missing.mid" in fails(capsys, "morph", str(song), str(tmp_path / "missing.mid"), "--out", out)
    assert "missing.mid" in fails(capsys, "render", str(tmp_path / "missing.mid"), "-o", f"{out}.wav")
    assert "nonesuch" in fails(capsys, "train", "melody_vae", "--corpus", "nonesuch", "--out", f"{out}.safetensors")
    assert "no model called perceptron" in fails(capsys, "train", "perceptron")
    assert "depth" in fails(capsys, "train", "melody_vae", "--corpus", str(tmp_path), "--set", "depth=2")
    assert "There is no file" in fails(capsys, "evaluate", str(tmp_path / "no.safetensors"))
    assert "no model called choir" in fails(capsys, "evaluate", "choir")
    (tmp_path / "junk.mid").write_bytes(b"junk" * 30)
    assert "not a MIDI file" in fails(capsys, "info", str(tmp_path / "junk.mid"))
    assert "abacus" in fails(
        capsys, "train", "melody_vae", "--corpus", str(trained[0]), "--device", "abacus", "--out", f"{out}.safetensors"
    )
    assert not (tmp_path / "out").exists()


# generate and morph --------------------------------------------------------------------------------------------------


def test_generate_writes_what_it_says(capsys: Capture, tmp_path: Path, trained: tuple[Path, Path]) -> None:
    words = ["generate", "--model", "melody_vae", "--seed", "3", "--bars", "4", "-n", "2"]
    assert main([*words, "--out", str(tmp_path / "one")]) == 0
    files = [Path(line) for line in capsys.readouterr().out.splitlines()]
    assert len(files) == 2 and files == sorted((tmp_path / "one").iterdir())
    assert main([*words, "--out", str(tmp_path / "two")]) == 0
    again = sorted((tmp_path / "two").iterdir())
    assert [path.read_bytes() for path in files] == [path.read_bytes() for path in again]
    assert all(music(path) for path in files)


def test_morph_keeps_both_ends(capsys: Capture, tmp_path: Path, song: Path, trained: tuple[Path, Path]) -> None:
    other = tmp_path / "other.mid"
    write_midi(Score((Track.of([Note(240 * i, 72 - i, 240) for i in range(16)]),)), other)
    assert main(["morph", str(song), str(other), "--steps", "4", "--out", str(tmp_path / "morph")]) == 0
    files = [Path(line) for line in capsys.readouterr().out.splitlines()]
    assert len(files) == 4
    assert music(files[0]) == music(song) and music(files[-1]) == music(other)


# files, models, figures ----------------------------------------------------------------------------------------------


def test_info(capsys: Capture, song: Path) -> None:
    assert main(["info", str(song)]) == 0
    assert capsys.readouterr().out.strip()
    assert main(["info", str(song), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["notes"], found["bars"], found["seconds"], found["oddities"]) == (8, 2, 4.0, [])
    assert found["tracks"][0]["range"] == "C4 to G4"


def test_render(capsys: Capture, song: Path, tmp_path: Path) -> None:
    import soundfile

    out = tmp_path / "song.wav"
    assert main(["render", str(song), "-o", str(out)]) == 0
    assert capsys.readouterr().out.strip() == str(out)
    sound, rate = soundfile.read(out)
    assert 3.5 < len(sound) / rate < 12 and abs(sound).max() > 0.01
    assert "txt" in fails(capsys, "render", str(song), "-o", str(tmp_path / "song.txt"))


def test_models(capsys: Capture, trained: tuple[Path, Path]) -> None:
    assert main(["models", "--json"]) == 0
    (model,) = (m for m in json.loads(capsys.readouterr().out) if m["name"] == "melody_vae")
    assert {"name", "title", "year", "paper", "capabilities", "bundle", "figures"} <= set(model)
    assert model["capabilities"] == ["samples", "encodes", "learns"] and model["bundle"] == str(trained[1])
    assert "token_accuracy" in model["figures"]
    assert main(["models"]) == 0
    assert "ready" in capsys.readouterr().out


@pytest.fixture
def nothing_shipped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Only what these tests trained is there."""
    monkeypatch.setattr("app.cli.common.root", lambda: tmp_path / "nowhere")


@pytest.mark.usefixtures("nothing_shipped")
def test_the_page_of_all_models(capsys: Capture, tmp_path: Path, trained: tuple[Path, Path]) -> None:
    page = tmp_path / "docs" / "systems.md"
    assert main(["models", "--markdown", str(page)]) == 0
    text = page.read_text(encoding="utf-8")
    assert "## Melody VAE" in text and "Not trained yet." in text


@pytest.mark.usefixtures("nothing_shipped")
def test_help_of_a_model(capsys: Capture, trained: tuple[Path, Path]) -> None:
    assert main(["help", "melody_vae"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("# Melody VAE") and "a folder of the composer's own" in said
    assert "falls short" not in said, "its aims are those of another training"
    assert main(["help", "denoising_ae", "--json"]) == 0
    assert "Not trained yet" in json.loads(capsys.readouterr().out)["markdown"]


# ideas ---------------------------------------------------------------------------------------------------------------


def test_a_verb_writes_a_file_for_each_idea(
    capsys: Capture, tmp_path: Path, song: Path, trained: tuple[Path, Path]
) -> None:
    out = tmp_path / "ideas"
    assert main(["vary", "--in", str(song), "--count", "2", "--seed", "5", "--out", str(out)]) == 0
    files = [Path(line) for line in capsys.readouterr().out.splitlines()]
    assert [path.name for path in files] == [
        "vary-melody_vae-01-mine.mid", "vary-melody_vae-02-given-back.mid", "vary-melody_vae-03-variation-1.mid",
        "vary-melody_vae-04-variation-2.mid",
    ]  # fmt: skip
    assert music(files[0]) == music(song) and all(music(path) for path in files[1:])
    words = ["draw", "--model", "melody_vae", "--count", "3", "--compound", "--out", str(out)]
    assert main(words) == 0
    (score, _), *_ = [read_midi(Path(line)) for line in capsys.readouterr().out.splitlines()]
    assert (score.meters[0].numerator, score.meters[0].denominator) == (6, 8)


def test_the_passage_begins_where_it_is_said(capsys: Capture, tmp_path: Path, trained: tuple[Path, Path]) -> None:
    path = tmp_path / "late.mid"
    line = [Note(1920 * 3 + 480 * i, 60 + i % 3, 480) for i in range(16)]
    write_midi(Score((Track.of(line), Track.of([Note(0, 36, 480)], drums=True))), path)
    for words, first in (([], 60), (["--bar", "5"], 61)):
        assert main(["vary", "--in", str(path), *words, "--count", "1", "--out", str(tmp_path)]) == 0
        assert music(Path(capsys.readouterr().out.splitlines()[0]))[0][2] == first
    assert "late.mid, bar 20" in fails(capsys, "vary", "--in", str(path), "--bar", "20", "--out", str(tmp_path / "no"))


@pytest.mark.usefixtures("nothing_shipped")
def test_ideas_that_cannot_be_had_are_one_line(
    capsys: Capture, tmp_path: Path, song: Path, trained: tuple[Path, Path]
) -> None:
    out = str(tmp_path / "out")
    assert "one piece of 2 bars" in fails(capsys, "vary", "--out", out)
    assert "2 pieces" in fails(capsys, "interpolate", "--in", str(song), "--out", out)
    assert "not trained" in fails(capsys, "repair", "--model", "denoising_ae", "--in", str(song), "--out", out)
    assert "missing.mid" in fails(capsys, "vary", "--in", str(tmp_path / "missing.mid"), "--out", out)
    assert "from 1 to 64" in fails(capsys, "draw", "--count", "0", "--out", out)
    assert "auto-bach cannot write 3 bars" in fails(capsys, "generate", "--model", "auto_bach", "--bars", "3")
    assert "no sliders" in fails(capsys, "generate", "--model", "auto_bach", "--density", "1")
    assert "not trained" in fails(capsys, "generate", "--model", "auto_bach", "--out", out)
    assert "Leave out what belongs to one: --corpus" in fails(capsys, "train", "all", "--corpus", "folk", "--out", out)
    assert not Path(out).exists()


def test_train_all_is_every_row_by_its_recipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    orders: list[Any] = []

    def learnt(order: Any, report: object, tell: object) -> Path:
        orders.append(order)
        return Path(order.out)

    monkeypatch.setattr("engine.training.make.train", learnt)
    monkeypatch.setattr("engine.device.use_cores", lambda: None)
    assert main(["train", "all", "--out", str(tmp_path)]) == 0
    assert [order.row.name for order in orders] == list(REGISTRY)
    assert all(order.out == tmp_path / f"{order.row.name}.safetensors" for order in orders)
    assert all(
        (order.corpus, order.options.steps) == (o.recipe.corpus, o.recipe.steps)
        for order in orders
        for o in (order.row,)
    )
    orders.clear()
    (tmp_path / "melody_vae.safetensors").touch()
    (tmp_path / "vae.safetensors").touch()
    (tmp_path / "vae.checkpoint").touch()
    assert main(["train", "all", "--resume", "--out", str(tmp_path)]) == 0
    assert [order.row.name for order in orders] == [name for name in REGISTRY if name != "melody_vae"]


def test_evaluate(capsys: Capture, trained: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    folder, bundle = trained
    assert main(["evaluate", "melody_vae", "--corpus", str(folder), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert set(found) == {"model", "figures", "gates"}
    assert all(isinstance(value, int | float) for value in found["figures"].values())
    assert found["gates"] and all(set(gate) == {"name", "value", "gate", "holds"} for gate in found["gates"])
    monkeypatch.setattr("engine.evaluation.evaluate.evaluate", lambda *_: found)  # measured once: now in words
    assert main(["evaluate", str(bundle), "--corpus", str(folder)]) == 0
    said = capsys.readouterr().out
    assert "token_accuracy" in said and "FAILS" not in said, "aims are those of the recipe's music"


def test_doctor(capsys: Capture) -> None:
    assert main(["doctor", "--json"]) == 0
    checks = json.loads(capsys.readouterr().out)
    assert all(set(check) == {"name", "ok", "found", "remedy"} for check in checks)
    assert {"Python", "Qt", "FluidSynth", "Soundfont", "torch devices"} <= {check["name"] for check in checks}


def test_train_wrote_a_bundle_of_what_was_asked(trained: tuple[Path, Path]) -> None:
    header = bundles.read_header(trained[1])
    assert header["recipe"]["steps"] == 40 and header["options"]["width"] == 32
    assert list(trained[1].parent.iterdir()) == [trained[1]], "nothing is left lying about"


def modest() -> None:
    """One core is enough: threads that wait for one another on a busy machine would take minutes."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


@pytest.mark.timeout(2 * PATIENCE)
@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl+C is sent otherwise there")
def test_ctrl_c_keeps_the_training_and_resume_goes_on(
    capsys: Capture, tmp_path: Path, trained: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    out, network = tmp_path / "mine.safetensors", [w for n, v in SMALL.items() for w in ("--set", f"{n}={v}")]
    words = ["train", "melody_vae", "--corpus", str(trained[0]), "--device", "cpu", "--out", str(out), *network]
    longest = [*words, "--steps", "1000000", "--checkpoint-seconds", "0"]
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a child of a job in the background ignores it
    try:
        child = subprocess.Popen(
            [sys.executable, "-m", "app", *longest], cwd=ROOT, stderr=subprocess.PIPE, text=True, preexec_fn=modest
        )
    finally:
        signal.signal(signal.SIGINT, before)
    end = time.monotonic() + PATIENCE
    while not out.with_suffix(".checkpoint").exists() and child.poll() is None and time.monotonic() < end:
        time.sleep(0.02)
    child.send_signal(signal.SIGINT)
    try:
        _, said = child.communicate(timeout=PATIENCE / 2)
    finally:
        child.kill()
    assert child.returncode == 130 and said.splitlines()[-1] == "melomorph: stopped", said
    assert out.with_suffix(".checkpoint").exists() and not out.exists()
    monkeypatch.setattr("engine.device.use_cores", lambda: None)
    assert main([*words, "--steps", "1", "--resume"]) == 0
    assert capsys.readouterr().out.strip() == str(out) and out.exists()


# as a process --------------------------------------------------------------------------------------------------------


@pytest.mark.timeout(2 * PATIENCE)
def test_as_a_process(tmp_path: Path, trained: tuple[Path, Path]) -> None:
    """`python -m app`: the same through a real shell, in a real encoding, with a pipe that closes early."""
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    words = [sys.executable, "-m", "app", "generate", "-n", "1", "--out", str(tmp_path / "Übung")]
    done = subprocess.run(words, capture_output=True, cwd=ROOT, env=environment, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr.decode()
    assert Path(done.stdout.decode("utf-8").strip()).is_file()
    assert done.stderr == b"", "no progress bar where nobody looks"
    bad = subprocess.run([*words[:4], "--bars", "5"], capture_output=True, cwd=ROOT, env=environment, timeout=PATIENCE)
    assert bad.returncode == 2 and bad.stdout == b"" and len(bad.stderr.splitlines()) == 1


# chords --------------------------------------------------------------------------------------------------------------


def test_chords_are_found_written_and_told(tmp_path: Path, song: Path, capsys: Capture) -> None:
    chords = ((60, 64, 67), (65, 69, 72))
    triads = [Note(1920 * bar, pitch, 1920) for bar, chord in enumerate(chords) for pitch in chord]
    write_midi(Score((Track.of(triads),)), path := tmp_path / "triads.mid")
    assert main(["chords", str(path), "--play", "stride", "--out", str(tmp_path / "out.mid")]) == 0
    assert capsys.readouterr().out == "bar 1: C\nbar 2: F\n"
    assert [track.name for track in read_midi(tmp_path / "out.mid")[0].tracks][-1] == "Chords"
    project = tmp_path / "out.melomorph"
    assert main(["chords", str(tmp_path / "out.mid"), "--json", "--out", str(project)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {
        "found": False,
        "chords": [{"bar": 1, "beat": 1, "tick": 0, "chord": "C"}, {"bar": 2, "beat": 1, "tick": 1920, "chord": "F"}],
    }
    assert main(["chords", str(project)]) == 0 and "bar 2: F" in capsys.readouterr().out
    fails(capsys, "chords", str(tmp_path / "nowhere.mid"))


# four voices ---------------------------------------------------------------------------------------------------------


def test_voices_are_checked(tmp_path: Path, song: Path, capsys: Capture) -> None:
    lines = ((72, 74), (65, 65), (57, 57), (48, 50))
    notes = [[Note(480 * i, pitch, 480) for i, pitch in enumerate(line)] for line in lines]
    score = Score(tuple(Track.of(line, f"v{number}") for number, line in enumerate(notes)))
    write_midi(score, path := tmp_path / "four.mid")
    assert main(["check", str(path)]) == 0
    assert "1 parallel octave (bar 1)" in capsys.readouterr().out
    assert main(["check", str(path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["faults"] == [{"fault": "parallel octave", "tick": 480, "bar": 1, "voices": ["v0", "v3"]}]
    assert "1 track with notes" in fails(capsys, "check", str(song))


def test_a_folder_is_surveyed(tmp_path: Path, song: Path, capsys: Capture) -> None:
    (tmp_path / "music").mkdir()
    (tmp_path / "music" / "song.mid").write_bytes(song.read_bytes())
    (tmp_path / "music" / "broken.mid").write_bytes(b"not music")
    assert main(["survey", str(tmp_path / "music")]) == 0
    said = capsys.readouterr().out
    assert "2 files, 1 read, 1 skipped" in said and "broken.mid: This is not a MIDI file." in said
    assert main(["survey", str(tmp_path / "music"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["windows"]["chorale"] == 0
