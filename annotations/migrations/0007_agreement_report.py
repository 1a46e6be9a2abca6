from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def empty_cache(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """What was counted before is counted again when somebody asks for it."""
    apps.get_model("annotations", "AgreementStatistics").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [
        ("annotations", "0006_assignment_by_lease"),
    ]

    operations = [
        migrations.RunPython(empty_cache, migrations.RunPython.noop),
        migrations.RemoveField(model_name="agreementstatistics", name="reports"),
        migrations.AlterField(
            model_name="agreementstatistics",
            name="documents",
            field=models.JSONField(help_text="For each task the annotations counted."),
        ),
        migrations.CreateModel(
            name="AgreementReport",
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
                        help_text="The checksum of the options and of the counts.", max_length=64
                    ),
                ),
                ("content", models.JSONField()),
                (
                    "statistics",
                    models.ForeignKey(
                        on_delete=models.deletion.CASCADE,
                        related_name="reports",
                        to="annotations.agreementstatistics",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("statistics", "key"), name="agreement_report_unique")
                ],
            },
        ),
    ]
