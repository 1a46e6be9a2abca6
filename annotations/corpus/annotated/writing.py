"""Judgements of files as submitted annotations: rows written a chunk at a time into a round that nobody sees yet."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import F, OuterRef, Subquery
from django.utils import timezone

from annotations import spans
from annotations.formats.canonical import checksum, write_members
from annotations.formats.record import describe_markup
from annotations.mapping.translation import Translation
from annotations.models import (
    Annotation,
    AnnotationImport,
    AnnotationOrigin,
    Assignment,
    AssignmentStatus,
    ImportedAs,
    NotedAnnotation,
    QuarantinedItem,
    Relation,
    Span,
    Task,
    TaskStatus,
)

UNSTORABLE = dict.fromkeys((0, *range(55296, 57344)), "�")
"""What no database holds: NUL, and halves of surrogate pairs."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one person said of one text, ready to be written."""

    person: int
    translation: Translation
    canonical: str
    sha256: str

    @classmethod
    def of(cls, person: int, translation: Translation, text: str) -> "Contribution":
        """Say it in canonical bytes, which exports and checksums are made of."""
        drawn = {one.span.key: (one.drawn_start, one.drawn_end) for one in translation.moved}
        return cls(
            person,
            translation,
            write_members(describe_markup(translation.markup, text, drawn=drawn)),
            checksum(translation.markup.to_json()),
        )


Contributions = Mapping[int, Sequence[Contribution]]
"""What was said of each article, by its id."""


@dataclass(frozen=True, slots=True)
class KnownContributions:
    """What is there of some articles already: whatever imports brought, and whose annotations this import has."""

    said: frozenset[tuple[int, int, str]]
    """The article, the person and the checksum of what they said."""
    here: frozenset[tuple[int, int]]
    """The article and the person of those in the round that is being written."""


def find_known(held: AnnotationImport, articles: Iterable[int]) -> KnownContributions:
    """What imports brought of articles, as far as it still counts."""
    revisions = Annotation.objects.filter(
        assignment__task__article__in=list(articles),
        assignment__status=AssignmentStatus.SUBMITTED,
        origin=_origin_of(held),
        assignment__current=F("pk"),
    )
    rows = list(
        revisions.values_list(
            "assignment__task__article_id", "assignment__annotator_id", "sha256", "assignment__task__round_id"
        )
    )
    return KnownContributions(
        frozenset((article, person, sha256) for article, person, sha256, _ in rows),
        frozenset((article, person) for article, person, _, round_ in rows if round_ == held.round_id),
    )


def write_contributions(held: AnnotationImport, said: Contributions) -> None:
    """Write annotations of articles in the caller's transaction, each as its person's submitted share of a task."""
    now = timezone.now()
    tasks = dict(
        Task.objects.filter(round=held.round_id, article__in=list(said)).values_list("article_id", "pk")
    )
    more: defaultdict[int, list[int]] = defaultdict(list)
    for article, task in tasks.items():
        more[len(said[article])].append(task)
    for number, ids in more.items():
        Task.objects.filter(pk__in=ids).update(wanted=F("wanted") + number, claimed=F("claimed") + number)
    new = Task.objects.bulk_create(
        Task(
            round_id=held.round_id,
            article_id=article,
            wanted=len(contributions),
            claimed=len(contributions),
            status=TaskStatus.ANNOTATED,
            status_changed_at=now,
            annotated_at=now,
        )
        for article, contributions in said.items()
        if article not in tasks
    )
    tasks |= {task.article_id: task.pk for task in new}
    pairs = [(tasks[article], one) for article, contributions in said.items() for one in contributions]
    shares = Assignment.objects.bulk_create(
        Assignment(
            task_id=task,
            annotator_id=one.person,
            status=AssignmentStatus.WITHDRAWN,  # until its annotation is there
            created_at=now,
            status_changed_at=now,
            submitted_at=now,
            leased_until=now,
            closed_at=now,
        )
        for task, one in pairs
    )
    revisions = Annotation.objects.bulk_create(
        Annotation(
            assignment=share,
            revision=1,
            created_at=now,
            origin=_origin_of(held),
            fields=dict(one.translation.markup.fields),
            result=[],
            digest=one.sha256,
            canonical=one.canonical,
            sha256=one.sha256,
        )
        for share, (_, one) in zip(shares, pairs, strict=True)
    )
    own = Annotation.objects.filter(assignment=OuterRef("pk")).values("pk")[:1]
    Assignment.objects.filter(pk__in=[share.pk for share in shares]).update(
        status=AssignmentStatus.SUBMITTED, current=Subquery(own)
    )
    scheme, project_id = held.round.scheme.definition, held.article_import.project_id
    NotedAnnotation.objects.bulk_create(
        NotedAnnotation(annotation=revision, annotator_id=one.person, project_id=project_id)
        for revision, (_, one) in zip(revisions, pairs, strict=True)
        if scheme.has_note(one.translation.markup.fields)
    )
    _write_parts(
        [(revision.pk, one.translation) for revision, (_, one) in zip(revisions, pairs, strict=True)]
    )


def _write_parts(said: Sequence[tuple[int, Translation]]) -> None:
    insert_spans((revision, span) for revision, translation in said for span in translation.markup.spans)
    linked = [(revision, translation) for revision, translation in said if translation.markup.relations]
    rows = Span.objects.filter(annotation__in=[revision for revision, _ in linked])
    ids = {(revision, key): pk for revision, key, pk in rows.values_list("annotation_id", "key", "pk")}
    Relation.objects.bulk_create(
        Relation(
            annotation_id=revision,
            kind=link.kind,
            source_id=ids[revision, link.source],
            target_id=ids[revision, link.target],
        )
        for revision, translation in linked
        for link in translation.markup.relations
    )
    QuarantinedItem.objects.bulk_create(
        QuarantinedItem(
            annotation_id=revision,
            code=problem.code,
            message=problem.message.translate(UNSTORABLE),
            payload=make_storable(problem.payload),
        )
        for revision, translation in said
        for problem in translation.misfits
    )


def insert_spans(marked: Iterable[tuple[int, spans.Span]]) -> None:
    """Write spans of annotations as rows, without making an object of each: they are nine of ten rows of an import."""
    columns = ("annotation_id", "key", "start", "end", "label", "attributes")
    names = ", ".join(map(connection.ops.quote_name, columns))
    table = connection.ops.quote_name(Span._meta.db_table)
    places = ", ".join("%s" for _ in columns)
    rows = [
        (revision, span.key, span.start, span.end, span.label, json.dumps(dict(span.attributes)))
        for revision, span in marked
    ]
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", rows)  # noqa: S608 - no value is in it


def make_storable(payload: Any) -> Any:
    """A part of a file as databases can hold it, with a sign in place of each character that they cannot."""
    match payload:
        case str():
            return payload.translate(UNSTORABLE)
        case dict():
            return {make_storable(str(name)): make_storable(value) for name, value in payload.items()}
        case list() | tuple():
            return [make_storable(value) for value in payload]
    return payload


def _origin_of(held: AnnotationImport) -> AnnotationOrigin:
    return AnnotationOrigin.GOLD if held.imported_as == ImportedAs.GOLD else AnnotationOrigin.IMPORT


def count_parts(contributions: Iterable[Contribution]) -> Iterator[tuple[str, int]]:
    """How many spans, relations, answers about documents and moved spans there are."""
    for one in contributions:
        markup = one.translation.markup
        yield "spans", len(markup.spans)
        yield "relations", len(markup.relations)
        yield "answers about documents", len(markup.fields)
        yield "spans moved to whole words", len(one.translation.moved)
