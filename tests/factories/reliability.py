"""Submitted annotations of a task, without a studio, for tests of agreement."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from annotations.models import (
    Annotation,
    AnnotationOrigin,
    Assignment,
    AssignmentStatus,
    Project,
    Relation,
    Role,
    Round,
    Span,
    Task,
    User,
)
from tests.factories import make_article, make_assignment, make_member, make_project, make_round, make_task

Place = tuple[int, int, str] | tuple[int, int, str, Mapping[str, Any]]


def annotate(
    task: Task,
    annotator: User,
    *places: Place,
    links: tuple[tuple[int, int, str], ...] = (),
    fields: Mapping[str, str] | None = None,
) -> Annotation:
    """Submit, or submit again: each call is a new revision. Links join places by their numbers."""
    assignment = Assignment.objects.filter(task=task, annotator=annotator).first()
    assignment = assignment or make_assignment(task, annotator)
    annotation = Annotation.objects.create(
        assignment=assignment,
        revision=assignment.annotations.count() + 1,
        origin=AnnotationOrigin.IMPORT,
        digest=f"{task.pk}-{annotator.pk}",
        fields=dict(fields or {}),
    )
    spans = Span.objects.bulk_create(
        Span(
            annotation=annotation,
            key=f"s{number}",
            start=place[0],
            end=place[1],
            label=place[2],
            attributes=dict(place[3]) if len(place) > 3 else {},
        )
        for number, place in enumerate(places)
    )
    Relation.objects.bulk_create(
        Relation(annotation=annotation, source=spans[source], target=spans[target], kind=kind)
        for source, target, kind in links
    )
    assignment.current = annotation
    assignment.status = AssignmentStatus.SUBMITTED
    assignment.submitted_at = timezone.now()
    assignment.save()
    return annotation


def make_team(*names: str, project: Project | None = None) -> tuple[Project, list[User], Round]:
    """A project with a round that wants all of the people named."""
    project = project or make_project()
    people = [make_member(project, Role.ANNOTATOR, name=name) for name in names]
    return project, people, make_round(project, overlap=len(people), annotators=tuple(people))


def make_tasks(round_: Round, number: int, *, length: int = 100) -> list[Task]:
    """Tasks on articles of one length, each with a text of its own."""
    start = round_.project.articles.count()
    return [
        make_task(round_, make_article(round_.project, f"Article {start + index} ".ljust(length, "x")))
        for index in range(number)
    ]
