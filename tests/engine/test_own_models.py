"""Networks of the composer's own: beside the shipped ones, under names of their own; unfinished ones are not lost."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.errors import UserError
from engine.evaluation import words
from engine.models import bundle as bundles
from engine.models.own import free_name, title_from
from engine.models.registry import REGISTRY, find, row
from engine.models.shelf import Entry, Shelf
from engine.training import unfinished
from engine.training.options import order
from tests.engine.forgery import genuine
from tests.small_bundles import keep_small


def test_the_row_of_an_own_network_is_its_systems_under_another_name() -> None:
    mine = row("gan~My reels")
    assert (mine.name, mine.title, mine.system, mine.own) == ("gan~My reels", "My reels", "gan", True)
    assert mine.codec == row("gan").codec and not row("gan").own
    assert find("gans~My reels") is None and find("gan~") is REGISTRY["gan"]


def test_an_own_network_stands_behind_the_shipped_one(tmp_path: Path) -> None:
    shipped, mine = tmp_path / "shipped", tmp_path / "mine"
    mine.mkdir()
    shipped.mkdir()
    keep_small("vae", shipped)
    shutil.copyfile(shipped / "vae.safetensors", mine / "vae~Mine.safetensors")
    shelf = Shelf([mine, shipped], mine)
    names = [entry.row.name for entry in shelf.entries()]
    assert names[names.index("vae") + 1] == "vae~Mine" and len(names) == len(REGISTRY) + 1
    assert shelf.network("vae~Mine") is not shelf.network("vae")
    with pytest.raises(UserError, match="“Yours” is not on this machine"):
        shelf.path("vae~Yours")


def test_titles_can_be_files_everywhere(tmp_path: Path) -> None:
    assert title_from("  Ärger: c:\\x/../y * ") == "Ärger c x y"
    assert len(title_from("a" * 99)) == 60
    with pytest.raises(UserError):
        title_from("../..")
    (tmp_path / "vae~Mine.checkpoint").touch()
    assert free_name("vae", "mine", tmp_path) == "vae~mine 2"
    assert free_name("gan", "mine", tmp_path) == "gan~mine"


def test_what_was_ordered_is_kept_until_it_is_done(tmp_path: Path) -> None:
    out = tmp_path / "vae~Mine.safetensors"
    wanted = order(row("vae"), out, "folk", {"steps": 7, "precision": "full"}, {"latent": 8})
    unfinished.keep(wanted)
    (tmp_path / "gan~Broken.training").write_text("{", encoding="utf-8")
    (found,) = unfinished.orders(tmp_path)
    assert found.resume and (found.row.name, found.name, found.out, found.corpus) == ("vae", "vae~Mine", out, "folk")
    assert found.options == wanted.options and found.network == wanted.network
    assert "steps" in json.loads((tmp_path / "vae~Mine.training").read_text(encoding="utf-8"))["options"]
    (tmp_path / "vae~Mine.checkpoint").touch()
    unfinished.forget(out)
    assert [path.name for path in tmp_path.iterdir()] == ["gan~Broken.training"]


# as files ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """A shelf with a shipped VAE and an empty folder of the composer's."""
    shipped, mine = tmp_path / "shipped", tmp_path / "mine"
    shipped.mkdir()
    keep_small("vae", shipped)
    return Shelf([mine, shipped], mine)


def own(shelf: Shelf) -> dict[str, Entry]:
    return {entry.row.name: entry for entry in shelf.entries() if entry.mine}


def test_taken_in_and_given_out_as_one_file(shelf: Shelf, tmp_path: Path) -> None:
    elsewhere = genuine(tmp_path, "vae~My reels")
    assert shelf.import_(elsewhere) == "vae~My reels"
    assert shelf.import_(elsewhere) == "vae~My reels 2", "nothing is written over"
    assert shelf.import_(elsewhere, "Jigs, slow & fast") == "vae~Jigs, slow & fast"
    given = shelf.export("vae~My reels", tmp_path / "for you")
    assert given == tmp_path / "for you.safetensors"
    there, back = bundles.read(elsewhere), bundles.read(given)
    assert back.header == there.header and back.weights.keys() == there.weights.keys()
    for kind in ("weights", "extras"):
        for name, value in getattr(there, kind).items():
            np.testing.assert_array_equal(value, getattr(back, kind)[name])
    assert str(tmp_path).encode() not in given.read_bytes(), "nobody learns where it was made"
    assert shelf.export("vae", tmp_path / "shipped one.safetensors").is_file()
    with pytest.raises(UserError, match="cannot be written"):
        shelf.export("vae~My reels", elsewhere / "x")
    assert sorted(path.name for path in (tmp_path / "mine").iterdir()) == [
        "vae~Jigs, slow & fast.safetensors", "vae~My reels 2.safetensors", "vae~My reels.safetensors",
    ]  # fmt: skip


def test_the_title_goes_with_the_file_whatever_the_file_is_called(shelf: Shelf, tmp_path: Path) -> None:
    shelf.import_(genuine(tmp_path), "Slow airs")
    given = shelf.export("vae~Slow airs", tmp_path / "untitled")
    shelf.delete("vae~Slow airs")
    shelf.clear_away()
    assert shelf.import_(given) == "vae~Slow airs"
    plain = tmp_path / "shipped" / "vae.safetensors"
    assert shelf.import_(plain) == "vae~VAE"


def test_a_renamed_model_is_found_by_the_name_it_had(shelf: Shelf, tmp_path: Path) -> None:
    shelf.import_(genuine(tmp_path), "One")
    shelf.import_(genuine(tmp_path), "Other")
    network = shelf.network("vae~One")
    assert shelf.rename("vae~One", "One") == "vae~One"
    assert shelf.rename("vae~One", "Two") == "vae~Two" and shelf.rename("vae~Two", "other") == "vae~other 2"
    assert list(own(shelf)) == ["vae~Other", "vae~other 2"]
    for was in ("vae~One", "vae~Two"):
        assert shelf.now_called(was) == "vae~other 2" and shelf.path(was).stem == "vae~other 2"
    assert shelf.now_called("vae~Three") == "vae~Three" and shelf.now_called("vae") == "vae"
    codes = torch.from_numpy(shelf.bundle("vae~One").extras["map.codes"].astype(np.float32))
    options = row("vae").load_module().SampleOptions()
    assert torch.equal(network.decode(codes, options), shelf.network("vae~Two").decode(codes, options))  # type: ignore[operator]
    assert shelf.rename("vae~Other", "OTHER") == "vae~OTHER"
    for name, title in (("vae", "Mine"), ("vae~Nobody", "Mine"), ("vae~OTHER", "../..")):
        with pytest.raises(UserError):
            shelf.rename(name, title)


def test_a_deleted_model_waits_until_the_end(shelf: Shelf, tmp_path: Path) -> None:
    name = shelf.import_(genuine(tmp_path), "Mine")
    shelf.network(name)
    shelf.delete(name)
    assert own(shelf) == {}
    with pytest.raises(UserError, match="not on this machine"):
        shelf.network(name)
    assert shelf.import_(genuine(tmp_path), "Mine") == "vae~Mine 2", "its name is kept for it"
    shelf.undelete(name)
    assert list(own(shelf)) == ["vae~Mine", "vae~Mine 2"] and shelf.network(name) is not None
    shelf.delete(name)
    shelf.clear_away()
    with pytest.raises(UserError, match="is gone"):
        shelf.undelete(name)
    with pytest.raises(UserError, match="came with Melomorph"):
        shelf.delete("vae")
    left = shelf.own / "vae~Crashed.deleted"  # type: ignore[operator]
    left.touch()
    Shelf([tmp_path / "mine"], tmp_path / "mine").clear_away()
    assert left.exists(), "another studio may be open"
    os.utime(left, (0, 0))
    Shelf([tmp_path / "mine"], tmp_path / "mine").clear_away()
    assert not left.exists()


def test_a_damaged_own_model_says_what_is_wrong_and_can_go(shelf: Shelf, tmp_path: Path) -> None:
    path = genuine(tmp_path / "mine", "vae~Mine")
    path.write_bytes(path.read_bytes()[:-7])
    entry = own(shelf)["vae~Mine"]
    assert entry.path is None and entry.header == {}
    assert "cut off" in entry.wrong and entry.wrong.endswith("or delete it.")
    for ask in (shelf.bundle, shelf.network, lambda name: shelf.rename(name, "x")):
        with pytest.raises(UserError, match="cut off"):
            ask("vae~Mine")
    shelf.delete("vae~Mine")
    assert own(shelf) == {}
    genuine(tmp_path / "mine", "vae~Mine")
    assert own(shelf)["vae~Mine"].wrong == "", "looked at again once it has changed"


def test_an_own_model_under_its_systems_name_works_as_before(shelf: Shelf, tmp_path: Path) -> None:
    """Trained by an earlier version, or changed here: it stands before the shipped one until it gets a name or goes."""
    mine = genuine(tmp_path / "mine", "vae")
    assert shelf.path("vae") == mine and list(own(shelf)) == ["vae"] and len(shelf.entries()) == len(REGISTRY)
    kept = shelf.keep("vae", shelf.network("vae"), "taught by you")
    assert kept == mine and (tmp_path / "mine" / "vae.before.safetensors").is_file()
    assert shelf.rename("vae", "Taught") == "vae~Taught"
    assert list(own(shelf)) == ["vae~Taught"] and shelf.path("vae").parent.name == "shipped"
    changed = shelf.keep("vae~Taught", shelf.network("vae~Taught"), "taught again")
    assert changed == tmp_path / "mine" / "vae~Taught.safetensors"
    assert list(own(shelf)) == ["vae~Taught"], "what it was before is kept beside it, and is no card"


def test_aims_are_those_of_the_music_they_were_set_for() -> None:
    gates = [{"name": "prior_fd", "value": 13.0, "gate": "<= 8", "holds": False}]
    header = {"model": "vae", "corpus": {"name": "folk"}, "recipe": {"corpus": "folk"}, "evaluation": {"gates": gates}}
    assert words.gates(header) == gates
    assert words.gates({**header, "corpus": {"name": "ryan"}}) == []
    assert words.gates({**header, "recipe": {"corpus": "folder"}}) == [], "a folder that is called so"
