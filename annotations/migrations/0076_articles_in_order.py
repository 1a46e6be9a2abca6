"""Find articles in the order of their titles, lengths and sources without reading them all."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("annotations", "0075_rounds_are_due")]

    operations = [
        migrations.AddIndex(
            model_name="article",
            index=models.Index(name="article_by_title", fields=["project", "title", "id"]),
        ),
        migrations.AddIndex(
            model_name="article",
            index=models.Index(name="article_by_length", fields=["project", "length", "id"]),
        ),
        migrations.AddIndex(
            model_name="article",
            index=models.Index(name="article_by_source", fields=["project", "source", "id"]),
        ),
    ]
