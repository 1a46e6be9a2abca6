from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("annotations", "0012_article_imports")]

    operations = [
        migrations.CreateModel(
            name="WriteProbe",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("written_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(name="write_probe_is_one_row", condition=models.Q(pk=1))
                ],
            },
        ),
    ]
