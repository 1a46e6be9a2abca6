"""From the tables to records, a page of articles at a time, so that a project never has to fit into memory."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Min

from annotations.gold.dataset import (
    AnnotationReference,
    Block,
    LedgerReference,
    Origin,
    Provenance,
    Record,
    SchemeReference,
    SourceArticle,
    checksum,
    name_annotator,
)
from annotations.markup import Markup, Relation
from annotations.models import Annotation, Article, Assignment, Decision, Gold, Project, Scheme
from annotations.models.collection import AnnotationQuerySet
from annotations.schemes.definition import load_scheme

PAGE = 100
"""How many articles are held at once."""

Pseudonyms = Mapping[int, str]
"""The pseudonym of each annotator of a project, by the person's id."""


def name_annotators(project: Project) -> dict[int, str]:
    """A pseudonym for everyone who ever had an assignment in the project.

    It stays the same for good: whoever comes later gets a later letter.
    """
    firsts = (
        Assignment.objects.filter(task__round__project=project)
        .values("annotator")
        .annotate(first=Min("id"))
        .order_by("first")
    )
    return {row["annotator"]: name_annotator(place) for place, row in enumerate(firsts)}


def refer_to_scheme(scheme: Scheme) -> SchemeReference:
    definition = load_scheme(scheme.source)
    labels = tuple(label.name for label in definition.labels)
    return SchemeReference(scheme.name, scheme.version, scheme.sha256, labels)


def read_gold(
    gold_ids: Sequence[int],
    *,
    scheme: SchemeReference,
    pseudonyms: Pseudonyms,
) -> Iterator[tuple[Gold, Record]]:
    """The record of each gold, in the order of the ids."""
    for page in _pages(gold_ids):
        found = (
            Gold.objects.select_related("task__article", "task__round")
            .defer("task__article__original")
            .prefetch_related("task__article__blocks")
            .in_bulk(page)
        )
        tasks = [gold.task_id for gold in found.values()]
        ledgers = _read_ledgers(tasks)
        annotations = _read_annotations(tasks)
        for gold_id in page:
            gold = found[gold_id]
            yield (
                gold,
                _build_gold_record(
                    gold,
                    scheme=scheme,
                    pseudonyms=pseudonyms,
                    ledger=ledgers[gold.task_id],
                    annotations=annotations[gold.task_id],
                ),
            )


def _build_gold_record(
    gold: Gold,
    *,
    scheme: SchemeReference,
    pseudonyms: Pseudonyms,
    ledger: Sequence[Mapping[str, Any]],
    annotations: Sequence[Annotation],
) -> Record:
    spans = gold.markup.get("spans", [])
    relations = gold.markup.get("relations", [])
    return Record(
        article=describe_article(gold.task.article),
        scheme=scheme,
        markup=Markup.from_json(gold.markup),
        status=gold.status,
        round=gold.task.round.number,
        annotations=tuple(refer_to_annotation(annotation, pseudonyms) for annotation in annotations),
        ledger=LedgerReference(len(ledger), checksum(ledger)),
        span_provenance={
            span["key"]: _read_provenance(span["provenance"], pseudonyms)
            for span in spans
            if span.get("provenance")
        },
        relation_provenance={
            Relation(link["source"], link["target"], link["kind"]): _read_provenance(
                link["provenance"], pseudonyms
            )
            for link in relations
            if link.get("provenance")
        },
    )


def read_annotations(annotations: AnnotationQuerySet, project: Project) -> Iterator[Record]:
    """The record of each annotation of a project, by article and then by pseudonym."""
    scheme = refer_to_scheme(project.scheme)
    pseudonyms = name_annotators(project)
    articles = (
        annotations.filter(assignment__task__round__project=project)
        .order_by("assignment__task__article_id")
        .values_list("assignment__task__article_id", flat=True)
        .distinct()
    )
    for page in _pages(list(articles)):
        found = Article.objects.filter(pk__in=page).defer("original").prefetch_related("blocks").in_bulk()
        by_article: dict[int, list[Annotation]] = defaultdict(list)
        for annotation in (
            annotations.filter(assignment__task__round__project=project, assignment__task__article__in=page)
            .select_related("assignment__task__round")
            .with_markup()
            .order_by("id")
        ):
            by_article[annotation.assignment.task.article_id].append(annotation)
        for article_id in page:
            article = describe_article(found[article_id])
            for annotation in sorted(
                by_article[article_id],
                key=lambda each: (
                    each.assignment.task.round.number,
                    pseudonyms[each.assignment.annotator_id],
                ),
            ):
                yield Record(
                    article=article,
                    scheme=scheme,
                    markup=annotation.to_markup(),
                    status=Origin.SUBMITTED,
                    round=annotation.assignment.task.round.number,
                    annotations=(refer_to_annotation(annotation, pseudonyms),),
                )


def describe_article(article: Article) -> SourceArticle:
    return SourceArticle(
        id=article.pk,
        title=article.title,
        text=article.text,
        sha256=article.sha256,
        text_sha256=article.text_sha256,
        external_id=article.external_id,
        source=article.source,
        source_format=article.source_format,
        metadata=article.metadata,
        blocks=tuple(Block(block.start, block.end, block.kind) for block in article.blocks.all()),
    )


def refer_to_annotation(annotation: Annotation, pseudonyms: Pseudonyms) -> AnnotationReference:
    return AnnotationReference(
        annotator=pseudonyms[annotation.assignment.annotator_id],
        revision=annotation.revision,
        sha256=checksum(annotation.to_markup().to_json()),
    )


def _read_annotations(tasks: Iterable[int]) -> dict[int, list[Annotation]]:
    by_task: dict[int, list[Annotation]] = defaultdict(list)
    for annotation in (
        Annotation.objects.current()
        .filter(assignment__task__in=tasks)
        .select_related("assignment")
        .with_markup()
    ):
        by_task[annotation.assignment.task_id].append(annotation)
    return by_task


def _read_ledgers(tasks: Iterable[int]) -> dict[int, list[dict[str, Any]]]:
    """Every entry of each task's ledger, as it is checksummed."""
    by_task: dict[int, list[dict[str, Any]]] = defaultdict(list)
    decisions = Decision.objects.filter(task__in=tasks).select_related("supersedes")
    for decision in decisions.order_by("task_id", "number"):
        by_task[decision.task_id].append(
            {
                "number": decision.number,
                "unit": decision.unit,
                "action": decision.action,
                "payload": decision.payload,
                "note": decision.note,
                "decided_at": decision.decided_at.isoformat(),
                "decided_by": decision.decided_by_id,
                "supersedes": decision.supersedes.number if decision.supersedes else None,
            },
        )
    return by_task


def _read_provenance(value: Mapping[str, Any], pseudonyms: Pseudonyms) -> Provenance:
    return Provenance(
        origin=value["origin"],
        decisions=tuple(value.get("decisions", ())),
        votes=tuple(sorted(pseudonyms[annotator] for annotator in value.get("votes", ()))),
    )


def _pages(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), PAGE):
        yield ids[start : start + PAGE]
