"""Keep the checksum of each article's words, by which articles that differ in white space only are found."""

import hashlib
from importlib import import_module

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from annotations.migrations._guards import unguarded

append_only = import_module("annotations.migrations.0002_append_only")

TABLE = "annotations_article"
FROZEN = (*append_only.FROZEN[TABLE], "canonical")
AT_ONCE = 200


def fill_in(apps: StateApps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    articles = apps.get_model("annotations", "Article").objects
    last = 0
    while chunk := list(articles.filter(pk__gt=last).order_by("pk").only("text")[:AT_ONCE]):
        for article in chunk:
            article.words_sha256 = hashlib.sha256("".join(article.text.split()).encode()).hexdigest()
        articles.bulk_update(chunk, ["words_sha256"])
        last = chunk[-1].pk


def guard(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _replace_guard(schema_editor, (*FROZEN, "words_sha256"))


def unguard(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _replace_guard(schema_editor, FROZEN)


def _replace_guard(schema_editor: BaseDatabaseSchemaEditor, columns: tuple[str, ...]) -> None:
    append_only.drop_trigger(schema_editor, TABLE)
    schema_editor.execute(
        append_only.write_trigger(
            TABLE,
            f" OF {', '.join(columns)}",
            "TRUE",
            f"{TABLE} is append-only",
            is_sqlite=schema_editor.connection.vendor == "sqlite",
        )
    )


class Migration(migrations.Migration):
    dependencies = [("annotations", "0031_tallies_by_triggers")]

    operations = [
        *unguarded(
            migrations.AddField(
                model_name="article",
                name="words_sha256",
                field=models.CharField(
                    default="", help_text="Of the text without its white space, in UTF-8.", max_length=64
                ),
                preserve_default=False,
            ),
            migrations.RunPython(fill_in, migrations.RunPython.noop),
        ),
        migrations.RunPython(guard, unguard),
        migrations.AddIndex(
            model_name="article",
            index=models.Index(fields=["project", "words_sha256"], name="article_by_words"),
        ),
        migrations.AddIndex(
            model_name="article",
            index=models.Index(
                condition=models.Q(("external_id", ""), _negated=True),
                fields=["project", "external_id"],
                name="article_by_external_id",
            ),
        ),
    ]
