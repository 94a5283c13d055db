"""One measure of generated music per file; each takes two-bar melodies or features, so that any can be tested alone."""
