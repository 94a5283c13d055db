"""Melodies moved to one key and back, and what is told of earlier bars."""

from __future__ import annotations

import torch

from engine.codecs import melody
from engine.models.parts import home_key
from engine.models.parts.echoes import BACK, earlier
from tests.engine.made_up import corpus

SCALE = torch.tensor([0, 2, 4, 5, 7, 9, 11, 12])


def scale(tonic: int) -> torch.Tensor:
    """A major scale upwards from a MIDI pitch, two bars."""
    tokens = torch.zeros(1, 32, dtype=torch.long)
    tokens[0, ::4] = SCALE + tonic - melody.LOWEST + melody.FIRST_PITCH_TOKEN
    return tokens


def test_every_major_scale_is_heard_in_c() -> None:
    everything = torch.ones(1, 32, dtype=torch.bool)
    for tonic in range(50, 74):
        shift = home_key.homeward(scale(tonic), everything)
        assert -home_key.MARGIN <= int(shift) < home_key.MARGIN and (tonic + int(shift)) % 12 == 0


def test_there_and_back() -> None:
    x = corpus("phrase", 20)
    for shift in (-6, 0, 5):
        moved = torch.full((20,), shift)
        assert torch.equal(home_key.away(home_key.home(x, moved), moved), x)
        barred = home_key.unwritable(moved)
        heard = home_key.home(x, moved)
        chosen = barred.gather(1, heard.clamp_max(home_key.VOCABULARY - 1))
        assert (chosen[heard != home_key.PAD] == 0).all(), "what was written may be written again"
        assert int((barred < 0).sum(1)[0]) == 2 * home_key.MARGIN


def test_only_what_is_heard_tells_the_key() -> None:
    both = torch.cat([scale(60), scale(61)], 1)
    first = torch.arange(64)[None] < 32
    assert int(home_key.homeward(both, first)) == 0 and int(home_key.homeward(both, ~first)) == -1
    assert int(home_key.homeward(both, torch.zeros_like(first))) == 0


def test_of_few_notes_the_key_is_drawn() -> None:
    one = torch.zeros(400, 32, dtype=torch.long)
    one[:, 0] = 38
    luck = -torch.log(-torch.log(torch.rand(400, 12, generator=torch.Generator().manual_seed(1))))
    shifts = home_key.homeward(one, torch.ones_like(one, dtype=torch.bool), luck)
    often = torch.bincount(shifts + home_key.MARGIN, minlength=12)
    assert int((often > 10).sum()) == 7, "the keys that have the note, hardly any other"


def test_echoes_are_of_the_same_place() -> None:
    x = torch.arange(128)[None]
    for back in BACK:
        heard = earlier(x, back)
        assert torch.equal(heard[:, back:], x[:, :-back]) and (heard[:, :back] == home_key.MASK).all()
    assert (earlier(x[:, :32], 64) == home_key.MASK).all()
