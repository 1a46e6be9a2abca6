"""Annotations made elsewhere: the imports that bring them, a kind of round for them, and who their annotators are."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from annotations.migrations._guards import unguarded


class Migration(migrations.Migration):
    dependencies = [
        ("annotations", "0040_article_tallies_by_triggers"),
    ]

    operations = [
        *unguarded(
            migrations.CreateModel(
                name="AnnotationImport",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "imported_as",
                        models.CharField(
                            choices=[("annotations", "what annotators submitted"), ("gold", "gold")],
                            default="annotations",
                            max_length=12,
                        ),
                    ),
                ],
                options={
                    "ordering": ["id"],
                },
            ),
            migrations.CreateModel(
                name="ForeignAnnotator",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("name", models.CharField(help_text="As the files call them.", max_length=200)),
                ],
                options={
                    "ordering": ["id"],
                },
            ),
            migrations.RemoveConstraint(
                model_name="annotation",
                name="annotation_origin_is_known",
            ),
            migrations.RemoveConstraint(
                model_name="round",
                name="round_kind_is_known",
            ),
            migrations.AlterField(
                model_name="annotation",
                name="origin",
                field=models.CharField(
                    choices=[
                        ("gateway", "submitted through the gateway"),
                        ("reconcile", "found by reconciling with the Studio"),
                        ("import", "imported"),
                        ("gold", "imported as gold"),
                    ],
                    max_length=10,
                ),
            ),
            migrations.AlterField(
                model_name="round",
                name="kind",
                field=models.CharField(
                    choices=[
                        ("calibration", "calibration"),
                        ("production", "production"),
                        ("retest", "retest"),
                        ("imported", "made elsewhere"),
                    ],
                    default="production",
                    max_length=12,
                ),
            ),
            migrations.AddConstraint(
                model_name="annotation",
                constraint=models.CheckConstraint(
                    condition=models.Q(("origin__in", ["gateway", "reconcile", "import", "gold"])),
                    name="annotation_origin_is_known",
                ),
            ),
            migrations.AddConstraint(
                model_name="round",
                constraint=models.CheckConstraint(
                    condition=models.Q(("kind__in", ["calibration", "production", "retest", "imported"])),
                    name="round_kind_is_known",
                ),
            ),
            migrations.AddField(
                model_name="annotationimport",
                name="article_import",
                field=models.OneToOneField(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="annotation_import",
                    to="annotations.articleimport",
                ),
            ),
            migrations.AddField(
                model_name="annotationimport",
                name="holding",
                field=models.OneToOneField(
                    blank=True,
                    help_text="The project that holds the round until the import is published.",
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="held_import",
                    to="annotations.project",
                ),
            ),
            migrations.AddField(
                model_name="annotationimport",
                name="round",
                field=models.OneToOneField(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="annotation_import",
                    to="annotations.round",
                ),
            ),
            migrations.AddField(
                model_name="foreignannotator",
                name="made_in",
                field=models.ForeignKey(
                    blank=True,
                    help_text="The import for which the account was made; empty for somebody who was there before.",
                    null=True,
                    on_delete=django.db.models.deletion.SET_NULL,
                    related_name="made_annotators",
                    to="annotations.annotationimport",
                ),
            ),
            migrations.AddField(
                model_name="foreignannotator",
                name="project",
                field=models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="foreign_annotators",
                    to="annotations.project",
                ),
            ),
            migrations.AddField(
                model_name="foreignannotator",
                name="user",
                field=models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            migrations.AddConstraint(
                model_name="annotationimport",
                constraint=models.CheckConstraint(
                    condition=models.Q(("imported_as__in", ["annotations", "gold"])),
                    name="annotation_import_as_is_known",
                ),
            ),
            migrations.AddConstraint(
                model_name="foreignannotator",
                constraint=models.UniqueConstraint(
                    fields=("project", "name"), name="foreign_annotator_unique"
                ),
            ),
            migrations.AddConstraint(
                model_name="foreignannotator",
                constraint=models.CheckConstraint(
                    condition=models.Q(("name", ""), _negated=True), name="foreign_annotator_has_name"
                ),
            ),
        )
    ]
