"""RL Tuner: what it hears, how it is taught, and what a composer sees of a lesson."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine.codecs import melody
from engine.commands.ask_verb import asked
from engine.corpus import dataset
from engine.errors import Cancelled, UserError
from engine.evaluation import rules as measured
from engine.evaluation.gates import GATES
from engine.evaluation.table import PUBLISHED
from engine.evaluation.words import WORDS
from engine.models import bundle as bundles
from engine.models.parts import eighths, music_rules
from engine.models.registry import REGISTRY
from engine.models.rl_tuner import Options, RLTuner, SampleOptions, weights
from engine.models.shelf import Shelf
from engine.training.tuner import ALGORITHMS, Lesson, Tuner
from engine.verbs import teach
from engine.verbs.verb import Asked, Idea, Plot
from tests.engine.made_up import corpus

SMALL = Options(width=24, embedding=8, episodes=64)


def network() -> RLTuner:
    torch.manual_seed(3)
    return RLTuner(SMALL).eval()


def put_away(made: RLTuner, folder: Path) -> None:
    header = {"options": dataclasses.asdict(made.options), "codec": "melody4", "evaluation": {"figures": {"x": 1}}}
    arrays = {name: value.detach().numpy() for name, value in made.state_dict().items()}
    bundles.write(bundles.Bundle("rl_tuner", header, arrays), folder / "rl_tuner.safetensors")


def tokens_of(notes: list[tuple[int, int, int]], compound: bool = False) -> torch.Tensor:
    return torch.from_numpy(melody.encode_steps(notes, compound, 4)[None].astype(np.int64))


# the grid ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("compound", [False, True])
def test_music_on_eighths_comes_back_in_its_own_key(compound: bool) -> None:
    steps = 4 * melody.steps_per_bar(compound)
    scale = [62, 64, 66, 67, 69, 71, 73, 74]  # D major
    notes = [(at, at + 2, scale[(at // 2) % 8]) for at in range(0, steps - 4, 2)] + [(steps - 2, steps, 62)]
    tokens = tokens_of(notes, compound)
    symbols, shift = eighths.read(tokens, compound)
    assert shift.item() % 12 == 10 and symbols[0, 0] == music_rules.TONIC
    assert not music_rules.out_of_key(symbols.numpy()).any()
    assert torch.equal(eighths.write(symbols, shift, compound), tokens)


def test_what_lies_between_eighths_is_simplified() -> None:
    held_over = tokens_of([(0, 2, 60), (3, 8, 64), (8, 9, 67), (9, 10, 65), (10, 64, 60)])
    symbols, _ = eighths.read(held_over, False)
    heard = [int(s) - music_rules.TONIC if s >= 2 else "-" for s in symbols[0, :6]]
    assert heard == [0, "-", 4, "-", 7, 0]  # the held one begins at the next eighth, the short one is left out
    assert eighths.lost(held_over).item() == pytest.approx(2 / 5)


def test_a_key_is_found_wherever_the_music_is() -> None:
    windows = corpus("melody4", 8).numpy()[::2]
    first, _ = eighths.read(torch.from_numpy(windows), False)
    moved, _ = eighths.read(torch.from_numpy(melody.transposed(windows, 3).astype(np.int64)), False)
    same = (first == moved).all(1)
    assert same.float().mean() >= 0.5  # octaves may be chosen otherwise, keys may not
    assert torch.equal((first - 2) % 12 * (first >= 2), (moved - 2) % 12 * (moved >= 2))


# the network ---------------------------------------------------------------------------------------------------


def test_a_walk_says_what_the_network_says() -> None:
    net = network().net(False)
    symbols = net.walk(3, True, None)
    logits = net(symbols, True)
    logits[:, 0, eighths.HOLD] = -torch.inf
    assert torch.equal(logits.argmax(2), symbols)
    given = symbols[:, :5].flip(0)
    assert torch.equal(net.walk(3, True, None, given, 5)[:, :5], given)


def test_tunes_go_on_in_the_key_they_are_in() -> None:
    made = network()
    x = corpus("melody4", 6)
    options = SampleOptions(seed=4)
    found = made.extend(x, options)
    assert found.shape == x.shape and torch.equal(found, made.extend(x, options))
    assert torch.equal(found[:, 15] == melody.PAD, x[:, 15] == melody.PAD)
    up = torch.from_numpy(melody.transposed(x.numpy(), 12).astype(np.int64))
    difference = made.extend(up, options) - found
    assert {int(d) % 12 for d in difference.unique()} == {0}


def test_rules_are_weighed_in_words() -> None:
    found = weights("intervals 0.3, leaps 2")
    assert found["intervals"] == 0.3 and found["leaps"] == 2 and found["motif"] == 1 and len(found) == 9
    with pytest.raises(UserError, match="weighs no rule"):
        weights("swing 2")


def test_it_can_be_asked_where_nothing_is_learnt() -> None:
    made, options = network(), SampleOptions(seed=2)
    with torch.inference_mode():
        drawn = made.sample(2, options)
        made.extend(drawn, options)
    assert torch.equal(drawn, made.sample(2, options))


# the lesson ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_rewards_rise_and_nothing_else_changes(algorithm: str) -> None:
    made = network()
    before = {name: value.clone() for name, value in made.state_dict().items()}
    lesson = Lesson({"in_key": 1.0, "tonic": 1.0}, algorithm=algorithm, episodes=60 * 32, learning_rate=2e-2)
    tuner = Tuner(made.note, made.note, lesson)
    told = list(tuner.rounds())
    assert len(told) == 60 and told[-1].reward > told[0].reward + 0.1
    assert all(torch.equal(value, before[name]) for name, value in made.state_dict().items())
    again = Tuner(made.note, made.note, lesson)
    assert [now.reward for now in again.rounds()][:20] == [now.reward for now in told][:20]


def test_a_rehearsal_changes_the_taught_network_only() -> None:
    made, reports = network(), []
    note = [p.clone() for p in made.note.parameters()]
    plain = made.sample(2, SampleOptions(tuned=False))
    made.rehearse(lambda done, total, text="": reports.append(done / total))
    assert reports[-1] == 1 and torch.equal(plain, made.sample(2, SampleOptions(tuned=False)))
    assert all(torch.equal(a, b) for a, b in zip(note, made.note.parameters(), strict=True))
    assert any(not torch.equal(a, b) for a, b in zip(note, made.net(True).parameters(), strict=True))


# the verb ------------------------------------------------------------------------------------------------------


def lesson(shelf: Shelf, **changes: Any) -> Asked:
    return asked(shelf, "teach", "rl_tuner", teach.Options(**({"episodes": 320} | changes)))


def test_a_lesson_shows_its_curves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(teach, "SKETCH_SECONDS", 0.0)
    put_away(network(), tmp_path)
    sketches: list[Idea] = []
    about = dataclasses.replace(lesson(Shelf([tmp_path]), leaps=0.0), sketch=sketches.append)
    found = teach.run(about, lambda done, total, text="": None)
    assert [idea.row for idea in found] == ["before"] * 3 + ["after"] * 3
    assert found[-1].remark and len(sketches) == 10
    plot = found[-1].pictures[0]
    assert isinstance(plot, Plot) and all(len(values) == 10 for _, values in plot.lines)
    assert len(plot.lines) == 10, "log p, all rules, and the eight that count"
    assert set(teach.RULES) == set(music_rules.RULES)


def test_a_stopped_lesson_keeps_what_was_learnt(tmp_path: Path) -> None:
    put_away(network(), tmp_path)
    kept: list[Idea] = []

    def stop(done: float, total: float, text: str = "") -> None:
        if done >= 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        teach.run(dataclasses.replace(lesson(Shelf([tmp_path]), keep_it=True), keep=kept.append), stop)
    assert len(kept) == 6 and kept[-1].remark and kept[-1].pictures


def test_a_taught_network_is_kept_among_the_composers_own(tmp_path: Path) -> None:
    shipped, own = tmp_path / "shipped", tmp_path / "own"
    put_away(network(), shipped)
    shelf = Shelf([own, shipped], own)
    first = shelf.network("rl_tuner")
    assert isinstance(first, RLTuner)
    before = first.taught.clone()
    teach.run(lesson(shelf, keep_it=True), lambda done, total, text="": None)
    now = shelf.network("rl_tuner")
    assert isinstance(now, RLTuner) and torch.equal(first.taught, before), "who still draws from it is not disturbed"
    assert not torch.equal(now.taught, before) and shelf.path("rl_tuner") == own / "rl_tuner.safetensors"
    header = shelf.bundle("rl_tuner").header
    assert header["changed"] == "taught by you" and "evaluation" not in header
    later = Shelf([own, shipped], own).network("rl_tuner")
    assert isinstance(later, RLTuner) and torch.equal(later.taught, now.taught)
    (own / "rl_tuner.safetensors").unlink()
    back = Shelf([own, shipped], own).network("rl_tuner")
    assert isinstance(back, RLTuner) and torch.equal(back.taught, before)


def test_a_network_of_ones_own_is_copied_before_it_is_changed(tmp_path: Path) -> None:
    put_away(network(), tmp_path)
    shelf = Shelf([tmp_path], tmp_path)
    teach.run(lesson(shelf, keep_it=True), lambda done, total, text="": None)
    teach.run(lesson(shelf, keep_it=True), lambda done, total, text="": None)
    copy = bundles.read(tmp_path / "rl_tuner.before.safetensors")
    assert "changed" not in copy.header and np.array_equal(copy.weights["taught"], network().taught.numpy())
    without = Shelf([tmp_path])
    old = without.network("rl_tuner")
    teach.run(lesson(without, keep_it=True), lambda done, total, text="": None)
    assert without.network("rl_tuner") is not old, "without a folder it lasts as long as the shelf"


# the figures ---------------------------------------------------------------------------------------------------


def test_figures_tell_the_taught_from_the_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measured, "PIECES", 12)
    windows = corpus("melody4", 40).numpy().astype(np.uint8)
    side = dataset.Split(windows, np.arange(40, dtype=np.int32), tuple(str(n) for n in range(40)))
    figures, _ = measured.measure(network(), dataset.Dataset(side, side, 0), measured_codec())
    assert figures["rules_reward"] == figures["plain_rules_reward"], "nothing was taught yet"
    assert figures["nats_lost"] == 0 and figures["different"] > 0.9
    bare = {name.removeprefix("compound_") for name in figures}
    assert bare <= set(WORDS) and set(PUBLISHED["rl_tuner"]) <= bare
    assert {gate.name for gate in GATES["rl_tuner"]} <= bare | {"held_out_tunes"}


def measured_codec() -> Any:
    from engine.codecs.catalog import codec

    return codec(REGISTRY["rl_tuner"].codec)


def test_phrases_said_before_are_found_in_any_key() -> None:
    phrase = [14, 16, 18, 19]
    twice = np.array([[*phrase, *(note + 2 for note in phrase)]])
    once = np.array([[14, 16, 18, 19, 14, 21, 15, 30]])
    assert measured.said_before(twice) == pytest.approx(1 / 5) and measured.said_before(once) == 0
