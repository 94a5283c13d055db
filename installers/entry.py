"""Where a frozen bundle starts: the same command, plus what spawned children (training) need when frozen."""

import multiprocessing

from app.__main__ import main

if __name__ == "__main__":
    multiprocessing.freeze_support()
    raise SystemExit(main())
