"""Forms of models that know kinds of music: the kinds to choose from are those of the bundle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import pytest
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from app.panels.models.card import ModelCard
from app.panels.models.remembered import Remembered
from app.panels.models.verb_fields import choices, offered, unused
from app.panels.models.verb_form import VerbForm
from app.theme import LIGHT, THEMES
from engine.latent.map import LatentMap
from engine.models import bundle as bundles
from engine.models.registry import REGISTRY
from engine.models.shelf import Entry
from engine.resources import root
from engine.verbs.catalog import VERBS

BUNDLES = root() / "bundles"
HEADER = {"options": {"kinds": "reel,slow air"}}


def test_the_kinds_of_the_bundle_are_offered(qtbot: QtBot) -> None:
    draw, transfer = VERBS["draw"], VERBS["transfer"]
    assert list(choices(draw, HEADER)["kind"]) == ["", "reel", "slow air"]
    assert choices(transfer, HEADER)["kind"][""] != choices(draw, HEADER)["kind"][""]
    assert choices(draw, {}) == choices(VERBS["vary"], HEADER) == {}
    form = VerbForm(draw, draw.options(), next(iter(THEMES.values())), choices=choices(draw, HEADER))
    qtbot.addWidget(form)
    form.set_folded_out(True)
    box = form.findChildren(QComboBox)[0]
    assert [box.itemText(n) for n in range(box.count())] == ["Any that has such bars", "Reel", "Slow air"]
    box.setCurrentIndex(2)
    assert form.options.kind == "slow air"


def test_only_models_that_know_kinds_ask_for_one() -> None:
    draw = VERBS["draw"]
    for row in REGISTRY.values():
        known = any(field.name == "kinds" for field in fields(row.load_module().Options))
        if draw.offered_by(row):
            assert ("kind" in unused(row, draw)) == (not known), row.name


def shipped(name: str) -> tuple[Mapping[str, Any], dict[str, Any]]:
    """Header and sliders of a shipped bundle."""
    bundle = bundles.read(BUNDLES / f"{name}.safetensors", weights=False)
    return bundle.header, LatentMap.from_bundle(bundle).sliders


@pytest.mark.parametrize("name", ["melody_vae", "music_vae", "vrae", "vq_vae"])
def test_only_qualities_that_a_model_has_learnt_are_offered(qtbot: QtBot, name: str) -> None:
    header, sliders = shipped(name)
    nudge, path = VERBS["nudge"], BUNDLES / f"{name}.safetensors"
    assert list(choices(nudge, header, path)["quality"]) == list(sliders)
    assert offered(nudge, path) == bool(sliders) == (name != "vrae")
    if not sliders:
        return
    form = VerbForm(nudge, nudge.options(), LIGHT, choices=choices(nudge, header, path))
    qtbot.addWidget(form)
    form.set_folded_out(True)
    assert form.options.quality in sliders and not form.usual.isVisibleTo(form.fold)


def test_a_card_leaves_out_what_its_network_cannot_do(qtbot: QtBot) -> None:
    entry = Entry(REGISTRY["vrae"], BUNDLES / "vrae.safetensors", shipped("vrae")[0])
    card = ModelCard(entry, tuple(VERBS.values()), {}, None, Remembered(), LIGHT)  # type: ignore[arg-type]
    qtbot.addWidget(card)
    assert "nudge" not in [verb.name for verb in card.verbs] and "vary" in [verb.name for verb in card.verbs]
