"""Give a project the Label Studio in which its rounds are annotated; those that are there have the first."""

from django.db import migrations, models

from annotations.migrations._guards import unguarded


class Migration(migrations.Migration):
    dependencies = [("annotations", "0080_rules_that_only_warn")]

    operations = [
        *unguarded(
            migrations.AddField(
                model_name="project",
                name="studio",
                field=models.PositiveSmallIntegerField(
                    default=1,
                    help_text="The number of the Label Studio in which its rounds are annotated; where there are several, it keeps its own.",
                ),
            )
        )
    ]
