"""Spend less on each article that comes in: no index that another one begins with, and no count of one that nobody sees yet."""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from annotations.migrations import _tallies

tallied = import_module("annotations.migrations.0040_article_tallies_by_triggers")

INDEX = "annotations_article_project_id_edeaca9e"


def change(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _tallies.skip_untallied(tallied.ALL, schema_editor)


class Migration(migrations.Migration):
    dependencies = [("annotations", "0083_canonical_without_text")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="article",
                    name="project",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="articles",
                        to="annotations.project",
                    ),
                )
            ],
            database_operations=[
                migrations.RunSQL(
                    f"DROP INDEX IF EXISTS {INDEX}",
                    f"CREATE INDEX {INDEX} ON annotations_article (project_id)",
                )
            ],
        ),
        migrations.RunPython(change, migrations.RunPython.noop),
    ]
