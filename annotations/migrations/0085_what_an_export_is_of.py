from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("annotations", "0084_cheaper_articles"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="assignment",
            name="assignment_of_task",
        ),
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(fields=["task", "annotator", "status", "current"], name="assignment_of_task"),
        ),
    ]
