"""Note with which import an article came in, so that those of one that is not published are left out."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("annotations", "0011_agreement_blocks"),
    ]

    operations = [
        migrations.CreateModel(
            name="ArticleImport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("busy_until", models.DateTimeField()),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="article_imports",
                        to="annotations.project",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.AddField(
            model_name="article",
            name="imported_in",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="annotations.articleimport",
            ),
        ),
        migrations.AddConstraint(
            model_name="articleimport",
            constraint=models.UniqueConstraint(
                condition=models.Q(("published_at", None)),
                fields=("project",),
                name="article_import_alone_in_project",
            ),
        ),
    ]
