"""Let the database itself count the articles that the rounds of a project have, and count what is there."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from annotations.migrations import _planned


def watch(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _planned.watch(schema_editor, _planned.in_its_project)


def leave(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _planned.leave(schema_editor)


class Migration(migrations.Migration):
    dependencies = [("annotations", "0071_planned_tallies")]

    operations = [migrations.RunPython(watch, leave)]
