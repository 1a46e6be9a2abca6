"""Fill in when tasks had all their annotations; where that was undone since, as soon as so many people had submitted one."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import Count, F


def fill_in(apps: StateApps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    tasks = apps.get_model("annotations", "Task").objects
    tasks.filter(status__in=["annotated", "adjudicated"]).update(annotated_at=F("status_changed_at"))
    opened = tasks.filter(annotated_at=None).annotate(submitted=Count("assignments__current"))
    numbers = opened.filter(submitted__gte=F("wanted")).values("pk")
    tasks.filter(pk__in=numbers).update(annotated_at=F("status_changed_at"))


def leave(_apps: StateApps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The column goes with the schema."""


class Migration(migrations.Migration):
    dependencies = [
        ("annotations", "0020_task_annotated_at"),
    ]

    operations = [
        migrations.RunPython(fill_in, leave),
    ]
