"""What whoever runs an installation says of it: by the environment, then by the file that `quickstart` writes."""

import os
from collections.abc import Iterable

from django.core.exceptions import ImproperlyConfigured

from annotations.limits import MAX_STUDIOS
from workbench.home import read_settings

os.environ.setdefault(
    "OPENBLAS_NUM_THREADS", "1"
)  # before numpy is imported: requests share the cores, and threads within one only wait for each other
_FILE = read_settings()


def setting(name: str, default: str = "") -> str:
    """What the environment says under a name, else the file, else the default; what is empty says nothing."""
    return os.environ.get(name) or _FILE.get(name) or default


def read_list(name: str) -> list[str]:
    """A setting that names several things with commas between."""
    return [each.strip() for each in setting(name).split(",") if each.strip()]


def read_addresses(name: str, *, schemes: Iterable[str], how: str) -> dict[str, str]:
    """A setting that gives addresses under names, as `name=https://…` with commas between.

    Raises
    ------
    ImproperlyConfigured
        One has no name, or its address begins with none of the schemes; the message says how it is written.
    """
    found = {}
    for pair in read_list(name):
        key, _, address = (each.strip() for each in pair.partition("="))
        if not key or not address.startswith(tuple(schemes)):
            raise ImproperlyConfigured(
                f"{name} names {key!r} with the address {address!r}: write {how}, with commas between."
            )
        found[key] = address
    return found


def read_more_studios() -> dict[int, dict[str, str]]:
    """The address, token and database of each Studio that has a number in the names of its settings, such as STUDIO_2_URL."""
    return {
        number: {
            "url": setting(f"STUDIO_{number}_URL").rstrip("/"),
            "token": setting(f"STUDIO_{number}_TOKEN"),
            "database_url": setting(f"STUDIO_{number}_DATABASE_URL"),
        }
        for number in range(2, MAX_STUDIOS + 1)
        if setting(f"STUDIO_{number}_URL")
    }
