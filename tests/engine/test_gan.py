"""The GAN over melodies: whose turn it is, the way back from melodies to codes, dice, the critic's choice, the pen."""

from __future__ import annotations

import dataclasses

import pytest
import torch
from torch import Tensor

from engine.codecs import melody
from engine.models import gan
from engine.models.gan import GAN, Options, SampleOptions
from engine.models.parts import melody_symbols as symbols
from engine.models.parts.game_rules import NAMES
from engine.models.parts.melody_pen import Pen
from tests.engine.made_up import corpus

SMALL = Options(latent=6, width=8, critic_width=8, track_steps=0, care=0, law="non-saturating", batch=16)


def network(**changes: float | str | int | bool) -> GAN:
    torch.manual_seed(1)
    return GAN(dataclasses.replace(SMALL, **changes)).eval()  # type: ignore[arg-type]


def own(made: GAN, n: int = 48) -> tuple[Tensor, Tensor]:
    """Codes and the melodies made of them."""
    codes = made.draw(n, SampleOptions(seed=9))
    return codes, made.decode(codes, SampleOptions())


@pytest.mark.parametrize("law", NAMES)
def test_every_law_can_be_played(law: str) -> None:
    made, batch = network(law=law, penalty=0.1, penalty_on="real").train(), corpus("melody", 8)
    for player, module in made.players().items():
        losses = made.play(player, batch)
        losses["loss"].backward()
        assert torch.isfinite(losses["loss"]) and any(p.grad is not None for p in module.parameters())
    made.after("critic")


def test_all_keys_are_one_lesson() -> None:
    made, batch = network(), corpus("melody", 6)
    moved = torch.where((batch > 1) & (batch < melody.PAD), batch + 3, batch)
    assert torch.equal(*(symbols.heard(x, symbols.way_home(x)) for x in (batch, moved)))
    torch.manual_seed(0)
    here = made.trial(batch)
    torch.manual_seed(0)
    there = made.trial(moved)
    notes = (here > 1) & (here < melody.PAD)
    assert torch.equal(torch.where(notes, here + 3, here), there), "the music is moved, and nothing else"


def test_a_trial_stands_where_its_melody_stands() -> None:
    made, batch = network(), corpus("melody", 12)
    heard = made.trial(batch)
    assert torch.equal(symbols.compound(heard), symbols.compound(batch))


def test_its_last_number_is_the_key() -> None:
    made = network()
    codes, here = own(made, 8)
    higher = codes.clone()
    higher[:, -1] += 2 / gan.SEMITONES
    notes = (here > 1) & (here < melody.PAD)
    assert torch.equal(torch.where(notes, here + 2, here), made.decode(higher, SampleOptions()))
    batch = corpus("melody", 8)
    assert torch.equal(made.encode(batch)[:, -1], -symbols.way_home(batch) / gan.SEMITONES)


def test_the_way_back_is_looked_for() -> None:
    made, music = network(track_steps=25, care=8), corpus("melody", 24)

    def lost() -> float:
        torch.manual_seed(3)
        return made._lost(music).item()

    before = lost()
    made.settle(music)
    assert lost() < before - 0.2


def test_care_brings_a_code_nearer() -> None:
    made, music = network(care=8), corpus("melody", 24)
    heard = symbols.heard(music, symbols.way_home(music))
    at_first, with_care = (
        made._cost(codes[:, :-1], symbols.compound(music), heard).item()
        for codes in (made.guess(music), made.encode(music))
    )
    assert with_care < at_first - 1
    assert torch.equal(made.encode(music[:0]), torch.zeros(0, 7))


def test_looking_back_teaches_the_players_nothing() -> None:
    made = network(track_steps=3)
    before = {name: value.clone() for name, value in made.state_dict().items()}
    made.settle(corpus("melody", 32))
    changed = {name.split(".")[0] for name, value in made.state_dict().items() if not torch.equal(value, before[name])}
    assert changed == {"tracker", "keys", "pen"}
    assert float(made.keys.sum()) == 32 and float(made.pen.gaps.sum()) == pytest.approx(2)
    assert all(p.requires_grad for p in made.parameters()) and all(p.grad is None for p in made.generator.parameters())


def test_keys_are_drawn_as_they_were_heard() -> None:
    made = network()
    made.keys.zero_()
    made.keys[gan.FURTHEST - 7] = 3
    assert torch.allclose(made.draw(5, SampleOptions())[:, -1], torch.tensor(-7 / gan.SEMITONES))


def test_a_place_is_one_melody_and_dice_go_by_the_seed() -> None:
    made = network()
    codes, music = own(made, 10)
    assert torch.equal(made.decode(codes, SampleOptions(seed=5)), music), "no dice: the seed does not matter"
    diced = [made.decode(codes, SampleOptions(temperature=1.0, seed=seed)) for seed in (5, 5, 6)]
    assert torch.equal(diced[0], diced[1]) and not torch.equal(diced[0], diced[2])
    near, far = (made.draw(400, SampleOptions(spread=spread))[:, :-1].std() for spread in (0.5, 1.0))
    assert near == pytest.approx(0.5, abs=0.05) and far == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize("law", ["non-saturating", "began"])
def test_the_critic_chooses(law: str) -> None:
    made = network(law=law)
    one, eight = (made.draw(40, SampleOptions(seed=4, throws=k)) for k in (1, 8))
    assert one.shape == eight.shape
    liked = [made._liked(codes[:, :-1], SampleOptions()).mean().item() for codes in (one, eight)]
    assert liked[1] > liked[0], "of energies the smaller is liked better"
    assert torch.equal(eight, made.draw(40, SampleOptions(seed=4, throws=8)))


# the pen ------------------------------------------------------------------------------------------------------------


def said(*tokens: int) -> Tensor:
    """Logits [1, 32, SYMBOLS] whose likeliest symbols are these; the rest hold."""
    line = [*tokens, *[melody.HOLD] * (32 - len(tokens))]
    return torch.nn.functional.one_hot(torch.tensor([line]), symbols.SYMBOLS).float()


def written(pen: Pen, *tokens: int) -> list[int]:
    return [int(token) for token in pen(said(*tokens), torch.tensor([False]))[0, : len(tokens) + 2]]


def test_a_pen_that_heard_nothing_writes_anything() -> None:
    assert written(Pen(), 9, 0, 0, 0, 0, 0, 0, 12) == [9, 0, 0, 0, 0, 0, 0, 12, 0, 0]


def test_a_rhythm_nobody_knows_waits() -> None:
    pen = Pen()
    even = torch.tensor([[20, 0] * 16, [20, 0, 0, 0] * 8, [20, 0, 0, 0, 0, 0, 0, 0] * 4])
    pen.count(even)
    assert pen.known()[0].nonzero()[:, 0].tolist() == [0, 2, 4, 8] and pen.known()[1].all()
    assert written(pen, 9, 0, 0, 0, 0, 0, 0, 12) == [9, 0, 0, 0, 0, 0, 0, 0, 12, 0], "seven became eight"
    assert written(pen, 9, 0, 0, 12, 0, 0, 0) == [9, 0, 0, 0, 12, 0, 0, 0, 0]
    assert written(pen, 9, 12, 14, 0) == [9, 0, 14, 0, 0, 0], "what has its own note there needs no other"
    assert written(pen, 1, 0, 0, 12) == [1, 0, 0, 12, 0, 0], "the first note may begin anywhere"


def test_a_pen_leaves_bars_of_twelve_alone() -> None:
    pen, kinds = Pen(), torch.tensor([False, True])
    pen.count(corpus("melody", 40))
    torch.manual_seed(0)
    logits = symbols.bars(torch.randn(2, 32, symbols.SYMBOLS), kinds)
    found = pen(logits, kinds)
    assert torch.equal(found == symbols.PAD, logits.argmax(-1) == symbols.PAD)


def test_the_verb_lets_the_critic_choose() -> None:
    from app.panels.models.verb_fields import titles, unused
    from engine.models.registry import REGISTRY
    from engine.options import changed, fitting
    from engine.verbs.catalog import VERBS

    draw = VERBS["draw"]
    wanted = changed(draw.options(), {"throws": 8})
    assert fitting(SampleOptions, dataclasses.asdict(wanted)).throws == 8
    assert "throws" not in unused(REGISTRY["gan"], draw) and "throws" in unused(REGISTRY["vae"], draw)
    assert titles(draw)["throws"] == "Best of"
