"""Four bars as numbered bricks out of a book."""
