"""The migrations one by one, without those that stand for many, and what a database is after them."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader


class _OneByOne(MigrationLoader):
    """Our migrations without those that stand for many."""

    def load_disk(self) -> None:
        super().load_disk()
        self.disk_migrations = {
            key: migration
            for key, migration in self.disk_migrations.items()
            if key[0] != "annotations" or not migration.replaces
        }


def migrate_one_by_one(target: str | None = None) -> None:
    """Bring the database to a migration, or to the last, by the migrations one by one and not by those that stand for many."""
    executor = MigrationExecutor(connection)
    executor.loader = _OneByOne(connection)
    executor.migrate([("annotations", target)] if target else executor.loader.graph.leaf_nodes("annotations"))


TRIGGERS = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": """
        SELECT t.tgname, pg_get_triggerdef(t.oid) || ' ' || p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
        WHERE NOT t.tgisinternal
    """,
}


def describe_database() -> dict[str, object]:
    """Every column, constraint, index and trigger with what it says, however its spaces were set."""
    described: dict[str, object] = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            for column in connection.introspection.get_table_description(cursor, table):
                described[f"{table}.{column.name}"] = tuple(column[1:])
            for name, found in connection.introspection.get_constraints(cursor, table).items():
                if any((found["unique"], found["foreign_key"], found["check"], found["index"])):
                    is_named = not name.startswith(("fk_", "__unnamed"))  # as SQLite numbers them
                    said = {**found, "columns": sorted(found["columns"])}
                    described[f"{table} {name if is_named else sorted(said.items())}"] = said
        cursor.execute(TRIGGERS[connection.vendor])
        described |= {name: "".join(words.split()) for name, words in cursor.fetchall()}
    return described
