"""Say of a file of a release how much of what was annotated is in it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("annotations", "0062_find_gold_against_rules"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="releasefile",
            name="release_file_unique",
        ),
        migrations.AddField(
            model_name="releasefile",
            name="level",
            field=models.CharField(
                choices=[
                    ("gold", "gold"),
                    ("votes", "gold and votes"),
                    ("annotations", "all annotations"),
                    ("ledger", "decisions"),
                ],
                default="gold",
                help_text="How much of what was annotated is in it.",
                max_length=11,
            ),
        ),
        migrations.AddConstraint(
            model_name="releasefile",
            constraint=models.UniqueConstraint(
                fields=("release", "format", "split", "level", "version"), name="release_file_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="releasefile",
            constraint=models.CheckConstraint(
                condition=models.Q(("level__in", ["gold", "votes", "annotations", "ledger"])),
                name="release_file_level_is_known",
            ),
        ),
    ]
