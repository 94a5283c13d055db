"""Curves and matrices, drawn only where one is looked at."""
