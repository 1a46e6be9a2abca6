"""Predictions of models, by the predictors that made them, which no statement may rewrite."""

from importlib import import_module

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from annotations.migrations._guards import unguarded

append_only = import_module("annotations.migrations.0002_append_only")

TABLE = "annotations_prediction"


def guard(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    schema_editor.execute(
        append_only.write_trigger(TABLE, "", "TRUE", f"{TABLE} is append-only", is_sqlite=is_sqlite)
    )


def unguard(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    append_only.drop_trigger(schema_editor, TABLE)


class Migration(migrations.Migration):
    dependencies = [
        ("annotations", "0054_find_notes"),
    ]

    operations = [
        *unguarded(
            migrations.CreateModel(
                name="Prediction",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ("spans", models.PositiveIntegerField(help_text="How many it marks.")),
                    (
                        "canonical",
                        models.TextField(
                            help_text="What a record says of the markup: members of canonical JSON, a line each."
                        ),
                    ),
                    ("sha256", models.CharField(help_text="Of the markup as canonical JSON.", max_length=64)),
                ],
                options={
                    "ordering": ["id"],
                },
            ),
            migrations.CreateModel(
                name="Predictor",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "name",
                        models.CharField(help_text="Managers see it; annotators never do.", max_length=150),
                    ),
                    ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    "ordering": ["name", "id"],
                },
            ),
            migrations.RemoveConstraint(
                model_name="annotationimport",
                name="annotation_import_as_is_known",
            ),
            migrations.AlterField(
                model_name="annotationimport",
                name="imported_as",
                field=models.CharField(
                    choices=[
                        ("annotations", "what annotators submitted"),
                        ("gold", "gold"),
                        ("predictions", "predictions of models"),
                    ],
                    default="annotations",
                    max_length=12,
                ),
            ),
            migrations.AddConstraint(
                model_name="annotationimport",
                constraint=models.CheckConstraint(
                    condition=models.Q(("imported_as__in", ["annotations", "gold", "predictions"])),
                    name="annotation_import_as_is_known",
                ),
            ),
            migrations.AddField(
                model_name="prediction",
                name="article",
                field=models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="predictions",
                    to="annotations.article",
                ),
            ),
            migrations.AddField(
                model_name="prediction",
                name="made_in",
                field=models.ForeignKey(
                    blank=True,
                    help_text="The import that brought it; empty where it was made here.",
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="predictions",
                    to="annotations.articleimport",
                ),
            ),
            migrations.AddField(
                model_name="prediction",
                name="scheme",
                field=models.ForeignKey(
                    help_text="In whose labels it is said.",
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="annotations.scheme",
                ),
            ),
            migrations.AddField(
                model_name="predictor",
                name="created_by",
                field=models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            migrations.AddField(
                model_name="predictor",
                name="project",
                field=models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="predictors",
                    to="annotations.project",
                ),
            ),
            migrations.AddField(
                model_name="prediction",
                name="predictor",
                field=models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="predictions",
                    to="annotations.predictor",
                ),
            ),
            migrations.AddConstraint(
                model_name="predictor",
                constraint=models.UniqueConstraint(fields=("project", "name"), name="predictor_name_unique"),
            ),
            migrations.AddConstraint(
                model_name="predictor",
                constraint=models.CheckConstraint(
                    condition=models.Q(("name", ""), _negated=True), name="predictor_has_name"
                ),
            ),
            migrations.AddIndex(
                model_name="prediction",
                index=models.Index(fields=["article", "predictor", "id"], name="prediction_of_article"),
            ),
            migrations.AddConstraint(
                model_name="prediction",
                constraint=models.UniqueConstraint(
                    fields=("predictor", "article", "scheme", "sha256"), name="prediction_said_once"
                ),
            ),
        ),
        migrations.RunPython(guard, unguard),
    ]
