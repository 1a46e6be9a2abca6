"""The end of a round: its tasks are given to nobody any more, and what is in is what there is; and back."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from annotations.assignment.claims import request_rule, request_top_up
from annotations.assignment.errors import AssignmentError
from annotations.assignment.locking import lock_round
from annotations.assignment.planning import check_none_under_way
from annotations.limits import MAX_ROUND_NAME_LENGTH
from annotations.models import (
    Annotation,
    Assignment,
    AssignmentStatus,
    Event,
    Round,
    Task,
    TaskStatus,
    User,
)
from annotations.models.expressions import CountOf


class RoundNameError(AssignmentError):
    """A round cannot have a name of this length."""


@transaction.atomic
def rename_round(round_: Round, name: str, *, by: User | None) -> Round:
    """Call a round by a name beside its number; an empty one takes the name away."""
    name = " ".join(name.split())
    if len(name) > MAX_ROUND_NAME_LENGTH:
        raise RoundNameError(
            f"The name has {len(name)} characters, more than {MAX_ROUND_NAME_LENGTH}: shorten it."
        )
    locked = lock_round(round_)
    if name != locked.name:
        was, locked.name = locked.name, name
        locked.save(update_fields=["name"])
        Event.objects.record("renamed", locked, actor=by, project=locked.project, was=was, name=name)
    round_.name = locked.name
    return locked


@dataclass(frozen=True, slots=True)
class Closing:
    """What closing a round would do: to tasks with some annotations, to those with none, and to queues."""

    begun: int
    untouched: int
    queued: int


def describe_closing(round_: Round) -> Closing:
    """Count what closing a round would do now."""
    submitted = Assignment.objects.submitted().filter(task=OuterRef("pk")).order_by()
    open_tasks = Task.objects.filter(round=round_, status=TaskStatus.OPEN)
    begun = open_tasks.filter(Exists(submitted)).count()
    queued = Assignment.objects.queued().filter(task__round=round_, task__status=TaskStatus.OPEN)
    return Closing(begun, open_tasks.count() - begun, queued.count())


@transaction.atomic
def close_round(round_: Round, *, by: User | None) -> Round:
    """Give nothing of a round to anybody any more. Tasks with some annotations go on to adjudication; those with none are cancelled."""
    locked = lock_round(round_)
    if locked.closed_at is not None:
        return locked
    now = timezone.now()
    open_tasks = Task.objects.filter(round=locked, status=TaskStatus.OPEN)
    ids = list(open_tasks.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    locked.closed_at = now
    locked.save(update_fields=["closed_at"])
    queued = Assignment.objects.queued().filter(task__round=locked, task__status=TaskStatus.OPEN)
    returned = queued.update(status=AssignmentStatus.RETURNED, status_changed_at=now)
    submitted = Assignment.objects.submitted().filter(task=OuterRef("pk")).order_by()
    begun = open_tasks.filter(Exists(submitted))
    settled = begun.update(
        wanted=CountOf(submitted.values("pk")),
        claimed=CountOf(submitted.values("pk")),
        status=TaskStatus.ANNOTATED,
        status_changed_at=now,
        annotated_at=Coalesce(F("annotated_at"), now),
        awaits_rule=True,
    )
    cancelled = open_tasks.update(claimed=0, status=TaskStatus.CANCELLED, status_changed_at=now)
    Event.objects.record(
        "closed",
        locked,
        actor=by,
        project=locked.project,
        open_tasks=len(ids),
        to_adjudication=settled,
        cancelled=cancelled,
        given_back=returned,
    )
    request_rule(locked.project)
    request_top_up(locked)
    return locked


@transaction.atomic
def reopen_round(round_: Round, *, by: User | None) -> Round:
    """Give out again what closing the round had cancelled; tasks that went to adjudication stay there."""
    locked = lock_round(round_)
    if locked.closed_at is None:
        return locked
    check_none_under_way(locked.project)
    tasks = find_reopenable(locked)
    ids = list(tasks.order_by("pk").values_list("pk", flat=True))
    locked.closed_at = None
    locked.save(update_fields=["closed_at"])
    Task.objects.filter(pk__in=ids).update(
        wanted=locked.overlap, claimed=0, status=TaskStatus.OPEN, status_changed_at=timezone.now()
    )
    Event.objects.record("opened again", locked, actor=by, project=locked.project, tasks=len(ids))
    request_top_up(locked)
    return locked


def find_reopenable(round_: Round) -> QuerySet[Task]:
    """The tasks that closing the round cancelled and that nothing has taken the place of since.

    An article that somebody annotated in whatever round stays out: who saw that meanwhile could not be told any more.
    """
    annotated = Annotation.objects.filter(assignment__task__article=OuterRef("article")).order_by()
    elsewhere = Task.objects.live().filter(article=OuterRef("article"), round__kind=round_.kind).order_by()
    cancelled = Task.objects.filter(round=round_, status=TaskStatus.CANCELLED, article__excluded_at=None)
    cancelled = cancelled.filter(status_changed_at=F("round__closed_at"))
    return cancelled.filter(~Exists(annotated), ~Exists(elsewhere))
