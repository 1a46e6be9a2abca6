"""Who may annotate in a round, and what they can no longer do with its articles elsewhere once they do."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from annotations.assignment.claims import free_claim, lock_assignment, request_top_up
from annotations.assignment.errors import NotAnAnnotatorError, TooFewAnnotatorsError
from annotations.models import (
    Assignment,
    AssignmentStatus,
    Event,
    Membership,
    Project,
    Role,
    Round,
    RoundKind,
    User,
)


def check_team(project: Project, team: Sequence[User], *, overlap: int) -> None:
    """Refuse a team that is too small for the overlap, and one of which somebody does not annotate in the project."""
    if overlap < 1:
        raise TooFewAnnotatorsError("Each task needs at least one annotator: choose an overlap of 1 or more.")
    if overlap > len(team):
        raise TooFewAnnotatorsError(
            f"Each task is wanted from {overlap} different annotators, but the round has {len(team)}: "
            "add annotators or choose a smaller overlap.",
        )
    for annotator in team:
        check_role(project, annotator)


def check_role(project: Project, annotator: User) -> None:
    """Refuse somebody who is no annotator of the project."""
    if not Membership.objects.filter(project=project, user=annotator, role=Role.ANNOTATOR).exists():
        raise NotAnAnnotatorError(
            f"{annotator.email} is not an annotator of {project}: give them that role first.",
        )


def close_earlier_shares(
    round_: Round,
    annotators: Iterable[User],
    *,
    articles: Collection[int] | None = None,
    since: datetime | None = None,
) -> None:
    """Who annotates an article again for a retest does not look up, or change, or still make what they made of it before.

    Of all articles of the round, or of some; of all shares, or of those that came to where they stand since a moment.
    """
    if round_.kind != RoundKind.RETEST:
        return
    among: Any = round_.tasks.order_by().values("article") if articles is None else articles
    earlier = Assignment.objects.exclude(task__round=round_).filter(
        annotator__in=annotators, task__article__in=among, closed_at=None
    )
    if since is not None:
        earlier = earlier.filter(status_changed_at__gte=since)
    rounds = {}
    for share in earlier.queued().order_by("task_id"):
        held = lock_assignment(share)
        if held.status == AssignmentStatus.QUEUED:
            free_claim(held, status=AssignmentStatus.RETURNED)
            Event.objects.record("returned", held, actor=None, project=held.task.round.project)
            rounds[held.task.round_id] = held.task.round
    earlier.update(closed_at=timezone.now())
    for earlier_round in rounds.values():
        request_top_up(earlier_round)
