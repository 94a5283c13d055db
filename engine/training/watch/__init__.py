"""What is told of a training while it runs: figures, verdicts, samples, the map as it forms."""
