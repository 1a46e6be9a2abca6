"""Give the numbers of articles of projects and of imports a place of their own, and imports a mark that they are in use."""

import django.db.models.deletion
from django.db import migrations, models

from annotations.migrations._guards import unguarded

KEY = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


class Migration(migrations.Migration):
    dependencies = [
        ("annotations", "0038_decision_reason"),
    ]

    operations = [
        *unguarded(
            migrations.AddField(
                model_name="articleimport",
                name="is_used",
                field=models.BooleanField(
                    default=False, help_text="An article of it was annotated, decided about or released."
                ),
            ),
            migrations.AlterField(
                model_name="article",
                name="imported_in",
                field=models.ForeignKey(
                    blank=True,
                    db_index=False,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="annotations.articleimport",
                ),
            ),
            migrations.AddIndex(
                model_name="article",
                index=models.Index(fields=["imported_in", "id"], name="article_of_import"),
            ),
        ),
        migrations.CreateModel(
            name="ArticleTally",
            fields=[
                ("id", KEY),
                ("is_excluded", models.BooleanField()),
                ("number", models.IntegerField()),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="article_tallies",
                        to="annotations.project",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ImportTally",
            fields=[
                ("id", KEY.clone()),
                ("is_excluded", models.BooleanField()),
                ("number", models.IntegerField()),
                (
                    "imported_in",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tallies",
                        to="annotations.articleimport",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
    ]
