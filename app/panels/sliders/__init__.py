"""What the melody under the puck should have more or less of."""
