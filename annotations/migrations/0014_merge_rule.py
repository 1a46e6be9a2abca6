"""A project names the merge rule of its tasks, and a gold can have come about by one."""

from django.db import migrations, models

from annotations.migrations._guards import unguarded

STATUSES = ["agreed", "adjudicated", "single"]


def _statuses(*more: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name="gold_status_is_known", condition=models.Q(status__in=[*STATUSES, *more])
    )


class Migration(migrations.Migration):
    dependencies = [("annotations", "0013_write_probe")]

    operations = unguarded(
        migrations.AddField(
            model_name="project",
            name="merge_rule",
            field=models.CharField(
                default="unanimity",
                help_text="Settles the units that need no adjudicator; the gold of a task keeps the rule it was made with.",
                max_length=20,
            ),
        ),
        migrations.RemoveConstraint(model_name="gold", name="gold_status_is_known"),
        migrations.AlterField(
            model_name="gold",
            name="status",
            field=models.CharField(
                choices=[
                    ("agreed", "all annotators agreed"),
                    ("adjudicated", "adjudicated"),
                    ("single", "one annotator only"),
                    ("merged", "merged by the project's rule"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddConstraint(model_name="gold", constraint=_statuses("merged")),
    )
