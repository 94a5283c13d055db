"""Data that ships with the program; a package only so that an installed wheel carries it. See engine/resources.py."""
