"""The notes as a table."""
