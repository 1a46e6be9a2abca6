from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("annotations", "0002_append_only")]

    operations = [
        migrations.AddField(
            model_name="participant",
            name="studio_busy_until",
            field=models.DateTimeField(
                blank=True,
                help_text="Set while somebody works on the studio project; a time gone by tells of work left unfinished.",
                null=True,
            ),
        ),
    ]
