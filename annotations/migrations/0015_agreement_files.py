"""Keep files of agreement reports as they were handed out."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("annotations", "0014_merge_rule"),
    ]

    operations = [
        migrations.CreateModel(
            name="AgreementFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "key",
                    models.CharField(
                        help_text="The checksum of what was asked for and of the counts.", max_length=64
                    ),
                ),
                ("content", models.BinaryField(help_text="Compressed with zlib.")),
                (
                    "statistics",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="annotations.agreementstatistics",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("statistics", "key"), name="agreement_file_unique")
                ],
            },
        ),
    ]
