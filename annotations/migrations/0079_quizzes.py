"""Quizzes about the guidelines, what people answered, and the rounds that require one; the database refuses to rewrite the first two."""

from importlib import import_module
from typing import Any

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

append_only = import_module("annotations.migrations.0002_append_only")
TABLES = ("annotations_quiz", "annotations_quizattempt")


def guard(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for table in TABLES:
        schema_editor.execute(
            append_only.write_trigger(table, "", "TRUE", f"{table} is append-only", is_sqlite=is_sqlite)
        )


def unguard(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for table in TABLES:
        append_only.drop_trigger(schema_editor, table)


def point_to(model: str, **options: Any) -> Any:
    """A reference that keeps what it refers to from being deleted."""
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=model, **options)


def number_rows() -> Any:
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


class Migration(migrations.Migration):
    dependencies = [("annotations", "0078_release_drafts")]

    operations = [
        migrations.CreateModel(
            name="Quiz",
            fields=[
                ("id", number_rows()),
                ("number", models.PositiveIntegerField(help_text="Counts the project's quizzes from 1.")),
                (
                    "questions",
                    models.JSONField(help_text="As the guidelines were worded when it was made."),
                ),
                ("passing", models.PositiveIntegerField(help_text="How many answers have to be right.")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "created_by",
                    point_to(settings.AUTH_USER_MODEL, blank=True, null=True, related_name="+"),
                ),
                ("project", point_to("annotations.project", related_name="quizzes")),
                (
                    "scheme",
                    point_to(
                        "annotations.scheme", help_text="By whose guidelines it asks.", related_name="+"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("project", "number"), name="quiz_number_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="QuizAttempt",
            fields=[
                ("id", number_rows()),
                (
                    "answers",
                    models.JSONField(help_text="Whether they would mark the words, for each question."),
                ),
                ("right", models.PositiveIntegerField()),
                ("has_passed", models.BooleanField()),
                ("taken_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("person", point_to(settings.AUTH_USER_MODEL, related_name="+")),
                ("quiz", point_to("annotations.quiz", related_name="attempts")),
            ],
            options={
                "ordering": ["id"],
                "indexes": [
                    models.Index(fields=["quiz", "person", "has_passed"], name="quiz_attempt_of_person")
                ],
            },
        ),
        migrations.CreateModel(
            name="RequiredQuiz",
            fields=[
                (
                    "round",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="required_quiz",
                        serialize=False,
                        to="annotations.round",
                    ),
                ),
                ("quiz", point_to("annotations.quiz", related_name="required_by")),
            ],
        ),
        migrations.RunPython(guard, unguard),
    ]
