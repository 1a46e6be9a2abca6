"""Let the database itself keep archived projects as they are, and give out no task of a closed round or an excluded article.

Nothing is added to an archived project. A task of an excluded article, or of a closed round, never waits for anybody.
Corrections of guidelines are append-only.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

ROUND = "SELECT project_id FROM annotations_round WHERE id = NEW.round_id"
TASK = "SELECT r.project_id FROM annotations_task t JOIN annotations_round r ON r.id = t.round_id WHERE t.id = NEW.task_id"
ASSIGNMENT = (
    "SELECT r.project_id FROM annotations_assignment a JOIN annotations_task t ON t.id = a.task_id "
    "JOIN annotations_round r ON r.id = t.round_id WHERE a.id = NEW.assignment_id"
)
PROJECT_OF = {
    "annotations_article": "NEW.project_id",
    "annotations_articleimport": "NEW.project_id",
    "annotations_guidelinerevision": "NEW.project_id",
    "annotations_invitation": "NEW.project_id",
    "annotations_release": "NEW.project_id",
    "annotations_round": "NEW.project_id",
    "annotations_task": f"({ROUND})",
    "annotations_decision": f"({TASK})",
    "annotations_gold": f"({TASK})",
    "annotations_annotation": f"({ASSIGNMENT})",
}
"""How the project is found of a row that is about to be added."""
IS_EXCLUDED = (
    "NEW.status IN ('open', 'annotated', 'adjudicated') AND EXISTS "
    "(SELECT 1 FROM annotations_article WHERE id = NEW.article_id AND excluded_at IS NOT NULL)"
)
IS_CLOSED = (
    "NEW.status = 'open' AND EXISTS "
    "(SELECT 1 FROM annotations_round WHERE id = NEW.round_id AND closed_at IS NOT NULL)"
)


def list_triggers() -> list[tuple[str, str, str, str, str]]:
    """Name, table, event, condition and message of each."""
    triggers = [
        (
            f"{table}_live",
            table,
            "INSERT",
            f"EXISTS (SELECT 1 FROM annotations_project WHERE id = {project} AND archived_at IS NOT NULL)",
            "the project is archived",
        )
        for table, project in PROJECT_OF.items()
    ]
    for name, event in (("added", "INSERT"), ("changed", "UPDATE OF status")):
        triggers += [
            (
                f"annotations_task_excluded_{name}",
                "annotations_task",
                event,
                IS_EXCLUDED,
                "the article is excluded",
            ),
            (f"annotations_task_closed_{name}", "annotations_task", event, IS_CLOSED, "the round is closed"),
        ]
    frozen = ("annotations_guidelinerevision_frozen", "annotations_guidelinerevision", "UPDATE")
    return [*triggers, (*frozen, "TRUE", "annotations_guidelinerevision is append-only")]


def guard(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for trigger in list_triggers():
        schema_editor.execute(write_trigger(*trigger, is_sqlite=is_sqlite))


def write_trigger(name: str, table: str, event: str, condition: str, message: str, *, is_sqlite: bool) -> str:
    if is_sqlite:
        return (
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        )
    return f"""
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF {condition} THEN
                RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}();
    """


def unguard(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for name, table, *_ in list_triggers():
        schema_editor.execute(
            f"DROP TRIGGER {name}" if is_sqlite else f"DROP TRIGGER {name} ON {table}; DROP FUNCTION {name}()"
        )


class Migration(migrations.Migration):
    dependencies = [("annotations", "0033_lifecycle")]

    operations = [migrations.RunPython(guard, unguard)]
