"""The command line: a second door to the same engine, one file for each kind of verbs."""
