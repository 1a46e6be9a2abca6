"""Let the indexes by which tasks are claimed and counted hold what is asked of them; no table is made anew."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("annotations", "0018_indexes_of_lists")]

    operations = [
        migrations.RemoveIndex(model_name="task", name="task_by_status"),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(fields=["round", "status", "wanted"], name="task_by_status"),
        ),
        migrations.RemoveIndex(model_name="assignment", name="assignment_by_annotator"),
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(fields=["annotator", "status", "task"], name="assignment_by_annotator"),
        ),
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(
                condition=~Q(status__in=("queued", "submitted")) & Q(studio_task_id__isnull=False),
                fields=["annotator"],
                name="assignment_left_behind",
            ),
        ),
    ]
