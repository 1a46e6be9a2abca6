"""Articles and blocks written straight into their tables: making an instance of a model a block would take longer than all else.

What is written is what saving each would write; a column that is not given has its field's default.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection, models

Row = Sequence[Any]


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


def insert(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Row], *, same: Mapping[str, Any]
) -> None:
    """Add rows of these fields by the names of their attributes; `same` are values that all of them have."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    others = [name for name in fields if name not in columns]
    constant = tuple(
        fields[name].get_db_prep_save(same.get(name, fields[name].get_default()), connection)
        for name in others
    )
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(fields[name].column)) for name in (*columns, *others))
    table = quote(model._meta.db_table)
    # before COPY begins, since whoever makes rows may ask the database
    written = [(*row, *constant) for row in rows]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in written:
                    copy.write_row(row)
        else:
            places = ", ".join(["%s"] * (len(columns) + len(others)))
            statement = f"INSERT INTO {table} ({names}) VALUES ({places})"  # noqa: S608 - our own tables
            cursor.executemany(statement, written)
