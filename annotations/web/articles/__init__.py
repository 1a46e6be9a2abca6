"""The corpus of a project, and the way in for new articles."""
