"""Keep what a record says of an article and of an annotation as it is written in an export, and fill it in for those there are."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from annotations.formats.canonical import checksum, write_members
from annotations.formats.documents import Block
from annotations.formats.record import SourceArticle, describe_markup, name_source
from annotations.markup import Markup, Relation, sort_pairs
from annotations.migrations._guards import unguarded
from annotations.spans import Span

AT_ONCE = 200


def fill_in(apps: StateApps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    articles = apps.get_model("annotations", "Article").objects
    for chunk in _chunks(articles.order_by("pk").defer("original")):
        blocks = _group(apps, "Block", "article_id", chunk, "ordinal")
        for article in chunk:
            article.canonical = write_members(_describe(article, blocks[article.pk]))
        articles.bulk_update(chunk, ["canonical"])
    annotations = apps.get_model("annotations", "Annotation").objects
    rows = annotations.order_by("pk").select_related("assignment__task__article")
    for chunk in _chunks(rows.defer("result", "assignment__task__article__original")):
        spans = _group(apps, "Span", "annotation_id", chunk, "start", "end", "id")
        links = _group(apps, "Relation", "annotation_id", chunk, "id")
        for annotation in chunk:
            markup = _read(annotation, spans[annotation.pk], links[annotation.pk])
            text = annotation.assignment.task.article.text
            annotation.canonical = write_members(describe_markup(markup, text))
            annotation.sha256 = checksum(markup.to_json())
        annotations.bulk_update(chunk, ["canonical", "sha256"])


def _chunks(rows: Any) -> Iterator[list[Any]]:
    last = 0
    while chunk := list(rows.filter(pk__gt=last)[:AT_ONCE]):
        yield chunk
        last = chunk[-1].pk


def _group(
    apps: StateApps, model: str, owner: str, chunk: list[Any], *order: str
) -> defaultdict[int, list[Any]]:
    found: defaultdict[int, list[Any]] = defaultdict(list)
    rows = apps.get_model("annotations", model).objects
    for row in rows.filter(**{f"{owner}__in": [one.pk for one in chunk]}).order_by(owner, *order):
        found[getattr(row, owner)].append(row)
    return found


def _describe(article: Any, blocks: list[Any]) -> dict[str, Any]:
    described = SourceArticle(
        id=article.pk,
        title=article.title,
        text=article.text,
        sha256=article.sha256,
        text_sha256=article.text_sha256,
        external_id=article.external_id,
        source=name_source(article.source),
        source_format=article.source_format,
        metadata=article.metadata,
        blocks=tuple(Block(block.start, block.end, block.kind) for block in blocks),
    )
    return {**described.about_to_json(), "text": article.text}


def _read(annotation: Any, spans: list[Any], links: list[Any]) -> Markup:
    keys = {span.pk: span.key for span in spans}
    return Markup(
        spans=tuple(
            Span(span.start, span.end, span.label, sort_pairs(span.attributes), span.key) for span in spans
        ),
        relations=tuple(Relation(keys[link.source_id], keys[link.target_id], link.kind) for link in links),
        fields=sort_pairs(annotation.fields),
    )


class Migration(migrations.Migration):
    dependencies = [("annotations", "0016_access_and_closed_shares")]

    operations = unguarded(
        migrations.AddField(
            model_name="annotation",
            name="canonical",
            field=models.TextField(
                blank=True,
                default="",
                help_text="What a record says of the markup: members of canonical JSON, a line each.",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="annotation",
            name="sha256",
            field=models.CharField(
                blank=True, default="", help_text="Of the markup as canonical JSON.", max_length=64
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="article",
            name="canonical",
            field=models.TextField(
                blank=True,
                default="",
                help_text="What a record says of the article: members of canonical JSON, a line each.",
            ),
            preserve_default=False,
        ),
        migrations.RunPython(fill_in, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="annotation",
            constraint=models.CheckConstraint(
                name="annotation_has_canonical",
                condition=~models.Q(canonical="") & ~models.Q(sha256=""),
            ),
        ),
        migrations.AddConstraint(
            model_name="article",
            constraint=models.CheckConstraint(
                name="article_has_canonical", condition=~models.Q(canonical="")
            ),
        ),
    )
