"""The pianoroll and what is aligned with it: keyboard, ruler, loudness."""
