"""Note which annotations have words for the team, so that the latest are found without reading the others."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("annotations", "0052_job_log"),
    ]

    operations = [
        migrations.CreateModel(
            name="NotedAnnotation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "annotation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="noted",
                        to="annotations.annotation",
                    ),
                ),
                (
                    "annotator",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        db_index=False,
                        help_text="To which it belongs, or will as soon as its import is published.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="annotations.project",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["project", "-annotation"], name="noted_by_project"),
                    models.Index(fields=["annotator", "project", "-annotation"], name="noted_by_annotator"),
                ],
            },
        ),
    ]
