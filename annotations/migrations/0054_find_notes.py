"""Say of every annotation there is whether it has words for the team, as the scheme of its round tells."""

import tomllib

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import F
from django.db.models.functions import Coalesce

AT_ONCE = 2_000
ROUND = "assignment__task__round"


def fill_in(apps: StateApps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    noted = apps.get_model("annotations", "NotedAnnotation")
    annotations = apps.get_model("annotations", "Annotation").objects
    for scheme, source in apps.get_model("annotations", "Scheme").objects.values_list("pk", "source"):
        fields = tomllib.loads(source).get("fields", [])
        prose = {field["name"] for field in fields if field.get("kind") == "text"}
        rows = (
            annotations.filter(**{f"{ROUND}__scheme": scheme})
            .annotate(
                project_id=Coalesce(
                    f"{ROUND}__annotation_import__article_import__project", f"{ROUND}__project"
                ),
                annotator_id=F("assignment__annotator"),
            )
            .order_by("pk")
            .values("pk", "fields", "annotator_id", "project_id")
        )
        last = 0
        while prose and (some := list(rows.filter(pk__gt=last)[:AT_ONCE])):
            last = some[-1]["pk"]
            noted.objects.bulk_create(
                noted(annotation_id=row["pk"], annotator_id=row["annotator_id"], project_id=row["project_id"])
                for row in some
                if any(name in prose and str(value).strip() for name, value in row["fields"].items())
            )


def leave(_apps: StateApps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The rows go with their table."""


class Migration(migrations.Migration):
    dependencies = [("annotations", "0053_noted_annotations")]

    operations = [migrations.RunPython(fill_in, leave)]
