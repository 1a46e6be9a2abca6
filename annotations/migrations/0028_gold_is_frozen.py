"""Let the database refuse to rewrite gold: releases are made of its bytes. It can still be reviewed, and deleted when reopened."""

from importlib import import_module

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

append_only = import_module("annotations.migrations.0002_append_only")

TABLE = "annotations_gold"
FROZEN = ("task_id", "status", "markup", "canonical", "finished_at", "finished_by_id")


def guard(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    schema_editor.execute(
        append_only.write_trigger(
            TABLE,
            f" OF {', '.join(FROZEN)}",
            "TRUE",
            f"{TABLE} is append-only",
            is_sqlite=schema_editor.connection.vendor == "sqlite",
        )
    )


def unguard(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    append_only.drop_trigger(schema_editor, TABLE)


class Migration(migrations.Migration):
    dependencies = [("annotations", "0027_gold_canonical")]

    operations = [migrations.RunPython(guard, unguard)]
