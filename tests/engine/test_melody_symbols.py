"""Melodies as 0 and 1 in one key: there and back, what can be barred, what sounds."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engine.codecs import melody
from engine.models.parts import home_range
from engine.models.parts import melody_symbols as symbols
from engine.models.parts.dice import gumbel
from tests.engine.made_up import corpus


@pytest.mark.parametrize("codec", ["melody", "melody4", "phrase"])
def test_there_and_back(codec: str) -> None:
    tokens = corpus(codec, 40)
    shift = symbols.way_home(tokens)
    music = symbols.heard(tokens, shift)
    assert music.shape == (*tokens.shape, symbols.SYMBOLS) and torch.equal(music.sum(-1), torch.ones(tokens.shape))
    inside = tokens - melody.FIRST_PITCH_TOKEN + melody.LOWEST + shift[:, None]
    notes = (tokens >= melody.FIRST_PITCH_TOKEN) & (tokens < melody.PAD)
    kept = (((inside >= home_range.LOWEST) & (inside <= home_range.HIGHEST)) | ~notes).all(1)
    assert kept.float().mean() > 0.9
    assert torch.equal(symbols.written(music, shift)[kept], tokens[kept])
    assert torch.equal(symbols.written(music.argmax(-1), shift), symbols.written(music, shift))


def test_all_keys_are_one() -> None:
    tokens = corpus("melody", 30)
    moved = torch.from_numpy(melody.transposed(tokens.numpy().astype(np.uint8), 5).astype(np.int64))
    home = symbols.heard(tokens, symbols.way_home(tokens))
    assert torch.equal(symbols.heard(moved, symbols.way_home(moved)), home)


def test_what_sounds_is_the_written_music() -> None:
    tokens = corpus("melody", 40)
    shift = symbols.way_home(tokens)
    sounds = symbols.sounding(symbols.heard(tokens, shift)).numpy()
    for window, above, heard in zip(tokens.numpy().astype(np.uint8), shift.tolist(), sounds, strict=True):
        steps = melody.slots(bool(melody.is_compound(window)))
        expected = np.zeros((len(steps), symbols.PITCHES))
        for onset, end, pitch in melody.decode_steps(window):
            expected[onset:end, (pitch + above - home_range.LOWEST) % 12 :: 12] = 1  # in some octave
        silent = expected.sum(1) == 0
        assert (heard[steps].sum(1) == ~silent).all()
        assert ((heard[steps] > 0) <= (expected > 0)).all()


def test_what_sounds_of_mixtures_is_told_slot_by_slot() -> None:
    torch.manual_seed(0)
    music = torch.randn(3, 32, symbols.SYMBOLS).mul(3).softmax(-1).requires_grad_()
    keeps = music[..., melody.HOLD] + music[..., symbols.PAD]
    now, expected = torch.zeros(3, symbols.PITCHES), []
    for slot in range(32):
        now = music[:, slot, melody.FIRST_PITCH_TOKEN : symbols.PAD] + keeps[:, slot, None] * now
        expected.append(now)
    found = symbols.sounding(music)
    torch.testing.assert_close(found, torch.stack(expected, 1))
    weight = torch.randn_like(found)
    slopes = [torch.autograd.grad((way * weight).sum(), music)[0] for way in (found, torch.stack(expected, 1))]
    torch.testing.assert_close(*slopes)


def test_bars_cannot_be_got_wrong() -> None:
    torch.manual_seed(0)
    kinds = torch.tensor([False, True, False, True])
    said = symbols.bars(torch.randn(4, 32, symbols.SYMBOLS) * 5, kinds).argmax(-1)
    padded = torch.zeros(32, dtype=torch.bool)
    padded[[12, 13, 14, 15, 28, 29, 30, 31]] = True
    assert torch.equal(said == symbols.PAD, kinds[:, None] & padded)
    assert (said[:, 0] != melody.HOLD).all() and torch.equal(symbols.compound(symbols.written(said, kinds * 0)), kinds)
    going_on = symbols.bars(torch.zeros(1, 32, symbols.SYMBOLS), kinds[:1], opening=False)
    assert going_on[0, 0, melody.HOLD] == 0, "what goes on may hold the note before"


def test_one_symbol_is_said_and_gradients_pass() -> None:
    logits = torch.randn(5, 7, symbols.SYMBOLS, requires_grad=True)
    noise = gumbel((5, 7, symbols.SYMBOLS), torch.Generator().manual_seed(3))
    said = symbols.spoken(logits, noise, 0.5)
    torch.testing.assert_close(said.sort(-1).values[..., -1], torch.ones(5, 7))
    assert torch.equal(said.argmax(-1), (logits + noise).argmax(-1))
    weight = torch.randn(said.shape)
    (passed,) = torch.autograd.grad((said * weight).sum(), logits)
    (soft,) = torch.autograd.grad((((logits + noise) / 0.5).softmax(-1) * weight).sum(), logits)
    torch.testing.assert_close(passed, soft)


def test_noise_makes_the_largest_a_draw() -> None:
    logits = torch.tensor([0.0, 1.0, 2.0])
    noise = gumbel((20_000, 3), torch.Generator().manual_seed(1))
    shares = torch.bincount((logits + noise).argmax(-1), minlength=3) / 20_000
    torch.testing.assert_close(shares, logits.softmax(0), atol=0.02, rtol=0)
    assert torch.equal(noise, gumbel((20_000, 3), torch.Generator().manual_seed(1)))
