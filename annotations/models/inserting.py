"""Inserting many rows that differ in a few columns, without an object for each, so that others wait for the database alone."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from django.db import connection, models

ROWS_AT_ONCE = 1_000


def insert_rows(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]], **same: Any
) -> None:
    """Insert a row of a model for each sequence of values of some columns; all others are the `same`, or the model's defaults.

    Columns are named as attributes, such as `article_id`. Triggers and constraints see what they see of any insertion; no
    `save` of a model is called.
    """
    pattern = model(**same)
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    shared = {
        field.attname: field.get_db_prep_save(field.pre_save(pattern, add=True), connection)
        for field in fields
        if field.attname not in columns
    }
    quote = connection.ops.quote_name
    chosen = ", ".join(
        f"given.column{columns.index(field.attname) + 1}" if field.attname in columns else "%s"
        for field in fields
    )
    into = f"{quote(model._meta.db_table)} ({', '.join(quote(field.column or field.attname) for field in fields)})"
    place = f"({', '.join(['%s'] * len(columns))})"
    waiting = iter(rows)
    with connection.cursor() as cursor:
        while part := list(islice(waiting, ROWS_AT_ONCE)):
            values = ", ".join([place] * len(part))
            cursor.execute(
                f"INSERT INTO {into} SELECT {chosen} FROM (VALUES {values}) AS given",  # noqa: S608 - no input
                [*shared.values(), *(value for row in part for value in row)],
            )
