"""Forms of models that know kinds of music: the kinds to choose from are those of the bundle."""

from __future__ import annotations

from dataclasses import fields

from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from app.panels.models.verb_fields import choices, unused
from app.panels.models.verb_form import VerbForm
from app.theme import THEMES
from engine.models.registry import REGISTRY
from engine.verbs.catalog import VERBS

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
