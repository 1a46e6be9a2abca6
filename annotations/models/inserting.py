"""Inserting many rows that differ in a few columns, without an object for each, so that others wait for the database alone."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from django.db import connection, models

Row = Sequence[Any]
ROWS_AT_ONCE = 1_000
MUCH = {"cache_size": -16 * 1024, "wal_autocheckpoint": 4_000}
"""Kibibytes of pages (as a negative number), and pages that are written before they come into the file."""


def reserve_ids(model: type[models.Model], number: int) -> list[int]:
    """Take ids that nobody else gets, in a transaction that writes."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                [table, number],
            )
            return [value for (value,) in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
        last = found[0] if found else 0
        return list(range(last + 1, last + 1 + number))


@contextmanager
def writing_much() -> Iterator[None]:
    """Let SQLite keep more pages in memory and bring them into its file less often, while much is written into many indexes."""
    if connection.vendor != "sqlite":
        yield
        return
    before = {name: _ask(f"PRAGMA {name}") for name in MUCH}
    for name, value in MUCH.items():
        _ask(f"PRAGMA {name} = {value}")
    try:
        yield
    finally:
        for name, value in before.items():
            _ask(f"PRAGMA {name} = {value}")


def _ask(pragma: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(pragma)
        row = cursor.fetchone()
        return row and row[0]


def insert_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Row], **same: Any) -> None:
    """Insert a row of a model for each sequence of values of some columns; all others are the `same`, or the model's defaults.

    Columns are named as attributes, such as `article_id`, and their values given as the database takes them. Triggers and
    constraints see what they see of any insertion; no `save` of a model is called. Rows may ask the database as they are made.
    """
    pattern = model(**same)
    others = [
        field
        for field in model._meta.concrete_fields
        if field.attname not in columns and not field.primary_key
    ]
    shared = tuple(field.get_db_prep_save(field.pre_save(pattern, add=True), connection) for field in others)
    columns_of = {field.attname: str(field.column) for field in model._meta.concrete_fields}
    quote = connection.ops.quote_name
    names = ", ".join(quote(columns_of[name]) for name in (*columns, *(field.attname for field in others)))
    into = f"{quote(model._meta.db_table)} ({names})"
    places = ", ".join(["%s"] * (len(columns) + len(others)))
    waiting = iter(rows)
    with connection.cursor() as cursor:
        while part := [(*row, *shared) for row in islice(waiting, ROWS_AT_ONCE)]:
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {into} FROM STDIN") as copy:
                    for row in part:
                        copy.write_row(row)
            else:
                cursor.executemany(f"INSERT INTO {into} VALUES ({places})", part)  # noqa: S608 - our own tables
