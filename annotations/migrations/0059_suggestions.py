"""Suggestions: in which rounds annotators see them, which they were shown, and what became of them."""

from importlib import import_module

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

append_only = import_module("annotations.migrations.0002_append_only")

TABLES = ("annotations_roundsuggestions", "annotations_shownsuggestions", "annotations_suggestionuse")


def guard(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for table in TABLES:
        schema_editor.execute(
            append_only.write_trigger(table, "", "TRUE", f"{table} is append-only", is_sqlite=is_sqlite)
        )


def unguard(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for table in TABLES:
        append_only.drop_trigger(schema_editor, table)


class Migration(migrations.Migration):
    dependencies = [
        ("annotations", "0058_scheme_drafts"),
    ]

    operations = [
        migrations.CreateModel(
            name="RoundSuggestions",
            fields=[
                (
                    "round",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="suggestions",
                        serialize=False,
                        to="annotations.round",
                    ),
                ),
                (
                    "predictor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="annotations.predictor",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ShownSuggestions",
            fields=[
                (
                    "assignment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="shown_suggestions",
                        serialize=False,
                        to="annotations.assignment",
                    ),
                ),
                ("shown_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "prediction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="annotations.prediction",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SuggestionUse",
            fields=[
                (
                    "annotation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="suggestion_use",
                        serialize=False,
                        to="annotations.annotation",
                    ),
                ),
                (
                    "unchanged",
                    models.PositiveIntegerField(help_text="Spans that are as they were suggested."),
                ),
                (
                    "changed",
                    models.PositiveIntegerField(help_text="Spans that were taken over and then changed."),
                ),
                ("own", models.PositiveIntegerField(help_text="Spans that nobody suggested.")),
                ("left", models.PositiveIntegerField(help_text="Suggestions that were not taken over.")),
                (
                    "prediction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="annotations.prediction",
                    ),
                ),
            ],
        ),
        migrations.RunPython(guard, unguard),
    ]
