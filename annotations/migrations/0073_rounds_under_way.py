"""Rounds on their way into a project, and no index of tasks and tallies that repeats how another begins."""

import django.db.models.deletion
from django.db import migrations, models

from annotations.migrations._guards import unguarded
from annotations.migrations._indexes import DropIndexOfForeignKey


class Migration(migrations.Migration):
    dependencies = [("annotations", "0072_planned_tallies_by_triggers")]

    operations = [
        *unguarded(
            migrations.AddField(
                model_name="round",
                name="planned_for",
                field=models.OneToOneField(
                    blank=True,
                    help_text="Where the round will be once all its tasks are written; its articles count as planned there already.",
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="round_under_way",
                    to="annotations.project",
                ),
            ),
            DropIndexOfForeignKey(
                model_name="task",
                name="round",
                field=models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="tasks",
                    to="annotations.round",
                ),
            ),
            DropIndexOfForeignKey(
                model_name="plannedtally",
                name="project",
                field=models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="planned_tallies",
                    to="annotations.project",
                ),
            ),
            migrations.AddIndex(
                model_name="plannedtally",
                index=models.Index(fields=["project", "kind"], name="planned_tally_of_kind"),
            ),
        ),
    ]
