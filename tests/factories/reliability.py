"""Submitted annotations of a task, without a studio, for tests of agreement."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from annotations.collection.ports import StudioReading
from annotations.collection.storing import write_revision
from annotations.collection.submission import Submission
from annotations.markup import Markup, Relation, sort_pairs
from annotations.models import (
    Annotation,
    AnnotationOrigin,
    Assignment,
    AssignmentStatus,
    Project,
    Role,
    Round,
    Task,
    User,
)
from annotations.spans import Span
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
    markup = Markup(
        spans=tuple(
            Span(*place[:3], sort_pairs(place[3]) if len(place) > 3 else (), f"s{number}")
            for number, place in enumerate(places)
        ),
        relations=tuple(Relation(f"s{source}", f"s{target}", kind) for source, target, kind in links),
        fields=sort_pairs(fields or {}),
    )
    annotation = write_revision(
        assignment,
        Submission(
            result=[],
            digest=f"{task.pk}-{annotator.pk}",
            reading=StudioReading(markup),
            origin=AnnotationOrigin.IMPORT,
        ),
    )
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
