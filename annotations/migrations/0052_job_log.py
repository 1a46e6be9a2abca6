"""Let a job say when its worker took it and what became of it, and be cancelled."""

from django.db import migrations, models

from annotations.migrations._guards import unguarded


class Migration(migrations.Migration):
    dependencies = [
        ("annotations", "0051_job_request_id"),
    ]

    operations = [
        *unguarded(
            migrations.RemoveConstraint(
                model_name="job",
                name="job_status_is_known",
            ),
            migrations.AddField(
                model_name="job",
                name="log",
                field=models.TextField(
                    blank=True,
                    help_text="A line for each worker that took it, each failure and each hand laid on it.",
                ),
            ),
            migrations.AddField(
                model_name="job",
                name="started_at",
                field=models.DateTimeField(blank=True, help_text="When its worker took it.", null=True),
            ),
            migrations.AddField(
                model_name="job",
                name="started_done",
                field=models.PositiveBigIntegerField(default=0, help_text="How much of it was done then."),
            ),
            migrations.AlterField(
                model_name="job",
                name="status",
                field=models.CharField(
                    choices=[
                        ("queued", "waiting"),
                        ("running", "running"),
                        ("done", "done"),
                        ("failed", "failed"),
                        ("cancelled", "cancelled"),
                    ],
                    default="queued",
                    max_length=12,
                ),
            ),
            migrations.AddConstraint(
                model_name="job",
                constraint=models.CheckConstraint(
                    condition=models.Q(("status__in", ["queued", "running", "done", "failed", "cancelled"])),
                    name="job_status_is_known",
                ),
            ),
        ),
    ]
