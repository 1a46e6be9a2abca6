"""Let a round that is on its way count where it will be, with less work a task, and let two who change one article wait for each other."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from annotations.migrations import _planned


def change(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _planned.take_down(schema_editor)
    _planned.keep(schema_editor, _planned.on_its_way)


def change_back(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _planned.take_down(schema_editor)
    _planned.keep(schema_editor, _planned.in_its_project)


class Migration(migrations.Migration):
    dependencies = [("annotations", "0073_rounds_under_way")]

    operations = [migrations.RunPython(change, change_back)]
