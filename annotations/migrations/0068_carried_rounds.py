"""Rounds that are carried over to a later version of the scheme, and the origin of what is written so."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from annotations.migrations._guards import unguarded


class Migration(migrations.Migration):
    dependencies = [
        ("annotations", "0067_scheme_previews"),
    ]

    operations = [
        migrations.CreateModel(
            name="CarriedRound",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("mapping", models.TextField(help_text="What becomes of everything, as TOML.")),
                ("seen", models.JSONField(default=dict, help_text="How the source stood when this began.")),
                (
                    "counts",
                    models.JSONField(
                        default=dict, help_text="What was kept, left out, not kept and left to adjudicators."
                    ),
                ),
                ("begun_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                ("taken_back_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        *unguarded(
            migrations.RemoveConstraint(
                model_name="annotation",
                name="annotation_origin_is_known",
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
                        ("carried", "carried over from an earlier version of the scheme"),
                    ],
                    max_length=10,
                ),
            ),
            migrations.AddConstraint(
                model_name="annotation",
                constraint=models.CheckConstraint(
                    condition=models.Q(("origin__in", ["gateway", "reconcile", "import", "gold", "carried"])),
                    name="annotation_origin_is_known",
                ),
            ),
        ),
        migrations.AddField(
            model_name="carriedround",
            name="begun_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="carriedround",
            name="holding",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="held_carried",
                to="annotations.project",
            ),
        ),
        migrations.AddField(
            model_name="carriedround",
            name="project",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="carried_rounds",
                to="annotations.project",
            ),
        ),
        migrations.AddField(
            model_name="carriedround",
            name="round",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="carried_from",
                to="annotations.round",
            ),
        ),
        migrations.AddField(
            model_name="carriedround",
            name="scheme",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="annotations.scheme"
            ),
        ),
        migrations.AddField(
            model_name="carriedround",
            name="source",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="carried_to", to="annotations.round"
            ),
        ),
        migrations.AddConstraint(
            model_name="carriedround",
            constraint=models.UniqueConstraint(
                condition=models.Q(("taken_back_at", None)), fields=("source",), name="carried_round_once"
            ),
        ),
    ]
