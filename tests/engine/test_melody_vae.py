"""What only the melody VAE promises; what every system proves is in test_every_model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from engine.codecs import melody
from engine.commands.document import Steering
from engine.jobs import generate
from engine.latent import attributes
from engine.latent.map import LatentMap
from engine.models import bundle as bundles
from engine.models import melody_vae
from engine.models.parts import melody_head
from engine.models.shelf import load_network
from engine.score import Note
from tests.engine.made_up import corpus as made_up
from tests.engine.small import SMALL


def network(**changes: Any) -> Any:
    torch.manual_seed(3)
    return melody_vae.MelodyVAE(melody_vae.Options(**{**SMALL["melody_vae"], **changes}))


def corpus(n: int = 64, seed: int = 0) -> Tensor:
    return made_up("melody", n, seed)


def stirred(flow: melody_vae.Flow) -> melody_vae.Flow:
    """A flow that does something: its last layers start almost at zero."""
    torch.manual_seed(1)
    for name, parameter in flow.named_parameters():
        nn.init.normal_(parameter, std=0.3 if name.endswith("weight") else 0.2)
    return flow


def test_the_flow_can_be_walked_back() -> None:
    flow = stirred(melody_vae.Flow(8, 12, 5)).double()
    z = torch.randn(20, 8, dtype=torch.float64)
    u, _ = flow(z)
    assert not torch.allclose(u, z, atol=0.1)
    torch.testing.assert_close(flow.inverse(u), z, atol=1e-4, rtol=1e-4)  # its terms are float32 on purpose


def test_the_flow_knows_how_it_stretches_space() -> None:
    flow = stirred(melody_vae.Flow(6, 10, 4)).double()
    for z in torch.randn(5, 6, dtype=torch.float64):
        jacobian = torch.autograd.functional.jacobian(lambda x: flow(x[None])[0][0], z)
        assert isinstance(jacobian, Tensor)
        torch.testing.assert_close(torch.linalg.slogdet(jacobian)[1], flow(z[None])[1][0], atol=1e-4, rtol=1e-4)


def test_kl_is_the_textbook_one_where_the_flow_is_the_identity() -> None:
    made = network().eval()
    batch = corpus()
    tokens, first = melody_vae.relative(batch)
    mean, deviation = made._posterior(tokens, first)
    exact = torch.distributions.kl_divergence(
        torch.distributions.Normal(mean, deviation), torch.distributions.Normal(0.0, 1.0)
    ).sum(-1)
    made.flow.forward = lambda z: (z, z.new_zeros(len(z)))
    torch.manual_seed(0)
    with torch.no_grad():
        estimates = torch.stack([made.loss(batch)["kl"] for _ in range(400)])
    error = estimates.std() / 20
    assert abs(float(estimates.mean() - exact.detach().mean())) < 4 * float(error) + 1e-3


def test_a_rotation_leaves_the_kl_alone() -> None:
    """Fixed rotations keep volume and norm, so a flow of nothing else changes no figure."""
    flow = melody_vae.Flow(8, 12, 3)
    for parameter in flow.parameters():
        nn.init.zeros_(parameter)
    z = torch.randn(10, 8)
    u, log_det = flow(z)
    torch.testing.assert_close(u.norm(dim=1), z.norm(dim=1))
    assert (log_det == 0).all()


def test_pitches_as_intervals_and_back() -> None:
    batch = corpus(64)
    tokens, first = melody_vae.relative(batch)
    assert torch.equal(melody_vae.absolute(tokens, first), batch)
    up = torch.where((batch >= melody.FIRST_PITCH_TOKEN) & (batch < melody.PAD), batch + 3, batch)
    again, other = melody_vae.relative(up)
    assert torch.equal(again, tokens), "what is heard does not depend on the key"
    assert torch.equal(other, first + 3)


def test_intervals_too_wide_are_folded_by_octaves() -> None:
    window = torch.full((1, 32), melody.HOLD)
    window[0, 0], window[0, 8], window[0, 16] = 2, 61, 30  # the lowest pitch there is, then the highest
    tokens, first = melody_vae.relative(window)
    back = melody_vae.absolute(tokens, first)
    assert back[0, 0] == 2 and back[0, 16] == 30
    assert (61 - int(back[0, 8])) % 12 == 0 and 2 <= int(back[0, 8]) <= 61


def test_a_melody_of_rests_survives() -> None:
    made = network().eval()
    silence = torch.full((1, 32), melody.HOLD)
    silence[0, 0] = melody.REST
    tokens, first = melody_vae.relative(silence)
    assert torch.equal(melody_vae.absolute(tokens, first), silence)
    assert torch.isfinite(made.encode(silence)).all() and torch.isfinite(made.loss(silence)["loss"])


@pytest.mark.parametrize("compound", [False, True])
def test_choosing_step_by_step_is_what_was_learnt(compound: bool) -> None:
    """Fed its own choices at once, as in training, the head chooses the same tokens again."""
    made = network().eval()
    nn.init.normal_(made.head.out.weight, std=1.0)
    nn.init.normal_(made.head.history.weight, std=1.0)
    z = torch.randn(12, made.options.latent)
    with torch.no_grad():
        said, _ = made._say(z, torch.full((12,), compound))
        chosen = made.head.choose(said, None, compound)
        logits = made.head(said, made.head.context(chosen))
    logits[:, 0, melody.HOLD] = -torch.inf
    used = melody.slots(compound)
    assert torch.equal(logits.argmax(-1)[:, used], chosen[:, used])
    assert len(chosen.unique(dim=0)) > 6


def test_the_past_is_really_heard() -> None:
    """At every step: the steps before it, nearest first, then the pitches that sounded last, nearest first."""
    made = network().eval()
    start = melody_head.START
    tokens = corpus(6)
    context = made.head.context(tokens)
    assert context.shape == (6, melody.SLOTS, melody_head.HISTORY + melody_head.PITCHES_BACK)
    for line, heard in zip(tokens.tolist(), context.tolist(), strict=True):
        for step in range(melody.SLOTS):
            before = line[:step][::-1]
            pitches = [token for token in before if melody.FIRST_PITCH_TOKEN <= token < melody.PAD]
            recent = [*before, *[start] * melody_head.HISTORY][: melody_head.HISTORY]
            sounded = [*pitches, *[start] * melody_head.PITCHES_BACK][: melody_head.PITCHES_BACK]
            assert heard[step] == recent + sounded, step


def test_hotter_is_more_surprising() -> None:
    made, sample = network().eval(), melody_vae.SampleOptions
    codes = made.draw(1, sample(seed=1)).repeat(64, 1)
    cold = made.decode(codes, sample(temperature=0.0))
    warm, hot = (made.decode(codes, sample(temperature=t, seed=3)) for t in (0.3, 1.5))
    away: Callable[[Tensor], float] = lambda tokens: float((tokens != cold).float().mean())  # noqa: E731
    assert len(cold.unique(dim=0)) == 1
    assert 0 < away(warm) < away(hot)


def test_the_kl_term_is_let_in_slowly() -> None:
    made = network(tie=0.0).eval()
    shares = []
    for made.progress in (0.0, 0.05, 1.0):
        torch.manual_seed(0)
        with torch.no_grad():
            found = made.loss(corpus(8))
        shares.append(float((found["loss"] - found["cost"]) / found["kl"]))
    assert shares[0] < shares[1] < shares[2] == pytest.approx(made.options.beta, rel=1e-4)


def test_the_distances_between_onsets_are_counted() -> None:
    lines = torch.full((2, melody.SLOTS), melody.HOLD)
    lines[0, [0, 4, 6, 7]] = 40
    lines[1, [0, 6, 16]] = 40  # two bars of twelve steps: 0, 6 and the second downbeat, step 12
    lines[1, [12, 13, 14, 15, 28, 29, 30, 31]] = melody.PAD
    gaps = melody_vae.onset_gaps(lines)
    assert gaps.shape == (2, melody.SLOTS + 1)
    assert {i: round(float(share), 4) for i, share in enumerate(gaps[0]) if share} == {1: 0.3333, 2: 0.3333, 4: 0.3333}
    assert {i: float(share) for i, share in enumerate(gaps[1]) if share} == {6: 1.0}


@pytest.mark.parametrize("compound", [False, True])
def test_a_distance_the_corpus_does_not_know_is_not_written(compound: bool) -> None:
    made = network().eval()
    nn.init.normal_(made.head.out.weight, std=1.0)
    free = made.sample(64, melody_vae.SampleOptions(compound=compound, temperature=1.0))
    assert melody_vae.onset_gaps(free)[int(compound), 3] > 0
    made.gaps[:, 3] = 0.0
    for count in (64, 2):  # all at once, and one after the other
        bound = made.sample(count, melody_vae.SampleOptions(compound=compound, temperature=1.0))
        assert melody_vae.onset_gaps(bound)[int(compound), 3] == 0


def test_what_is_tied_is_what_the_sliders_measure() -> None:
    batch = corpus(40)
    found = melody_vae.qualities(batch).numpy()
    measured = attributes.measure(batch.numpy().astype(np.uint8))
    np.testing.assert_allclose(found[:, 0], measured["density"], rtol=1e-5)
    np.testing.assert_allclose(found[:, 1] + melody.LOWEST, measured["height"], rtol=1e-5)


def test_two_dimensions_learn_to_follow_them() -> None:
    """After a little learning the first two dimensions tell melodies they have not seen apart by density and height."""
    made = network(beta=0.05)
    optimizer = torch.optim.Adam(made.parameters(), lr=3e-3)
    for step in range(120):
        optimizer.zero_grad()
        made.loss(corpus(64, seed=step % 8))["loss"].backward()
        optimizer.step()
    unseen = corpus(200, seed=99)
    codes, values = made.eval().encode(unseen).numpy(), melody_vae.qualities(unseen).numpy()
    for axis in (0, 1):
        assert np.corrcoef(codes[:, axis], values[:, axis])[0, 1] > 0.7, axis


def test_from_score_to_score(tiny_bundle: Path) -> None:
    trained, chart = load_network(tiny_bundle), LatentMap.from_bundle(bundles.read(tiny_bundle, weights=False))
    written = melody.to_notes(chart.melodies[0], 96, at_tick=1000)
    compound = bool(melody.is_compound(chart.melodies[0]))
    code = generate.code_of(trained, written, 96, 1000, compound)
    answer = generate.morph(trained, chart, Steering("melody_vae", code=code, compound=compound), 96)
    assert answer.reconstruction and answer.notes
    span = melody.span_ticks(96, compound)
    assert all(isinstance(note, Note) and 0 <= note.start < note.end <= span for note in answer.notes)
    notes, codes = generate.candidates(trained, Steering("melody_vae", seed=9), 4, 480)
    again, _ = generate.candidates(trained, Steering("melody_vae", seed=9), 4, 480)
    assert notes == again and len(notes) == len(codes) == 4
    others, _ = generate.candidates(trained, Steering("melody_vae", seed=10), 4, 480)
    assert notes != others
