"""Let files wait for their import, be read by a job, and articles be versions of earlier ones."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from annotations.migrations._guards import unguarded


class Migration(migrations.Migration):
    dependencies = [
        ("annotations", "0044_duplicates"),
    ]

    operations = [
        *unguarded(
            migrations.RemoveConstraint(
                model_name="articleimport",
                name="article_import_alone_in_project",
            ),
            migrations.AddField(
                model_name="article",
                name="version_of",
                field=models.ForeignKey(
                    blank=True,
                    db_index=False,
                    help_text="The article with the same id and an earlier text, which was there before.",
                    null=True,
                    on_delete=django.db.models.deletion.SET_NULL,
                    related_name="later_versions",
                    to="annotations.article",
                ),
            ),
            migrations.AddField(
                model_name="articleimport",
                name="asked",
                field=models.PositiveIntegerField(
                    default=0, help_text="How often somebody asked to have it read."
                ),
            ),
            migrations.AddField(
                model_name="articleimport",
                name="choices",
                field=models.JSONField(
                    blank=True, default=dict, help_text="What was said of how its files are to be read."
                ),
            ),
            migrations.AddField(
                model_name="articleimport",
                name="is_staged",
                field=models.BooleanField(
                    default=True,
                    help_text="Whether articles of it are written; before that its files come in, or wait to be read.",
                ),
            ),
            migrations.AddField(
                model_name="articleimport",
                name="report",
                field=models.JSONField(
                    blank=True, help_text="What its files hold, since they were last read.", null=True
                ),
            ),
            migrations.AddField(
                model_name="articleimport",
                name="started_by",
                field=models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            migrations.AddConstraint(
                model_name="articleimport",
                constraint=models.UniqueConstraint(
                    condition=models.Q(("is_staged", True), ("published_at", None)),
                    fields=("project",),
                    name="article_import_alone_in_project",
                ),
            ),
            migrations.AddConstraint(
                model_name="articleimport",
                constraint=models.CheckConstraint(
                    condition=models.Q(
                        ("is_staged", True),
                        models.Q(("published_at", None), ("report__isnull", True)),
                        _connector="OR",
                    ),
                    name="article_import_is_read_before_it_is_published",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="article",
            index=models.Index(
                condition=models.Q(("version_of__isnull", False)),
                fields=["version_of"],
                name="article_of_version",
            ),
        ),
        migrations.CreateModel(
            name="ImportFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "article_import",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="annotations.articleimport",
                    ),
                ),
                (
                    "name",
                    models.CharField(help_text="With the folders it lay in, and slashes.", max_length=400),
                ),
                ("size", models.PositiveBigIntegerField(help_text="Bytes that were announced.")),
                (
                    "received",
                    models.PositiveBigIntegerField(
                        default=0, help_text="Bytes that have come, from the first on."
                    ),
                ),
                (
                    "parts",
                    models.JSONField(
                        blank=True, default=list, help_text="Each part's name in the storage and its bytes."
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.AddConstraint(
            model_name="importfile",
            constraint=models.UniqueConstraint(
                fields=("article_import", "name"), name="import_file_name_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="importfile",
            constraint=models.CheckConstraint(
                condition=models.Q(("received__lte", models.F("size"))),
                name="import_file_is_no_longer_than_announced",
            ),
        ),
    ]
