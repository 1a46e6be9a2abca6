"""Submitted annotations of a task, without a studio, for tests of agreement."""

import random
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from annotations.assignment.standing import set_standing
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
    Standing,
    Task,
    User,
)
from annotations.spans import Span
from tests.factories import make_article, make_assignment, make_member, make_project, make_round, make_task

PEOPLE, MODELS = ("Ada", "Ben", "Cy"), ("gpt", "tiny")
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


def make_mixed_project(tasks: int = 8) -> tuple[Project, list[User]]:
    """Three people and two models; one model is right oftener than the people, the other seldom, and it leaves out two tasks."""
    project, team, round_ = make_team(*PEOPLE, *MODELS)
    draw = random.Random(3)  # noqa: S311  (no secret)
    share = dict(zip(team, (0.9, 0.8, 0.7, 0.98, 0.2), strict=True))
    for number, task in enumerate(make_tasks(round_, tasks)):
        for person in team:
            if person.name == "tiny" and number < 2:
                continue
            places: list[Place] = [
                (start, start + 9, "Claim" if draw.random() < 0.8 else "Stance", {"type": "fact"})
                for start in range(0, 90, 10)
                if draw.random() < share[person]
            ]
            annotate(task, person, *places, fields={"genre": draw.choice(["news", "opinion"])})
    for model in team[3:]:
        set_standing(project, model, standing=Standing.MODEL, by=None)
    return project, team
