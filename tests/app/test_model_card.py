"""The model card: figures in words, what falls short said plainly, the rest behind a button."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.panels.models.figures import headlines, percent, shortfalls, table
from app.panels.models.figures_box import Figures

FIGURES = {
    "held_out_tunes": 593,
    "onset_accuracy": 0.9712,
    "prior_copies": 0.0,
    "midpoint_fd": 6.1,
    "real_held_out_fd": 1.8,
    "markov_fd": 101.0,
    "compound_prior_fd": 13.25,
    "something_internal": 3,
}
GATES = [
    {"name": "onset_accuracy", "value": 0.9712, "gate": ">= 0.93", "holds": True},
    {"name": "prior_fd", "value": 13.2, "gate": "<= 8", "holds": False},
    {"name": "token_accuracy", "value": 0.955, "gate": ">= 0.97", "holds": False},
]


def header(**changes: object) -> dict[str, object]:
    return {"evaluation": {"figures": FIGURES, "gates": GATES, **changes}}


def test_the_figures_that_matter_are_sentences() -> None:
    assert headlines(header()) == [
        "Plays back 97 % of the notes of music it has never heard.",
        "0 % of its new melodies copy a training tune.",
        "Between two melodies it stays musical: 6.1 from real tunes (distance: other real tunes 1.8, a Markov chain "
        "101).",
        "Measured on 593 pieces kept apart from training.",
    ]


def test_a_sentence_begins_with_a_capital_whatever_its_share() -> None:
    few = header(figures={**FIGURES, "prior_copies": 0.0002})
    assert "Under 0.1 % of its new melodies copy a training tune." in headlines(few)


def test_a_place_near_chance_is_not_praised() -> None:
    bad = header(figures={**FIGURES, "midpoint_fd": 80.0})
    assert any("loses its way" in words for words in headlines(bad))


def test_what_falls_short_is_said_plainly() -> None:
    assert shortfalls(header()) == [
        "Falls short: new melodies are further from real ones than they should be (13.2; the aim is at most 8.0).",
        "Falls short: it gives tunes back less exactly than it should (95.5 %; the aim is at least 97.0 %).",
    ]


@pytest.mark.parametrize("broken", [{}, {"evaluation": None}, {"evaluation": {"figures": [], "gates": {}}}])
def test_a_bundle_that_was_not_measured_says_nothing(broken: dict[str, object], qtbot: QtBot) -> None:
    assert headlines(broken) == shortfalls(broken) == table(broken) == []
    part = Figures()
    qtbot.addWidget(part)
    part.show_header(broken)
    assert part.isHidden()


def test_a_share_is_never_rounded_to_none_or_all() -> None:
    assert [percent(share) for share in (0.0, 0.002, 0.5, 0.9981, 1.0)] == ["0 %", "0.2 %", "50 %", "99.8 %", "100 %"]
    assert [percent(share) for share in (0.0002, 0.9998)] == ["under 0.1 %", "over 99.9 %"]


def test_the_rest_unfolds(qtbot: QtBot) -> None:
    part = Figures()
    qtbot.addWidget(part)
    part.show_header(header())
    part.show()
    assert part.sentences[0] == "How well it does" and len(part.sentences) == 7
    assert not part.details.isVisible()
    part.more.click()
    assert part.details.isVisible()
    shown = [label.text() for label in part.details.findChildren(QLabel)]
    assert "In 6/8 and 3/4" in shown and "13.2" in shown and "97.1 %" in shown
    assert not any("internal" in words for words in shown)
    part.more.click()
    assert not part.details.isVisible()
    part.show_header(header())  # filled anew, nothing is left over
    assert len(part.sentences) == 7
