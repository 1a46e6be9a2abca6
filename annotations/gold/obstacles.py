"""What speaks against freezing a release now: articles that are open, rules that are broken, parts in quarantine."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef

from annotations.gold.card import describe_obstacles
from annotations.limits import MAX_REASON_LENGTH
from annotations.models import Annotation, Gold, Project, QuarantinedItem, Task, TaskStatus, TaskTally


class NotCompleteError(Exception):
    """A release was to be frozen only when nothing is open, and something is."""


@dataclass(frozen=True, slots=True)
class Completeness:
    """Whether a release is frozen only when nothing speaks against it, and the reason of an exception."""

    is_wanted: bool = False
    exception: str = ""

    def check(self, obstacles: Mapping[str, int]) -> dict[str, Any]:
        """What the manifest says of the obstacles; they are refused where completeness is wanted and no exception named."""
        if len(self.exception) > MAX_REASON_LENGTH:
            raise NotCompleteError(f"the exception has more than {MAX_REASON_LENGTH} characters: shorten it")
        if obstacles and self.is_wanted and not self.exception.strip():
            raise NotCompleteError(
                f"there are {describe_obstacles(obstacles)}: finish them, or name the exception that you make"
            )
        named = {"exception": self.exception.strip()} if self.exception.strip() else {}
        return {**obstacles, **named} if obstacles else {}


def find_obstacles(project: Project) -> dict[str, int]:
    """How many of each there are; what there is none of is left out."""
    unfinished = TaskTally.objects.filter(
        round__project=project, status__in=[TaskStatus.OPEN, TaskStatus.ANNOTATED]
    )
    finished = Task.objects.filter(pk=OuterRef("task"), round__project=project, status=TaskStatus.ADJUDICATED)
    theirs = Annotation.objects.filter(pk=OuterRef("annotation"), assignment__task__round__project=project)
    found = {
        "open": unfinished.total(),
        "against_rules": Gold.objects.filter(Exists(finished), unmet__gt=0).count(),
        "quarantined": QuarantinedItem.objects.filter(Exists(theirs), resolved_at=None).count(),
    }
    return {name: number for name, number in found.items() if number}
