"""Let the database itself keep the tallies of tasks and assignments, and count what is there."""

from dataclasses import dataclass

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


@dataclass(frozen=True, slots=True)
class Tallied:
    """A table whose rows are tallied: what makes a kind, and what is added up, in terms of a row."""

    table: str
    tally: str
    key: dict[str, str]
    sums: dict[str, str]

    def of(self, row: str) -> tuple[list[str], list[str]]:
        """The key and the sums of a row that has this name."""
        return (
            [each.format(row=row) for each in self.key.values()],
            [each.format(row=row) for each in self.sums.values()],
        )


ALL = (
    Tallied(
        "annotations_task",
        "annotations_tasktally",
        {
            "round_id": "{row}.round_id",
            "status": "{row}.status",
            "is_claimable": "({row}.status = 'open' AND {row}.claimed < {row}.wanted)",
        },
        {"number": "1", "wanted": "{row}.wanted"},
    ),
    Tallied(
        "annotations_assignment",
        "annotations_assignmenttally",
        {
            "round_id": "(SELECT round_id FROM annotations_task WHERE id = {row}.task_id)",
            "annotator_id": "{row}.annotator_id",
            "status": "{row}.status",
        },
        {"number": "1"},
    ),
)


def watch(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for tallied in ALL:
        key, sums = tallied.of(tallied.table)
        columns = ", ".join([*tallied.key, *tallied.sums])
        places = ", ".join(str(place) for place in range(1, len(key) + 1))
        chosen = ", ".join([*key, *(f"SUM({each})" for each in sums)])
        schema_editor.execute(
            f"INSERT INTO {tallied.tally} ({columns}) SELECT {chosen} FROM {tallied.table} GROUP BY {places}"
        )
        for statement in (_write_for_sqlite if is_sqlite else _write_for_postgresql)(tallied):
            schema_editor.execute(statement)


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
        f"CREATE TRIGGER {tallied.table}_tally_{event} AFTER {event} ON {tallied.table} {when} BEGIN {body} END"
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
        f"WHERE NOT EXISTS (SELECT 1 FROM {tallied.tally} WHERE {_write_match(tallied, 'NEW')}); "
    )


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
        name = f"{tallied.table}_tally_{event.lower()}"
        seen = " ".join(f"{'NEW' if table == 'new_rows' else 'OLD'} TABLE AS {table}" for table in tables)
        statements.append(
            f"""
            CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                INSERT INTO {tallied.tally} ({columns})
                SELECT {", ".join(tallied.key)}, {added} FROM ({parts}) AS changed
                WHERE round_id IS NOT NULL GROUP BY {", ".join(tallied.key)} HAVING {is_any};
                RETURN NULL;
            END $$;
            CREATE TRIGGER {name} AFTER {event} ON {tallied.table} REFERENCING {seen}
                FOR EACH STATEMENT EXECUTE FUNCTION {name}();
            """
        )
    return statements


def leave(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for tallied in ALL:
        for event in ("insert", "update", "delete"):
            name = f"{tallied.table}_tally_{event}"
            schema_editor.execute(
                f"DROP TRIGGER {name}"
                if is_sqlite
                else f"DROP TRIGGER {name} ON {tallied.table}; DROP FUNCTION {name}()"
            )
        schema_editor.execute(f"DELETE FROM {tallied.tally}")


class Migration(migrations.Migration):
    dependencies = [("annotations", "0030_tallies")]

    operations = [migrations.RunPython(watch, leave)]
