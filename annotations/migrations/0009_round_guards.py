"""A scheme that only a round has is in use too, a round keeps its scheme, and work that goes back is told from work taken away."""

from importlib import import_module

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

append_only = import_module("annotations.migrations.0002_append_only")

STATUSES = ["queued", "submitted", "skipped", "expired", "withdrawn"]
IN_USE_BY_PROJECT = "EXISTS (SELECT 1 FROM annotations_project WHERE scheme_id = OLD.id)"
IN_USE_BY_ROUND = "EXISTS (SELECT 1 FROM annotations_round WHERE scheme_id = OLD.id)"


def guard(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _replace_guard_of_schemes(schema_editor, f"({IN_USE_BY_PROJECT} OR {IN_USE_BY_ROUND})")
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    schema_editor.execute(
        append_only.write_trigger(
            "annotations_round",
            " OF scheme_id",
            "OLD.scheme_id <> NEW.scheme_id",
            "a round keeps the scheme it was planned with",
            is_sqlite=is_sqlite,
        ),
    )


def unguard(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    append_only.drop_trigger(schema_editor, "annotations_round")
    _replace_guard_of_schemes(schema_editor, IN_USE_BY_PROJECT)


def _replace_guard_of_schemes(schema_editor: BaseDatabaseSchemaEditor, condition: str) -> None:
    append_only.drop_trigger(schema_editor, "annotations_scheme")
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    schema_editor.execute(append_only.write_scheme_trigger(condition, is_sqlite=is_sqlite))


def _statuses(*more: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name="assignment_status_is_known", condition=models.Q(status__in=[*STATUSES, *more])
    )


class Migration(migrations.Migration):
    dependencies = [("annotations", "0008_round_scheme")]

    operations = [
        migrations.RunPython(guard, unguard),
        migrations.RemoveConstraint(model_name="assignment", name="assignment_status_is_known"),
        migrations.AlterField(
            model_name="assignment",
            name="status",
            field=models.CharField(
                choices=[
                    ("queued", "waiting for the annotator"),
                    ("submitted", "submitted"),
                    ("skipped", "skipped"),
                    ("expired", "expired"),
                    ("withdrawn", "withdrawn"),
                    ("returned", "given back"),
                ],
                default="queued",
                max_length=10,
            ),
        ),
        migrations.AddConstraint(model_name="assignment", constraint=_statuses("returned")),
    ]
