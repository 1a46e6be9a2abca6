"""Find the gold that breaks rules of its scheme without reading the rest."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("annotations", "0061_release_notices"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="gold",
            index=models.Index(
                condition=models.Q(("unmet__gt", 0)), fields=["id"], name="gold_against_rules"
            ),
        ),
    ]
