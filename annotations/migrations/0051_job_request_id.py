"""Let a job keep the id of the request that asked for it."""

from django.db import migrations, models

from annotations.migrations._guards import unguarded


class Migration(migrations.Migration):
    dependencies = [
        ("annotations", "0050_words_of_articles"),
    ]

    operations = [
        *unguarded(
            migrations.AddField(
                model_name="job",
                name="request_id",
                field=models.CharField(
                    blank=True, help_text="The request that asked for it, as the log names it.", max_length=64
                ),
            ),
        ),
    ]
