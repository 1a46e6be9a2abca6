"""Let a project say of which rules of its scheme annotators are only warned."""

from django.db import migrations, models

from annotations.migrations._guards import unguarded


class Migration(migrations.Migration):
    dependencies = [("annotations", "0079_quizzes")]

    operations = [
        *unguarded(
            migrations.AddField(
                model_name="project",
                name="warned_rules",
                field=models.JSONField(
                    default=list,
                    blank=True,
                    help_text="Codes of rules of the scheme that annotators are only warned of.",
                ),
            )
        )
    ]
