"""Keep the text of an article once: what a record says of it is written without the text, which stands beside it.

The members lie in lines, of which the one of the text is taken out, or put back where a record has it.
"""

from collections.abc import Callable, Iterator
from typing import Any

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from annotations.formats.canonical import write_canonical
from annotations.migrations._guards import unguarded

AT_ONCE = 200
TEXT = '"text":'


def take_out(apps: StateApps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    _rewrite(apps, lambda members, _: [line for line in members if not line.startswith(TEXT)])


def put_in(apps: StateApps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    _rewrite(apps, lambda members, text: sorted([*members, f"{TEXT}{write_canonical(text)}"]))


def _rewrite(apps: StateApps, change: Callable[[list[str], str], list[str]]) -> None:
    articles = apps.get_model("annotations", "Article").objects
    for chunk in _chunks(articles.order_by("pk").only("canonical", "text")):
        for article in chunk:
            article.canonical = "\n".join(change(article.canonical.split("\n"), article.text))
        articles.bulk_update(chunk, ["canonical"])


def _chunks(rows: Any) -> Iterator[list[Any]]:
    last = 0
    while chunk := list(rows.filter(pk__gt=last)[:AT_ONCE]):
        yield chunk
        last = chunk[-1].pk


class Migration(migrations.Migration):
    dependencies = [("annotations", "0082_digests")]

    operations = unguarded(
        migrations.AlterField(
            model_name="article",
            name="canonical",
            field=models.TextField(
                blank=True,
                help_text="What a record says of the text: members of canonical JSON, a line each.",
            ),
        ),
        migrations.RunPython(take_out, put_in),
    )
