from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("annotations", "0005_studio_editor_id")]

    operations = [
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(
                name="assignment_by_lease",
                fields=["leased_until"],
                condition=models.Q(status="queued"),
            ),
        ),
    ]
