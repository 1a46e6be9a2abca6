"""Where an installation lies, and how it is started."""

from pathlib import Path

from workbench.home import HOME, IS_CHECKOUT, RESOURCES, START_COMMAND

__all__ = [
    "ADDRESS_FILE",
    "BASE_DIR",
    "HOME",
    "SEEDS",
    "START_COMMAND",
    "START_COMMAND_WITH",
    "STUDIO_LOCK",
]

BASE_DIR = Path(__file__).resolve().parents[2]
SEEDS = RESOURCES / "seeds"
START_COMMAND_WITH = START_COMMAND + (" ARGS='{}'" if IS_CHECKOUT else " {}")
"""How to start with options, which take the place of the braces."""
STUDIO_LOCK = RESOURCES / "requirements" / "label-studio.txt"
ADDRESS_FILE = HOME / "address"
"""Where the quickstart writes down the address that it serves at, so that other commands print the right links."""
