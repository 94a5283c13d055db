"""Systems side by side: the common currency, the reference, equal terms, and how it is written down."""

from __future__ import annotations

import csv
import io
import json
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from engine.codecs import melody
from engine.codecs.catalog import NAMES
from engine.codecs.catalog import codec as codec_of
from engine.errors import Cancelled, UserError
from engine.evaluation import comparison, comparison_page, currency, reference
from engine.evaluation.comparison_columns import COLUMNS, FIRST, SECOND, THIRD
from engine.evaluation.comparison_table import HIGHER, LOWER, MODEL, MUSIC, Column, Comparison, Line
from engine.evaluation.currency import Coins
from engine.evaluation.drawn import Source, comparable, ways
from engine.evaluation.reference import Reference
from engine.models.registry import REGISTRY, row
from tests.engine import made_up
from tests.engine.small import SMALL
from tests.engine.test_features import tuneful

N = 64


@pytest.mark.parametrize("name", NAMES)
def test_every_codec_has_the_common_currency(name: str) -> None:
    codec = codec_of(name)
    music = made_up.corpus(name, 6).numpy().astype(np.uint8)
    found = currency.changed(music, codec, compound=False)
    assert len(found)
    assert found.windows.shape[1:] == (melody.SLOTS,)
    assert not melody.is_compound(found.windows).any()
    assert all((melody.canonical(window) == window).all() for window in found.windows)
    assert (found.together is None) == (name in {"melody", "melody4", "phrase", "period", "tune"})
    if name == "chorale":
        assert len(found) == 12  # four bars each
        assert found.together is not None and (found.together == 1).all()


def test_two_bars_stay_as_they_are_and_longer_music_is_cut_at_bars() -> None:
    windows = tuneful(5, 1)
    assert (currency.changed(windows, codec_of("melody"), compound=False).windows == windows).all()
    assert not len(currency.changed(windows, codec_of("melody"), compound=True))
    held = melody.encode_steps([(0, 40, 60), (40, 64, 62)], compound=False, bars=4)
    cut = currency.changed(held[None], codec_of("melody4"), compound=False)
    assert [melody.decode_steps(window) for window in cut.windows] == [[(0, 32, 60)], [(0, 8, 60), (8, 32, 62)]]
    assert cut.pieces.tolist() == [0, 0]


def test_the_top_line() -> None:
    """A held top note hides what begins below it; when it is over, a lower note is the melody."""
    notes = [(0, 8, 72), (0, 8, 60), (4, 8, 64), (8, 12, 62), (10, 12, 74)]
    assert currency.top_line(notes) == [(0, 8, 72), (8, 10, 62), (10, 12, 74)]
    assert currency.top_line([]) == []


def test_pieces_of_eight_bars_are_found_whole() -> None:
    coins = Coins(np.repeat(tuneful(1, 1), 7, axis=0), np.array([0, 0, 0, 0, 1, 2, 2]))
    assert [piece.shape for piece in currency.pieces_of(coins)] == [(8, 16)]
    assert currency.once(coins).pieces.tolist() == [0, 1, 2]  # one window over and over, in three pieces


def test_the_halves_share_no_tune() -> None:
    found = made_reference()
    near, far = set(found.near.pieces.tolist()), set(found.far.pieces.tolist())
    assert not near & far
    assert abs(len(near) - len(far)) <= 1
    assert found.known < found.learnt


@cache
def made_reference(tunes: int = 120) -> Reference:
    """Melodies of tunes that have two windows each."""
    train = Coins(tuneful(2 * tunes, 1), np.repeat(np.arange(tunes, dtype=np.int32), 2))
    return reference.of("folk", train, Coins(tuneful(80, 2), np.arange(80, dtype=np.int32)), False, 1)


class MadeUpShelf:
    """Networks that have learnt nothing."""

    def __init__(self, *trained: str) -> None:
        self.trained = trained

    def path(self, name: str) -> Path:
        if name not in self.trained:
            raise UserError(f"The model {name} is not trained yet.", "Train it.")
        return Path(name)

    def entries(self) -> list[Any]:
        return [SimpleNamespace(row=r, path=Path(n) if n in self.trained else None) for n, r in REGISTRY.items()]

    def bundle(self, name: str) -> Any:
        return SimpleNamespace(header={"corpus": {"name": "Schubert" if "~" in name else "folk"}})

    def network(self, name: str) -> torch.nn.Module:
        self.path(name)
        known = row(name)
        module = known.load_module()
        torch.manual_seed(1)
        network: torch.nn.Module = getattr(module, known.network)(module.Options(**SMALL[name]))
        return network.eval()


@pytest.fixture(scope="module")
def made(monkeypatch_module: pytest.MonkeyPatch) -> tuple[Comparison, list[Comparison]]:
    stages: list[Comparison] = []
    found = comparison.compare(["vae", "denoising_ae"], _shelf("vae", "denoising_ae"), N, told=stages.append)
    return found, stages


@pytest.fixture(scope="module")
def monkeypatch_module() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reference, "read", lambda *_, **__: made_reference())
        yield patch


def _shelf(*trained: str) -> Any:
    return MadeUpShelf(*trained)


def test_all_rows_are_measured_on_as_many_melodies(made: tuple[Comparison, list[Comparison]]) -> None:
    found, stages = made
    names = {"held_out", "real", "shuffled", "markov_pitches", "markov", "vae", "denoising_ae"}
    assert {line.name for line in found.lines} == names
    assert {line.n for line in found.lines} == {N}
    assert [len(stage.lines) for stage in stages] == list(range(1, 8))
    columns = {column.name for column in COLUMNS}
    assert columns == {*FIRST, *SECOND, *THIRD}
    for line in found.lines:
        assert set(line.figures) <= columns
        assert columns - set(line.figures) <= {"code_distance", "returns", "polyphony"}


def test_real_music_comes_before_spoilt_music_and_networks_without_training(
    made: tuple[Comparison, list[Comparison]],
) -> None:
    found, _ = made
    figures = {line.name: line.figures for line in found.lines}
    for name in ("shuffled", "vae", "denoising_ae"):
        assert figures["held_out"]["distance"] < figures[name]["distance"]
    assert figures["real"]["told_apart"] < 0.65 < figures["vae"]["told_apart"]
    assert found.lines[-1].kind == MODEL
    assert found.sorted_by("coverage").lines[-1].kind == MODEL


def test_the_same_seed_compares_the_same(made: tuple[Comparison, list[Comparison]]) -> None:
    again = comparison.compare(["vae"], _shelf("vae"), N)
    mine, theirs = (next(line for line in c.lines if line.name == "vae") for c in (made[0], again))
    assert mine == theirs


def test_it_is_written_down(made: tuple[Comparison, list[Comparison]]) -> None:
    found, _ = made
    rows = list(csv.DictReader(io.StringIO(found.csv())))
    assert [line["name"] for line in rows] == [line.name for line in found.lines]
    assert float(rows[0]["distance"]) == pytest.approx(found.lines[0].figures["distance"], rel=1e-4)
    page = comparison_page.page(found)
    for column in COLUMNS:
        assert column.text in page
    assert "| *real tunes, held out* | as printed |" in page
    assert "| VAE | likeliest notes |" in page
    assert "struck together |" not in page  # nothing in it has several voices
    assert "VAE" in found.text(FIRST)
    assert Comparison.from_json(json.loads(json.dumps(found.as_json()))) == found
    assert "O'Neill" in found.reference


class WithAnOwn(MadeUpShelf):
    """The same, and a model that learnt from a folder."""

    def network(self, name: str) -> torch.nn.Module:
        return super().network(row(name).system)


@pytest.mark.usefixtures("monkeypatch_module")
def test_who_learnt_from_a_folder_is_held_against_music_that_is_chosen() -> None:
    shelf: Any = WithAnOwn("vae", "vae~Mine")
    found = comparison.compare(["vae", "vae~Mine"], shelf, N)
    assert "folder “Schubert”, which is not known here" in found.left_out["vae~Mine"]
    assert [line.name for line in found.lines if line.kind == MODEL] == ["vae"]
    with pytest.raises(UserError, match="“Mine” was trained on the folder"):
        comparison.compare(["vae~Mine"], shelf, N)
    found = comparison.compare(["vae~Mine"], shelf, N, corpus="folk")
    (line,) = (line for line in found.lines if line.kind == MODEL)
    assert (line.name, line.title, found.left_out) == ("vae~Mine", "Mine", {})


def test_rows_can_be_ordered_by_any_figure() -> None:
    columns = (Column("a", "a", "", LOWER), Column("b", "b", "", HIGHER), Column("c", "c", "", "as real"))
    lines = tuple(
        Line(name, name, kind, "x", 9, figures=figures)
        for name, kind, figures in (
            ("one", MODEL, {"a": 1.0, "b": 1.0, "c": 9.0}),
            ("two", MODEL, {"a": 2.0, "b": 2.0, "c": 4.0}),
            ("none", MODEL, {}),
            ("real", MUSIC, {"a": 0.0, "b": 3.0, "c": 5.0}),
        )
    )
    table = Comparison(lines, columns, 9, 1)
    orders = {name: [line.name for line in table.sorted_by(name).lines] for name in "abc"}
    assert orders == {
        "a": ["real", "one", "two", "none"],
        "b": ["real", "two", "one", "none"],
        "c": ["real", "two", "one", "none"],
    }
    assert columns[0].written(None) == "\N{EN DASH}"
    assert Column("d", "d", "", LOWER, percent=True).written(0.123) == "12.3 %"


def test_it_can_be_stopped_and_what_is_known_stays(monkeypatch_module: pytest.MonkeyPatch) -> None:
    stages: list[Comparison] = []

    def report(done: float, total: float, text: str = "") -> None:
        if len(stages) == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        comparison.compare(["vae"], _shelf("vae"), N, report=report, told=stages.append)
    assert len(stages[-1].lines) == 2


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["mini_bach"], "writes no music of its own"),
        (["choir"], "no model called choir"),
        (["autoencoder"], "not trained"),
    ],
)
def test_what_cannot_be_compared_is_said(names: list[str], words: str) -> None:
    with pytest.raises(UserError, match=words):
        comparison.compare(names, _shelf("vae", "mini_bach"), N)


def test_no_name_means_all_that_are_trained() -> None:
    assert [r.name for r in comparison.chosen([], _shelf("vae", "mini_bach"))] == ["vae"]
    assert comparable(row("encoder_decoder"))
    assert not comparable(row("mini_bach"))


def test_how_music_was_drawn_is_said() -> None:
    assert Source(row("vae"), None).how == "likeliest notes"
    assert Source(row("vae"), None, temperature=0.7).how == "temperature 0.7"
    assert Source(row("encoder_decoder"), None, going_on=True).how == "temperature 0.9, behind held-out music"
    assert [ways(row(name)) for name in ("vae", "encoder_decoder", "rl_tuner", "transformer", "mini_bach")] == [
        (False,),
        (True,),
        (False, True),
        (False,),
        (),
    ]


def test_kinds_of_bars_that_a_system_does_not_write_are_left_out(monkeypatch_module: pytest.MonkeyPatch) -> None:
    with pytest.raises(UserError, match="writes no bars of this kind"):
        Source(row("auto_bach"), _shelf("auto_bach").network("auto_bach"), compound=True).draw(20)


def test_systems_that_go_on_begin_behind_held_out_music(monkeypatch: pytest.MonkeyPatch) -> None:
    known, asked = row("encoder_decoder"), []
    held = SimpleNamespace(windows=made_up.corpus("phrase", 20).numpy().astype(np.uint8))
    held.where = lambda compound: SimpleNamespace(windows=held.windows[melody.is_compound(held.windows) == compound])
    monkeypatch.setattr("engine.training.make.read_data", lambda *_: SimpleNamespace(held_out=held))

    def extend(x: torch.Tensor, options: Any, report: Any) -> torch.Tensor:
        asked.append(x)
        return x

    coins, pieces = Source(known, SimpleNamespace(extend=extend), going_on=True).draw(20)
    assert len(coins) == 20
    assert {piece.shape for piece in pieces} == {(8, 16)}
    assert not melody.is_compound(asked[0].numpy()).any()
