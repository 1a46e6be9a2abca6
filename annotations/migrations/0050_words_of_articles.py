"""Keep the words of articles for full-text search: a virtual table on SQLite, a column with an index on PostgreSQL.

Neither is a model of Django's. On SQLite a trigger takes the words of an article away with its sample.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

SQLITE = (
    "CREATE VIRTUAL TABLE annotations_articlewords USING fts5(words, tokenize = 'unicode61 remove_diacritics 0')",
    "CREATE TRIGGER annotations_articlesketch_words AFTER DELETE ON annotations_articlesketch FOR EACH ROW BEGIN DELETE FROM annotations_articlewords WHERE rowid = OLD.article_id; END",
)
SQLITE_BACK = ("DROP TRIGGER annotations_articlesketch_words", "DROP TABLE annotations_articlewords")
POSTGRESQL = (
    "ALTER TABLE annotations_articlesketch ADD COLUMN words tsvector",
    "CREATE INDEX article_words ON annotations_articlesketch USING gin (words)",
)
POSTGRESQL_BACK = ("ALTER TABLE annotations_articlesketch DROP COLUMN words",)


def add(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def remove(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in SQLITE_BACK if schema_editor.connection.vendor == "sqlite" else POSTGRESQL_BACK:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("annotations", "0049_choosing_articles")]

    operations = [migrations.RunPython(add, remove)]
