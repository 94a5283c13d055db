"""Call and response: nothing is known of what is still to come, the kind of bar is kept, attention sums to one."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.codecs import melody
from engine.codecs.melody import PHRASE
from engine.corpus.dataset import Dataset, Split
from engine.errors import UserError
from engine.evaluation import answers
from engine.models.encoder_decoder import SLOTS, EncoderDecoder, Options, SampleOptions
from engine.models.parts import home_range
from engine.models.shelf import Shelf
from engine.verbs import answer as verb
from engine.verbs.verb import Asked
from tests.engine.made_up import corpus
from tests.engine.small import SMALL

torch.set_num_threads(1)


def network(**changes: Any) -> EncoderDecoder:
    torch.manual_seed(4)
    return EncoderDecoder(Options(**{**SMALL["encoder_decoder"], **changes})).eval()


@pytest.fixture(scope="module")
def phrases() -> Tensor:
    return corpus("phrase", 8)


def test_the_kind_of_bar_is_kept_and_an_answer_begins_by_itself(phrases: Tensor) -> None:
    made = network()
    found = made.extend(phrases, SampleOptions(temperature=1.0, seed=3))
    assert torch.equal(found == melody.PAD, phrases == melody.PAD)
    assert (found[:, 0] != melody.HOLD).all()
    assert torch.equal(found, made.extend(phrases, SampleOptions(temperature=1.0, seed=3)))
    again = made.answer(found[:, :SLOTS], SampleOptions(temperature=1.0, seed=4), held=True)
    assert torch.equal(again, found[:, SLOTS:]), "the second four bars answer the first"


def test_only_the_last_four_bars_are_answered(phrases: Tensor) -> None:
    other = phrases.clone()
    other[:, :SLOTS] = phrases[:, :SLOTS].roll(2, 0)
    how = SampleOptions(temperature=0.0)
    made = network()
    assert torch.equal(made.extend(phrases, how), made.extend(other, how))


def test_a_call_is_heard_the_same_from_any_key(phrases: Tensor) -> None:
    notes = (phrases >= melody.FIRST_PITCH_TOKEN) & (phrases < melody.PAD)
    here, there = (network()._at_home(x) for x in (phrases, torch.where(notes, phrases + 2, phrases)))
    assert torch.equal(here[0], there[0]) and torch.equal(here[2], there[2] + 2)


@pytest.mark.parametrize("attention", [True, False])
def test_steps_know_only_what_was_before_them(phrases: Tensor, attention: bool) -> None:
    made = network(attention=attention)
    call, true, _ = made._at_home(phrases)
    other = true.clone()
    other[:, 30:] = torch.where(true[:, 30:] < 41, 20, true[:, 30:])
    mine, theirs = made._told(call, true)[0], made._told(call, other)[0]
    assert torch.equal(mine[:, :31], theirs[:, :31]) and not torch.equal(mine[:, 31:], theirs[:, 31:])


def test_walking_says_what_was_learnt_all_at_once(phrases: Tensor) -> None:
    made = network()
    empty = phrases[:, :SLOTS] == melody.PAD
    calls = torch.where(empty, melody.PAD, home_range.taken_back(made._at_home(phrases)[0], torch.zeros(8).long()))
    assert not home_range.way_home(calls).any()  # at home already: nothing is folded on the way back
    found = made.answer(calls, SampleOptions(temperature=0.0), held=True)
    call, told, _ = made._at_home(torch.cat([calls, found], 1))
    assert torch.equal(made._told(call, told)[0].argmax(-1)[~empty], told[~empty])


def test_attention_is_shared_out_among_the_notes_of_the_call(phrases: Tensor) -> None:
    share = network().attention(phrases, phrases)
    assert share.shape == (8, 128, 128)
    listened = share[:, :SLOTS, SLOTS:]
    torch.testing.assert_close(listened.sum(-1), torch.ones(8, SLOTS))
    assert float(share.sum()) == pytest.approx(float(listened.sum()))
    assert not listened.transpose(1, 2)[phrases[:, SLOTS:] == melody.PAD].any(), "empty slots are not listened to"
    assert not network(attention=False).attention(phrases, phrases).any()


def test_silence_can_be_answered() -> None:
    silence = torch.zeros(1, 2 * SLOTS, dtype=torch.long)
    silence[:, 0] = melody.REST
    found = network().extend(silence, SampleOptions(temperature=1.0))
    assert found.shape == silence.shape and int(found.max()) < melody.PAD


class _Card(Shelf):
    """A shelf with one untrained network."""

    def network(self, name: str) -> Any:
        return network()

    def bundle(self, name: str) -> Any:
        return type("Nothing", (), {"extras": {}, "header": {}})()


def asked(window: np.ndarray) -> Asked:
    from engine.models.registry import REGISTRY

    return Asked(REGISTRY["encoder_decoder"], _Card([]), PHRASE, (window,), False, 480, verb.Options(count=2))


def test_answers_stand_behind_the_call_with_their_picture(phrases: Tensor) -> None:
    window = phrases[0].numpy().astype(np.uint8)
    late = asked(window)
    found = verb.run(late, lambda *_: None)
    half = late.span // 2
    call = PHRASE.write(np.concatenate([window[SLOTS:], window[SLOTS:]]), 480)[0].notes
    assert len(found) == 2 and found[0] != found[1]
    for idea in found:
        assert idea.fresh == (half, 2 * half) and idea.ticks == 2 * half
        heard = [(n.start, n.pitch) for n in idea.voices[0].notes if n.start < half]
        assert heard == [(n.start, n.pitch) for n in call if n.start < half]
        (picture,) = idea.pictures
        assert len(picture.rows) == len(picture.rows[0]) == SLOTS
    early = window.copy()
    early[SLOTS:] = melody.HOLD
    early[SLOTS] = melody.REST
    early[:SLOTS] = window[SLOTS:]
    assert verb.run(asked(early), lambda *_: None) == found, "four bars and nothing behind them are the call"
    early[:SLOTS] = early[SLOTS:]
    with pytest.raises(UserError):
        verb.run(asked(early), lambda *_: None)


def test_figures(phrases: Tensor) -> None:
    windows = phrases.numpy().astype(np.uint8)
    side = Split(windows, np.arange(8, dtype=np.int32), tuple("abcdefgh"))
    figures, _ = answers.measure(network(), Dataset(side, side, 0), PHRASE)
    assert figures["table_answer_step_nats"] < 3 < figures["answer_step_nats"], "untrained, it knows less than a table"
    assert 0 <= figures["attention_same_place"] <= 1
    calls = windows[:, :SLOTS]
    assert answers.taken(calls, calls)["answer_bars_taken"] == 1.0
    twin = answers.measure(network(attention=False), Dataset(side, side, 0), PHRASE)[0]
    assert "attention_same_place" not in twin and dataclasses.is_dataclass(Options)
