"""The sheet on which a training begins: choices, the report on a folder, names, times, what is dropped."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from app.panels.training.sheet import Around, TrainingForm
from app.panels.training.survey_lists import Rows, RowsTable
from app.theme import LIGHT
from app.training.choices import (
    LENGTH,
    OWN,
    Wish,
    at_hand,
)
from app.training.duration import pace_of
from engine.commands import ask_training
from engine.corpus.survey import Told
from engine.errors import UserError
from engine.events import FolderSurveyed, JobChanged
from engine.jobs.job import Job
from engine.models.registry import REGISTRY, row
from engine.models.shelf import Entry, Shelf
from engine.resources import root
from engine.training.options import Order, by_recipe
from tests.app.test_shell_training import write_tunes
from tests.app.test_training_choices import CHIP, FEW, NONE, found


class Studio:
    """What a sheet is told of, and what it has asked."""

    def __init__(self, folder: Path, job: int = 7) -> None:
        self.scanned: list[str] = []
        self.stopped: list[int] = []
        entries = Shelf([root() / "bundles"]).entries()
        place = next(n for n, entry in enumerate(entries) if entry.row.name == "vae") + 1
        mine = Entry(row("vae~My reels"), folder / "vae~My reels.safetensors", entries[place - 1].header)
        self.around = Around(
            (*entries[:place], mine, *entries[place:]), folder, self.scan, self.stopped.append,
            lambda entry: pace_of(entry.row, entry.header, {}, CHIP, {}), lambda: CHIP,
        )  # fmt: skip
        self.job = job

    def scan(self, folder: str) -> int:
        self.scanned.append(folder)
        return self.job + len(self.scanned) - 1


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    models = tmp_path / "models"
    models.mkdir()
    (models / "vae~My reels.safetensors").touch()
    return Studio(models)


@pytest.fixture
def music(tmp_path: Path) -> str:
    folder = tmp_path / "my_reels"
    folder.mkdir()
    return str(folder)


@pytest.fixture
def make(qtbot: QtBot, studio: Studio) -> Callable[[str], TrainingForm]:
    def made(chosen: str = "vae") -> TrainingForm:
        form = TrainingForm(studio.around, chosen, LIGHT)
        qtbot.addWidget(form)
        form.show()
        return form

    return made


@pytest.fixture
def form(make: Callable[[str], TrainingForm]) -> TrainingForm:
    return make("vae")


def choose(box: QComboBox, data: str) -> None:
    """As a hand would."""
    box.setCurrentIndex(box.findData(data))
    box.activated.emit(box.currentIndex())


def wish_of(form: TrainingForm, qtbot: QtBot) -> Wish:
    with qtbot.waitSignal(form.wanted) as wanted:
        form.go.click()
    wish = wanted.args[0]
    assert isinstance(wish, Wish)
    return wish


# the sheet ---------------------------------------------------------------------------------------------------------


def test_a_sheet_orders_what_differs_from_the_recipe(form: TrainingForm, qtbot: QtBot) -> None:
    assert form.row.name == "vae" and form.promise.text() == row("vae").promise
    assert form.how.length is not None and form.how.inner is not None
    form.how.length.editors["steps"].setValue(77)  # type: ignore[attr-defined]
    form.how.inner.button.click()
    assert form.how.network is not None
    form.how.network.editors["latent"].setValue(8)  # type: ignore[attr-defined]
    assert "another size" in form.how.time.text()
    assert wish_of(form, qtbot) == Wish("vae", "folk", {"steps": 77}, {"latent": 8}, "Folk")


def test_a_collection_that_is_not_here_is_said(monkeypatch: pytest.MonkeyPatch, form: TrainingForm) -> None:
    assert form.go.isEnabled()
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert not at_hand("folk") and at_hand("rags") and at_hand(OWN)
    choose(form.music.corpus, "oneill")
    assert not form.go.isEnabled() and "music21" in form.reason.text() and form.music.warning.isVisible()


def test_another_model_brings_its_own_recipe(form: TrainingForm, qtbot: QtBot) -> None:
    choose(form.model, "mini_bach")
    recipe = by_recipe(row("mini_bach").recipe)
    assert form.how.length is not None and form.how.learning is not None
    assert form.how.options == recipe and form.how.changes == {}
    assert set(form.how.length.editors) == set(LENGTH) and not set(LENGTH) & set(form.how.learning.editors)
    assert wish_of(form, qtbot) == Wish("mini_bach", "chorales", title="Chorales")


def test_a_folder_is_looked_through_before_anything_starts(
    form: TrainingForm, studio: Studio, music: str, qtbot: QtBot
) -> None:
    choose(form.music.corpus, OWN)
    assert form.music.folder.isVisible() and not form.go.isEnabled()
    assert form.reason.text() == "Choose a folder of music first."
    form.music.folder.setText(music)
    form.music.folder.editingFinished.emit()
    assert studio.scanned == [music] and form.reason.text() == "The folder is being read."
    form.on_event(JobChanged(7, "Looking through", "running", 0.4, "a.mid", 12.0))
    form.on_event(JobChanged(3, "Something else", "running", 0.9, "b.mid"))
    assert form.music.progress.value() == 400 and form.music.words.text() == "40% · a.mid · 12 s left"
    form.on_event(FolderSurveyed(7, found(music)))
    report = form.music.report
    assert report.isVisible() and not form.music.progress.isVisible() and not form.music.cancel.isVisible()
    assert "3,240 windows" in report.learns.text() and not report.against.isVisible()
    assert form.go.isEnabled() and form.reason.text() == "Perhaps 5 min in all.", "it begins with the shipped one"
    assert form.how.time.text().endswith("So long is proposed for this much music.")
    wish = wish_of(form, qtbot)
    assert (wish.corpus, wish.title, wish.start) == (music, "My reels", "vae")
    assert set(wish.changes) == {"minutes", "learning_rate"}


def test_another_model_does_not_look_again(form: TrainingForm, studio: Studio, music: str) -> None:
    form.choose_folder(music)
    form.on_event(FolderSurveyed(7, found(music)))
    choose(form.model, "mini_bach")
    assert form.music.own and studio.scanned == [music]
    assert not form.go.isEnabled() and NONE.remedy in form.reason.text() and NONE.remedy in form.go.toolTip()
    assert form.music.report.against.isVisible() and "nothing" in form.music.report.learns.text()
    choose(form.model, "celtic_lstm")
    assert form.go.isEnabled() and FEW.remedy in form.music.report.against.text(), "a warning hinders nobody"
    form.choose_folder(music)
    assert studio.scanned == [music]


def test_what_was_passed_over_unfolds(form: TrainingForm, music: str) -> None:
    form.choose_folder(music)
    many = tuple(Told(f"{n}.mid", "it is cut off") for n in range(10_000))
    form.on_event(FolderSurveyed(7, found(music, skipped=many)))
    folds = form.music.report.folds
    assert list(folds) == ["skipped", "repaired", "models"]
    assert folds["skipped"].button.text() == "10,000 files were skipped"
    assert folds["repaired"].button.text() == "One file was repaired" and not folds["skipped"].out
    folds["skipped"].button.click()
    table = folds["skipped"].inside
    assert isinstance(table, RowsTable) and table.isVisible() and table.model().rowCount() == 10_000
    assert table.model().index(9_999, 0).data() == "9999.mid" and table.height() < 300
    folds["skipped"].button.click()
    assert not folds["skipped"].out


def test_a_model_is_picked_from_the_table_of_all(form: TrainingForm, music: str, qtbot: QtBot) -> None:
    form.choose_folder(music)
    form.on_event(FolderSurveyed(7, found(music)))
    fold = form.music.report.folds["models"]
    fold.button.click()
    table = fold.inside
    assert isinstance(table, RowsTable)
    rows = table.model()
    assert isinstance(rows, Rows) and rows.keys == list(REGISTRY)
    place = rows.keys.index("mini_bach")
    assert rows.rows[place] == (row("mini_bach").title, "0", "50", NONE.remedy)
    table.setFocus()
    table.setCurrentIndex(rows.index(rows.keys.index("transformer"), 0))
    QTest.keyClick(table, Qt.Key.Key_Return)
    assert form.row.name == "transformer" and fold.inside is table, "the table stays as it is"


def test_reading_is_stopped_and_begun_again(form: TrainingForm, studio: Studio, music: str) -> None:
    form.choose_folder(music)
    form.music.cancel.click()
    assert studio.stopped == [7]
    form.on_event(JobChanged(7, "Looking through", "cancelled"))
    assert form.reason.text() == "The folder was not read to its end." and form.music.cancel.text() == "Read it again"
    form.music.cancel.click()
    assert studio.scanned == [music, music]
    form.on_event(JobChanged(8, "Looking through", "failed", error=UserError("There is no music in it.", "Add some.")))
    assert form.reason.text() == "There is no music in it. Add some." and not form.go.isEnabled()
    form.music.cancel.click()
    form.reject()
    assert studio.stopped == [7, 9], "a sheet that is closed reads no further"


def test_return_takes_the_folder_and_starts_nothing(
    form: TrainingForm, studio: Studio, music: str, tmp_path: Path, qtbot: QtBot
) -> None:
    form.choose_folder(str(tmp_path))
    form.on_event(FolderSurveyed(7, found(str(tmp_path))))
    assert form.go.isEnabled()
    form.music.folder.selectAll()
    QTest.keyClicks(form.music.folder, music)
    with qtbot.assertNotEmitted(form.wanted):
        QTest.keyClick(form.music.folder, Qt.Key.Key_Return)
    assert studio.scanned == [str(tmp_path), music] and form.reason.text() == "The folder is being read."


def test_another_folder_takes_the_place_of_the_first(
    form: TrainingForm, studio: Studio, music: str, tmp_path: Path
) -> None:
    form.choose_folder(music)
    other = tmp_path / "other"
    other.mkdir()
    form.choose_folder(str(other))
    assert studio.stopped == [7] and studio.scanned == [music, str(other)]
    form.on_event(FolderSurveyed(7, found(music)))
    assert not form.go.isEnabled(), "the answer about the first is not heard"
    form.on_event(FolderSurveyed(8, found(str(other))))
    assert form.go.isEnabled() and form.name.title == "Other"
    form.choose_folder(str(tmp_path / "nowhere"))
    assert form.reason.text() == "There is no such folder." and not form.music.report.isVisible()


def test_an_answer_may_come_before_the_number_of_its_job(form: TrainingForm, studio: Studio, music: str) -> None:
    scan = studio.scan

    def at_once(folder: str) -> int:
        form.on_event(JobChanged(7, "Looking through", "queued"))
        form.on_event(FolderSurveyed(7, found(folder)))
        return scan(folder)

    form.music._scan = at_once
    form.choose_folder(music)
    assert form.go.isEnabled() and form.music.report.isVisible()


# what it begins with -----------------------------------------------------------------------------------------------


def test_it_may_begin_with_what_another_has_learnt(form: TrainingForm, music: str, qtbot: QtBot) -> None:
    box = form.start.box
    assert [box.itemData(n) for n in range(box.count())] == ["", "vae", "vae~My reels"]
    assert "this music only" in form.start.words.text()
    form.choose_folder(music)
    form.on_event(FolderSurveyed(7, found(music)))
    assert form.start.name == "vae", "little music is best learnt by one that knows some"
    choose(box, "")
    before = form.how.options
    choose(box, "vae~My reels")
    assert "“My reels”" in form.start.words.text() and "stays as it is" in form.start.words.text()
    assert form.how.options.minutes < before.minutes
    assert form.how.options.learning_rate == pytest.approx(before.learning_rate / 3, rel=0.02)
    assert form.how.inner is not None and not form.how.inner.isEnabled() and form.how.fixed.isVisible()
    wish = wish_of(form, qtbot)
    assert wish.start == "vae~My reels" and not wish.network and set(wish.changes) == {"minutes", "learning_rate"}
    choose(box, "")
    assert form.how.options == before and form.how.inner.isEnabled()


def test_what_the_composer_has_set_stays(form: TrainingForm, music: str) -> None:
    form.choose_folder(music)
    assert form.how.length is not None
    form.how.length.editors["minutes"].setValue(2.0)  # type: ignore[attr-defined]
    form.on_event(FolderSurveyed(7, found(music)))
    choose(form.start.box, "vae")
    assert form.how.options.minutes == 2.0 and "It learns for 2 min" in form.how.time.text()
    assert "proposed" not in form.how.time.text()
    assert not form.how.length.editors["steps"].isEnabled(), "the clock decides"
    form.how.length.editors["minutes"].setValue(0.0)  # type: ignore[attr-defined]
    assert form.how.length.editors["steps"].isEnabled() and form.how.time.text().startswith("About")


def test_options_of_the_network_are_left_out_where_they_cannot_count(form: TrainingForm, qtbot: QtBot) -> None:
    assert form.how.inner is not None
    form.how.inner.button.click()
    assert form.how.network is not None
    form.how.network.editors["latent"].setValue(8)  # type: ignore[attr-defined]
    choose(form.start.box, "vae")
    assert not form.how.inner.out and wish_of(form, qtbot).network == {}


def test_a_card_of_ones_own_is_what_is_begun_with(make: Callable[[str], TrainingForm]) -> None:
    form = make("vae~My reels")
    assert form.row.name == "vae" and form.start.name == "vae~My reels" and form.how.fixed.isVisible()
    assert form.model.findData("vae~My reels") == -1
    choose(form.model, "gan")
    assert form.start.name == ""


# names -------------------------------------------------------------------------------------------------------------


def test_a_name_follows_the_music_until_one_is_typed(form: TrainingForm, music: str, qtbot: QtBot) -> None:
    assert form.name.title == "Folk" and "Nothing is replaced" in form.name.words.text()
    form.choose_folder(music)
    form.on_event(FolderSurveyed(7, found(music)))
    assert form.name.title == "My reels" and "“My reels 2”" in form.name.words.text()
    choose(form.model, "gan")
    assert "taken" not in form.name.words.text(), "no other GAN is called so"
    form.name.line.clear()
    QTest.keyClicks(form.name.line, "Tea?")
    assert "“Tea”" in form.name.words.text()
    choose(form.music.corpus, "oneill")
    assert wish_of(form, qtbot).title == "Tea?"


@pytest.mark.parametrize("typed", ["", "  ", "!?"])
def test_a_name_needs_letters(form: TrainingForm, typed: str) -> None:
    form.name.line.setText(typed)
    form.name.line.textEdited.emit(typed)
    assert not form.go.isEnabled() and form.reason.text() and form.name.words.text() == form.reason.text()


# dropping ----------------------------------------------------------------------------------------------------------


def drop(on: TrainingForm | MainWindow, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    actions, button, keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(5, 5), actions, data, button, keys)
    on.dragEnterEvent(enter)
    assert enter.isAccepted()
    on.dropEvent(QDropEvent(QPointF(5, 5), actions, data, button, keys))


def test_a_folder_is_dropped_on_the_sheet(form: TrainingForm, studio: Studio, music: str, tmp_path: Path) -> None:
    file = tmp_path / "a.mid"
    file.touch()
    drop(form, file)
    assert "put the files into one" in form.reason.text() and not studio.scanned
    drop(form, file, Path(music))
    assert studio.scanned == [music] and form.music.folder.text() == music and form.music.own
    assert not any(edit.acceptDrops() for edit in form.findChildren(QLineEdit)), "or they would take it as text"


def test_every_control_is_named_and_reached_by_keys(form: TrainingForm, music: str) -> None:
    form.choose_folder(music)
    form.on_event(FolderSurveyed(7, found(music)))
    controls = [w for kind in (QComboBox, QLineEdit, QAbstractButton) for w in form.findChildren(kind)]
    shown = [w for w in controls if w.isVisible() and w.objectName() != "qt_spinbox_lineedit"]
    assert len(shown) > 10
    for control in shown:
        named = control.accessibleName() or (control.text() if isinstance(control, QAbstractButton) else "")
        assert named and control.focusPolicy() & Qt.FocusPolicy.TabFocus, control


# the window --------------------------------------------------------------------------------------------------------


def test_a_folder_dropped_on_the_window_opens_the_sheet_with_its_report(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    """The real survey, in its child process, of a dozen real files, one copy and one that is none."""
    tunes = tmp_path / "tunes"
    tunes.mkdir()
    write_tunes(tunes)
    (tunes / "broken.mid").write_bytes(b"no music")
    (tunes / "copy.mid").write_bytes((tunes / "0.mid").read_bytes())
    before = window.session.document
    drop(window, tunes)
    qtbot.waitUntil(lambda: window.training.sheet is not None)
    sheet = window.training.sheet
    assert sheet is not None and sheet.music.folder.text() == str(tunes)
    qtbot.waitUntil(lambda: sheet.music.survey is not None, timeout=60_000)
    assert window.session.document == before
    assert sheet.music.report.head.text().startswith("13 of 14 files were read, one of them")
    assert {"skipped", "copies", "models"} <= set(sheet.music.report.folds)
    assert sheet.name.title == "Tunes" and sheet.go.isEnabled()
    choose(sheet.model, "mini_bach")
    assert not sheet.go.isEnabled() and "choir" in sheet.reason.text()
    sheet.reject()
    assert window.training.sheet is None


def test_tab_goes_from_the_top_down(make: Callable[[str], TrainingForm], music: str, qtbot: QtBot) -> None:
    """What came later or unfolds stands where one sees it: the buttons come last."""
    form = make("vae")
    form.choose_folder(music)
    form.on_event(FolderSurveyed(7, found(music)))
    assert form.how.more is not None
    form.how.more.button.click()
    form.activateWindow()
    qtbot.waitUntil(form.isActiveWindow)
    form.model.setFocus()
    names = []
    while QApplication.focusWidget() is not form.go:
        focus = QApplication.focusWidget()
        names.append(focus.accessibleName() or (focus.text() if isinstance(focus, QAbstractButton) else ""))
        assert len(names) < 60, names
        qtbot.keyClick(focus, Qt.Key.Key_Tab)
    assert names[:4] == ["Model", "Music", "Folder", "Choose…"] and names[-1] == "Cancel"
    wanted = ["2 files were skipped", "Begin with", "Name", "Minutes", "How it learns", "Learning rate"]
    assert [name for name in names if name in wanted] == wanted


def test_a_wish_becomes_an_order(window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The work itself is left out: what counts is what is ordered."""
    ordered: list[Order] = []

    def made(order: Order, done: Callable[[object], None], tell: object, cache: Path) -> Job:
        ordered.append(order)
        return Job("Training", lambda report: None)

    monkeypatch.setattr(ask_training, "train_job", made)
    window.training.choose("melody_vae")
    window.training.ask()
    sheet = window.training.sheet
    assert sheet is not None
    choose(sheet.start.box, "melody_vae")
    sheet.name.line.clear()
    QTest.keyClicks(sheet.name.line, "Slow airs")
    sheet.go.click()
    assert window.training.sheet is None and len(ordered) == 1
    shelf, recipe = window.session.shelf, by_recipe(row("melody_vae").recipe)
    assert ordered[0].title == "Slow airs" and ordered[0].start == shelf.path("melody_vae")
    assert dict(ordered[0].network) == shelf.bundle("melody_vae").header["options"]
    assert ordered[0].options.learning_rate < recipe.learning_rate and ordered[0].options.steps < recipe.steps


def test_the_sheet_opens_once_and_stays_while_something_is_wrong(window: MainWindow, tmp_path: Path) -> None:
    window.training.choose("vae")
    window.menus.actions["generate.train"].trigger()
    sheet = window.training.sheet
    assert sheet is not None and sheet.row.name == "vae"
    window.menus.actions["generate.train"].trigger()
    assert window.training.sheet is sheet
    sheet.wanted.emit(Wish("vae", "folk", {"steps": 0}, title="Mine"))
    assert "steps" in window.bar.label.text() and sheet.isVisible()
    assert "steps" in sheet.reason.text()
    sheet.reject()
