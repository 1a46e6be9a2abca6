"""The frozen releases of a project."""
