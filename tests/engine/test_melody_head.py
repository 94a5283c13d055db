"""One melody is chosen by other means than many: it has to be the same melody."""

from __future__ import annotations

import pytest
import torch

from engine.codecs import melody
from engine.models.parts.melody_head import FEW, Head


@pytest.fixture
def head() -> Head:
    torch.manual_seed(4)
    made = Head(24)
    torch.nn.init.normal_(made.history.weight, std=1.0)  # the past matters
    torch.nn.init.normal_(made.out.weight, std=1.0)
    return made.eval()


@pytest.mark.parametrize("compound", [False, True])
@pytest.mark.parametrize("surprising", [False, True])
def test_one_by_one_is_the_same_as_all_at_once(head: Head, compound: bool, surprising: bool) -> None:
    said = torch.randn(40, melody.SLOTS, 24)
    noise = torch.randn(40, melody.SLOTS, melody.VOCABULARY) if surprising else None
    many = head.choose(said, noise, compound)
    single = [head.choose(said[i : i + 1], None if noise is None else noise[i : i + 1], compound) for i in range(40)]
    assert len(said) > FEW
    assert torch.equal(torch.cat(single), many)


def test_what_is_chosen_follows_from_the_notes_before(head: Head) -> None:
    said = torch.randn(1, melody.SLOTS, 24)
    tokens = head.choose(said, None, compound=False)
    logits = head(said, head.context(tokens))
    logits[:, 0, melody.HOLD] = -torch.inf
    assert torch.equal(logits.argmax(-1), tokens)


def test_no_melodies(head: Head) -> None:
    assert head.choose(torch.empty(0, melody.SLOTS, 24), None, compound=False).shape == (0, melody.SLOTS)
