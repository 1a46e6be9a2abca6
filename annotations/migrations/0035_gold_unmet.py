"""Count the rules of the scheme that a gold breaks for a reason, and keep the count from being rewritten as the rest of gold is."""

from importlib import import_module

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from annotations.migrations._guards import unguarded

append_only = import_module("annotations.migrations.0002_append_only")
before = import_module("annotations.migrations.0028_gold_is_frozen")


def guard(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    append_only.drop_trigger(schema_editor, before.TABLE)
    schema_editor.execute(
        append_only.write_trigger(
            before.TABLE,
            f" OF {', '.join([*before.FROZEN, 'unmet'])}",
            "TRUE",
            f"{before.TABLE} is append-only",
            is_sqlite=schema_editor.connection.vendor == "sqlite",
        )
    )


def guard_as_before(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    append_only.drop_trigger(schema_editor, before.TABLE)
    before.guard(apps, schema_editor)


class Migration(migrations.Migration):
    dependencies = [
        ("annotations", "0034_lifecycle_guards"),
    ]

    operations = [
        *unguarded(
            migrations.AddField(
                model_name="gold",
                name="unmet",
                field=models.PositiveIntegerField(
                    default=0,
                    help_text="How many rules of the scheme it breaks, for a reason that stands in the ledger.",
                ),
            ),
        ),
        migrations.RunPython(guard, guard_as_before),
    ]
