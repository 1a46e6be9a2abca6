"""Where a project stands, in numbers that cost the same however large it is."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from annotations.assignment.tallies import count_planned
from annotations.blindness import keep_visible
from annotations.corpus.imports import list_waiting
from annotations.models import (
    Annotation,
    Gold,
    Project,
    QuarantinedItem,
    Role,
    Task,
    TaskStatus,
    User,
)
from annotations.models.tallies import TaskTallyQuerySet


@dataclass(frozen=True, slots=True)
class Situation:
    """A project's stand in numbers, by which the overview says what is to be done next.

    A task counts that is neither cancelled nor excluded. `imports` counts those that wait to be looked at and published. `unreleased` counts gold since the last release. `stuck` counts tasks that nobody can finish, because too few annotators are left for them.
    """

    articles: int = 0
    annotators: int = 0
    rounds: int = 0
    tasks: int = 0
    annotated: int = 0
    adjudicated: int = 0
    quarantined: int = 0
    stuck: int = 0
    unreleased: int = 0
    unplanned: int = 0
    excluded: int = 0
    imports: int = 0
    adjudicators: int = 0
    is_adjudicator: bool = False

    @property
    def open(self) -> int:
        """How many tasks are still being annotated."""
        return self.tasks - self.annotated - self.adjudicated


def count_tasks(tallies: TaskTallyQuerySet) -> dict[str, int]:
    """How many tasks stand where; cancelled and excluded ones do not count."""
    counts = dict(tallies.live().order_by().values_list("status").annotate(sum=Sum("number")))
    return {
        "total": sum(counts.values()),
        "open": counts.get(TaskStatus.OPEN, 0),
        "annotated": counts.get(TaskStatus.ANNOTATED, 0),
        "adjudicated": counts.get(TaskStatus.ADJUDICATED, 0),
    }


def describe_situation(
    project: Project, *, tasks: dict[str, int], stuck: int, quarantined: int, roles: Iterable[str]
) -> Situation:
    """What the overview knows of a project when it says what is to be done next."""
    people = project.memberships.filter(user__is_active=True).aggregate(
        annotators=Count("id", filter=Q(role=Role.ANNOTATOR)),
        adjudicators=Count("id", filter=Q(role=Role.ADJUDICATOR)),
    )
    by_exclusion = dict(project.article_tallies.order_by().values_list("is_excluded").annotate(Sum("number")))
    articles, excluded = sum(by_exclusion.values()), by_exclusion.get(True, 0)
    return Situation(
        articles=articles,
        excluded=excluded,
        imports=len(list_waiting(project)),
        rounds=project.rounds.count(),
        tasks=tasks["total"],
        annotated=tasks["annotated"],
        adjudicated=tasks["adjudicated"],
        quarantined=quarantined,
        stuck=stuck,
        unreleased=count_unreleased(project, adjudicated=tasks["adjudicated"]),
        unplanned=articles - excluded - count_planned(project),
        is_adjudicator=Role.ADJUDICATOR in roles,
        **people,
    )


def count_unreleased(project: Project, *, adjudicated: int) -> int:
    """How many articles have gold that was made since the last release, or all gold where there is none."""
    last = project.releases.order_by("-number").values_list("created_at", flat=True).first()
    if last is None:
        return adjudicated
    finished = Task.objects.filter(pk=OuterRef("task"), round__project=project, status=TaskStatus.ADJUDICATED)
    return Gold.objects.filter(Exists(finished), finished_at__gt=last).count()


def find_quarantined(project: Project, *, reader: User) -> QuerySet[QuarantinedItem]:
    """What nobody has seen to yet, of articles that are not hidden from the reader."""
    theirs = Annotation.objects.filter(pk=OuterRef("annotation"), assignment__task__round__project=project)
    items = QuarantinedItem.objects.filter(Exists(theirs), resolved_at=None)
    return keep_visible(items, reader, article="annotation__assignment__task__article").select_related(
        "annotation__assignment__annotator", "annotation__assignment__task__article"
    )
