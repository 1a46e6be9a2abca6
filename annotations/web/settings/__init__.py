"""The settings of a project, and its end: archived and back, or deleted."""
