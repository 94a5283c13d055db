"""The verbs of the command line: a second door to the same engine."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial

from app.cli import chords, files, ideas, models, music, tools
from engine.verbs.catalog import VERBS as ASKED

Build = Callable[[argparse.ArgumentParser], None]

OWN: dict[str, tuple[Build, str]] = {
    "generate": (music.generate_flags, "Draw new music and write it as MIDI files."),
    "morph": (music.morph_flags, "Turn the first bars of one piece into another's, step by step."),
    "render": (music.render_flags, "Turn a piece into sound, MIDI or notation, whole or track by track."),
    "info": (music.info_flags, "Tell what a file holds and what was odd about it."),
    "chords": (chords.chords_flags, "Tell the chords of a piece, or find them, and write them out as notes."),
    "check": (music.check_flags, "Tell what a teacher of harmony would underline in four voices."),
    "models": (models.models_flags, "List the systems, what they can be asked, and their trained models."),
    "help": (models.help_flags, "Tell what a model is for, how it was trained and how well it does."),
    "survey": (tools.survey_flags, "Tell what is in a folder of music, and what could be learnt from it."),
    "train": (models.train_flags, "Train a model on a corpus or on a folder of your own music."),
    "evaluate": (models.evaluate_flags, "Measure a model on tunes it has never seen."),
    "import": (files.import_flags, "Take in a model's file from elsewhere, once it is checked."),
    "export": (files.export_flags, "Write a model as one file that another Melomorph can import."),
    "chart": (models.chart_flags, "Make the map of a trained model again, without training it."),
    "bench": (tools.bench_flags, "Measure speed."),
    "doctor": (tools.doctor_flags, "Check this installation."),
}
VERBS: dict[str, tuple[Build, str]] = OWN | {
    name: (partial(ideas.flags, verb), verb.text) for name, verb in ASKED.items() if name not in OWN
}


def run(argv: list[str]) -> int:
    """Parse and run one verb; returns the exit status."""
    parser = argparse.ArgumentParser(prog="melomorph", description="Melomorph without a window.")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for name, (build, text) in VERBS.items():
        verb = verbs.add_parser(name, help=text, description=text)
        if name == argv[0]:  # the flags of the others need not be made
            build(verb)
    arguments = parser.parse_args(argv)
    act: Callable[[argparse.Namespace], int] = arguments.act
    return act(arguments)
