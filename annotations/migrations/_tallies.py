"""Triggers that keep tallies: how many rows of a table there are of a kind, and what they sum up to.

On SQLite, where one writes at a time, the row of a tally is changed in place; on PostgreSQL each statement adds rows of
its own, so that nobody waits for anybody. A row whose kind has a part that is NULL is not tallied.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.backends.base.schema import BaseDatabaseSchemaEditor


@dataclass(frozen=True, slots=True)
class Tallied:
    """A table whose rows are tallied: what makes a kind, and what is added up, in terms of a row."""

    table: str
    tally: str
    key: dict[str, str]
    sums: dict[str, str]
    name: str
    """What the names of the triggers begin with."""

    def of(self, row: str) -> tuple[list[str], list[str]]:
        """The key and the sums of a row that has this name."""
        return (
            [each.format(row=row) for each in self.key.values()],
            [each.format(row=row) for each in self.sums.values()],
        )


def watch(all_tallied: Iterable[Tallied], schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Count what is there, and have triggers keep the count from now on."""
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for tallied in all_tallied:
        count(tallied, schema_editor)
        for statement in (_write_for_sqlite if is_sqlite else _write_for_postgresql)(tallied):
            schema_editor.execute(statement)


def skip_untallied(all_tallied: Iterable[Tallied], schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Have SQLite do nothing for a new row that is not tallied; PostgreSQL has a trigger a statement, which costs a row little."""
    if schema_editor.connection.vendor != "sqlite":
        return
    for tallied in all_tallied:
        name, is_tallied = f"{tallied.name}_INSERT", _write_is_kind(tallied.of("NEW")[0])
        body = _write_row(tallied) + _write_change(tallied, "NEW", "+")
        schema_editor.execute(f"DROP TRIGGER {name}")
        schema_editor.execute(
            f"CREATE TRIGGER {name} AFTER INSERT ON {tallied.table} WHEN {is_tallied} BEGIN {body} END"
        )


def count(tallied: Tallied, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Write what is there into the tally, which is empty."""
    key, sums = tallied.of("one")
    columns = ", ".join([*tallied.key, *tallied.sums])
    chosen = ", ".join(
        f"{each} AS {name}" for each, name in zip([*key, *sums], [*tallied.key, *tallied.sums], strict=True)
    )
    added = ", ".join([*tallied.key, *(f"SUM({name})" for name in tallied.sums)])
    schema_editor.execute(
        f"INSERT INTO {tallied.tally} ({columns}) SELECT {added} "
        f"FROM (SELECT {chosen} FROM {tallied.table} AS one) AS found "
        f"WHERE {_write_is_kind(tallied.key)} GROUP BY {', '.join(tallied.key)}"
    )


def leave(all_tallied: Iterable[Tallied], schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take the triggers down, and forget what they counted."""
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for tallied in all_tallied:
        for event in ("insert", "update", "delete"):
            name = f"{tallied.name}_{event}"
            schema_editor.execute(
                f"DROP TRIGGER {name}"
                if is_sqlite
                else f"DROP TRIGGER {name} ON {tallied.table}; DROP FUNCTION {name}()"
            )
        schema_editor.execute(f"DELETE FROM {tallied.tally}")


def _write_for_sqlite(tallied: Tallied) -> list[str]:
    """A trigger a row: the row of the tally is made where it is missing, and changed."""
    is_other = " OR ".join(
        f"{old} IS NOT {new}"
        for olds, news in zip(tallied.of("OLD"), tallied.of("NEW"), strict=True)
        for old, new in zip(olds, news, strict=True)
        if old != new
    )
    add, take = _write_change(tallied, "NEW", "+"), _write_change(tallied, "OLD", "-")
    return [
        f"CREATE TRIGGER {tallied.name}_{event} AFTER {event} ON {tallied.table} {when} BEGIN {body} END"
        for event, when, body in (
            ("INSERT", "", _write_row(tallied) + add),
            ("UPDATE", f"WHEN {is_other}", _write_row(tallied) + take + add),
            ("DELETE", "", take),
        )
    ]


def _write_row(tallied: Tallied) -> str:
    key, sums = tallied.of("NEW")
    columns = ", ".join([*tallied.key, *tallied.sums])
    zeros = ", ".join([*key, *("0" for _ in sums)])
    return (
        f"INSERT INTO {tallied.tally} ({columns}) SELECT {zeros} "
        f"WHERE {_write_is_kind(key)} "
        f"AND NOT EXISTS (SELECT 1 FROM {tallied.tally} WHERE {_write_match(tallied, 'NEW')}); "
    )


def _write_is_kind(key: Iterable[str]) -> str:
    return " AND ".join(f"{each} IS NOT NULL" for each in key)


def _write_change(tallied: Tallied, row: str, sign: str) -> str:
    changes = ", ".join(
        f"{name} = {name} {sign} {each}" for name, each in zip(tallied.sums, tallied.of(row)[1], strict=True)
    )
    return f"UPDATE {tallied.tally} SET {changes} WHERE {_write_match(tallied, row)}; "


def _write_match(tallied: Tallied, row: str) -> str:
    return " AND ".join(
        f"{tallied.tally}.{name} = {each}" for name, each in zip(tallied.key, tallied.of(row)[0], strict=True)
    )


def _write_for_postgresql(tallied: Tallied) -> list[str]:
    """A trigger a statement: it adds a row for each kind whose sums it changed, and locks none."""
    columns = ", ".join([*tallied.key, *tallied.sums])
    key, sums = tallied.of("one")
    statements = []
    for event, tables in (
        ("INSERT", {"new_rows": "+"}),
        ("UPDATE", {"new_rows": "+", "old_rows": "-"}),
        ("DELETE", {"old_rows": "-"}),
    ):
        parts = " UNION ALL ".join(
            "SELECT "
            + ", ".join(
                [
                    *(f"{each} AS {name}" for each, name in zip(key, tallied.key, strict=True)),
                    *(f"{sign}({each}) AS {name}" for each, name in zip(sums, tallied.sums, strict=True)),
                ]
            )
            + f" FROM {table} AS one"
            for table, sign in tables.items()
        )
        added = ", ".join(f"SUM({name})" for name in tallied.sums)
        is_any = " OR ".join(f"SUM({name}) <> 0" for name in tallied.sums)
        name = f"{tallied.name}_{event.lower()}"
        seen = " ".join(f"{'NEW' if table == 'new_rows' else 'OLD'} TABLE AS {table}" for table in tables)
        statements.append(
            f"""
            CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                INSERT INTO {tallied.tally} ({columns})
                SELECT {", ".join(tallied.key)}, {added} FROM ({parts}) AS changed
                WHERE {_write_is_kind(tallied.key)} GROUP BY {", ".join(tallied.key)} HAVING {is_any};
                RETURN NULL;
            END $$;
            CREATE TRIGGER {name} AFTER {event} ON {tallied.table} REFERENCING {seen}
                FOR EACH STATEMENT EXECUTE FUNCTION {name}();
            """
        )
    return statements
