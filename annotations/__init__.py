"""The one app: its folders are the stages of an article's life."""

__version__ = "0.1.0"
"""pyproject.toml reads it from here, and a release names it."""
