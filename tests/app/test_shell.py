"""The real window offscreen: keys, themes, undo, jobs, errors."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QLineEdit, QMessageBox, QToolButton
from pytestqt.qtbot import QtBot

from app import studio
from app.actions import ACTIONS, MENUS
from app.conditions import conditions
from app.finding import duplicates, search
from app.hands import GESTURES
from app.main_window import MainWindow
from app.panels.help_sheet import HelpSheet, sections
from app.panels.palette import CommandPalette
from app.settings import Settings
from app.theme import CONTRAST, DARK, LIGHT, choose, stylesheet
from engine.errors import Cancelled, UserError
from engine.events import JobChanged
from engine.jobs.job import Job, Report
from engine.models.registry import REGISTRY
from engine.models.shelf import Entry
from engine.verbs.catalog import verbs_of
from tests.app.conftest import piece

Key = Qt.Key
BAR = 1920


# ------------------------------------------------------------------------------------------------------------- actions


def test_table_of_actions_is_sound(window: MainWindow) -> None:
    assert duplicates() == []
    known = conditions(window)
    desks = {"files": window.files, "window": window.desk, "roll": window.roll, "tracks": window.tracks,
             "verbs": window.verbs, "training": window.training, "transport": window.transport,
             "evaluate": window.evaluate, "own_models": window.own_models, "midi": window.midi}  # fmt: skip
    for action in ACTIONS:
        desk, _, method = action.call.partition(".")
        assert callable(getattr(desks[desk], method)), action.id
        assert action.menu.split("|")[0] in MENUS
        assert not action.when or action.when in known
        assert not action.checked or action.checked in known
        assert all(QKeySequence(key).toString() for key in action.keys), action.id


def test_single_keys_do_not_fire_in_a_text_box(window: MainWindow, qtbot: QtBot) -> None:
    edit = window.tracks.search
    edit.setFocus()
    edit.selectAll()
    window.roll.set_tool("pencil")
    for letter in "q1m l":
        qtbot.keyClick(edit, letter)
    assert edit.text().casefold().startswith("q1m l")
    assert window.roll.tool == "pencil"
    assert not window.transport.playing
    assert not window.transport.metronome
    assert not window.transport.looping


def test_space_plays_from_anywhere_but_a_text_box(window: MainWindow, qtbot: QtBot) -> None:
    button = window.findChild(QToolButton, "")
    for focus in (window.roll.roll, button, window.transport.play_button, window.tracks.chooser, window.map):
        focus.setFocus()
        before = window.transport.playing
        qtbot.keyClick(QApplication.focusWidget() or window, Key.Key_Space)
        assert window.transport.playing is not before, focus
    if window.transport.playing:
        window.transport.stop()


def test_enter_presses_a_focused_button(window: MainWindow, qtbot: QtBot) -> None:
    window.transport.play_button.setFocus()
    qtbot.keyClick(window.transport.play_button, Key.Key_Return)
    assert window.transport.playing
    window.transport.stop()


def test_palette_finds_and_runs(window: MainWindow, qtbot: QtBot) -> None:
    assert search("demo piece")[0].id == "file.first"
    palette = CommandPalette(window.menus.usable, window.menus.run, window)
    palette.open_over(window)
    qtbot.keyClicks(palette.edit, "knife")
    qtbot.keyClick(palette.edit, Key.Key_Return)
    assert window.roll.tool == "knife"
    assert not palette.isVisible()


def test_help_sheet_lists_every_key_and_gesture(window: MainWindow, qtbot: QtBot) -> None:
    lines = sum(len(lines) for _, lines in sections())
    assert lines == len([a for a in ACTIONS if a.keys]) + len(GESTURES)
    sheet = HelpSheet(window)
    qtbot.addWidget(sheet)
    sheet.show()
    sheet.search.setText("metronome")
    assert [right.text() for _, left, right in sheet.lines if left.isVisible()] == ["Metronome"]


# ---------------------------------------------------------------------------------------------------------------- undo


def test_undo_says_what_it_takes_back(window: MainWindow, qtbot: QtBot) -> None:
    undo, redo = window.menus.actions["edit.undo"], window.menus.actions["edit.redo"]
    assert (undo.text(), undo.isEnabled()) == ("Undo", False)
    window.roll.select_all()
    window.roll.transpose(2)
    label = window.session.history.undo_label
    assert (label, undo.text()) == ("Transpose", "Undo transpose")
    assert undo.isEnabled()
    assert window.isWindowModified()
    qtbot.keyClick(window.roll.roll, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert window.session.score == piece().score
    assert redo.text() == "Redo transpose"
    assert not window.isWindowModified()
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(window.roll.roll, Key.Key_Z, both)
    assert window.session.score.tracks[0].notes[0].pitch == 62


def test_tempo_is_one_undo_step(window: MainWindow, qtbot: QtBot) -> None:
    window.transport.tempo.setValue(90)
    window.transport.tempo.stepUp()
    window.transport.tempo.stepUp()
    qtbot.waitUntil(lambda: window.session.history.labels == ["change tempo"])
    assert window.session.score.tempos[0].bpm == pytest.approx(92, abs=0.01)
    window.files.undo()
    assert window.transport.tempo.value() == pytest.approx(120)


def test_tracks_and_instruments(window: MainWindow) -> None:
    assert window.tracks.search.text() == "Flute"
    window.tracks.choose(1)
    assert window.roll.track == 1
    window.tracks.rename_to("Double bass")
    assert window.tracks.chooser.currentText() == "Double bass"
    window.tracks.add()
    assert window.roll.track == 2
    window.tracks.remove()
    assert len(window.session.score.tracks) == 2
    window.tracks.choose(0)
    assert window.tracks.has_generated
    window.tracks.accept_generated()
    assert not window.tracks.has_generated
    for _ in range(4):
        window.files.undo()
    assert window.session.score == piece().score


def test_an_instrument_is_found_by_typing(window: MainWindow, qtbot: QtBot) -> None:
    window.tracks.search.setFocus()
    window.tracks.search.selectAll()
    qtbot.keyClicks(window.tracks.search, "bassoo")
    qtbot.keyClick(window.tracks.search, Key.Key_Return)
    assert window.session.score.tracks[0].program == 70
    assert window.session.history.labels == ["change instrument"]
    qtbot.waitUntil(lambda: QApplication.focusWidget() is window.roll.roll)  # so that Space plays again
    window.tracks.search.setFocus()
    window.tracks.search.selectAll()
    qtbot.keyClicks(window.tracks.search, "no such thing")
    window.roll.roll.setFocus()
    assert window.tracks.search.text() == "Bassoon"


def test_loop_button_uses_the_drawn_loop_or_the_maps_bars(window: MainWindow) -> None:
    window.menus.run(next(a for a in ACTIONS if a.id == "play.loop"))
    assert window.session.loop == (0, 2 * BAR) == window.roll.loop
    window.roll.set_loop((BAR, 3 * BAR))
    assert window.session.loop == (BAR, 3 * BAR)
    window.transport.toggle_loop()
    assert window.session.loop is None
    window.transport.toggle_loop()
    assert window.session.loop == (BAR, 3 * BAR)


# --------------------------------------------------------------------------------------------------------------- looks


def test_theme_changes_live_and_is_remembered(window: MainWindow) -> None:
    for name, theme in (("dark", DARK), ("contrast", CONTRAST), ("light", LIGHT)):
        window.desk.use_theme(name)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        assert theme.panel.name() in app.styleSheet()
        corner = window.models.grab().toImage().pixelColor(QPoint(2, 2))
        assert corner.name() == theme.panel.name()
        assert Settings(window.paths.settings).preferences.theme == name
    assert choose("dark") is DARK
    assert choose("system") in (LIGHT, DARK)


@pytest.mark.parametrize("theme", [LIGHT, DARK, CONTRAST], ids=["light", "dark", "contrast"])
def test_text_is_legible(theme: object, qapp: QApplication) -> None:
    def lightness(colour: object) -> float:
        parts = [v / 12.92 if v <= 0.03928 else ((v + 0.055) / 1.055) ** 2.4 for v in colour.getRgbF()[:3]]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    for front in ("text", "text_dim", "accent", "danger", "warning"):
        for back in ("window", "panel", "raised"):
            one, other = sorted((lightness(getattr(theme, front)), lightness(getattr(theme, back))))
            assert (other + 0.05) / (one + 0.05) >= 4.5, (front, back)
    assert "@" not in stylesheet(theme)


def test_every_control_has_a_name(window: MainWindow) -> None:
    for button in window.findChildren(QToolButton):
        if button.isVisible() and not button.objectName().startswith("qt_"):
            assert button.accessibleName() or button.text(), button.parent()
    for edit in window.findChildren(QLineEdit):
        if edit.isVisible() and edit.objectName() != "qt_spinbox_lineedit":
            assert edit.accessibleName() or edit.parent().accessibleName(), edit.parent()


# ---------------------------------------------------------------------------------------------------- jobs and errors


def endless(report: Report) -> None:
    while True:
        report(1, 10, "step")
        time.sleep(0.01)


def test_jobs_show_progress_and_can_be_cancelled(window: MainWindow, qtbot: QtBot) -> None:
    number = window.session.work.submit(Job("Training", endless))
    qtbot.waitUntil(lambda: window.strip.words.isVisible() and window.strip.progress.value() == 100)
    row = window.jobs.rows[number]
    row.cancel.click()
    qtbot.waitUntil(lambda: row.job.state == "cancelled")
    assert not window.strip.words.isVisible()
    assert not window.bar.isVisible()  # cancelling is no error


def test_failed_job_says_why(window: MainWindow, qtbot: QtBot) -> None:
    def fails(report: Report) -> None:
        raise UserError("The disk is full.", "Free some space.")

    number = window.session.work.submit(Job("Export", fails))
    qtbot.waitUntil(lambda: number in window.jobs.rows and window.jobs.rows[number].job.state == "failed")
    assert window.bar.label.text() == "The disk is full. Free some space."
    assert "The disk is full." in window.jobs.rows[number].words.text()


def test_closing_while_a_job_runs_asks_and_stops_it(window: MainWindow, qtbot: QtBot) -> None:
    states: list[str] = []
    window.session.events.subscribe(lambda e: states.append(e.state) if isinstance(e, JobChanged) else None)
    window.session.work.submit(Job("Training", endless))
    qtbot.waitUntil(lambda: bool(window.jobs.active) and window.jobs.active[0].state == "running")

    def press(word: str) -> None:
        box = window.findChild(QMessageBox)
        next(button for button in box.buttons() if word in button.text()).click()

    QTimer.singleShot(100, lambda: press("Keep"))
    assert not window.close()
    assert window.isVisible()
    for box in window.findChildren(QMessageBox):
        box.setParent(None)
    QTimer.singleShot(100, lambda: press("Stop"))
    began = time.monotonic()
    assert window.close()
    assert time.monotonic() - began < 3
    assert states[-1] == "cancelled"


def test_closing_without_changes_does_not_ask(window: MainWindow) -> None:
    assert window.close()


def test_closing_with_changes_asks(window: MainWindow) -> None:
    window.roll.select_all()
    window.roll.transpose(1)
    for button, closes in ((QMessageBox.StandardButton.Cancel, False), (QMessageBox.StandardButton.Discard, True)):

        def press(which: QMessageBox.StandardButton = button) -> None:
            window.findChildren(QMessageBox)[-1].button(which).click()

        QTimer.singleShot(100, press)
        assert window.close() is closes


def test_the_one_door(window: MainWindow, capsys: pytest.CaptureFixture[str]) -> None:
    window.door.show(Cancelled())
    assert not window.bar.isVisible()
    window.door.show(UserError("No such place.", "Look elsewhere."))
    assert window.bar.label.text() == "No such place. Look elsewhere."
    window.roll.select_all()
    window.roll.transpose(1)
    try:
        raise ZeroDivisionError("a bug")
    except ZeroDivisionError as error:
        window.door.show(error)
    assert window.door.dialog is not None
    assert "ZeroDivisionError" in window.door.dialog.text.toPlainText()
    assert list(window.paths.autosave.glob("*.melomorph")), "the work is saved before the crash is told"
    assert "ZeroDivisionError" in window.paths.log.read_text(encoding="utf-8")
    window.door.dialog.accept()
    capsys.readouterr()


def test_a_question_waits_for_its_answer(window: MainWindow) -> None:
    answers: list[str] = []
    window.bar.offer("Bring it back?", [("Yes", lambda: answers.append("yes"))])
    window.bar.say("No sound device was found.")
    assert window.bar.label.text() == "Bring it back?"
    window.bar.say("The file cannot be read.", "error")
    assert window.bar.label.text() == "The file cannot be read."
    window.bar.dismiss()
    window.bar.buttons[0].click()
    assert answers == ["yes"]
    assert window.bar.label.text() == "No sound device was found."
    window.bar.dismiss()
    assert not window.bar.isVisible()


def test_the_card_says_what_was_measured(window: MainWindow) -> None:
    header = {
        "corpus": {"title": "Old airs", "terms": "In the public domain."},
        "evaluation": {"figures": {"onset_accuracy": 0.9712, "prior_fd": 6.04}, "gates": []},
    }
    entry = Entry(REGISTRY["melody_vae"], Path("melody_vae.safetensors"), header)
    window.models.set_on_map("melody_vae")
    window.models.show_entries([entry], verbs_of)
    card = window.models.cards["melody_vae"]
    assert "Plays back 97 % of the notes of music it has never heard." in card.figures.sentences
    assert "Trained on Old airs. In the public domain." in card.origin.text()


def test_a_verb_that_cannot_be_used_says_why(window: MainWindow, qtbot: QtBot) -> None:
    studio.wake(window)
    button = window.models.cards["melody_vae"].buttons["generate.put"]
    assert not button.isEnabled()
    assert button.toolTip() == "The model is being loaded; a moment."
    qtbot.waitUntil(lambda: window.verbs.playable, timeout=20_000)
    assert button.isEnabled()
    window.session.new()
    assert not button.isEnabled()
    assert "Draw a melody there first" in button.toolTip()
    assert window.strip.device.text() == window.session.device_name != ""
