"""Give lists the indexes that have their order; SQLite makes an index without making the table anew."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("annotations", "0017_canonical"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="article",
            index=models.Index(fields=["project", "id"], name="article_of_project"),
        ),
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(fields=["annotator", "status_changed_at", "id"], name="assignment_by_change"),
        ),
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(fields=["task", "annotator", "status"], name="assignment_of_task"),
        ),
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(
                condition=models.Q(("status", "skipped")),
                fields=["status_changed_at"],
                name="assignment_skipped",
            ),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["project", "id"], name="event_of_project"),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["subject_type", "subject_id"], name="event_by_subject"),
        ),
        migrations.AddIndex(
            model_name="gold",
            index=models.Index(fields=["finished_at", "id"], name="gold_by_end"),
        ),
        migrations.AddIndex(
            model_name="gold",
            index=models.Index(
                condition=models.Q(("needs_review", True)),
                fields=["finished_at", "id"],
                name="gold_to_review",
            ),
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(fields=["key", "id"], name="job_by_key"),
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(fields=["project", "id"], name="job_of_project"),
        ),
        migrations.AddIndex(
            model_name="quarantineditem",
            index=models.Index(
                condition=models.Q(("resolved_at", None)), fields=["id"], name="quarantine_to_see"
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(fields=["round", "id"], name="task_in_round"),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(fields=["status", "round", "status_changed_at", "id"], name="task_by_turn"),
        ),
    ]
