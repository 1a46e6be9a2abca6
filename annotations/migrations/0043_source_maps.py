"""Keep where in its original each letter of an article stands, and let captions be blocks."""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from annotations.migrations._guards import unguarded

append_only = import_module("annotations.migrations.0002_append_only")

TABLE = "annotations_articlesourcemap"
KINDS = {
    "title": "title",
    "byline": "byline",
    "heading": "heading",
    "paragraph": "paragraph",
    "list_item": "list item",
    "quote": "quote",
    "caption": "caption",
    "biography": "author's biography",
    "boilerplate": "boilerplate",
}


def guard(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    schema_editor.execute(
        append_only.write_trigger(TABLE, "", "TRUE", f"{TABLE} is append-only", is_sqlite=is_sqlite)
    )


def unguard(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    append_only.drop_trigger(schema_editor, TABLE)


class Migration(migrations.Migration):
    dependencies = [
        ("annotations", "0042_events_of_archived"),
    ]

    operations = [
        *unguarded(
            migrations.CreateModel(
                name="ArticleSourceMap",
                fields=[
                    (
                        "article",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.CASCADE,
                            primary_key=True,
                            related_name="source_map",
                            serialize=False,
                            to="annotations.article",
                        ),
                    ),
                    (
                        "runs",
                        models.JSONField(
                            help_text="Start and end in the text, start and end in the original, by stretches."
                        ),
                    ),
                ],
            ),
            migrations.RemoveConstraint(model_name="block", name="block_kind_is_known"),
            migrations.AlterField(
                model_name="block",
                name="kind",
                field=models.CharField(choices=list(KINDS.items()), max_length=12),
            ),
            migrations.AddConstraint(
                model_name="block",
                constraint=models.CheckConstraint(
                    condition=models.Q(("kind__in", list(KINDS))), name="block_kind_is_known"
                ),
            ),
        ),
        migrations.RunPython(guard, unguard),
    ]
