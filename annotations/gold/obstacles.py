"""What speaks against freezing a release now: articles that are open, rules that are broken, reviews that wait, parts in quarantine."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, OuterRef

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
        "against_rules": 0 if refuse_unmet else golds.filter(unmet__gt=0).count(),
        "unreviewed": golds.to_review().count(),
        "quarantined": QuarantinedItem.objects.filter(Exists(theirs), resolved_at=None).count(),
    }
    return {name: number for name, number in found.items() if number}
