"""Mark the tasks that the merge rule has still to be asked about, so that none is looked at twice for nothing."""

from django.db import migrations, models

from annotations.migrations._guards import unguarded


class Migration(migrations.Migration):
    dependencies = [("annotations", "0024_jobs_finish_by_rule")]

    operations = [
        *unguarded(
            migrations.AddField(
                model_name="task",
                name="awaits_rule",
                field=models.BooleanField(
                    default=False,
                    help_text="All annotations are in, and the merge rule has not been asked since the last one came.",
                ),
            ),
            migrations.AddIndex(
                model_name="task",
                index=models.Index(
                    condition=models.Q(("awaits_rule", True)), fields=["id"], name="task_awaiting_rule"
                ),
            ),
        ),
    ]
