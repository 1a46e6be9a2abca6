"""An import of annotations remembers which of its annotators are models, until it is published."""

from django.db import migrations, models

from annotations.migrations._guards import unguarded


class Migration(migrations.Migration):
    dependencies = [("annotations", "0047_gold_imported")]

    operations = [
        *unguarded(
            migrations.AddField(
                model_name="annotationimport",
                name="model_ids",
                field=models.JSONField(
                    blank=True,
                    default=list,
                    help_text="The annotators that the mapping says are models, by their ids.",
                ),
            )
        )
    ]
