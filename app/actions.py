"""Menus, shortcuts, palette and buttons as data. Adding a command to the studio is one row here.

No Qt in this file: `app/menus.py` builds from it, the `?` sheet and the palette read it.
"""

from __future__ import annotations

from dataclasses import dataclass

ROLL = "roll"  # scope of keys that the pianoroll hears itself while it has the focus


@dataclass(frozen=True)
class Action:
    """One thing the composer can do.

    Attributes:
        id: dotted name, unique.
        title: as menus, palette and help sheet show it.
        menu: the menu it stands in; `|` names a submenu.
        call: `desk.method` to be called.
        keys: shortcuts in portable notation; the first is shown in the menu.
        argument: given to the method; None for a method without arguments.
        when: name of the condition under which it can be used; empty: always.
        checked: name of the condition under which it carries a tick; empty: no tick.
        icon: file in resources/icons.
        scope: "window": works everywhere but in text boxes; "roll": the pianoroll hears the key itself.
        rule: a line above it in the menu.
        hint: one sentence for the status bar.
        also: what it is called elsewhere, for whoever looks for it.
    """

    id: str
    title: str
    menu: str
    call: str
    keys: tuple[str, ...] = ()
    argument: str | int | None = None
    when: str = ""
    checked: str = ""
    icon: str = ""
    scope: str = "window"
    rule: bool = False
    hint: str = ""
    also: str = ""


MENUS = ("&File", "&Edit", "&Notes", "&Track", "&Chords", "&Generate", "&Play", "&View", "&Help")

ARROWS = "&Notes|Arrow keys"

FILE = (
    Action("file.new", "New", "&File", "files.new", ("Ctrl+N",)),
    Action("file.open", "Open…", "&File", "files.ask_open", ("Ctrl+O",), icon="open"),
    Action("file.first", "Open the demo piece", "&File", "files.open_first_piece"),
    Action("file.save", "Save", "&File", "files.save", ("Ctrl+S",), icon="save", rule=True),
    Action("file.save_as", "Save as…", "&File", "files.save_as", ("Ctrl+Shift+S",)),
    Action("file.versions", "Earlier versions…", "&File", "files.show_versions",
           hint="What was saved before, kept inside the project's file", also="history backup restore"),
    Action("file.export", "Export…", "&File", "files.export", ("Ctrl+E",), icon="export", when="has_notes", rule=True,
           hint="Write MIDI, MusicXML, WAV, FLAC, OGG or MP3", also="bounce render mixdown"),
    Action("file.export_part", "Export the selection…", "&File", "files.export_part", ("Ctrl+Alt+S",), when="marked",
           hint="The selected notes, or what begins inside the loop", also="region range excerpt"),
    Action("file.export_stems", "Export every track…", "&File", "files.export_stems", when="has_notes",
           hint="A file for each track; as sound they begin together and add up to the piece", also="stems parts"),
    Action("file.preferences", "Preferences…", "&File", "window.show_preferences", ("Ctrl+,",), rule=True),
    Action("file.quit", "Quit", "&File", "window.close", ("Ctrl+Q",)),
)  # fmt: skip

EDIT = (
    Action("edit.undo", "Undo", "&Edit", "files.undo", ("Ctrl+Z",), when="can_undo", icon="undo"),
    Action("edit.redo", "Redo", "&Edit", "files.redo", ("Ctrl+Y", "Ctrl+Shift+Z"), when="can_redo", icon="redo"),
    Action("edit.cut", "Cut", "&Edit", "roll.cut", ("Ctrl+X",), when="selection", rule=True),
    Action("edit.copy", "Copy", "&Edit", "roll.copy", ("Ctrl+C",), when="selection"),
    Action("edit.paste", "Paste", "&Edit", "roll.paste", ("Ctrl+V",)),
    Action("edit.duplicate", "Duplicate", "&Edit", "roll.duplicate", ("Ctrl+D", "Ctrl+B"), when="selection"),
    Action("edit.delete", "Delete", "&Edit", "roll.delete_selection", ("Del", "Backspace"), when="selection",
           scope=ROLL),
    Action("edit.select_all", "Select all", "&Edit", "roll.select_all", ("Ctrl+A",), rule=True),
    Action("edit.palette", "Find a command…", "&Edit", "window.show_palette", ("Ctrl+P", "Ctrl+Shift+P"), rule=True),
)  # fmt: skip

NOTES = (
    Action("tool.select", "Select tool", "&Notes", "roll.set_tool", ("1",), "select", checked="tool_select",
           icon="select"),
    Action("tool.pencil", "Pencil", "&Notes", "roll.set_tool", ("2",), "pencil", checked="tool_pencil", icon="pencil"),
    Action("tool.knife", "Knife", "&Notes", "roll.set_tool", ("3",), "knife", checked="tool_knife", icon="knife",
           also="scissors razor slice cut split"),
    Action("tool.toggle", "Pencil or select", "&Notes", "window.toggle_tool", ("B",)),
    Action("notes.quantize", "Quantise", "&Notes", "roll.quantize", ("Q", "Ctrl+U"), icon="quantize", rule=True),
    Action("notes.quantize_ask", "Quantise…", "&Notes", "roll.ask_quantize", ("Shift+Q",), when="has_notes",
           hint="Choose grid, strength and swing; Q does the same again"),
    Action("notes.humanize", "Humanise…", "&Notes", "roll.ask_humanize", ("Shift+H",), when="has_notes",
           hint="Onsets and velocities a little off, as hands play", also="randomize random groove feel loosen"),
    Action("notes.transpose", "Transpose…", "&Notes", "roll.ask_transpose", ("T",), when="has_notes"),
    Action("notes.join", "Join", "&Notes", "roll.join", ("Ctrl+J",), when="selection", also="glue merge"),
    Action("notes.split", "Split at the playhead", "&Notes", "roll.split", ("C",), also="chop slice"),
    Action("notes.legato", "Legato", "&Notes", "roll.legato", ("Ctrl+L",), when="selection"),
    Action("notes.up", "Semitone up", ARROWS, "roll.transpose", ("Up",), 1, "selection", scope=ROLL, rule=True),
    Action("notes.down", "Semitone down", ARROWS, "roll.transpose", ("Down",), -1, "selection", scope=ROLL),
    Action("notes.octave_up", "Octave up", ARROWS, "roll.transpose", ("Shift+Up",), 12, "selection", scope=ROLL),
    Action("notes.octave_down", "Octave down", ARROWS, "roll.transpose", ("Shift+Down",), -12, "selection",
           scope=ROLL),
    Action("notes.scale_up", "Up in the key", ARROWS, "roll.transpose_in_scale", ("Alt+Up",), 1, "selection",
           scope=ROLL),
    Action("notes.scale_down", "Down in the key", ARROWS, "roll.transpose_in_scale", ("Alt+Down",), -1,
           "selection", scope=ROLL),
    Action("notes.later", "Move later", ARROWS, "roll.nudge", ("Right",), 1, "selection", scope=ROLL, rule=True),
    Action("notes.earlier", "Move earlier", ARROWS, "roll.nudge", ("Left",), -1, "selection", scope=ROLL),
    Action("notes.longer", "Longer", ARROWS, "roll.lengthen", ("Shift+Right",), 1, "selection", scope=ROLL),
    Action("notes.shorter", "Shorter", ARROWS, "roll.lengthen", ("Shift+Left",), -1, "selection", scope=ROLL),
    Action("notes.louder", "Louder", ARROWS, "roll.louder", ("Ctrl+Up",), 1, "selection", scope=ROLL,
           also="velocity"),
    Action("notes.softer", "Softer", ARROWS, "roll.louder", ("Ctrl+Down",), -1, "selection", scope=ROLL,
           also="velocity quieter"),
    Action("notes.write", "Write a note at the playhead", "&Notes", "roll.write_note", ("W", "Ins"), scope=ROLL,
           hint="As long as the last one; again goes on behind it", also="step entry insert add"),
    Action("notes.accept", "Make generated notes mine", "&Notes", "roll.accept", ("A",), when="has_generated",
           rule=True, hint="Those selected, or all of the track", also="accept"),
    Action("notes.lock", "Lock", "&Notes", "roll.toggle_lock", ("Shift+L",), when="selection", checked="locked",
           icon="lock", hint="Locked notes stay as they are, whatever you or a model does around them"),
)  # fmt: skip

TRACK = (
    Action("track.add", "Add a track", "&Track", "tracks.add", ("Ctrl+T",), icon="plus"),
    Action("track.duplicate", "Duplicate the track", "&Track", "tracks.duplicate", also="copy"),
    Action("track.rename", "Rename the track…", "&Track", "tracks.rename", ("F2",)),
    Action("track.remove", "Remove the track", "&Track", "tracks.remove", when="several_tracks", also="delete"),
    Action("track.mute", "Mute the track", "&Track", "tracks.mute", ("Shift+M",), checked="muted", icon="silence",
           rule=True, hint="Only for the ear: what is exported stays whole"),
    Action("track.solo", "Hear the track alone", "&Track", "tracks.solo", ("Shift+S",), checked="solo", icon="solo",
           hint="Only for the ear: what is exported stays whole"),
    Action("track.next", "Next track", "&Track", "tracks.step", ("Ctrl+PgDown",), 1, "several_tracks", rule=True),
    Action("track.previous", "Track before", "&Track", "tracks.step", ("Ctrl+PgUp",), -1, "several_tracks",
           also="previous"),
    Action("view.tracks", "All tracks", "&Track", "window.toggle_dock", ("Ctrl+Shift+K",), "tracks",
           checked="dock_tracks", icon="tracks", rule=True, also="mixer list panel",
           hint="All tracks below one another, with mute and solo"),
)  # fmt: skip

CHORDS = (
    Action("chords.write", "Chord at the playhead…", "&Chords", "roll.write_chord", ("Shift+C",),
           hint="Type a chord, or choose one of the key; Tab goes on to the next bar"),
    Action("chords.find_bar", "Find chords in every bar", "&Chords|Find chords", "roll.find_chords", ("Ctrl+K",), "bar",
           when="has_notes", hint="Writes the likely chords of your music; those that you wrote stay"),
    Action("chords.find_half", "Find chords twice a bar", "&Chords|Find chords", "roll.find_chords", argument="half",
           when="has_notes", hint="As before, where chords change in the middle of bars"),
    Action("chords.find_beat", "Find chords on every beat", "&Chords|Find chords", "roll.find_chords", argument="beat",
           when="has_notes", hint="As before, for chorales and the like"),
    Action("chords.play_block", "Play held chords", "&Chords|Play chords", "roll.play_chords", argument="block",
           when="has_chords", hint="Writes the chords as notes on a track of their own"),
    Action("chords.play_broken", "Play broken chords", "&Chords|Play chords", "roll.play_chords", argument="broken",
           when="has_chords", hint="Writes the chords as notes on a track of their own, one after the other"),
    Action("chords.play_stride", "Play bass and chords", "&Chords|Play chords", "roll.play_chords", argument="stride",
           when="has_chords", hint="Writes the chords as notes on a track of their own, the root on the first beat"),
    Action("chords.remove", "Delete all chords", "&Chords", "roll.remove_chords", when="has_chords"),
    Action("chords.lane", "Chord lane", "&Chords", "window.toggle_chords", ("H",), checked="chord_lane", rule=True,
           hint="Chords above the pianoroll"),
    Action("chords.tones", "Chord tones in the roll", "&Chords", "roll.toggle_chord_tones", ("Shift+K",),
           checked="chord_tones", hint="Tints the rows that belong to the chord of the moment"),
    Action("chords.go", "Go to the chords", "&Chords", "roll.go_to_chords", ("Shift+F6",)),
)  # fmt: skip

GENERATE = (
    Action("generate.four", "Generate four", "&Generate", "verbs.generate_four", ("Ctrl+G",), when="map_playable",
           icon="generate", hint="Four melodies from the sliders as they stand; hear each before choosing"),
    Action("generate.put", "Put my melody on the map", "&Generate", "verbs.put_on_map", ("Ctrl+M",),
           when="map_playable_with_notes", icon="pin",
           hint="Finds the place on the map that sounds like the two bars under the playhead"),
    Action("generate.here", "Morph at the playhead", "&Generate", "verbs.morph_here", ("Ctrl+H",), rule=True,
           hint="The map writes its two bars where the playhead stands, on the track shown"),
    Action("generate.train", "Train a model…", "&Generate", "training.ask", ("Ctrl+Alt+T",), rule=True,
           hint="On the built-in collections, or on a folder of your own music"),
    Action("generate.import", "Import a model…", "&Generate", "own_models.ask_import",
           hint="A .safetensors file that another Melomorph has exported; it is checked before it is used"),
    Action("generate.compare", "Compare models…", "&Generate", "evaluate.open", ("Ctrl+Alt+E",), icon="compare",
           hint="Which model is good at what: measured side by side, with real music and Markov chains"),
    Action("generate.csv", "Export the comparison…", "&Generate", "evaluate.export", when="compared",
           hint="All figures of the models that were compared, for a spreadsheet"),
)  # fmt: skip

PLAY = (
    Action("play.toggle", "Play or pause", "&Play", "transport.toggle", ("Space",), icon="play", checked="playing"),
    Action("play.start", "To the start", "&Play", "transport.to_start", ("Home", "Return", "Enter"), icon="start",
           also="rewind return"),
    Action("play.end", "To the end", "&Play", "roll.to_end", ("End",), scope=ROLL),
    Action("play.next_bar", "To the next bar", "&Play", "roll.step_bar", ("Ctrl+Right",), 1, scope=ROLL,
           also="forward measure"),
    Action("play.bar_before", "To the bar before", "&Play", "roll.step_bar", ("Ctrl+Left",), -1, scope=ROLL,
           also="previous back measure"),
    Action("play.stop", "Stop", "&Play", "transport.stop", ("Shift+Space",), icon="stop"),
    Action("play.record", "Record from a keyboard", "&Play", "midi.record", ("R",), checked="recording", icon="record",
           hint="A MIDI keyboard is written down: while the piece plays, or note by note while it stands",
           also="midi input arm step"),
    Action("play.loop", "Loop", "&Play", "transport.toggle_loop", ("L",), checked="looping", icon="loop", rule=True,
           hint="Repeats the loop drawn on the ruler, or the two bars the map writes", also="cycle repeat"),
    Action("play.loop_selection", "Loop the selection", "&Play", "roll.loop_selection", ("Ctrl+R",),
           when="selection", also="cycle repeat"),
    Action("play.metronome", "Metronome", "&Play", "transport.toggle_metronome", ("M",), checked="metronome",
           icon="metronome", also="click"),
    Action("play.meter", "Time signature…", "&Play", "transport.ask_meter", rule=True, also="meter metre bars beats",
           hint="Another one from the bar under the playhead on"),
    Action("play.tempo", "Tempo from here…", "&Play", "transport.ask_tempo", also="bpm speed change",
           hint="Another tempo from the beat under the playhead on"),
    Action("play.silence", "Silence", "&Play", "transport.silence", ("Ctrl+.",), icon="panic", rule=True,
           hint="Stops every sound at once", also="panic all notes off"),
)  # fmt: skip

VIEW = (
    Action("view.fit", "Zoom to fit", "&View", "roll.zoom_to_fit", ("Ctrl+0", "Z"), icon="fit"),
    Action("view.follow", "Follow the playhead", "&View", "roll.toggle_follow", ("Shift+F",), checked="follows",
           hint="Turns the page while the piece plays", also="catch scroll autoscroll"),
    Action("view.zoom_in", "Zoom in", "&View|Zoom", "roll.zoom", ("Ctrl+=", "Ctrl++"), 1),
    Action("view.zoom_out", "Zoom out", "&View|Zoom", "roll.zoom", ("Ctrl+-",), -1),
    Action("view.taller", "Taller rows", "&View|Zoom", "roll.zoom_rows", ("Ctrl+Alt+=",), 1, also="vertical"),
    Action("view.flatter", "Flatter rows", "&View|Zoom", "roll.zoom_rows", ("Ctrl+Alt+-",), -1, also="vertical"),
    Action("view.zoom_selection", "Zoom to the selection", "&View|Zoom", "roll.zoom_selection", ("Shift+Z",),
           when="selection"),
    Action("grid.finer", "Finer grid", "&View|Grid", "roll.change_grid", ("Ctrl+1",), "finer", also="snap narrow"),
    Action("grid.coarser", "Coarser grid", "&View|Grid", "roll.change_grid", ("Ctrl+2",), "coarser", also="snap widen"),
    Action("grid.triplet", "Triplets or not", "&View|Grid", "roll.change_grid", ("Ctrl+3",), "triplet", also="snap"),
    Action("grid.off", "Snap or not", "&View|Grid", "roll.change_grid", ("Ctrl+4",), "off", checked="snaps"),
    Action("view.ghosts", "Other tracks as shadows", "&View", "window.toggle_ghosts", ("N",), checked="ghosts",
           icon="ghost", also="ghost notes"),
    Action("view.scale", "Highlight the scale", "&View", "roll.toggle_highlight", ("K",), checked="scale", rule=True),
    Action("view.fold", "Only rows in use", "&View", "roll.toggle_fold", ("F",), "notes", checked="fold_notes"),
    Action("view.fold_scale", "Only rows of the scale", "&View", "roll.toggle_fold", ("G",), "scale",
           checked="fold_scale"),
    Action("view.velocity", "Velocity lane", "&View", "window.toggle_velocity", ("V",), checked="velocity"),
    Action("view.system", "As the system", "&View|Theme", "window.use_theme", argument="system",
           checked="theme_system"),
    Action("view.light", "Light", "&View|Theme", "window.use_theme", argument="light", checked="theme_light"),
    Action("view.dark", "Dark", "&View|Theme", "window.use_theme", argument="dark", checked="theme_dark"),
    Action("view.contrast", "High contrast", "&View|Theme", "window.use_theme", argument="contrast",
           checked="theme_contrast"),
    Action("view.swap", "Light or dark", "&View|Theme", "window.swap_theme", ("Ctrl+Shift+L",)),
    Action("view.model", "Model", "&View|Panels", "window.toggle_dock", argument="model", checked="dock_model"),
    Action("view.map", "Map", "&View|Panels", "window.toggle_dock", argument="map", checked="dock_map"),
    Action("view.sliders", "Sliders", "&View|Panels", "window.toggle_dock", argument="sliders", checked="dock_sliders"),
    Action("view.ideas", "Ideas", "&View|Panels", "window.toggle_dock", ("Ctrl+Shift+I",), "ideas",
           checked="dock_ideas", hint="What models made: hear it, compare it, write it into the piece"),
    Action("view.dials", "Dials", "&View|Panels", "window.toggle_dock", ("Ctrl+Shift+D",), "dials",
           checked="dock_dials", hint="A model's own dials: turn its code by hand"),
    Action("view.bricks", "Bricks", "&View|Panels", "window.toggle_dock", ("Ctrl+Shift+B",), "bricks",
           checked="dock_bricks", hint="Four bars as numbered bricks: swap them, lock some, draw the others"),
    Action("view.training", "Training", "&View|Panels", "window.toggle_dock", ("Ctrl+Shift+T",), "training",
           checked="dock_training", hint="What a model is learning, how that goes, and what to do about it"),
    Action("view.evaluate", "Evaluate", "&View|Panels", "evaluate.toggle", checked="dock_evaluate",
           hint="Models side by side, measured"),
    Action("view.jobs", "Jobs", "&View|Panels", "window.toggle_dock", ("Ctrl+Shift+J",), "jobs", checked="dock_jobs"),
    Action("view.events", "Events", "&View|Panels", "window.toggle_dock", ("Ctrl+Shift+E",), "events",
           checked="dock_events", hint="The notes of the track as a list, for reading and editing without the mouse"),
    Action("view.voices", "Check voices", "&View|Panels", "window.toggle_dock", ("Ctrl+Shift+V",), "voices",
           checked="dock_voices", hint="Marks parallels, crossings and notes out of range, while you write"),
    Action("view.reset", "Panels where they were at first", "&View|Panels", "window.reset_docks", rule=True),
    Action("view.full", "Full screen", "&View", "window.toggle_full_screen", ("F11",), checked="full_screen",
           rule=True),
    Action("view.go_roll", "Go to the pianoroll", "&View", "window.focus_on", ("F6",), "roll", rule=True),
    Action("view.go_map", "Go to the map", "&View", "window.focus_on", ("F7",), "map"),
    Action("view.go_sliders", "Go to the sliders", "&View", "window.focus_on", ("F8",), "sliders"),
    Action("view.go_events", "Go to the list of notes", "&View", "window.focus_on", ("F9",), "events"),
)  # fmt: skip

HELP = (
    Action("help.keys", "Keys and gestures", "&Help", "window.show_help", ("?", "F1"), icon="help"),
    Action("help.sound", "Is the sound working?", "&Help", "window.show_sound"),
    Action("help.about", "About Melomorph", "&Help", "window.show_about", rule=True),
)

ACTIONS: tuple[Action, ...] = (*FILE, *EDIT, *NOTES, *TRACK, *CHORDS, *GENERATE, *PLAY, *VIEW, *HELP)
