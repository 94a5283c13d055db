"""What hands do with the mouse, as data: the `?` sheet is made from it, next to the keys of `app/actions.py`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Gesture:
    """Something done with the mouse, for the help sheet."""

    place: str
    hand: str
    does: str


GESTURES = (
    Gesture("Pianoroll", "Click on empty (pencil)", "New note, as long and loud as the last; drag sets its length"),
    Gesture("Pianoroll", "Drag a note", "Move it, and all that is selected"),
    Gesture("Pianoroll", "Drag an edge", "Resize, left or right"),
    Gesture("Pianoroll", "Ctrl or Shift + drag a note", "Copy it"),
    Gesture("Pianoroll", "Alt while dragging (Mac: also Cmd)", "No snapping"),
    Gesture("Pianoroll", "Right click · right drag (pencil)", "Delete the note, or the menu beside notes · a swath"),
    Gesture("Pianoroll", "Drag on empty (select), Ctrl + drag (pencil)", "Box"),
    Gesture("Pianoroll", "Shift or Ctrl + click", "Add to the selection, or take out"),
    Gesture("Pianoroll", "Click a key at the left", "Hear it; with Shift, select its notes"),
    Gesture("Pianoroll", "Wheel · Shift + wheel · Ctrl + wheel", "Scroll · scroll in time · zoom in time"),
    Gesture("Pianoroll", "Alt + wheel", "On a note: velocity; elsewhere: height of the rows"),
    Gesture("Pianoroll", "Middle drag, or Space held and drag", "Pan"),
    Gesture("Pianoroll", "Two fingers on a trackpad · pinch", "Scroll · zoom in time"),
    Gesture("Pianoroll", "Left, Right without a selection", "Move the playhead by the grid"),
    Gesture("Pianoroll", "Page up, Page down", "Scroll up, scroll down"),
    Gesture("Pianoroll", "Double click on a note", "Type its velocity"),
    Gesture("Pianoroll", "Tab, Shift + Tab · with Ctrl", "Next note, the one before · leave the roll"),
    Gesture("Pianoroll", "Hold E", "The knife, while it is held"),
    Gesture("Ruler", "Click · drag · double click", "Playhead · loop · no loop"),
    Gesture(
        "Chord lane", "Click on an empty bar · double click", "Write a chord · change it; Tab goes on to the next bar"
    ),
    Gesture("Chord lane", "Drag · Shift or Ctrl + drag · Alt", "Move it by beats · copy it · by the grid"),
    Gesture("Chord lane", "Arrows · letters · Delete", "Go along, change by steps of the key · write · take away"),
    Gesture("Velocity lane", "Drag · Ctrl + drag", "Velocities · along a straight line"),
    Gesture("Ideas", "Rest or click on a card · double click or Enter", "Hear it · write it where it belongs"),
    Gesture(
        "Ideas", "Drag a card, or a candidate, onto the roll · Alt", "Write it at that bar · at a step of the grid"
    ),
    Gesture("Ideas", "Drag a card out of the window", "A MIDI file for another program"),
    Gesture("Ideas", "Star or * · question mark or W", "Keep it · see why it is as it is"),
    Gesture("Map", "Drag the puck", "Morph and hear; let go to keep it"),
    Gesture("Map", "Rest on a dot", "Hear and see the melody that lies there"),
    Gesture("Map", "Wheel · middle-drag or Ctrl-drag", "Zoom · move the view; Home shows all of it"),
    Gesture("Map", "Double click · right click", "Pin A, then B, C · all else: ways, candidates, MIDI controller"),
    Gesture("Map", "Arrows · Shift", "Move the puck · finely"),
    Gesture("Candidates", "Click or 1 to 4 · double click or Enter", "Hear it · use it"),
    Gesture("Window", "Drop a file", "Open MIDI, MusicXML or a project; play with a soundfont"),
    Gesture("Window", "Drag the handle at the top right · click", "Into another program, as MIDI · copy that file"),
    Gesture("Window", "Drop a folder", "Train a model on the music in it"),
    Gesture("Window", "Drop a model's file", "Import it: it gets a card"),
)
