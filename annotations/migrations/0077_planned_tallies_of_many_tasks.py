"""Let PostgreSQL count planned articles in time that grows with the tasks of a statement, not with their square."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from annotations.migrations import _planned


def change(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        _planned.take_down(schema_editor)
        _planned.keep(schema_editor, _planned.on_its_way)


class Migration(migrations.Migration):
    dependencies = [("annotations", "0076_articles_in_order")]

    operations = [migrations.RunPython(change, migrations.RunPython.noop)]
