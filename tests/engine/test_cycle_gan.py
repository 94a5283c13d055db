"""CycleGAN: two ways, bars that both kinds have, what stays of a tune; and the verb that asks for it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from engine.codecs import melody
from engine.codecs.melody import MELODY4
from engine.corpus.dataset import Dataset, Split
from engine.errors import UserError
from engine.evaluation import transfers
from engine.evaluation.kinds import Judge
from engine.jobs.job import silent
from engine.models.cycle_gan import CycleGAN, Options, SampleOptions
from engine.models.parts.melody_symbols import heard, way_home
from engine.models.registry import row as row_of
from engine.options import changed
from engine.score import Note, Score, Track
from engine.verbs.transfer import Options as Wanted
from engine.verbs.transfer import length, run
from engine.verbs.verb import Asked, Passage
from tests.engine.made_up import corpus
from tests.engine.small import SMALL

BAR = 4 * 480


def network(**wanted: Any) -> CycleGAN:
    torch.manual_seed(3)
    return CycleGAN(changed(Options(), {**SMALL["cycle_gan"], **wanted}))


def music(n: int = 24, both: bool = False) -> torch.Tensor:
    """Phrases in 4/4 (or in both kinds of bar), of both kinds by turns."""
    tokens = corpus("melody4", 2 * n)
    tokens = tokens[:n] if both else tokens[::2]
    return torch.cat([(torch.arange(n) // 2 % 2)[:, None], tokens], 1)


def test_an_untaught_translator_says_what_it_hears() -> None:
    made, batch = network().eval(), music()
    for kind in (0, 1):
        assert torch.equal(made.transfer(batch[:, 1:], kind, SampleOptions()), batch[:, 1:])


def test_strength_leaves_more_of_mine() -> None:
    made, x = network().eval(), music()[:, 1:]
    with torch.no_grad():
        for way in made.generator.ways:
            way.say.weight.normal_(0, 0.5)
    shares = []
    for strength in (0.0, 0.5, 1.0, 2.0):
        again = made.transfer(x, 1, SampleOptions(strength=strength))
        assert torch.equal(again, made.transfer(x, 1, SampleOptions(strength=strength)))
        shares.append((again != x).float().mean().item())
    assert shares == sorted(shares) and shares[0] < shares[-1]


def test_one_key_for_a_passage() -> None:
    made, x = network().eval(), music()[:2, 1:]
    x = torch.stack([x[0], torch.where((x[0] > 1) & (x[0] < melody.PAD), x[0] + 1, x[0])])
    ways = way_home(x)
    assert ways[0] != ways[1], "alone, each would go to its own home"
    assert torch.equal(made.transfer(x, 0, SampleOptions(one_key=True)), x)


def test_only_bars_that_both_have_are_played() -> None:
    made = network()
    made.prepare(lambda n: music(60, both=True))
    assert made._common().all()
    batch = music(60, both=True)
    batch[:, 0] = torch.from_numpy(melody.is_compound(batch[:, 1:].numpy())).long()
    with pytest.raises(UserError, match="no bars in common"):
        made.prepare(lambda n: batch)
    batch[:10, 0] = 1 - batch[:10, 0]
    batch[1:10:2, 0] = 1  # the first kind has duple bars only, the second has both
    made.settle(batch)
    sides = made._by_kind(batch)
    assert len(sides[0]) == len(sides[1]) and not any(side[:, 15, -1].any() for side in sides)
    compound = batch[torch.from_numpy(melody.is_compound(batch[:, 1:].numpy())), 1:]
    with pytest.raises(UserError, match="No reel has bars like these"):
        made.transfer(compound, 0, SampleOptions())


def test_two_kinds_are_needed() -> None:
    with pytest.raises(UserError, match="two kinds"):
        network(kinds="reel,jig,hymn").prepare(lambda n: music())


def test_what_the_players_pay() -> None:
    made, batch = network(everyone=1.0), music()
    for player, parts in (("critic", {"right", "divergence"}), ("generator", {"given_back", "left_alone"})):
        pays = made.play(player, batch)
        assert parts <= set(pays)
        pays["loss"].backward()
        assert any(p.grad is not None and p.grad.abs().sum() > 0 for p in made.players()[player].parameters())
    assert len(made.critic) == 3
    assert "left_alone" not in network(identity=0.0).play("generator", batch)
    alone = batch[:1].repeat(4, 1)
    assert torch.isfinite(made.play("critic", alone)["loss"]), "a batch of one kind is no reason to stop"


def test_giving_back_is_perfect_for_one_who_repeats() -> None:
    made, tokens = network(), music()[:, 1:]
    real = heard(tokens, way_home(tokens))
    assert made._nats(100 * real, real).item() < 1e-6 < made._nats(-100 * real, real).item()


def asked(piece: Score | None, made: CycleGAN, **wanted: Any) -> Asked:
    """The verb asked of a network, on a piece or on a window of its own."""

    class Shelf:
        def network(self, name: str) -> CycleGAN:
            return made

    window = music()[0, 1:].numpy().astype(np.uint8)
    passage = None if piece is None else Passage(piece, 0)
    options = changed(Wanted(), wanted)
    return Asked(row_of("cycle_gan"), Shelf(), MELODY4, (window,), False, 480, options, passage=passage)  # type: ignore[arg-type]


def piece(bars: int) -> Score:
    notes = [Note(240 * step, 60 + (0, 2, 4, 5, 7)[step % 5], 240) for step in range(8 * bars)]
    return Score((Track.of(notes, "Melody", 0),), ticks_per_quarter=480)


def test_a_passage_of_any_length_is_rewritten() -> None:
    made, score = network().eval(), piece(7)
    mine, other = run(asked(score, made, bars=16, count=2, kind=" Hymn"), silent)
    assert mine.written == () and mine.row == other.row == "as a hymn"
    assert other.caption == "strength 1" and other.remark == "it is a hymn already", "untaught, it repeats"
    for idea in (mine, other):
        assert idea.at == 0 and idea.ticks == 7 * BAR
        notes = [(n.start, n.pitch, n.velocity) for n in idea.voices[0].notes]
        assert notes == [(n.start, n.pitch, n.velocity) for n in score.tracks[0].notes]
    assert [idea.ticks for idea in run(asked(score, made, bars=5, count=1), silent)] == [5 * BAR] * 2
    with pytest.raises(UserError, match="knows no polka"):
        run(asked(score, made, kind="polka"), silent)
    assert run(asked(None, made, count=1), silent)[0].written is None


def test_how_long_a_passage_is() -> None:
    assert length(3, (0, 9 * BAR), 0, BAR) == 3
    assert length(0, None, 0, BAR) == 8
    assert length(0, (BAR, 5 * BAR + 1), BAR, BAR) == 5 and length(0, (0, 500 * BAR), 0, BAR) == 64


def test_the_mildest_comes_first_and_what_mine_is_not_comes_before_what_it_is() -> None:
    made = network().eval()
    with torch.no_grad():
        made.generator.ways[1].say.weight.normal_(0, 0.5)
    mine, *others = run(asked(piece(4), made, count=3), silent)
    assert {idea.row for idea in (mine, *others)} == {"as a hymn"}, "it is a reel already"
    changed = [int(idea.remark.split()[0]) for idea in others]
    assert len(others) == 3 and changed == sorted(changed) and changed[0] < changed[-1]


def test_what_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    class Dense(Judge):
        def probabilities(self, windows: Any, report: Any = None) -> Any:
            """The more notes, the likelier a reel."""
            share = np.clip(((windows > 1) & (windows < melody.PAD)).mean(1), 0.01, 0.99)
            return np.stack([share, 1 - share], 1)

    judge = Dense(("reel", "hymn"), None, {"accuracy": 0.9}, {})  # type: ignore[arg-type]
    monkeypatch.setattr(transfers, "taught", lambda *args, **wanted: judge)
    monkeypatch.setattr(transfers, "EACH", 20)
    batch = music(48).numpy().astype(np.uint8)
    side = Split(
        batch[:, 1:], np.arange(48, dtype=np.int32), ("",) * 48, tuple(("reel", "hymn")[k] for k in batch[:, 0])
    )
    made = network().eval()
    made.settle(torch.from_numpy(batch.astype(np.int64)))
    figures, curves = transfers.measure(made, Dataset(side, side, 0), MELODY4)
    assert figures["style_strength"] == pytest.approx(0) and figures["transfer_fd"] == figures["unchanged_fd"]
    assert figures["notes_kept"] == figures["given_back"] == 1 > figures["other_notes_kept"]
    assert len(curves["strength"]["strength"]) == len(curves["strength"]["notes kept, as a hymn"])


def test_another_tune_is_laid_in_the_same_key() -> None:
    tokens = music()[:, 1:].numpy().astype(np.uint8)
    moved = transfers.in_key_of(melody.transposed(tokens, 3), tokens)
    before, after, all_of_it = transfers.kept_of(tokens, moved)
    assert before.min() == after.min() == all_of_it.min() == 1
