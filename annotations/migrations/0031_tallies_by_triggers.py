"""Let the database itself keep the tallies of tasks and assignments, and count what is there."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from annotations.migrations import _tallies
from annotations.migrations._tallies import Tallied

ALL = (
    Tallied(
        "annotations_task",
        "annotations_tasktally",
        {
            "round_id": "{row}.round_id",
            "status": "{row}.status",
            "is_claimable": "({row}.status = 'open' AND {row}.claimed < {row}.wanted)",
        },
        {"number": "1", "wanted": "{row}.wanted"},
        name="annotations_task_tally",
    ),
    Tallied(
        "annotations_assignment",
        "annotations_assignmenttally",
        {
            "round_id": "(SELECT round_id FROM annotations_task WHERE id = {row}.task_id)",
            "annotator_id": "{row}.annotator_id",
            "status": "{row}.status",
        },
        {"number": "1"},
        name="annotations_assignment_tally",
    ),
)


def watch(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _tallies.watch(ALL, schema_editor)


def leave(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _tallies.leave(ALL, schema_editor)


class Migration(migrations.Migration):
    dependencies = [("annotations", "0030_tallies")]

    operations = [migrations.RunPython(watch, leave)]
