"""The Evaluate panel: models are ticked, compared as a job, read as a table and as pictures, and taken along."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from app.panels.evaluate.panel import EvaluatePanel
from app.panels.evaluate.table import BEST, Heading, best_of, real_figure
from app.theme import CONTRAST, DARK, LIGHT
from engine.commands import ask_comparison
from engine.errors import UserError
from engine.evaluation.comparison_columns import COLUMNS
from engine.evaluation.comparison_table import MODEL, MUSIC, SPOILT, Comparison, Line
from engine.events import ComparisonGrown, JobChanged
from engine.models.registry import REGISTRY
from engine.models.shelf import Entry
from engine.session import Session, SessionPaths

FIGURES = ("distance", "precision", "recall", "in_scale")


def row(name: str, title: str, kind: str, *figures: float, corpus: str = "folk") -> Line:
    return Line(name, title, kind, corpus, 400, "as it draws", dict(zip(FIGURES, figures, strict=False)))


LINES = (
    row("held_out", "real tunes, held out", MUSIC, 2.0, 0.9, 0.92, 0.99),
    row("markov", "Markov chain of notes", SPOILT, 20.0, 0.4, 0.6, 0.80),
    row("vae", "VAE", MODEL, 12.0, 0.7, 0.5, 0.98),
    row("gan", "GAN", MODEL, 9.0, 0.6, 0.7, 1.0),
)
FOUND = Comparison(LINES, COLUMNS, 400, 1, False, {"folk": "Tune books"}, {"nade": "It writes chords."})


def entry(name: str) -> Entry:
    return Entry(REGISTRY[name], Path(f"{name}.safetensors"), {})


@pytest.fixture
def panel(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[EvaluatePanel]:
    session = Session(SessionPaths(bundles=tmp_path, user_models=tmp_path / "mine"), audio=False)
    entries = [entry(name) for name in ("vae", "celtic_lstm", "mini_bach")]
    monkeypatch.setattr(session.shelf, "entries", lambda: entries)
    made = EvaluatePanel(session, LIGHT)
    qtbot.addWidget(made)
    made.resize(1100, 320)
    made.show()
    made.refill()
    yield made
    session.close()


def filled(panel: EvaluatePanel, found: Comparison = FOUND, whole: bool = True) -> EvaluatePanel:
    panel._job = 7
    panel.on_event(ComparisonGrown(7, found, whole))
    return panel


# choosing ----------------------------------------------------------------------------------------------------------


def test_only_models_that_write_music_of_their_own_can_be_ticked(panel: EvaluatePanel) -> None:
    choice = panel.choice
    assert [item.text(0) for item in choice._items()] == ["VAE", "Celtic LSTM"], "mini-bach only harmonizes"
    assert not choice.go.isEnabled() and choice.go.toolTip()
    choice.tick(["celtic_lstm"])
    assert choice.names == ("celtic_lstm",) and choice.go.isEnabled()
    choice.every.click()
    assert choice.names == ("vae", "celtic_lstm")
    choice.none.click()
    assert choice.names == ()


def test_a_group_is_ticked_as_a_whole(panel: EvaluatePanel) -> None:
    group = panel.choice.models.topLevelItem(0)
    assert group is not None
    group.setCheckState(0, Qt.CheckState.Checked)
    assert panel.choice.names == ("vae",)


def test_what_was_ticked_stays_ticked_and_own_models_are_called_so(panel: EvaluatePanel, tmp_path: Path) -> None:
    panel.choice.tick(["vae"])
    mine = replace(entry("celtic_lstm"), path=tmp_path / "mine" / "celtic_lstm.safetensors")
    panel.show_entries([entry("vae"), mine])
    assert panel.choice.names == ("vae",)
    assert panel.choice._items()[1].text(0) == "Celtic LSTM (mine)"


def test_a_comparison_is_a_job_that_can_be_stopped(panel: EvaluatePanel, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, stopped = [], []
    monkeypatch.setattr(panel._session.ask, "compare", lambda *wanted: asked.append(wanted) or 5)
    monkeypatch.setattr(panel._session, "cancel", stopped.append)
    choice = panel.choice
    choice.tick(["vae"])
    choice.count.setValue(600)
    choice.bars.setCurrentIndex(1)
    choice.against.setCurrentIndex(choice.against.findData("folk"))
    choice.go.click()
    assert asked == [(("vae",), 600, 1, True, "folk")]
    panel.on_event(JobChanged(4, "another", "running", 0.9))
    assert not choice.running
    panel.on_event(JobChanged(5, "Comparing", "running", 0.5, "VAE", 30.0))
    assert choice.running and choice.go.text() == "Stop" and not choice.models.isEnabled()
    assert "50%" in choice.words.text() and choice.progress.value() == 500
    choice.go.click()
    assert stopped == [5]
    panel.on_event(JobChanged(5, "Comparing", "cancelled"))
    assert not choice.running and choice.go.text() == "Compare" and choice.words.text() == "cancelled"


def test_what_cannot_be_begun_is_said(panel: EvaluatePanel, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    def fail(*wanted: object) -> int:
        raise UserError("No.", "Yes.")

    monkeypatch.setattr(panel._session.ask, "compare", fail)
    panel.choice.tick(["vae"])
    with qtbot.waitSignal(panel.failed) as told:
        panel.choice.go.click()
    assert isinstance(told.args[0], UserError)


# the job -----------------------------------------------------------------------------------------------------------


def quickly(
    folders: list[Path], own: Path | None, wanted: ask_comparison.Wanted, report: object, tell: object
) -> object:
    """Stands in for the child's work."""
    names, n, seed, compound, corpus = wanted
    assert names == ("vae", "gan") and (n, seed, compound, corpus) == (300, 2, True, "") and folders
    tell(replace(FOUND, lines=LINES[:2]))  # type: ignore[operator]
    report(1.0, 1.0, "measured")  # type: ignore[operator]
    return FOUND


def test_the_table_is_told_as_it_grows(panel: EvaluatePanel, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    def here(function: object, arguments: tuple[object, ...], report: object, tell: object) -> object:
        assert function is ask_comparison._compared
        return quickly(*arguments, report, tell)  # type: ignore[arg-type]

    monkeypatch.setattr(ask_comparison, "run_in_child", here)
    heard: list[ComparisonGrown] = []
    session = panel._session
    session.events.subscribe(lambda event: heard.append(event) if isinstance(event, ComparisonGrown) else None)
    job = session.ask.compare(("vae", "gan"), 300, 2, True)
    qtbot.waitUntil(lambda: len(heard) == 2)
    assert [(event.job_id, event.whole) for event in heard] == [(job, False), (job, True)]
    assert heard[1].comparison == FOUND


# the table ---------------------------------------------------------------------------------------------------------


def shown(panel: EvaluatePanel) -> list[list[str]]:
    rows = panel.table.rows
    side = Qt.Orientation.Vertical
    return [
        [rows.headerData(r, side), *(rows.data(rows.index(r, c)) for c in range(rows.columnCount()))]
        for r in range(rows.rowCount())
    ]


def test_figures_of_models_among_real_and_spoilt_music(panel: EvaluatePanel) -> None:
    assert panel.empty.isVisible() and not panel.table.isVisible()
    filled(panel)
    assert panel.table.isVisible() and not panel.empty.isVisible()
    assert shown(panel) == [
        ["real tunes, held out", "2.0", "90.0 %", "92.0 %"],
        ["GAN", f"{BEST} 9.0", "60.0 %", f"{BEST} 70.0 %"],
        ["VAE", "12.0", f"{BEST} 70.0 %", "50.0 %"],
        ["Markov chain of notes", "20.0", "40.0 %", "60.0 %"],
    ]
    heads = [panel.table.rows.headerData(n, Qt.Orientation.Horizontal) for n in range(3)]
    assert heads[0].startswith("\N{BLACK DOWN-POINTING SMALL TRIANGLE} distance") and heads[1].endswith(
        "\N{UPWARDS ARROW}"
    )
    assert "Tune books" in panel.about.text() and "It writes chords." in panel.about.text()
    rows = panel.table.rows
    assert "the best" in rows.data(rows.index(1, 0), Qt.ItemDataRole.AccessibleTextRole)
    assert rows.data(rows.index(0, 0), Qt.ItemDataRole.FontRole).italic()
    assert rows.data(rows.index(1, 0), Qt.ItemDataRole.FontRole).bold()


def test_where_real_music_is_the_measure_the_nearest_is_the_best() -> None:
    column = FOUND.column("in_scale")
    assert real_figure(FOUND, "folk", "in_scale") == 0.99
    assert best_of(FOUND, "folk", column) == {"vae", "gan"}, "both are a hundredth away"
    assert best_of(replace(FOUND, lines=LINES[1:]), "folk", column) == set(), "nobody knows what real music has"
    assert best_of(replace(FOUND, lines=LINES[:3]), "folk", column) == set(), "of one, nothing is the best"


def test_another_column_sorts_and_another_group_shows_other_figures(panel: EvaluatePanel) -> None:
    filled(panel)
    panel.table.horizontalHeader().sectionClicked.emit(1)
    assert [line[0] for line in shown(panel)][:3] == ["real tunes, held out", "VAE", "GAN"]
    assert panel.figure == "precision" and "Higher is better" in panel.words.text()
    panel.table.setCurrentIndex(panel.table.rows.index(0, 2))
    assert panel.figure == "recall" and panel.figures.currentData() == "recall"
    panel.which.setCurrentIndex(1)
    assert [column.name for column in panel.columns] == ["in_scale"] and panel.figure == "in_scale"
    panel.which.setCurrentIndex(3)
    assert [column.name for column in panel.columns] == list(FIGURES)
    panel.figures.setCurrentIndex(0)
    panel.figures.activated.emit(0)
    assert panel.bars.column is not None and panel.bars.column.name == "distance"


def test_models_of_other_music_stand_under_their_own_heading(panel: EvaluatePanel) -> None:
    other = row("rnn", "RNN", MODEL, 30.0, corpus="chorales")
    filled(panel, replace(FOUND, lines=(*LINES, other), corpora={"folk": "Tune books", "chorales": "Chorales"}))
    rows = panel.table.rows.rows
    assert [r.words for r in rows if isinstance(r, Heading)] == ["Tune books", "Chorales"]
    assert not panel.table.rows.is_best(other, FOUND.column("distance")), "it is alone there"


def test_the_place_of_the_keyboard_stays_while_the_table_grows(panel: EvaluatePanel) -> None:
    filled(panel, replace(FOUND, lines=LINES[:3]), whole=False)
    panel.table.setCurrentIndex(panel.table.rows.index(1, 2))
    filled(panel)
    assert (panel.table.currentIndex().row(), panel.table.currentIndex().column()) == (1, 2)
    panel.on_event(ComparisonGrown(8, replace(FOUND, lines=()), False))
    assert panel.comparison == FOUND, "another job's"


# pictures and taking along -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", [LIGHT, DARK, CONTRAST])
def test_pictures_are_drawn_in_every_theme(panel: EvaluatePanel, theme: object, qtbot: QtBot) -> None:
    filled(panel)
    panel.set_theme(theme)  # type: ignore[arg-type]
    for number, picture in enumerate((panel.bars, panel.field)):
        panel.tabs.setCurrentIndex(number)
        qtbot.waitUntil(lambda picture=picture: picture.isVisible() and picture.width() > 100)
        before = picture.grab().toImage()
        colours = {before.pixel(x, y) for x in range(0, before.width(), 3) for y in range(0, before.height(), 3)}
        assert len(colours) > 4
    assert "GAN: 9.0" in panel.bars.accessibleDescription()
    assert "GAN: precision 60%, recall 70%" in panel.field.accessibleDescription()


def test_a_mark_tells_its_name(panel: EvaluatePanel) -> None:
    filled(panel)
    panel.tabs.setCurrentIndex(1)
    spot = panel.field._spot(LINES[3])
    assert panel.field.rect().contains(QPoint(round(spot.x()), round(spot.y())))
    assert {line.name for line in panel.field.lines} == {"held_out", "markov", "vae", "gan"}


def test_the_table_is_copied(panel: EvaluatePanel, qtbot: QtBot) -> None:
    filled(panel)
    panel.copy.click()
    rows = [line.split("\t") for line in QGuiApplication.clipboard().text().split("\n")]
    assert rows[0] == ["", "distance", "precision", "recall"] and rows[2] == ["GAN", "9.0", "60.0 %", "70.0 %"]
    copied = QGuiApplication.clipboard().text()
    QGuiApplication.clipboard().setText("")
    claim = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    claim.ignore()
    QGuiApplication.sendEvent(panel.table, claim)
    assert claim.isAccepted(), "before the window, which would copy notes"
    qtbot.keyClick(panel.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == copied


def test_from_the_menu_to_a_file(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    panel, actions = window.workshop.evaluate, window.menus.actions
    actions["generate.compare"].trigger()
    dock = window.docks["evaluate"]
    assert not dock.isHidden() and dock.isFloating(), "a wide table has no room beside the music"
    actions["view.evaluate"].trigger()
    assert dock.isHidden()
    actions["view.evaluate"].trigger()
    qtbot.waitUntil(lambda: panel.choice._items() != [])
    assert [item.text(0) for item in panel.choice._items()] == ["Melody VAE"]
    assert not actions["generate.csv"].isEnabled()
    filled(panel)
    assert actions["generate.csv"].isEnabled()
    from app.desks.evaluate import EvaluateDesk

    EvaluateDesk(window).write(tmp_path / "models.csv")
    with (tmp_path / "models.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert [row["name"] for row in rows] == ["held_out", "markov", "vae", "gan"] and rows[3]["distance"] == "9"
    with pytest.raises(UserError, match="cannot be written"):
        EvaluateDesk(window).write(tmp_path)


def test_precision_and_recall_are_of_the_music_one_looks_at(panel: EvaluatePanel) -> None:
    other = (
        row("real", "rags", MUSIC, 1.0, 0.9, 0.9, corpus="rags"),
        row("rnn", "RNN", MODEL, 3.0, 0.2, 0.3, corpus="rags"),
    )
    filled(panel, replace(FOUND, lines=(*LINES, *other), corpora={"folk": "Tune books", "rags": "Rags"}))
    assert {line.corpus for line in panel.field.lines} == {"folk"} and panel.field.title == "Tune books"
    at = next(n for n, line in enumerate(panel.table.rows.rows) if isinstance(line, Line) and line.name == "rnn")
    panel.table.setCurrentIndex(panel.table.rows.index(at, 1))
    assert [line.name for line in panel.field.lines] == ["real", "rnn"] and panel.field.title == "Rags"


def test_where_there_is_little_room_the_table_has_all_of_it(panel: EvaluatePanel) -> None:
    filled(panel)
    assert panel.pictures.isVisible()
    panel.resize(700, 320)
    assert not panel.pictures.isVisible() and panel.table.isVisible()
    panel.resize(1100, 320)
    assert panel.pictures.isVisible()
