"""Write down what becomes of releases, a line that is never rewritten for each step."""

from importlib import import_module

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

append_only = import_module("annotations.migrations.0002_append_only")
TABLE = "annotations_releasenotice"


def guard(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    schema_editor.execute(
        append_only.write_trigger(
            TABLE,
            "",
            "TRUE",
            f"{TABLE} is append-only",
            is_sqlite=schema_editor.connection.vendor == "sqlite",
        )
    )


def unguard(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    append_only.drop_trigger(schema_editor, TABLE)


class Migration(migrations.Migration):
    dependencies = [
        ("annotations", "0060_cards"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReleaseNotice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("frozen", "frozen"),
                            ("published", "published"),
                            ("withdrawn", "withdrawn"),
                        ],
                        max_length=9,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to="annotations.release",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("release", "state"), name="release_notice_once"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["published", "withdrawn"])),
                        name="release_notice_is_of_a_step",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "withdrawn"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="release_withdrawn_for_a_reason",
                    ),
                ],
            },
        ),
        migrations.RunPython(guard, unguard),
    ]
