"""Let the database keep everything out of an archived project that would be put on record there, but for its end itself."""

from importlib import import_module

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

lifecycle = import_module("annotations.migrations.0034_lifecycle_guards")
NAME, TABLE = "annotations_event_live", "annotations_event"
OF_ITS_END = ("archived", "deleted")
CONDITION = (
    f"NEW.verb NOT IN {OF_ITS_END} AND EXISTS "
    "(SELECT 1 FROM annotations_project WHERE id = NEW.project_id AND archived_at IS NOT NULL)"
)


def guard(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    trigger = lifecycle.write_trigger(
        NAME, TABLE, "INSERT", CONDITION, "the project is archived", is_sqlite=is_sqlite
    )
    schema_editor.execute(trigger)


def unguard(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    schema_editor.execute(
        f"DROP TRIGGER {NAME}" if is_sqlite else f"DROP TRIGGER {NAME} ON {TABLE}; DROP FUNCTION {NAME}()"
    )


class Migration(migrations.Migration):
    dependencies = [("annotations", "0041_annotation_imports")]

    operations = [migrations.RunPython(guard, unguard)]
