"""Opens the studio: application, session, window. The window is painted before anything heavy is imported."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy: two threads collapse on a busy machine

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from app.errors import ErrorDoor
from app.i18n import tr
from app.settings import Settings, UserPaths, user_paths
from app.sweeper import Sweeper
from app.theme import choose

if TYPE_CHECKING:
    from app.main_window import MainWindow
    from engine.session import Session

SWITCH_SECONDS = 0.0005  # how long a thread of pure Python may keep the window waiting


def make_application(ui_scale: float = 1.0) -> QApplication:
    """The QApplication, or the one there is.

    Args:
        ui_scale: 1 is the system's own size; only a new application can be scaled.
    """
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    if ui_scale != 1.0:
        os.environ.setdefault("QT_SCALE_FACTOR", f"{ui_scale:g}")
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    app = QApplication(sys.argv[:1])
    Sweeper(app)
    app.setApplicationName("Melomorph")
    app.setDesktopFileName("melomorph")
    app.setStyle("Fusion")
    if app.font().pointSizeF() < 0:  # given in pixels: everything here is relative to points
        font = app.font()
        font.setPointSizeF(10.0)
        app.setFont(font)
    return app


def make_session(settings: Settings, paths: UserPaths, device: str = "", audio: bool = True) -> Session:
    """The engine for one window.

    Args:
        settings: soundfont and chip.
        paths: where autosaves and trained models lie.
        device: instead of the preferred chip.
        audio: False never opens a sound device.
    """
    from engine.resources import root
    from engine.session import Session, SessionPaths

    known = settings.preferences
    try:
        paths.autosave.mkdir(parents=True, exist_ok=True)
        autosave = paths.autosave
    except OSError:  # a disk that cannot be written: one can still play and export elsewhere
        autosave = None
    where = SessionPaths(bundles=root() / "bundles", autosave=autosave, user_models=paths.models, cache=paths.cache)
    font = Path(known.soundfont) if known.soundfont else None
    return Session(where, soundfont=font, device=device or known.device, audio=audio)


def make_window(session: Session, settings: Settings | None = None, paths: UserPaths | None = None) -> MainWindow:
    """The real window around a session, not yet shown; works without a screen as well.

    Args:
        session: owned, and closed, by the window.
        settings: preferences, by default those of this user.
        paths: where files lie, by default those of this user.
    """
    from app.main_window import MainWindow

    paths = paths or user_paths()
    settings = settings or Settings(paths.settings)
    make_application(settings.preferences.ui_scale)
    return MainWindow(session, settings, paths, choose(settings.preferences.theme))


def begin(window: MainWindow, path: Path | None = None) -> None:
    """What a shown window starts with: the file asked for, the last one, or the first piece; the map; recovery."""
    from engine.errors import UserError

    known = window.settings.preferences
    recent = next((Path(name) for name in known.recent if Path(name).is_file()), None)
    wanted = path if path is not None else (None if known.first_launch else recent)
    try:
        if wanted is None or not window.files.open(wanted):
            window.files.load_first_piece()
    except UserError as error:
        window.files.load_first_piece()
        window.door.show(error)
    window.files.offer_recovery(window.paths.autosave)
    if window.settings.set_aside is not None:
        window.bar.say(tr("The settings file was damaged; it was set aside and the defaults are in force."), "warning")


def wake(window: MainWindow) -> None:
    """After the first paint: load the map, fill the list of models, follow the system's light or dark."""
    from engine.verbs.catalog import verbs_of

    window.roll.show_beginning()  # its size is known now
    if window.settings.preferences.sound_device:
        window.session.player.set_device(window.settings.preferences.sound_device)
    window.session.player.prepare()
    window.midi.wake()
    window.models.set_on_map(window.session.steering.model)
    window.models.show_entries(window.session.shelf.entries(), verbs_of)  # before torch keeps the machine busy
    window.session.ask.load_map()
    window.training.room.wake()
    QGuiApplication.styleHints().colorSchemeChanged.connect(window.desk.follow_system)


def open_studio(
    path: Path | str | None = None, device: str = "", on_first_paint: Callable[[MainWindow], None] | None = None
) -> int:
    """Open the studio and stay until it is closed. Returns the exit status.

    Args:
        path: project or MIDI file to open.
        device: auto, cuda, mps or cpu, instead of the preferred one.
        on_first_paint: called once the window was painted (the benchmark's clock, the self-test).
    """
    sys.setswitchinterval(SWITCH_SECONDS)
    paths = user_paths()
    settings = Settings(paths.settings)
    app = make_application(settings.preferences.ui_scale)
    window = make_window(make_session(settings, paths, device), settings, paths)
    window.door.install(window.session.events)
    begin(window, Path(path) if path else None)
    if on_first_paint is not None:
        window.first_painted.connect(lambda: on_first_paint(window))
    window.first_painted.connect(lambda: QTimer.singleShot(0, lambda: wake(window)))
    window.show()
    try:
        return app.exec()
    finally:
        ErrorDoor.uninstall()
