"""Gold can be settled elsewhere and come in so."""

from django.db import migrations, models

from annotations.migrations._guards import unguarded

STATUSES = ["agreed", "adjudicated", "single", "merged", "imported"]


class Migration(migrations.Migration):
    dependencies = [("annotations", "0046_one_index_of_blocks")]

    operations = [
        *unguarded(
            migrations.RemoveConstraint(model_name="gold", name="gold_status_is_known"),
            migrations.AlterField(
                model_name="gold",
                name="status",
                field=models.CharField(
                    choices=[
                        ("agreed", "all annotators agreed"),
                        ("adjudicated", "adjudicated"),
                        ("single", "one annotator only"),
                        ("merged", "merged by the project's rule"),
                        ("imported", "imported as gold"),
                    ],
                    max_length=12,
                ),
            ),
            migrations.AddConstraint(
                model_name="gold",
                constraint=models.CheckConstraint(
                    condition=models.Q(("status__in", STATUSES)), name="gold_status_is_known"
                ),
            ),
        )
    ]
