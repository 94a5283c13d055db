"""The `melomorph` command: no verb opens the studio, a verb runs the same engine without a window."""

from __future__ import annotations

import os
import sys

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy: two threads collapse on a busy machine

import argparse
import difflib
from pathlib import Path

from engine import __version__
from engine.errors import Cancelled, UserError


def verbs() -> tuple[str, ...]:
    """What can be done without a window."""
    from app.cli.verbs import VERBS

    return tuple(VERBS)


def main(argv: list[str] | None = None) -> int:
    """Run the command; returns the exit status (2: the composer can mend it, told in one line)."""
    argv = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")  # Windows consoles are not UTF-8 by themselves
    try:
        if argv and argv[0].isidentifier() and argv[0] in verbs():
            from app.cli.verbs import run

            return run(argv)
        return _studio(argv)
    except UserError as error:
        print(f"melomorph: {error}", file=sys.stderr)
        return 2
    except (Cancelled, KeyboardInterrupt):
        print("melomorph: stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:  # `| head` closed the other end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:  # of the standard output, say, on a full disk
        where = f" ({error.filename})" if error.filename else ""
        print(f"melomorph: {error.strerror or error}{where}", file=sys.stderr)
        return 2


def _studio(argv: list[str]) -> int:
    known = ", ".join(verbs()) if {"-h", "--help"} & set(argv) else ""  # the studio starts without them
    parser = argparse.ArgumentParser(
        prog="melomorph",
        description="A studio for composers: draw, generate and morph melodies.",
        epilog=f"Without a window: melomorph VERB --help, where VERB is one of {known}.",
    )
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="MIDI, MusicXML or a .melomorph project")
    parser.add_argument("--device", default="", help="chip to compute on: auto, cuda, mps or cpu")
    parser.add_argument("--demo", type=Path, metavar="DIR", help="play a session offscreen and leave its files in DIR")
    parser.add_argument("--self-test", action="store_true", help="check that this installation works, and end")
    parser.add_argument("--version", action="version", version=f"melomorph {__version__}")
    arguments = parser.parse_args(argv)
    wanted = arguments.file
    if wanted is not None and len(wanted.parts) == 1 and not wanted.suffix and not wanted.exists():  # a verb, misspelt
        near = difflib.get_close_matches(wanted.name, verbs(), 1)
        remedy = f"Did you mean {near[0]}?" if near else "melomorph --help lists the verbs."
        raise UserError(f"There is no verb and no file called {wanted.name}.", remedy)
    if arguments.demo or arguments.self_test:
        from app.demo import play, self_test

        return self_test() if arguments.self_test else play(arguments.demo)
    from app.studio import open_studio

    return open_studio(arguments.file, device=arguments.device)


if __name__ == "__main__":
    sys.exit(main())
