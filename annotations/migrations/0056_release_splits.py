"""Name the part of a release that an article is in, and the parts that a file of a release holds."""

from django.db import migrations, models

from annotations.migrations._guards import unguarded


class Migration(migrations.Migration):
    dependencies = [
        ("annotations", "0055_predictions"),
    ]

    operations = [
        *unguarded(
            migrations.RemoveConstraint(
                model_name="releasefile",
                name="release_file_unique",
            ),
            migrations.AddField(
                model_name="releasefile",
                name="split",
                field=models.CharField(
                    blank=True,
                    default="",
                    help_text="The parts of the release that are in it, with commas; empty for the whole.",
                    max_length=420,
                ),
            ),
            migrations.AddField(
                model_name="releaseitem",
                name="split",
                field=models.CharField(
                    blank=True,
                    default="",
                    help_text="The part of the release that the article is in, if it is divided.",
                    max_length=20,
                ),
            ),
            migrations.AddConstraint(
                model_name="releasefile",
                constraint=models.UniqueConstraint(
                    fields=("release", "format", "split", "version"), name="release_file_unique"
                ),
            ),
        )
    ]
