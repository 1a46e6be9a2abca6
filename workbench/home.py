"""Where an installation lies: its own folder, its settings file, and what came with the program.

All of it is needed before Django's settings can be read.
"""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

PACKAGE = Path(__file__).resolve().parent
CHECKOUT = PACKAGE.parent
IS_CHECKOUT = (CHECKOUT / "manage.py").exists()
"""Whether this runs from a checkout, and not from a package that pip installed."""

RESOURCES = CHECKOUT if IS_CHECKOUT else PACKAGE / "resources"
"""The folder of the seed articles and of Label Studio's lock; pyproject.toml lays both into the package."""

START_COMMAND = "make quickstart" if IS_CHECKOUT else "workbench quickstart"


def find_home() -> Path:
    """The folder for everything that this installation keeps: database, keys, Label Studio's data, logs.

    WORKBENCH_HOME names it; else it is `var` in a checkout, and the user's own data folder elsewhere.
    """
    if named := os.environ.get("WORKBENCH_HOME"):
        return Path(named).resolve()
    if IS_CHECKOUT:
        return CHECKOUT / "var"
    data = os.environ.get("XDG_DATA_HOME")
    return (Path(data) if data else Path.home() / ".local" / "share") / "annotation-workbench"


HOME = find_home()

SETTINGS_FILE = HOME / "settings.env"
RECOVERY = (
    f"Mend it, or remove it: the next `{START_COMMAND}` writes a new one, and everybody signs in again."
)


class HomeError(Exception):
    """The installation's folder or its settings file cannot be used; the message says which and why."""


def read_settings() -> dict[str, str]:
    """What the settings file says: a line a setting, NAME=value; empty lines and those after a # do not count."""
    try:
        text = SETTINGS_FILE.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise HomeError(f"{SETTINGS_FILE} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise HomeError(f"{SETTINGS_FILE} is damaged: it is not text. {RECOVERY}") from error
    settings = {}
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        name, separator, value = stripped.partition("=")
        if not separator or not name.isidentifier():
            raise HomeError(f"{SETTINGS_FILE} is damaged: line {number} is not NAME=value. {RECOVERY}")
        settings[name] = value
    return settings


def write_settings(values: Mapping[str, str]) -> None:
    """Add to the settings file or replace what it says; only the owner may read it."""
    merged = {**read_settings(), **values}
    new = SETTINGS_FILE.with_suffix(".new")
    try:
        HOME.mkdir(parents=True, exist_ok=True)
        new.touch(mode=0o600)
        new.write_text("".join(f"{name}={value}\n" for name, value in merged.items()), encoding="utf-8")
        new.replace(SETTINGS_FILE)
    except OSError as error:
        raise HomeError(
            f"The folder {HOME} cannot be written: {error.strerror}. Name another by WORKBENCH_HOME."
        ) from error


def ensure_secret_key() -> None:
    """Generate the installation's own key on its first start."""
    if not (os.environ.get("SECRET_KEY") or read_settings().get("SECRET_KEY")):
        write_settings({"SECRET_KEY": secrets.token_urlsafe(64)})


def remember_database_server() -> None:
    """Note in the settings file that the data are on a server, so that a later start does not begin anew with SQLite."""
    address = urlsplit(os.environ.get("DATABASE_URL", ""))
    server = f"{address.hostname or ''}{address.path}"
    if address.scheme not in {"", "sqlite"} and read_settings().get("DATABASE_SERVER") != server:
        write_settings({"DATABASE_SERVER": server})
