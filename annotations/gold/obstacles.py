"""What speaks against freezing a release now: articles that are open, rules that are broken, reviews that wait, parts in quarantine."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Value

from annotations.gold.card import describe_obstacles
from annotations.limits import MAX_REASON_LENGTH
from annotations.models import (
    Annotation,
    CarriedRound,
    Gold,
    Project,
    QuarantinedItem,
    Round,
    Task,
    TaskStatus,
    TaskTally,
)


class NotCompleteError(Exception):
    """A release was to be frozen while something speaks against it, and no exception was named."""


def check_obstacles(obstacles: Mapping[str, int], *, exception: str) -> dict[str, Any]:
    """What the manifest says of the obstacles; where there are any, a release needs an exception, named in words."""
    reason = exception.strip()
    if len(reason) > MAX_REASON_LENGTH:
        raise NotCompleteError(f"the exception has more than {MAX_REASON_LENGTH} characters: shorten it")
    if not obstacles:
        return {}
    if not reason:
        raise NotCompleteError(
            f"this is open: {describe_obstacles(obstacles)}. Finish it, or name the exception that you make"
        )
    return {**obstacles, "exception": reason}


def find_obstacles(project: Project, *, refuse_unmet: bool = False) -> dict[str, int]:
    """How many of each there are; what there is none of is left out.

    A gold that was drawn for a review may still be reopened by whoever looks at it. Rounds in whose place others stand are not asked, and gold that breaks rules is none where it is refused anyway.
    """
    rounds = Round.objects.filter(project=project).exclude(pk__in=CarriedRound.objects.in_place_of(project))
    unfinished = TaskTally.objects.filter(
        round__in=rounds, status__in=[TaskStatus.OPEN, TaskStatus.ANNOTATED]
    )
    finished = Task.objects.filter(pk=OuterRef("task"), round__in=rounds, status=TaskStatus.ADJUDICATED)
    theirs = Annotation.objects.filter(pk=OuterRef("annotation"), assignment__task__round__in=rounds)
    golds = Gold.objects.filter(Exists(finished))
    found = {
        "open": unfinished.total(),
        **_count(
            against_rules=golds.none() if refuse_unmet else golds.filter(unmet__gt=0),
            unreviewed=golds.to_review(),
            quarantined=QuarantinedItem.objects.filter(Exists(theirs), resolved_at=None),
        ),
    }
    return {name: number for name, number in found.items() if number}


def _count(**rows: QuerySet[Any]) -> dict[str, int]:
    """How many rows there are of each, asked in one statement."""
    first, *others = (
        query.order_by().values(name=Value(name)).annotate(number=Count("pk")) for name, query in rows.items()
    )
    found = {row["name"]: row["number"] for row in first.union(*others, all=True)}
    return {name: found.get(name, 0) for name in rows}
