"""Keep what a record says of a gold as it is written in releases and exports, and fill it in for those there are."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from annotations.formats.canonical import write_members
from annotations.formats.record import AnnotationReference, describe_gold_content, name_annotator
from annotations.migrations._guards import unguarded

AT_ONCE = 200


def fill_in(apps: StateApps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    pseudonyms = _name_annotators(apps)
    golds = apps.get_model("annotations", "Gold").objects
    annotations = apps.get_model("annotations", "Annotation").objects
    rows = golds.order_by("pk").select_related("task__article", "task__round")
    for chunk in _chunks(rows.defer("task__article__original", "task__article__canonical")):
        wanted = {number for gold in chunk for number in gold.markup.get("annotations", ())}
        revisions = {
            number: row
            for number, *row in annotations.filter(pk__in=wanted).values_list(
                "pk", "assignment__annotator_id", "revision", "sha256"
            )
        }
        for gold in chunk:
            named = pseudonyms[gold.task.round.project_id]
            gold.canonical = write_members(
                describe_gold_content(
                    gold.markup,
                    gold.task.article.text,
                    status=gold.status,
                    annotations=[
                        AnnotationReference(named[annotator], revision, sha256)
                        for annotator, revision, sha256 in map(
                            revisions.__getitem__, gold.markup["annotations"]
                        )
                    ],
                    pseudonyms=named,
                )
            )
        golds.bulk_update(chunk, ["canonical"])


def _chunks(rows: Any) -> Iterator[list[Any]]:
    last = 0
    while chunk := list(rows.filter(pk__gt=last)[:AT_ONCE]):
        yield chunk
        last = chunk[-1].pk


def _name_annotators(apps: StateApps) -> defaultdict[int, dict[int, str]]:
    """The pseudonyms of each project: in the order in which people first took part."""
    named: defaultdict[int, dict[int, str]] = defaultdict(dict)
    participants = apps.get_model("annotations", "Participant").objects.order_by("pk")
    for project, annotator in participants.values_list("round__project_id", "annotator_id"):
        named[project].setdefault(annotator, name_annotator(len(named[project])))
    return named


class Migration(migrations.Migration):
    dependencies = [("annotations", "0026_ask_the_rule_once")]

    operations = unguarded(
        migrations.AddField(
            model_name="gold",
            name="canonical",
            field=models.TextField(
                default="", help_text="What a record says of it: members of canonical JSON, a line each."
            ),
            preserve_default=False,
        ),
        migrations.RunPython(fill_in, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="gold",
            constraint=models.CheckConstraint(
                name="gold_has_canonical", condition=models.Q(("canonical", ""), _negated=True)
            ),
        ),
    )
