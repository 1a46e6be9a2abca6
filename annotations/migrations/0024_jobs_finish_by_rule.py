"""Call the jobs that finish what the merge rule settles by what they do, which is not only unanimity."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import Value
from django.db.models.functions import Replace

BEFORE, AFTER = "finish_unanimous", "finish_by_rule"


def _rename(apps: StateApps, before: str, after: str) -> None:
    jobs = apps.get_model("annotations", "Job").objects.filter(kind=before)
    jobs.update(kind=after, key=Replace("key", Value(before), Value(after)))


def rename(apps: StateApps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    _rename(apps, BEFORE, AFTER)


def rename_back(apps: StateApps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    _rename(apps, AFTER, BEFORE)


class Migration(migrations.Migration):
    dependencies = [
        ("annotations", "0023_canonical_is_frozen"),
    ]

    operations = [migrations.RunPython(rename, rename_back)]
