"""The one app: its folders are the stages of an article's life."""

__version__ = "0.1.0"
"""Stands here because a checkout that was never installed as a package has to name it in its releases too."""
