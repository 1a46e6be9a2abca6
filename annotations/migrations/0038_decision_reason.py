"""Keep why decisions were needed and which of them the guidelines should deal with; the database refuses to rewrite it."""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

append_only = import_module("annotations.migrations.0002_append_only")
TABLE = "annotations_decisionreason"
KINDS = [
    ("ambiguous", "ambiguous text"),
    ("gap", "guidelines silent"),
    ("slip", "slip"),
    ("edge", "edge case"),
]


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
        ("annotations", "0037_indexes_of_what_waits"),
    ]

    operations = [
        migrations.CreateModel(
            name="DecisionReason",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(blank=True, choices=KINDS, max_length=10)),
                (
                    "is_for_guidelines",
                    models.BooleanField(default=False, help_text="Should be dealt with in the guidelines."),
                ),
                (
                    "rule",
                    models.CharField(
                        help_text="The label, attribute, link or field that it is about.", max_length=400
                    ),
                ),
                (
                    "words",
                    models.CharField(
                        help_text="The unit in words, with a quote of the text.", max_length=400
                    ),
                ),
                (
                    "decision",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reason",
                        to="annotations.decision",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        help_text="That of the decision's task.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="annotations.project",
                    ),
                ),
            ],
            options={
                "ordering": ["rule", "id"],
                "indexes": [
                    models.Index(
                        fields=["project", "rule", "-is_for_guidelines", "-id"],
                        name="decision_reason_by_rule",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(kind__in=["", *(kind for kind, _ in KINDS)]),
                        name="decision_reason_is_known",
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(kind="") | models.Q(is_for_guidelines=True),
                        name="decision_reason_says_something",
                    ),
                ],
            },
        ),
        migrations.RunPython(guard, unguard),
    ]
