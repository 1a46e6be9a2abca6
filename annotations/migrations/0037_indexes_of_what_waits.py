"""Let what waits be found without a look at what is done: unfinished jobs, closed shares, excluded articles, tasks to take out of the Studio."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("annotations", "0036_release_files"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="assignment",
            name="assignment_left_behind",
        ),
        migrations.RemoveIndex(
            model_name="task",
            name="task_by_status",
        ),
        migrations.AddIndex(
            model_name="article",
            index=models.Index(
                condition=models.Q(("excluded_at__isnull", False)),
                fields=["project"],
                name="article_excluded",
            ),
        ),
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(
                condition=models.Q(
                    models.Q(("status", "queued"), _negated=True),
                    models.Q(("status", "submitted"), _negated=True),
                    ("studio_task_id__isnull", False),
                ),
                fields=["annotator"],
                name="assignment_left_behind",
            ),
        ),
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", False)),
                fields=["annotator", "task"],
                name="assignment_closed",
            ),
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(fields=["project", "status"], name="job_of_project_by_status"),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(fields=["round", "status", "id"], name="task_by_status"),
        ),
    ]
