"""Models as cards, with their verbs, figures and pages of help."""
