"""Indexes that Django gives every foreign key, taken away where another index begins with the same column."""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import AlterField
from django.db.migrations.state import ProjectState


class DropIndexOfForeignKey(AlterField):
    """Say that a foreign key has no index of its own, and drop it: on SQLite, too, without making the whole table anew."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: Any
    ) -> None:
        del to_state
        model = from_state.apps.get_model(app_label, self.model_name)
        field = model._meta.get_field(self.name)
        named = [index.name for index in model._meta.indexes]
        found = schema_editor._constraint_names(  # type: ignore[attr-defined]  # noqa: SLF001 - as Django does it itself
            model, [field.column], index=True, unique=False, exclude=named
        )
        for name in found:
            schema_editor.execute(f"DROP INDEX {schema_editor.quote_name(name)}")

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: ProjectState
    ) -> None:
        del from_state
        model = to_state.apps.get_model(app_label, self.model_name)
        statements = schema_editor._field_indexes_sql(  # type: ignore[attr-defined]  # noqa: SLF001 - as above
            model, model._meta.get_field(self.name)
        )
        for statement in statements:
            schema_editor.execute(statement)
