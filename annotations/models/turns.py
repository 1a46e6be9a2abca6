"""Taking turns among all processes of an installation, where rows cannot be locked or are not there yet."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b

from django.db import connection

KEY_BYTES = 8
"""As many as a number of PostgreSQL's advisory locks has."""


@contextmanager
def take_turn(name: str) -> Iterator[None]:
    """Wait until nobody else is in a turn of this name, in whatever thread, process or machine; a turn ends with the process that is in it, too.

    On SQLite the kernel keeps the turns, on a file beside the database; on PostgreSQL the server does. Take none in a
    transaction: what was done in the turn must be there for whoever is next.
    """
    with (_turn_on_file if connection.vendor == "sqlite" else _turn_on_server)(name):
        yield


@contextmanager
def _turn_on_file(name: str) -> Iterator[None]:
    file = os.open(f"{connection.settings_dict['NAME']}.{name}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)


@contextmanager
def _turn_on_server(name: str) -> Iterator[None]:
    key = int.from_bytes(blake2b(name.encode(), digest_size=KEY_BYTES).digest(), "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [key])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [key])
