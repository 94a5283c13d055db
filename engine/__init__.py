"""The engine: whole and usable from a script, without a window."""

__version__ = "0.1.0"
