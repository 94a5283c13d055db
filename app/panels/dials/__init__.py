"""The units of a code, turned by hand."""
