"""Keep when a task first had all its annotations, because from then on those with no share of it could see them."""

from django.db import migrations, models

from annotations.migrations._guards import unguarded


class Migration(migrations.Migration):
    dependencies = [
        ("annotations", "0019_covering_indexes"),
    ]

    operations = [
        *unguarded(
            migrations.AddField(
                model_name="task",
                name="annotated_at",
                field=models.DateTimeField(
                    blank=True,
                    help_text="All annotations were in for the first time then, and were shown to those with no share of the task.",
                    null=True,
                ),
            ),
        ),
    ]
