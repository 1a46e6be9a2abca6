"""Judgements of files as submitted annotations: rows written a chunk at a time into a round that nobody sees yet."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils import timezone

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
    Round,
    Span,
    Task,
    TaskStatus,
)
from annotations.models.inserting import insert_rows, reserve_ids

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
        revisions.order_by().values_list(
            "assignment__task__article_id", "assignment__annotator_id", "sha256", "assignment__task__round_id"
        )
    )
    return KnownContributions(
        frozenset((article, person, sha256) for article, person, sha256, _ in rows),
        frozenset((article, person) for article, person, _, round_ in rows if round_ == held.round_id),
    )


def write_contributions(held: AnnotationImport, said: Contributions) -> None:
    """Write annotations of articles in the caller's transaction, each as its person's submitted share of a task."""
    write_into(held.round, said, origin=_origin_of(held), project_id=held.article_import.project_id)


def write_into(round_: Round, said: Contributions, *, origin: AnnotationOrigin, project_id: int) -> None:
    """Write annotations into a round that nobody sees yet, for the project that it is to appear in."""
    now = timezone.now()
    tasks = _write_tasks(round_, said, now)
    pairs = [(tasks[article], one) for article, contributions in said.items() for one in contributions]
    shares, revisions = reserve_ids(Assignment, len(pairs)), reserve_ids(Annotation, len(pairs))
    insert_rows(
        Assignment,
        ("id", "task_id", "annotator_id", "current_id"),
        (
            (share, task, one.person, revision)
            for share, revision, (task, one) in zip(shares, revisions, pairs, strict=True)
        ),
        status=AssignmentStatus.SUBMITTED,
        created_at=now,
        status_changed_at=now,
        submitted_at=now,
        leased_until=now,
        closed_at=now,
    )
    insert_rows(
        Annotation,
        ("id", "assignment_id", "fields", "digest", "canonical", "sha256"),
        (
            (
                revision,
                share,
                json.dumps(dict(one.translation.markup.fields)),
                one.sha256,
                one.canonical,
                one.sha256,
            )
            for share, revision, (_, one) in zip(shares, revisions, pairs, strict=True)
        ),
        revision=1,
        created_at=now,
        origin=origin,
        result=[],
    )
    scheme = round_.scheme.definition
    insert_rows(
        NotedAnnotation,
        ("annotation_id", "annotator_id"),
        (
            (revision, one.person)
            for revision, (_, one) in zip(revisions, pairs, strict=True)
            if scheme.has_note(one.translation.markup.fields)
        ),
        project_id=project_id,
    )
    _write_parts([(revision, one.translation) for revision, (_, one) in zip(revisions, pairs, strict=True)])


def _write_tasks(round_: Round, said: Contributions, now: datetime) -> dict[int, int]:
    """The tasks of articles in the round of an import, by article; each has as many more places as there are annotations for it."""
    rows = (
        Task.objects.filter(round=round_, article__in=list(said)).order_by().values_list("article_id", "pk")
    )
    tasks = dict(rows)
    more: defaultdict[int, list[int]] = defaultdict(list)
    for article, task in tasks.items():
        more[len(said[article])].append(task)
    for number, ids in more.items():
        Task.objects.filter(pk__in=ids).update(wanted=F("wanted") + number, claimed=F("claimed") + number)
    new = [article for article in said if article not in tasks]
    made = dict(zip(new, reserve_ids(Task, len(new)), strict=True))
    insert_rows(
        Task,
        ("id", "article_id", "wanted", "claimed"),
        ((task, article, len(said[article]), len(said[article])) for article, task in made.items()),
        round_id=round_.pk,
        status=TaskStatus.ANNOTATED,
        status_changed_at=now,
        annotated_at=now,
    )
    return tasks | made


def _write_parts(said: Sequence[tuple[int, Translation]]) -> None:
    marked = [(revision, span) for revision, translation in said for span in translation.markup.spans]
    ids = reserve_ids(Span, len(marked))
    insert_rows(
        Span,
        ("id", "annotation_id", "key", "start", "end", "label", "attributes"),
        (
            (pk, revision, span.key, span.start, span.end, span.label, json.dumps(dict(span.attributes)))
            for pk, (revision, span) in zip(ids, marked, strict=True)
        ),
    )
    linked = [(revision, link) for revision, translation in said for link in translation.markup.relations]
    if linked:
        places = {(revision, span.key): pk for pk, (revision, span) in zip(ids, marked, strict=True)}
        insert_rows(
            Relation,
            ("annotation_id", "kind", "source_id", "target_id"),
            (
                (revision, link.kind, places[revision, link.source], places[revision, link.target])
                for revision, link in linked
            ),
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


def make_storable(payload: Any) -> Any:
    """Part of a file as databases can hold it: characters that they cannot hold are replaced."""
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
