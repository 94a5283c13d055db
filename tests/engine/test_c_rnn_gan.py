"""C-RNN-GAN: notes as numbers and back, the game and who waits in it, going on in a key, figures, and its verb."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine.codecs import stream
from engine.codecs.stream import LADDER, LENGTH, PITCH, STREAM, TIME, VELOCITY
from engine.commands.ask_verb import asked, ideas
from engine.corpus.dataset import Dataset, Split
from engine.errors import Cancelled
from engine.evaluation import stream_features, streams
from engine.evaluation.note_runs import longest_run, runs_of
from engine.jobs.job import silent
from engine.models import bundle as bundles
from engine.models.c_rnn_gan import CRNNGAN, Options, SampleOptions
from engine.models.parts import note_habits, note_numbers, stream_home
from engine.models.registry import REGISTRY
from engine.models.shelf import Shelf
from engine.options import changed
from engine.training import make
from engine.verbs import improvise
from tests.engine.made_up import corpus
from tests.engine.small import SMALL

WHITE = (0, 2, 4, 5, 7, 9, 11)


def network(**wished: Any) -> CRNNGAN:
    torch.manual_seed(3)
    made = CRNNGAN(changed(Options(), {**SMALL["c_rnn_gan"], **wished})).eval()
    made.settle(corpus("stream", 8))
    return made


# notes as numbers ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("keys", [True, False])
def test_notes_come_back_from_numbers(keys: bool) -> None:
    windows = corpus("stream", 6)
    found = note_numbers.tokens_of(note_numbers.features(windows, keys))
    assert torch.equal(found[..., PITCH], windows[..., PITCH])
    assert (found[..., VELOCITY] - windows[..., VELOCITY]).abs().max() <= 1
    for field in (TIME, LENGTH):
        assert (found[..., field] - windows[..., field]).abs().max() <= 1
    assert note_numbers.features(windows, keys)[..., :4].abs().max() <= 1


def test_times_fall_on_a_grid() -> None:
    windows = corpus("stream", 4)  # a little uneven
    found = note_numbers.tokens_of(note_numbers.features(windows, True), 24)
    assert (torch.from_numpy(LADDER)[found[..., TIME]] % 24 == 0).all() and (found[..., LENGTH] >= 24).all()


def test_windows_with_gaps_at_their_ends_begin_again() -> None:
    windows = corpus("stream", 2)
    windows[0, 5:] = 0
    found = note_numbers.whole(windows)
    assert torch.equal(found[0, 5:10], windows[0, :5]) and torch.equal(found[1], windows[1])


def test_pitches_off_the_piano_are_folded() -> None:
    assert note_numbers.folded(torch.tensor([0, 20, 21, 108, 109, 127])).tolist() == [24, 32, 21, 108, 97, 103]


# the figures of the paper ------------------------------------------------------------------------------------------


def window(*notes: tuple[int, int, int]) -> torch.Tensor:
    """Notes as (time, pitch, velocity)."""
    rows = np.zeros((1, *STREAM.shape), dtype=np.int64)
    for number, (time, pitch, velocity) in enumerate(notes):
        rows[0, number] = time, 24, pitch, velocity, 0
    return torch.from_numpy(rows)


def test_habits() -> None:
    x = window((0, 60, 80), (0, 64, 70), (24, 65, 90), (24, 60, 80), (0, 64, 80), (24, 66, 80))
    named = dict(zip(note_habits.NAMES, note_habits.habits(x)[0].tolist(), strict=True))
    assert named["polyphony"] == pytest.approx(2 / 4) and named["scale"] == pytest.approx(5 / 6)
    assert named["twos"] == pytest.approx(2 / 20), "one pair of five comes again, counted from both"
    assert named["threes"] == 0 and named["span"] == 6 and named["tones"] == 4 and named["intensity"] == 20


def test_a_note_below_the_tonic_is_in_the_scale_too() -> None:
    """The published code forgets the octave: in G, everything from C to F sharp would be out of scale."""
    x = window(*[(24, pitch, 80) for pitch in (60, 62, 64, 66, 67, 69, 71)])
    assert note_habits.habits(x)[0, 1] == 1


def test_a_diary_has_a_page_for_each_part_of_the_game() -> None:
    diary, music = note_habits.Diary(), corpus("stream", 4)
    for progress in (0.0, 0.001, 0.5, 1.0):
        diary.write(progress, music)
    lines = diary.lines()
    assert lines["part"] == [0.0, 0.5, 1.0] and set(lines) == {"part", *note_habits.NAMES}


# the game ----------------------------------------------------------------------------------------------------------


def test_who_is_too_far_ahead_waits() -> None:
    made = network(feature_matching=0.0, anchor=0.0)
    made.train()
    batch = corpus("stream", 8)
    made.paid.copy_(torch.tensor([1.0, 100.0]))
    losses = made.play("critic", batch)
    assert losses["critic waits"] == 1
    losses["loss"].backward()
    assert all(float(p.grad.abs().sum()) == 0 for p in made.critic.parameters() if p.grad is not None)
    made.paid.copy_(torch.tensor([1.0, 0.0]))
    losses = made.play("critic", batch)
    assert losses["critic waits"] == 0 and float(made.paid[0]) == pytest.approx(float(losses["loss"].detach()))
    unfrozen = network(freeze=0.0).train()
    unfrozen.paid.copy_(torch.tensor([100.0, 100.0]))
    assert unfrozen.play("generator", batch)["waits"] == 0


def test_music_that_is_gone_on_from_is_not_judged() -> None:
    made, music = network(), note_numbers.features(corpus("stream", 2), True)[:, :24]
    assert made.critic(music, 10).score.shape == (2 * 14,)
    assert made.critic(music).features.shape == (2, 32)


@pytest.mark.parametrize("wished", [{"pitch": "number", "answers": 1, "anchor": 0.0}, {"layers": 2},
                                    {"minibatch": "discrimination"}, {"minibatch": "deviation", "spectral": True},
                                    {"law": "wgan-gp", "penalty": 10.0}])  # fmt: skip
def test_it_plays_by_other_rules_too(wished: dict[str, Any]) -> None:
    made, batch = network(**wished).train(), corpus("stream", 8)
    for player, module in made.players().items():
        losses = made.play(player, batch)
        losses["loss"].backward()
        assert any(p.grad is not None and torch.isfinite(p.grad).all() for p in module.parameters())
    assert made.sample(2, SampleOptions()).shape == (2, *STREAM.shape)


def test_foretelling_gets_better_and_several_answers_cost_less() -> None:
    made, music = network(), note_numbers.features(corpus("stream", 16), True)[:, :24]
    torch.manual_seed(1)
    with torch.no_grad():
        one = float(made.generator.foretold(music, 1))
        assert float(made.generator.foretold(music, 8)) < one
    optimizer = torch.optim.Adam(made.generator.parameters(), lr=1e-2)
    for _ in range(25):
        optimizer.zero_grad()
        cost = made.generator.foretold(music, 4)
        cost.backward()
        optimizer.step()
    assert float(cost.detach()) < 0.8 * one


# playing -----------------------------------------------------------------------------------------------------------


def test_grids_and_scales() -> None:
    made = network()
    free = made.sample(4, SampleOptions(grid="free", scale="free"))
    snapped = made.sample(4, SampleOptions(grid="triplets", scale="white keys"))
    assert (torch.from_numpy(LADDER)[snapped[..., TIME]] % 16 == 0).all()
    assert np.isin(snapped[..., PITCH].numpy() % 12, WHITE).all()
    assert (torch.from_numpy(LADDER)[free[..., TIME]] % 16 != 0).any()
    assert not np.isin(free[..., PITCH].numpy() % 12, WHITE).all()
    number = network(pitch="number").sample(4, SampleOptions(scale="white keys"))
    assert np.isin(number[..., PITCH].numpy() % 12, WHITE).all()


def test_the_grid_of_the_corpus_is_found() -> None:
    home = stream_home.Home()
    even = window(*[(24, 60 + k % 5, 80) for k in range(40)])
    home.listen(even)
    assert float(home.grid) == 24
    home.listen(window(*[(k % 7 + 20, 60, 80) for k in range(40)]))
    assert float(home.grid) == 1 and home.units("sixteenths") == 24 and home.units("learnt") == 1


def test_it_goes_on_in_my_key_from_the_first_beat_to_the_end() -> None:
    made = network()
    mine = corpus("stream", 3)
    late = stream.onsets(mine.numpy()) >= 8 * 96
    mine[torch.from_numpy(late)] = 0
    options = SampleOptions(scale="white keys")
    found = made.extend(mine, options)
    home = stream_home.moved(found, stream_home.homeward(mine))
    assert np.isin(home[home[..., VELOCITY] > 0][:, PITCH].numpy() % 12, WHITE).all()
    moved = stream_home.moved(mine, torch.tensor([2, 2, 2]))
    again = made.extend(moved, options)
    there = found[..., VELOCITY] > 0
    assert ((again[there][:, PITCH] - found[there][:, PITCH]) % 12 == 2).all()
    assert (found[:, 0, TIME] == 0).all() and stream.onsets(found.numpy().astype(np.uint8)).max() < 8 * 96
    assert torch.equal(made.extend(mine[:1], options)[0], made.extend(mine[:1], options)[0])


def test_playing_can_be_stopped() -> None:
    def stop(done: float, total: float, text: str = "") -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        network().sample(1, SampleOptions(), stop)


# figures -----------------------------------------------------------------------------------------------------------


def split(n: int, seed: int) -> Split:
    windows = corpus("stream", n, seed).numpy().astype(np.uint8)
    return Split(windows, np.arange(n, dtype=np.int32) // 6, tuple(f"Rag {k}" for k in range(n // 6 + 1)))


def test_what_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("PLAYED", 60), ("COMPARED", 6), ("CARRIED_ON", 6)):
        monkeypatch.setattr(streams, name, value)
    made = network()
    made.diary.write(0.0, corpus("stream", 2))
    data = Dataset(split(60, 0), split(24, 1), 0)
    figures, curves = streams.measure(made, data, STREAM)
    assert figures["real_stream_fd"] < figures["stream_fd"], "untrained, it is far from music"
    assert figures["real_carried_on_in_key"] == 1 and 0 <= figures["carried_on_in_key"] <= 1
    assert set(curves) == {f"stream_{name}" for name in note_habits.NAMES}
    assert all(np.isfinite(value) for value in figures.values())


def test_real_music_is_no_distance_from_itself() -> None:
    windows = corpus("stream", 80).numpy().astype(np.uint8)
    far = streams.Distance(windows)
    assert far(windows) == pytest.approx(0, abs=1e-6)
    assert far(streams.chain(windows, 80)) > far(corpus("stream", 80, 4).numpy().astype(np.uint8))
    assert np.isfinite(stream_features.features(np.zeros((2, *STREAM.shape), dtype=np.uint8))).all()


def test_notes_in_a_row_are_found_in_any_key() -> None:
    windows = corpus("stream", 4).numpy().astype(np.uint8)
    stolen = windows[2:3].copy()
    stolen[:, :, PITCH] += 3
    stolen[:, 40:, PITCH] = 61
    assert longest_run(runs_of(stolen).codes, runs_of(windows)) == (40, 2)


# the verb ----------------------------------------------------------------------------------------------------------


def test_an_improvisation_is_an_idea(tmp_path: Path) -> None:
    made = network()
    header = {"options": dataclasses.asdict(made.options), "codec": "stream", "corpus": {"title": "made up"}}
    bundle = bundles.Bundle("c_rnn_gan", header, make._arrays(made))
    make._complete(bundle, made, Dataset(split(12, 0), split(12, 1), 0), STREAM)
    bundles.write(bundle, tmp_path / "c_rnn_gan.safetensors")
    about = asked(Shelf([tmp_path]), "improvise", "c_rnn_gan", improvise.Options(count=2))
    found = ideas(about, "improvise", silent)
    assert [idea.caption for idea in found] == ["1", "2"] and found == ideas(about, "improvise", silent)
    for idea in found:
        assert [voice.name for voice in idea.voices] == ["Right hand", "Left hand"]
        assert all(note.end <= idea.ticks for voice in idea.voices for note in voice.notes)
        assert idea.ticks % 480 == 0
    assert set(improvise.GRIDS) == set(stream_home.GRIDS) and improvise.SCALES == stream_home.SCALES
    assert not any(verb.name == "draw" for verb in _offered())


def _offered() -> list[Any]:
    from engine.verbs.catalog import verbs_of

    return list(verbs_of(REGISTRY["c_rnn_gan"]))
