"""What the one-look melody autoencoders share."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F

from engine.codecs import melody
from engine.models.parts import melody_mlp
from engine.models.parts.laws import LAWS
from engine.models.parts.melody_pitch import REGISTERS, SAME, absolute, relative
from tests.engine.melodies import melodies


def silence() -> torch.Tensor:
    line = torch.full((1, melody.SLOTS), melody.HOLD)
    line[0, 0] = melody.REST
    return line


def test_pitches_are_distances_from_the_first_note_that_is_heard() -> None:
    whole = melodies(20)
    torch.testing.assert_close(melody_mlp.heard(whole), relative(whole))
    holed = whole.clone()
    holed[:, 0] = melody_mlp.MASK
    tokens, first = melody_mlp.heard(holed)
    assert (tokens[:, 0] == melody_mlp.MASK).all()
    for line, pitch, heard in zip(holed, first, tokens, strict=True):
        at = int(((line >= 2) & (line < melody.PAD)).long().argmax())
        assert int(pitch) == int(line[at]) - melody.FIRST_PITCH_TOKEN and int(heard[at]) == SAME


def test_music_without_a_note_begins_in_the_middle() -> None:
    tokens, first = melody_mlp.heard(silence())
    assert torch.equal(tokens, silence()) and first.tolist() == [melody_mlp.MIDDLE]
    everything = torch.full((1, melody.SLOTS), melody_mlp.MASK)
    assert melody_mlp.heard(everything)[1].tolist() == [melody_mlp.MIDDLE]


def test_distances_may_be_taken_from_any_pitch() -> None:
    whole = melodies(20)
    first = relative(whole)[1]
    for shift in (-5, 0, 7):
        tokens = melody_mlp.measured_from(whole, first + shift)
        assert tokens.shape == whole.shape
        assert torch.equal(absolute(tokens, first + shift), whole)
        assert (tokens[:, 0] == SAME - shift).all()


def test_a_code_tells_where_the_melody_begins() -> None:
    pitches = torch.arange(REGISTERS)
    share = melody_mlp.share_of_range(pitches)
    assert share.min() == 0 and share.max() == 1
    assert torch.equal(melody_mlp.pitch_of_share(share), pitches)
    assert melody_mlp.pitch_of_share(torch.tensor([-9.0, 9.0])).tolist() == [0, REGISTERS - 1]


def test_probabilities_are_heard_as_the_tokens_they_are_certain_of() -> None:
    torch.manual_seed(0)
    ear = melody_mlp.Ear(6, 12, 1, 1, 0.0).eval()
    tokens = relative(melodies(5))[0]
    certain = F.one_hot(tokens, melody_mlp.HEARD).float()
    torch.testing.assert_close(ear(certain), ear(tokens))
    assert not torch.allclose(ear(certain.roll(1, 1)), ear(tokens))


def test_the_past_adds_and_lets_the_code_through() -> None:
    torch.manual_seed(0)
    past = melody_mlp.Past(8)
    said, context = torch.randn(2, 3, melody.SLOTS, melody.VOCABULARY), past.context(relative(melodies(3))[0])
    assert torch.equal(past(said[0], context), said[0] + past.out.bias), "at first it knows nothing"
    torch.nn.init.normal_(past.out.weight)
    one, other = past(said[0], context), past(said[1], context)
    assert not torch.allclose(one, said[0] + past.out.bias)
    torch.testing.assert_close(one - other, said[0] - said[1], atol=1e-5, rtol=1e-4)


def test_both_kinds_of_bar_are_chosen_at_once() -> None:
    torch.manual_seed(0)
    past = melody_mlp.Past(8)
    said, noise = torch.randn(2, 9, melody.SLOTS, melody.VOCABULARY)
    compound = torch.arange(9) % 3 == 1
    together = melody_mlp.choose(past, said, noise, compound)
    for row, kind in enumerate(compound.tolist()):
        assert torch.equal(together[row], past.choose(said[row : row + 1], noise[row : row + 1], kind)[0])
    assert torch.equal(melody_mlp.is_compound(together), compound)


def test_only_known_distances_between_onsets_are_written() -> None:
    habits = melody_mlp.Habits()
    assert habits.known(True).all(), "before counting anything may be"
    duple = melodies(40)[::2]
    habits.count(duple)
    assert habits.known(False).nonzero()[:, 0].tolist() == [0, 2, 4]
    assert habits.known(True).all(), "nothing is known of bars that were not there"
    torch.manual_seed(0)
    said, first = torch.randn(30, melody.SLOTS, melody.VOCABULARY) * 3, torch.full((30,), 30)
    options = melody_mlp.SampleOptions(temperature=1.0)
    written = melody_mlp.spoken(melody_mlp.Past(8), said, first, habits, options)
    counted = melody_mlp.Habits()
    counted.count(written)
    assert set(counted.known(False).nonzero()[:, 0].tolist()) <= {0, 2, 4}


def test_the_cost_is_what_the_steps_in_use_cost() -> None:
    torch.manual_seed(0)
    tokens = relative(melodies(6))[0]
    logits = torch.randn(6, melody.SLOTS, melody.VOCABULARY)
    chances, expected = logits.log_softmax(-1), 0.0
    for row, line in enumerate(tokens.tolist()):
        expected -= sum(float(chances[row, step, token]) for step, token in enumerate(line) if token != melody.PAD) / 6
    assert float(melody_mlp.cost(logits, tokens)) == pytest.approx(expected, rel=1e-5)
    held = -float(chances[tokens == melody.HOLD][:, melody.HOLD].sum()) / 6
    assert float(melody_mlp.cost(logits, tokens, 0.5)) == pytest.approx(expected - held / 2, rel=1e-5)


@pytest.mark.parametrize("law", LAWS)
def test_units_stay_between_off_and_on(law: str) -> None:
    torch.manual_seed(0)
    codes = torch.sigmoid(torch.randn(500, 6) * 2 + torch.tensor([-3.0, -1, 0, 1, 2, 5]))
    unit_law = melody_mlp.UnitLaw(6)
    unit_law.fit(codes)
    drawn = unit_law.draw(400, law, seed=3)
    assert drawn.min() >= 0 and drawn.max() <= 1 and drawn.std(0).min() > 0.01
    if law == "fitted":
        torch.testing.assert_close(drawn.mean(0), codes.mean(0), atol=0.06, rtol=0)
    assert torch.equal(drawn, unit_law.draw(400, law, seed=3))
    assert not torch.equal(drawn, unit_law.draw(400, law, seed=4))


def test_what_is_usual_in_each_step() -> None:
    habits, lines = melody_mlp.Habits(), melodies(40)
    habits.count(lines)
    torch.testing.assert_close(habits.tokens.sum(-1), torch.ones(2, melody.SLOTS))
    assert (habits.tokens[:, 0, SAME] == 1).all(), "every melody begins with its first note"
    assert habits.tokens[1, melody.BAR_SLOTS - 1, melody.PAD] == 1 and habits.tokens[0, 1, melody.HOLD] == 1
    distances = relative(lines[::2])[0]
    assert float(habits.tokens[0, 4, SAME + 2]) == pytest.approx(float((distances[:, 4] == SAME + 2).float().mean()))
