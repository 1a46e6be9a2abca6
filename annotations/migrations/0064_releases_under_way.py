"""Let a release be written in parts before it is numbered: until then its row can be changed, and from then on it cannot."""

from importlib import import_module

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

append_only = import_module("annotations.migrations.0002_append_only")
TABLE = "annotations_release"
MESSAGE = f"{TABLE} is append-only"


def guard_numbered(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _guard(schema_editor, "OLD.number <> 0")


def guard_all(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _guard(schema_editor, "TRUE")


def _guard(schema_editor: BaseDatabaseSchemaEditor, condition: str) -> None:
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    append_only.drop_trigger(schema_editor, TABLE)
    schema_editor.execute(append_only.write_trigger(TABLE, "", condition, MESSAGE, is_sqlite=is_sqlite))


class Migration(migrations.Migration):
    dependencies = [("annotations", "0063_release_levels")]

    operations = [migrations.RunPython(guard_numbered, guard_all)]
