"""How a migration changes a table without losing the triggers that guard it.

SQLite changes a column or a constraint by making the table anew, which drops the table's triggers without a word; and it
refuses to while a trigger of another table reads the one that is being replaced. PostgreSQL does neither, but there too a
guarded row can be filled in only while its guard is down. So a migration that changes a table of ours is written as

    operations = [*unguarded(migrations.AddField(...), migrations.AddConstraint(...))]

A migration that changes a guard itself (the columns it freezes, its condition) writes the new trigger after that.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import StateApps

_taken_down: dict[str, list[str]] = {}
"""The statements that made the triggers, by the alias of the database, between taking down and putting back."""


def unguarded(*operations: Operation) -> list[Operation]:
    """Take all triggers of the database down before operations of a migration and put them back after, in either direction."""
    return [
        migrations.RunPython(take_down, put_back),
        *operations,
        migrations.RunPython(put_back, take_down),
    ]


def take_down(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Drop every trigger of an SQLite database, and remember how each was made; on PostgreSQL they only stand still."""
    if schema_editor.connection.vendor != "sqlite":
        _switch(schema_editor, "DISABLE")
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name")
        triggers = cursor.fetchall()
    _taken_down[schema_editor.connection.alias] = [made_by for _, made_by in triggers]
    for name, _ in triggers:
        schema_editor.execute(f'DROP TRIGGER "{name}"')


def put_back(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make the triggers that were taken down again, word for word."""
    if schema_editor.connection.vendor != "sqlite":
        _switch(schema_editor, "ENABLE")
        return
    for made_by in _taken_down.pop(schema_editor.connection.alias, []):
        schema_editor.execute(made_by)


def _switch(schema_editor: BaseDatabaseSchemaEditor, to: str) -> None:
    """Let the guards of PostgreSQL work or stand still; what waits to be checked at commit is checked before."""
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT event_object_table, trigger_name FROM information_schema.triggers "
            "WHERE trigger_schema = current_schema()"
        )
        triggers = cursor.fetchall()
    for table, name in triggers:
        schema_editor.execute(f'ALTER TABLE "{table}" {to} TRIGGER "{name}"')
