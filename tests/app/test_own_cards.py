"""Cards of the composer's own models: whose they are, what can be done with them, and how they come and go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QTextDocument
from PySide6.QtWidgets import QFileDialog, QInputDialog, QLabel
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from app.panels.elided import ElidedLabel, plain_tip
from app.panels.models.card import OWN, ModelCard
from app.panels.models.card_words import origin_of, whence
from engine.models import bundle as bundles
from engine.models.registry import REGISTRY, row
from engine.models.shelf import Entry
from engine.verbs.catalog import verbs_of
from tests.engine.forgery import forged, genuine, parts

REELS = {"corpus": {"name": "My <b>reels</b>", "title": "a folder", "train_tunes": 40}, "recipe": {"corpus": "folder"}}


@pytest.fixture
def filled(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> MainWindow:
    """The window with its cards, one of them the composer's own, and another damaged."""
    genuine(tmp_path / "models", "vae~Mine")
    (tmp_path / "models" / "gan~Broken.safetensors").write_bytes(b"\0" * 30)
    window.models.show_entries(window.session.shelf.entries(), verbs_of)
    return window


def told(window: MainWindow) -> str:
    return window.bar.label.text().replace("\N{ZERO WIDTH SPACE}", "")


def menu(card: ModelCard) -> dict[str, Callable[[], None]]:
    """What the card's menu offers now: title -> press."""
    return {action.text(): action.trigger for action in card.own_menu().actions() if action.isEnabled()}


def drop(window: MainWindow, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    at, no = QPointF(QPoint(300, 300)), Qt.KeyboardModifier.NoModifier
    window.dropEvent(QDropEvent(at, Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, no))


# what a card says -----------------------------------------------------------------------------------------------------


def test_an_own_card_says_whose_it_is_and_what_it_learnt_from(filled: MainWindow) -> None:
    cards = filled.models.cards
    mine, shipped = cards["vae~Mine"], cards["melody_vae"]
    names = list(cards)
    assert names[names.index("vae") + 1] == "vae~Mine" and len(cards) == len(REGISTRY) + 2
    assert mine.head.title.text() == "Mine" and mine.head.promise.text() == "VAE, trained on reels"
    assert mine.head.note.text() == "yours" and not mine.head.own.isHidden() and not mine.head.own.pixmap().isNull()
    assert shipped.head.own.isHidden() and shipped.head.note.text() == str(row("melody_vae").year)
    assert mine.head.accessibleName().startswith("Mine, yours")
    filled.models.open("vae~Mine")
    assert {verb.name for verb in verbs_of(row("vae"))} == set(mine.forms)
    assert "Plays back 50 % of the notes" in " ".join(mine.figures.sentences)
    assert "folder “reels” (40 pieces)" in mine.origin.text()
    filled.models.search.setText("trained on reels")
    assert [name for name, card in cards.items() if not card.isHidden()] == ["vae~Mine"]


def test_a_damaged_own_card_says_what_is_wrong(filled: MainWindow) -> None:
    card = filled.models.cards["gan~Broken"]
    assert card.head.note.text() == "damaged" and card.head.note.property("role") == "danger"
    filled.models.open("gan~Broken")
    assert "too short" in card.reason.text() and "or delete it" in card.reason.text() and not card.reason.isHidden()
    assert card.forms == {} and card.by_hand == [] and list(menu(card)) == ["Delete"]
    filled.desk.show_model_help("gan~Broken")
    menu(card)["Delete"]()
    assert "gan~Broken" not in filled.models.cards


def test_text_from_files_is_shown_as_it_is(qtbot: QtBot) -> None:
    entry = Entry(row("gan~Mine"), Path("x"), REELS, mine=True)
    assert whence(entry) == "GAN, trained on My <b>reels</b>"
    assert "“My <b>reels</b>” (40 pieces)" in origin_of("Paper.", REELS)
    from app.panels.models.card_head import CardHead
    from app.theme import DARK

    head = CardHead("A <i>title</i>", "yours", whence(entry), DARK, "own")
    qtbot.addWidget(head)
    assert {label.textFormat() for label in head.findChildren(QLabel) if label.text()} == {Qt.TextFormat.PlainText}


# coming and going -----------------------------------------------------------------------------------------------------


def test_models_that_are_dropped_get_cards(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    first, second = genuine(tmp_path, "vae~First"), genuine(tmp_path, "vae~Second")
    title = window.files.title
    drop(window, first, second)
    qtbot.waitUntil(lambda: {"vae~First", "vae~Second"} <= set(window.models.cards), timeout=30_000)
    assert told(window) in {f"“{name}” is imported: VAE, trained on reels." for name in ("First", "Second")}
    assert window.files.title == title, "the piece stays open"
    window.bar.buttons[0].click()
    assert any(window.models.cards[name].is_open for name in ("vae~First", "vae~Second"))


def test_what_is_no_model_is_refused_in_words(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    header, arrays = parts(genuine(tmp_path))
    bad = forged(tmp_path / "bad.safetensors", {**header, "model": "perceptron"}, arrays)
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(bad)], ""))
    window.menus.actions["generate.import"].trigger()
    qtbot.waitUntil(lambda: "not a Melomorph model" in told(window), timeout=30_000)
    assert "bad.safetensors" in told(window) and "a system that this Melomorph does not have" in told(window)
    assert not list(window.paths.models.glob("*")) and window.settings.preferences.last_folder == str(tmp_path)


def test_renamed_on_the_map(filled: MainWindow, qtbot: QtBot) -> None:
    session = filled.session
    filled.models.open("vae~Mine")
    session.ask.load_map()
    session.ask.choose_map("vae~Mine")
    qtbot.waitUntil(lambda: filled.map.latent is not None and filled.verbs.playable, timeout=30_000)
    assert session.steering.model == "vae~Mine" and filled.map.latent.model == "vae~Mine"
    menu(filled.models.cards["vae~Mine"])["Rename…"]()
    (dialog,) = filled.findChildren(QInputDialog)
    assert dialog.textValue() == "Mine"
    dialog.setTextValue("Kitchen / tunes")
    dialog.accept()
    assert "vae~Kitchen tunes" in filled.models.cards and "vae~Mine" not in filled.models.cards
    assert filled.models.cards["vae~Kitchen tunes"].is_open
    assert session.steering.model == "vae~Kitchen tunes"
    qtbot.waitUntil(lambda: filled.map.latent is not None and filled.map.latent.model == "vae~Kitchen tunes")
    session.history.undo()
    qtbot.waitUntil(lambda: filled.map.latent is not None and filled.map.latent.model == "vae~Mine")
    filled.own_models.rename("vae~Kitchen tunes", "../..")
    assert "no letters" in told(filled)


def test_deleted_and_brought_back(filled: MainWindow) -> None:
    path = filled.paths.models / "vae~Mine.safetensors"
    content = path.read_bytes()
    menu(filled.models.cards["vae~Mine"])["Delete"]()
    assert "vae~Mine" not in filled.models.cards and not path.exists()
    assert told(filled).startswith("“Mine” is deleted.") and [b.text() for b in filled.bar.buttons] == ["Undo"]
    filled.bar.buttons[0].click()
    assert path.read_bytes() == content and filled.models.cards["vae~Mine"].is_open
    filled.own_models.delete("vae~Mine")
    filled.session.shelf.clear_away()
    filled.bar.buttons[0].click()
    assert "is gone" in told(filled)


def test_exported_from_the_menu(
    filled: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposed: list[str] = []
    out = tmp_path / "for you"

    def choose(parent: object, title: str, proposal: str, filters: str) -> tuple[str, str]:
        proposed.append(proposal)
        return str(out), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    menu(filled.models.cards["vae~Mine"])["Export…"]()
    qtbot.waitUntil(lambda: "is written" in told(filled), timeout=30_000)
    assert Path(proposed[0]).name == "vae~Mine.safetensors"
    assert bundles.read_header(out.with_suffix(".safetensors"))["title"] == "Mine"


def test_trained_further_from_the_menu(filled: MainWindow, qtbot: QtBot) -> None:
    assert list(menu(filled.models.cards["vae~Mine"])) == list(OWN.values())
    menu(filled.models.cards["vae~Mine"])["Train it further…"]()
    sheet = filled.training.sheet
    assert sheet is not None and sheet.row.name == "vae" and sheet.start.name == "vae~Mine"
    sheet.reject()


def test_a_piece_waits_for_its_model(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    """Opened without it, the notes are there and a line says what is missing; imported, its map comes by itself."""
    session = window.session
    document = replace(session.document, steering=replace(session.steering, model="vae~Mine", code=(0.1,) * 6))
    session.new(document)
    session.save(tmp_path / "piece.melomorph")
    session.new()
    session.ask.load_map()
    qtbot.waitUntil(lambda: window.verbs.playable, timeout=30_000)
    window.files.open(tmp_path / "piece.melomorph")
    qtbot.waitUntil(lambda: "“Mine” is not on this machine" in told(window), timeout=30_000)
    assert "The notes of this piece are all there" in told(window) and session.score == document.score
    assert "not on this machine" in window.verbs.why_not("generate.four")
    assert window.map._head.truth == window.map._head.said == "", "nothing is said of a map that is not there"
    drop(window, genuine(tmp_path, "vae~Mine"))
    qtbot.waitUntil(lambda: not window.verbs.why_not("generate.four") and bool(window.map.latent), timeout=30_000)
    assert window.map._head.truth and window.map._head.has_plane
    assert session.map is not None and session.map.model == "vae~Mine" and session.document == document


def test_tips_show_text_as_it_is(qtbot: QtBot) -> None:
    """A tune's title may come from a file; a tool tip takes what looks like HTML for HTML."""
    title = "<img src='file:///etc/passwd'> & more"
    label = ElidedLabel(title)
    qtbot.addWidget(label)
    label.resize(30, 20)
    label.show()
    shown = QTextDocument()
    shown.setHtml(label.toolTip())
    assert shown.toPlainText() == title and "<img" not in shown.toHtml()
    assert plain_tip("Tom & Jerry's") == "Tom & Jerry's"
