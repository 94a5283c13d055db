"""The map of melodies: its plane, what lies on it, and the way from A to B."""
