"""Let every task that has all its annotations await the merge rule: the jobs that were asked for one task each are no more."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def mark(apps: StateApps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("annotations", "Task").objects.filter(status="annotated").update(awaits_rule=True)


def leave(_apps: StateApps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The column goes with the schema."""


class Migration(migrations.Migration):
    dependencies = [("annotations", "0025_task_awaits_rule")]

    operations = [migrations.RunPython(mark, leave)]
