"""Spend less on each article that comes in: no count of one that nobody sees yet."""

from importlib import import_module

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from annotations.migrations import _tallies

tallied = import_module("annotations.migrations.0040_article_tallies_by_triggers")


def change(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _tallies.skip_untallied(tallied.ALL, schema_editor)


class Migration(migrations.Migration):
    dependencies = [("annotations", "0083_canonical_without_text")]

    operations = [migrations.RunPython(change, migrations.RunPython.noop)]
