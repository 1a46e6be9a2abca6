"""Keep which token made a token, so that it ends with it, and let projects call different schemes the same."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from annotations.migrations._guards import unguarded


class Migration(migrations.Migration):
    dependencies = [
        ("annotations", "0021_fill_in_annotated_at"),
    ]

    operations = [
        *unguarded(
            migrations.AddField(
                model_name="apitoken",
                name="made_with",
                field=models.ForeignKey(
                    blank=True,
                    help_text="The token that made this one; it ends with it.",
                    null=True,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="made_tokens",
                    to=settings.KNOX_TOKEN_MODEL,
                ),
            ),
            migrations.RemoveConstraint(model_name="scheme", name="scheme_version_unique"),
        ),
    ]
