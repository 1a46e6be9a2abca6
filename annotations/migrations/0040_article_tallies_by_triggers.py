"""Let the database itself count the articles of projects and imports, and mark the imports that are in use.

The articles of an import count in their project from the moment when it is published: its sums are added in one step.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from annotations.migrations import _tallies
from annotations.migrations._tallies import Tallied

IMPORT, ARTICLES, BROUGHT = (
    "annotations_articleimport",
    "annotations_articletally",
    "annotations_importtally",
)
IS_PUBLISHED = (
    "{row}.imported_in_id IS NULL OR "
    f"(SELECT published_at FROM {IMPORT} WHERE id = {{row}}.imported_in_id) IS NOT NULL"
)
ALL = (
    Tallied(
        "annotations_article",
        ARTICLES,
        {
            "project_id": f"(CASE WHEN {IS_PUBLISHED} THEN {{row}}.project_id END)",
            "is_excluded": "({row}.excluded_at IS NOT NULL)",
        },
        {"number": "1"},
        name="annotations_article_tally",
    ),
    Tallied(
        "annotations_article",
        BROUGHT,
        {"imported_in_id": "{row}.imported_in_id", "is_excluded": "({row}.excluded_at IS NOT NULL)"},
        {"number": "1"},
        name="annotations_article_import_tally",
    ),
)
OF_TASK = "JOIN annotations_article a ON a.id = t.article_id"
USES = {
    "annotations_annotation": (
        "assignment_id",
        (
            "JOIN annotations_assignment s ON s.id = one.assignment_id "
            f"JOIN annotations_task t ON t.id = s.task_id {OF_TASK}"
        ),
    ),
    "annotations_decision": ("task_id", f"JOIN annotations_task t ON t.id = one.task_id {OF_TASK}"),
    "annotations_releaseitem": ("article_id", "JOIN annotations_article a ON a.id = one.article_id"),
}
"""From which column, and how, the article is found of a row that puts its import in use."""


def watch(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    _tallies.watch(ALL, schema_editor)
    for statement in _publish_on_sqlite() if is_sqlite else _publish_on_postgresql():
        schema_editor.execute(statement)
    for table, (column, join) in USES.items():
        schema_editor.execute(_mark(f"SELECT a.imported_in_id FROM {table} one {join}"))
        schema_editor.execute(
            _mark_on_sqlite(table, column, join) if is_sqlite else _mark_on_postgresql(table, join)
        )


def leave(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    _tallies.leave(ALL, schema_editor)
    for name, table in (
        (f"{IMPORT}_published", IMPORT),
        *((f"{table}_uses_import", table) for table in USES),
    ):
        schema_editor.execute(
            f"DROP TRIGGER {name}" if is_sqlite else f"DROP TRIGGER {name} ON {table}; DROP FUNCTION {name}()"
        )


def _publish_on_sqlite() -> list[str]:
    """Add what the import brought to the rows of its project, or take it away where it is hidden again."""
    brought = (
        f"(SELECT COALESCE(SUM(number), 0) FROM {BROUGHT} "
        f"WHERE imported_in_id = NEW.id AND is_excluded = {ARTICLES}.is_excluded)"
    )
    rows = " ".join(
        f"INSERT INTO {ARTICLES} (project_id, is_excluded, number) SELECT NEW.project_id, {is_excluded}, 0 "
        f"WHERE NOT EXISTS (SELECT 1 FROM {ARTICLES} WHERE project_id = NEW.project_id AND is_excluded = {is_excluded});"
        for is_excluded in (0, 1)
    )
    return [
        f"""
        CREATE TRIGGER {IMPORT}_published AFTER UPDATE OF published_at ON {IMPORT}
        WHEN (OLD.published_at IS NULL) <> (NEW.published_at IS NULL) BEGIN
            {rows}
            UPDATE {ARTICLES} SET number = number + {brought} * (CASE WHEN NEW.published_at IS NULL THEN -1 ELSE 1 END)
            WHERE project_id = NEW.project_id;
        END
        """
    ]


def _publish_on_postgresql() -> list[str]:
    return [
        f"""
        CREATE FUNCTION {IMPORT}_published() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO {ARTICLES} (project_id, is_excluded, number)
            SELECT NEW.project_id, is_excluded, SUM(number) * (CASE WHEN NEW.published_at IS NULL THEN -1 ELSE 1 END)
            FROM {BROUGHT} WHERE imported_in_id = NEW.id GROUP BY is_excluded;
            RETURN NULL;
        END $$;
        CREATE TRIGGER {IMPORT}_published AFTER UPDATE OF published_at ON {IMPORT} FOR EACH ROW
            WHEN ((OLD.published_at IS NULL) <> (NEW.published_at IS NULL))
            EXECUTE FUNCTION {IMPORT}_published();
        """
    ]


def _mark(imports: str) -> str:
    return f"UPDATE {IMPORT} SET is_used = TRUE WHERE NOT is_used AND id IN ({imports})"


def _mark_on_sqlite(table: str, column: str, join: str) -> str:
    marked = _mark(f"SELECT a.imported_in_id FROM (SELECT NEW.{column} AS {column}) one {join}")
    return f"CREATE TRIGGER {table}_uses_import AFTER INSERT ON {table} BEGIN {marked}; END"


def _mark_on_postgresql(table: str, join: str) -> str:
    marked = _mark(f"SELECT a.imported_in_id FROM new_rows one {join}")
    return f"""
        CREATE FUNCTION {table}_uses_import() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            {marked};
            RETURN NULL;
        END $$;
        CREATE TRIGGER {table}_uses_import AFTER INSERT ON {table} REFERENCING NEW TABLE AS new_rows
            FOR EACH STATEMENT EXECUTE FUNCTION {table}_uses_import();
    """


class Migration(migrations.Migration):
    dependencies = [("annotations", "0039_article_tallies")]

    operations = [migrations.RunPython(watch, leave)]
