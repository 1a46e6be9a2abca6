"""Let one thing of a line of the audit trail be taken away and nothing be changed: the e-mail address in its details, when a person is erased."""

from importlib import import_module

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

append_only = import_module("annotations.migrations.0002_append_only")

TABLE = "annotations_event"
COLUMNS = ("id", "at", "actor_id", "project_id", "verb", "subject_type", "subject_id")
WITHOUT = {
    "sqlite": "json_remove(OLD.details, '$.email')",
    "postgresql": "OLD.details - 'email'",
}


def write_condition(vendor: str) -> str:
    """What is refused: everything but the same line without an address."""
    same = {"sqlite": "IS NOT", "postgresql": "IS DISTINCT FROM"}[vendor]
    changed = [f"NEW.{column} {same} OLD.{column}" for column in COLUMNS]
    return " OR ".join([*changed, f"NEW.details {same} {WITHOUT[vendor]}"])


def narrow(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _replace(schema_editor, write_condition(schema_editor.connection.vendor))


def widen(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _replace(schema_editor, "TRUE")


def _replace(schema_editor: BaseDatabaseSchemaEditor, condition: str) -> None:
    append_only.drop_trigger(schema_editor, TABLE)
    schema_editor.execute(
        append_only.write_trigger(
            TABLE,
            "",
            condition,
            f"{TABLE} is append-only",
            is_sqlite=schema_editor.connection.vendor == "sqlite",
        )
    )


class Migration(migrations.Migration):
    dependencies = [("annotations", "0068_carried_rounds")]

    operations = [migrations.RunPython(narrow, widen)]
