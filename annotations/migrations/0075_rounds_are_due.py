"""Give a round the day by which it is to be annotated."""

from django.db import migrations, models

from annotations.migrations._guards import unguarded


class Migration(migrations.Migration):
    dependencies = [("annotations", "0074_planned_tallies_of_rounds_under_way")]

    operations = [
        *unguarded(
            migrations.AddField(
                model_name="round",
                name="due_on",
                field=models.DateField(
                    null=True,
                    blank=True,
                    help_text="The day by which its annotators should have submitted everything.",
                ),
            )
        )
    ]
