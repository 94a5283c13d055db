"""The verbs of the command line: a second door to the same engine."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial

from app import verbs_chords, verbs_files, verbs_ideas, verbs_models, verbs_music, verbs_tools
from engine.verbs.catalog import VERBS as ASKED

Build = Callable[[argparse.ArgumentParser], None]

OWN: dict[str, tuple[Build, str]] = {
    "generate": (verbs_music.generate_flags, "Draw new music and write it as MIDI files."),
    "morph": (verbs_music.morph_flags, "Turn the first bars of one piece into another's, step by step."),
    "render": (verbs_music.render_flags, "Render a piece to a sound file."),
    "info": (verbs_music.info_flags, "Tell what a file holds and what was odd about it."),
    "chords": (verbs_chords.chords_flags, "Tell the chords of a piece, or find them, and write them out as notes."),
    "check": (verbs_music.check_flags, "Tell what a teacher of harmony would underline in four voices."),
    "models": (verbs_models.models_flags, "List the systems, what they can be asked, and their trained models."),
    "help": (verbs_models.help_flags, "Tell what a model is for, how it was trained and how well it does."),
    "survey": (verbs_tools.survey_flags, "Tell what is in a folder of music, and what could be learnt from it."),
    "train": (verbs_models.train_flags, "Train a model on a corpus or on a folder of your own music."),
    "evaluate": (verbs_models.evaluate_flags, "Measure a model on tunes it has never seen."),
    "import": (verbs_files.import_flags, "Take in a model's file from elsewhere, once it is checked."),
    "export": (verbs_files.export_flags, "Write a model as one file that another Melomorph can import."),
    "chart": (verbs_models.chart_flags, "Make the map of a trained model again, without training it."),
    "bench": (verbs_tools.bench_flags, "Measure speed."),
    "doctor": (verbs_tools.doctor_flags, "Check this installation."),
}
VERBS: dict[str, tuple[Build, str]] = OWN | {
    name: (partial(verbs_ideas.flags, verb), verb.text) for name, verb in ASKED.items() if name not in OWN
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
