"""What a project, a round and an article need to end: archived, deleted, closed, excluded; and corrections of guidelines."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from annotations.migrations._guards import unguarded


class Migration(migrations.Migration):
    dependencies = [
        ("annotations", "0032_article_words"),
    ]

    operations = [
        *unguarded(
            migrations.CreateModel(
                name="GuidelineRevision",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "number",
                        models.PositiveIntegerField(
                            help_text="Counts the project's corrections of the scheme from 1."
                        ),
                    ),
                    (
                        "name",
                        models.CharField(help_text="What was corrected, in a few words.", max_length=100),
                    ),
                    ("source", models.TextField(help_text="The corrected definition, as TOML.")),
                    ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    "ordering": ["id"],
                },
            ),
            migrations.RemoveConstraint(
                model_name="task",
                name="task_status_is_known",
            ),
            migrations.AddField(
                model_name="article",
                name="excluded_at",
                field=models.DateTimeField(
                    blank=True,
                    help_text="Since then it counts nowhere; what was made of it stays on record.",
                    null=True,
                ),
            ),
            migrations.AddField(
                model_name="article",
                name="excluded_by",
                field=models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            migrations.AddField(
                model_name="article",
                name="exclusion_reason",
                field=models.CharField(blank=True, help_text="Why it is excluded.", max_length=500),
            ),
            migrations.AddField(
                model_name="project",
                name="deleted_at",
                field=models.DateTimeField(
                    blank=True,
                    help_text="Since then nothing is left of it but this row, of which the audit trail tells.",
                    null=True,
                ),
            ),
            migrations.AddField(
                model_name="round",
                name="closed_at",
                field=models.DateTimeField(
                    blank=True, help_text="Since then none of its tasks is given to anybody.", null=True
                ),
            ),
            migrations.AddField(
                model_name="round",
                name="name",
                field=models.CharField(
                    blank=True, help_text="What people call it, beside its number.", max_length=100
                ),
            ),
            migrations.AlterField(
                model_name="project",
                name="archived_at",
                field=models.DateTimeField(
                    blank=True, help_text="Since then it can be read, and nothing in it changes.", null=True
                ),
            ),
            migrations.AlterField(
                model_name="project",
                name="lease_hours",
                field=models.PositiveIntegerField(
                    default=72,
                    help_text="An untouched task goes back to the pool after this many hours.",
                    validators=[
                        django.core.validators.MinValueValidator(1),
                        django.core.validators.MaxValueValidator(8760),
                    ],
                ),
            ),
            migrations.AlterField(
                model_name="task",
                name="status",
                field=models.CharField(
                    choices=[
                        ("open", "being annotated"),
                        ("annotated", "awaiting adjudication"),
                        ("adjudicated", "adjudicated"),
                        ("cancelled", "cancelled"),
                        ("excluded", "excluded with its article"),
                    ],
                    default="open",
                    max_length=12,
                ),
            ),
            migrations.AlterField(
                model_name="tasktally",
                name="status",
                field=models.CharField(
                    choices=[
                        ("open", "being annotated"),
                        ("annotated", "awaiting adjudication"),
                        ("adjudicated", "adjudicated"),
                        ("cancelled", "cancelled"),
                        ("excluded", "excluded with its article"),
                    ],
                    max_length=12,
                ),
            ),
            migrations.AddConstraint(
                model_name="article",
                constraint=models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("excluded_at", None), ("exclusion_reason", "")),
                        models.Q(
                            ("excluded_at__isnull", False), models.Q(("exclusion_reason", ""), _negated=True)
                        ),
                        _connector="OR",
                    ),
                    name="article_exclusion_has_reason",
                ),
            ),
            migrations.AddConstraint(
                model_name="project",
                constraint=models.CheckConstraint(
                    condition=models.Q(("deleted_at", None), ("archived_at__isnull", False), _connector="OR"),
                    name="project_deleted_is_archived",
                ),
            ),
            migrations.AddConstraint(
                model_name="task",
                constraint=models.CheckConstraint(
                    condition=models.Q(
                        ("status__in", ["open", "annotated", "adjudicated", "cancelled", "excluded"])
                    ),
                    name="task_status_is_known",
                ),
            ),
            migrations.AddField(
                model_name="guidelinerevision",
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
                model_name="guidelinerevision",
                name="project",
                field=models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="guideline_revisions",
                    to="annotations.project",
                ),
            ),
            migrations.AddField(
                model_name="guidelinerevision",
                name="scheme",
                field=models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="guideline_revisions",
                    to="annotations.scheme",
                ),
            ),
            migrations.AddField(
                model_name="participant",
                name="seen_guidelines",
                field=models.ForeignKey(
                    blank=True,
                    help_text="The latest correction of the guidelines that they said they have read.",
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="annotations.guidelinerevision",
                ),
            ),
            migrations.AddConstraint(
                model_name="guidelinerevision",
                constraint=models.UniqueConstraint(
                    fields=("project", "scheme", "number"), name="guideline_revision_number_unique"
                ),
            ),
            migrations.AddConstraint(
                model_name="guidelinerevision",
                constraint=models.CheckConstraint(
                    condition=models.Q(("name", ""), _negated=True), name="guideline_revision_has_name"
                ),
            ),
        )
    ]
