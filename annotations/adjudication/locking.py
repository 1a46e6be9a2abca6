"""Tasks locked for no longer than is needed: a case is read before, and written to only if it is still as it was read.

Reading and aligning takes long for many spans, so nobody else waits for it; where the task has changed meanwhile it is done anew.
"""

from collections.abc import Callable
from typing import TypeVar

from django.db import transaction
from django.db.models import QuerySet

from annotations.adjudication.admission import check_may_adjudicate
from annotations.adjudication.ledger import Case, list_voting, read_case
from annotations.models import Annotation, Decision, Task, TaskStatus, User
from annotations.projects.archived import ProjectArchivedError, explain_archived

T = TypeVar("T")
Write = Callable[[], T]
"""What is left to do in the transaction."""
TRIES = 5


class StaleLedgerError(Exception):
    """Somebody else decided on the task since the page was loaded."""


class TaskNotAnnotatedError(Exception):
    """The task is not waiting for adjudication: not all annotations are in, or it is finished."""


class ChangedMeanwhileError(Exception):
    """The task is not as it was when it was read; read it anew."""


def work_on(task: Task, read: Callable[[Task], Case], prepare: Callable[[Case], Write[T]]) -> T:
    """Read a task and prepare what is to be written, then lock it and write; anew where it has changed meanwhile."""
    for _ in range(TRIES):
        case = read(_fetch(Task.objects.all(), task))
        write = prepare(case)
        try:
            with transaction.atomic():
                _lock_unchanged(case)
                return write()
        except ChangedMeanwhileError:
            continue
    raise StaleLedgerError("This task keeps changing, so your decision was not saved. Try again in a moment.")


def read_open_case(task: Task, *, by: User, expected: int | None) -> Case:
    """The case of a task that waits for adjudication by this person, who had seen so many entries of its ledger."""
    if task.status != TaskStatus.ANNOTATED:
        raise TaskNotAnnotatedError(
            f"This task is {task.get_status_display()}: there is nothing to decide now."
        )
    check_may_adjudicate(task, by)
    case = read_case(task)
    if not case.annotations:
        raise TaskNotAnnotatedError(_say_why_empty(task))
    if expected is not None and expected != case.number:
        raise StaleLedgerError(
            "Somebody decided on this task since you loaded the page, so your decision was not saved. "
            "Look at what changed, then decide again.",
        )
    return case


def _say_why_empty(task: Task) -> str:
    if Annotation.objects.current().filter(assignment__task=task).exists():
        return (
            "Only models annotated this article, and none of them has a vote: there is nothing to decide. "
            "A manager can give a model a vote on the page of people."
        )
    return "This task has no annotations: there is nothing to decide."


def _lock_unchanged(case: Case) -> None:
    """Lock the task of a case; its revisions and its ledger are only ever added to, so their numbers tell of a change."""
    locked = lock_task(case.task)
    current = list_voting(locked.pk).order_by("pk")
    is_unchanged = (
        locked.status == case.task.status
        and tuple(current.values_list("pk", flat=True)) == case.annotations
        and Decision.objects.filter(task=locked).count() == case.number
    )
    if not is_unchanged:
        raise ChangedMeanwhileError


def lock_task(task: Task) -> Task:
    """Lock a task of a project that is not archived."""
    locked = _fetch(Task.objects.select_for_update(no_key=True, of=("self",)), task)
    if locked.round.project.archived_at is not None:
        raise ProjectArchivedError(explain_archived(locked.round.project))
    return locked


def _fetch(tasks: QuerySet[Task], task: Task) -> Task:
    related = tasks.select_related("round__scheme", "round__project", "article")
    found = related.defer("article__original").filter(pk=task.pk).first()
    if found is None:
        raise TaskNotAnnotatedError(
            "This task is not there any more, because its import was undone: there is nothing to decide."
        )
    return found
