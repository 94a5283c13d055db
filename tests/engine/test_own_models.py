"""Networks of the composer's own: beside the shipped ones, under names of their own; unfinished ones are not lost."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from engine.errors import UserError
from engine.models.own import free_name, title_from
from engine.models.registry import REGISTRY, find, row
from engine.models.shelf import Shelf
from engine.training import unfinished
from engine.training.options import order
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
