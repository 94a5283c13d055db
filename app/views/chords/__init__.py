"""The chords above the roll."""
