"""Where ideas come together: panels of ideas, dials, bricks, voices and trainings, their places, who hears them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QWidget

from app.panels.bricks.panel import BricksPanel
from app.panels.dials.panel import DialsPanel
from app.panels.evaluate.panel import EvaluatePanel
from app.panels.ideas.panel import IdeasPanel
from app.panels.track_list import TrackList
from app.panels.training.room import HEIGHT as TRAINING_HEIGHT
from app.panels.training.room import TrainingPanel
from app.panels.voices import VoicesPanel
from engine.events import IdeaSketched
from engine.score import Note

if TYPE_CHECKING:
    from app.main_window import MainWindow

IDEAS_HEIGHT, DIALS_HEIGHT = 190, 380  # px, of a panel when it first comes up


class Workshop:
    """These panels of one window.

    Args:
        window: whose session, roll and docks they use.
    """

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        session, theme = window.session, window.theme
        self.ideas = IdeasPanel(session, theme, self._marker, lambda: window.candidates.hover_sounds)
        self.dials = DialsPanel(session, theme, self._marker, window.place)
        self.bricks = BricksPanel(session, theme, self._marker, window.place)
        self.voices = VoicesPanel(session)
        self._seen_voices = self._seen_training = self._painted = False
        window.first_painted.connect(self._note_painted)
        self.training = TrainingPanel(session, theme, self._marker)
        self.evaluate = EvaluatePanel(session, theme)
        self.tracks = TrackList(session, window.tracks, theme)
        self.panels = (self.tracks, self.ideas, self.dials, self.bricks, self.voices, self.training, self.evaluate)
        self.evaluate.failed.connect(lambda error: window.door.show(error))
        self.evaluate.compared.connect(window.menus.refresh)
        self.evaluate.csv_asked.connect(lambda: window.menus.actions["generate.csv"].trigger())
        desk = window.training.room
        self.training.train_asked.connect(window.training.ask)
        self.training.opened.connect(desk.find_left_over)
        self.training.opened.connect(self._seat_training)
        self.training.go_on_asked.connect(desk.go_on)
        self.training.drop_asked.connect(desk.drop)
        self.training.ended.connect(desk.end)
        self.training.card_asked.connect(desk.show_card)
        self.training.pause_asked.connect(session.cancel)
        self.training.finish_asked.connect(session.ask.finish_training)
        self.voices.marked.connect(window.roll.state.faults.show_marks)
        self.voices.gone_to.connect(window.roll.go_to)
        self.ideas.filled.connect(self._show_ideas)
        self.ideas.sketched.connect(self._outline)
        self.ideas.code_taken.connect(self._turn_dials)
        self.dials.first_seen.connect(self._make_room)

    def lay_out(self, on_panel: Callable[[QWidget], QWidget]) -> None:
        """Ideas and bricks beside the jobs, dials beside the sliders; hidden until they are wanted."""
        window, areas = self._window, Qt.DockWidgetArea
        for name, panel, area, beside in (
            ("ideas", self.ideas, areas.BottomDockWidgetArea, "jobs"),
            ("bricks", self.bricks, areas.BottomDockWidgetArea, "ideas"),
            ("dials", self.dials, areas.RightDockWidgetArea, "sliders"),
            ("voices", self.voices, areas.BottomDockWidgetArea, "jobs"),
            ("training", self.training, areas.BottomDockWidgetArea, "jobs"),
            ("evaluate", self.evaluate, areas.BottomDockWidgetArea, "training"),
            ("tracks", self.tracks, areas.LeftDockWidgetArea, "model"),
        ):
            window.docks[name].setWidget(on_panel(panel))
            window.addDockWidget(area, window.docks[name])
            window.docks[name].hide()
            window.tabifyDockWidget(window.docks[beside], window.docks[name])
        window.docks["evaluate"].setFloating(True)  # a wide table has no room beside the music
        window.docks["voices"].toggleViewAction().toggled.connect(self._check_voices)

    def show_model(self, name: str) -> None:
        """The composer opened a model's card: dials and bricks are that model's, if it has any."""
        self.dials.show_model(name)
        self.bricks.show_model(name)
        self._window.training.choose(name)

    def show_panel(self, name: str, panel: str) -> None:
        """Bring up the panel where a model is worked on by hand: its dials or its bricks."""
        self.show_model(name)
        self._window.desk.show_dock(panel)

    def show_training(self) -> None:
        """Bring up the room of trainings; what is heard of it meanwhile is remembered by it."""
        self._window.desk.show_dock("training")

    def _note_painted(self) -> None:
        self._painted = True

    def may_stop(self) -> bool:
        """Whether what runs or waits may be stopped because the window closes; trainings go on at the next start."""
        running = self._window.jobs.active
        trains = all(self.training.queue.knows(job.job_id) for job in running)
        return self._window.files.may_stop([job.title for job in running], trains)

    def _seat_training(self) -> None:
        """When the room is first opened it takes what it needs; later, and where it was open before, what it had."""
        if not self._seen_training and self._painted:
            dock, down = self._window.docks["training"], Qt.Orientation.Vertical
            later = partial(self._window.resizeDocks, [dock], [TRAINING_HEIGHT], down)
            QTimer.singleShot(0, self._window, later)  # it has its place by then
        self._seen_training = True

    def written_by(self, initiator: object) -> tuple[Note, ...]:
        """What one of the panels has just written; nothing if it was someone else."""
        writers = (self.ideas, self.dials.bench, self.bricks.bench, self.training.music)
        return next((writer.written for writer in writers if writer is initiator), ())

    def _marker(self) -> tuple[int, int]:
        """Where ideas are written: the bars that the map marks, on the track that is edited."""
        return self._window.session.steering.at_tick, self._window.roll.track

    def _turn_dials(self, model: str, code: tuple[float, ...]) -> None:
        """An idea is to be worked on by hand."""
        self.dials.take(model, code)
        self._window.desk.show_dock("dials")

    def _outline(self, sketch: IdeaSketched | None) -> None:
        """What a verb at work has in mind, on the paper."""
        if sketch is None:
            self._window.roll.show_sketch(None)
        else:
            self._window.roll.show_sketch(sketch.idea, sketch.track)

    def _check_voices(self, on: bool) -> None:
        self.voices.switch(on)
        if on and not self._seen_voices:
            self._seen_voices = True
            dock = self._window.docks["voices"]
            self._window.resizeDocks([dock], [IDEAS_HEIGHT], Qt.Orientation.Vertical)

    def _make_room(self) -> None:
        """A few dials in sight, and still half of the height for the map."""
        docks = self._window.docks
        both = docks["map"].height() + docks["dials"].height()
        if not docks["map"].isHidden():
            low = min(DIALS_HEIGHT, both // 2)
            self._window.resizeDocks([docks["map"], docks["dials"]], [both - low, low], Qt.Orientation.Vertical)

    def _show_ideas(self) -> None:
        window = self._window
        new = window.docks["ideas"].isHidden()
        window.desk.show_dock("ideas")
        if new:
            window.resizeDocks([window.docks["ideas"]], [IDEAS_HEIGHT], Qt.Orientation.Vertical)
