"""The rows of the registry, one file per family of systems."""
