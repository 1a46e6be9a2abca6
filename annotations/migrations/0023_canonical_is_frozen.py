"""Freeze what a record says of an article too: exports and releases are made of these bytes."""

from importlib import import_module

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

append_only = import_module("annotations.migrations.0002_append_only")

TABLE = "annotations_article"


def guard(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _replace_guard(schema_editor, (*append_only.FROZEN[TABLE], "canonical"))


def unguard(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _replace_guard(schema_editor, append_only.FROZEN[TABLE])


def _replace_guard(schema_editor: BaseDatabaseSchemaEditor, columns: tuple[str, ...]) -> None:
    append_only.drop_trigger(schema_editor, TABLE)
    schema_editor.execute(
        append_only.write_trigger(
            TABLE,
            f" OF {', '.join(columns)}",
            "TRUE",
            f"{TABLE} is append-only",
            is_sqlite=schema_editor.connection.vendor == "sqlite",
        )
    )


class Migration(migrations.Migration):
    dependencies = [("annotations", "0022_token_made_with")]

    operations = [migrations.RunPython(guard, unguard)]
