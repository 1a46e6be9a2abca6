from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("annotations", "0009_round_guards")]

    operations = [
        migrations.AddField(
            model_name="assignment",
            name="saving_content",
            field=models.UUIDField(
                blank=True,
                help_text="Of the digest of what is on its way to the Studio; nothing else may be.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="assignment",
            name="saving_until",
            field=models.DateTimeField(
                blank=True, help_text="A save that was cut off holds up others until then.", null=True
            ),
        ),
    ]
