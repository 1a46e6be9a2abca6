"""Keep the counts of agreement in blocks of tasks. Those that were kept as one are forgotten: they are counted again."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("annotations", "0010_assignment_saving")]

    operations = [
        migrations.RemoveField(model_name="agreementstatistics", name="documents"),
        migrations.RemoveField(model_name="agreementstatistics", name="content"),
        migrations.AlterField(
            model_name="agreementstatistics",
            name="fingerprint",
            field=models.CharField(
                help_text="Of the annotations that were counted; empty while they are being counted.",
                max_length=200,
            ),
        ),
        migrations.CreateModel(
            name="AgreementBlock",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "number",
                    models.PositiveBigIntegerField(
                        help_text="Tasks whose numbers divide to this one are in it."
                    ),
                ),
                (
                    "fingerprint",
                    models.CharField(help_text="Of the annotations that were counted.", max_length=200),
                ),
                (
                    "content",
                    models.BinaryField(help_text="The counts, as the agreement library writes them."),
                ),
                (
                    "statistics",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="blocks",
                        to="annotations.agreementstatistics",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("statistics", "number"), name="agreement_block_unique")
                ],
            },
        ),
    ]
