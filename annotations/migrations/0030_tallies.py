"""Give the numbers of tasks and assignments in each status a place of their own, so that no page counts them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("annotations", "0029_model_annotators"),
    ]

    operations = [
        migrations.CreateModel(
            name="TaskTally",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "being annotated"),
                            ("annotated", "awaiting adjudication"),
                            ("adjudicated", "adjudicated"),
                            ("cancelled", "cancelled"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "is_claimable",
                    models.BooleanField(help_text="The tasks are open and have a claim to be taken."),
                ),
                ("number", models.IntegerField()),
                ("wanted", models.IntegerField()),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="task_tallies",
                        to="annotations.round",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="AssignmentTally",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("queued", "waiting for the annotator"),
                            ("submitted", "submitted"),
                            ("skipped", "skipped"),
                            ("expired", "expired"),
                            ("withdrawn", "withdrawn"),
                            ("returned", "given back"),
                        ],
                        max_length=10,
                    ),
                ),
                ("number", models.IntegerField()),
                (
                    "annotator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="assignment_tallies",
                        to="annotations.round",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["annotator", "round"], name="assignment_tally_by_person")],
            },
        ),
    ]
