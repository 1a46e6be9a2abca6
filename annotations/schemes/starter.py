"""A small scheme to begin one's own with: everything that most schemes have, once."""

from importlib import resources


def read_starter() -> str:
    """The TOML text that somebody finds who begins to write a scheme."""
    return (resources.files("annotations.schemes") / "starter.toml").read_bytes().decode()
