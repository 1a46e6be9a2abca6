"""Let people be told by e-mail what waits for them, or not."""

from django.db import migrations, models

from annotations.migrations._guards import unguarded


class Migration(migrations.Migration):
    dependencies = [("annotations", "0081_project_studio")]

    operations = [
        *unguarded(
            migrations.AddField(
                model_name="user",
                name="wants_digest",
                field=models.BooleanField(
                    default=True, help_text="Is told by e-mail what waits for them and when it is due."
                ),
            ),
            migrations.AddField(
                model_name="user",
                name="digest_sent_on",
                field=models.DateField(
                    null=True,
                    blank=True,
                    help_text="The day on which they were last told; never twice on one.",
                ),
            ),
        )
    ]
