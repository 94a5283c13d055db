"""Trainings as the composer sees them, without widgets: choices, the queue, what its buttons mean."""
