"""Let the database itself refuse to rewrite what must never change.

A row of these tables may be added, never edited; where columns are named, only those are frozen. Deleting
is guarded by the foreign keys and by PROTECT.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

FROZEN: dict[str, tuple[str, ...]] = {
    "annotations_article": ("original", "encoding", "text", "length", "sha256", "text_sha256", "project_id"),
    "annotations_annotation": (),
    "annotations_span": (),
    "annotations_relation": (),
    "annotations_decision": (),
    "annotations_release": (),
    "annotations_releaseitem": (),
    "annotations_event": (),
}


def guard(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for table, columns in FROZEN.items():
        of = f" OF {', '.join(columns)}" if columns else ""
        schema_editor.execute(
            write_trigger(table, of, "TRUE", f"{table} is append-only", is_sqlite=is_sqlite)
        )
    in_use = "EXISTS (SELECT 1 FROM annotations_project WHERE scheme_id = OLD.id)"
    schema_editor.execute(write_scheme_trigger(in_use, is_sqlite=is_sqlite))


def write_scheme_trigger(in_use: str, *, is_sqlite: bool) -> str:
    return write_trigger(
        "annotations_scheme",
        " OF name, version, source, sha256",
        in_use,
        "a scheme in use is immutable: make a new version",
        is_sqlite=is_sqlite,
    )


def write_trigger(table: str, of: str, condition: str, message: str, *, is_sqlite: bool) -> str:
    if is_sqlite:
        return (
            f"CREATE TRIGGER {table}_frozen BEFORE UPDATE{of} ON {table} FOR EACH ROW WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        )
    return f"""
        CREATE FUNCTION {table}_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF {condition} THEN
                RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER {table}_frozen BEFORE UPDATE{of} ON {table}
            FOR EACH ROW EXECUTE FUNCTION {table}_frozen();
    """


def drop_trigger(schema_editor: BaseDatabaseSchemaEditor, table: str) -> None:
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(f"DROP TRIGGER {table}_frozen")
    else:
        schema_editor.execute(f"DROP TRIGGER {table}_frozen ON {table}; DROP FUNCTION {table}_frozen()")


def unguard(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for table in (*FROZEN, "annotations_scheme"):
        drop_trigger(schema_editor, table)


class Migration(migrations.Migration):
    dependencies = [("annotations", "0001_initial")]

    operations = [migrations.RunPython(guard, unguard)]
