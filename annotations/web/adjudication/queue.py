"""The adjudicators' queue: which tasks wait, which one is next, and what stands beside a task."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from annotations.adjudication.admission import find_bars
from annotations.adjudication.merging import find_rule
from annotations.blindness import keep_visible
from annotations.models import Assignment, Decision, Gold, Project, Role, Task, TaskStatus, TaskTally, User
from annotations.models.adjudication import GoldQuerySet
from annotations.models.expressions import CountOf
from annotations.web.access import MemberRequest, member_page
from annotations.web.paging import paginate

MAX_LOOKED_AT = 50


@member_page(Role.ADJUDICATOR, Role.MANAGER)
@require_safe
def show_queue(request: MemberRequest) -> HttpResponse:
    """The queue of adjudication, from which adjudicators decide; a manager who is none reads what waits."""
    project = request.project
    may_decide = Role.ADJUDICATOR in request.roles
    tallies = TaskTally.objects.filter(round__project=project, status=TaskStatus.ANNOTATED)
    page = paginate(request, _find_waiting(project), count=tallies.total())
    waiting = list(page)
    bars = find_bars(waiting, request.user)
    gold = keep_visible(_list_gold(project), request.user, article="task__article")
    context = {
        "page": page,
        "may_decide": may_decide,
        "next_task": find_next(project, request.user) if may_decide else None,
        "waiting": [(task, bars.get(task.pk)) for task in waiting],
        "to_review": gold.to_review()[:50],
        "finished": gold[:20],
        "scheme": project.scheme,
        "merge_rule": find_rule(project.merge_rule),
    }
    return render(request, "annotations/adjudication/queue.html", context)


def _find_waiting(project: Project) -> QuerySet[Task]:
    decisions = Decision.objects.filter(task=OuterRef("pk")).order_by()
    return (
        Task.objects.annotated()
        .filter(round__project=project)
        .select_related("article", "round")
        .defer("article__text", "article__original")
        .annotate(decided=CountOf(decisions.values("pk")))
        .order_by("round_id", "status_changed_at", "pk")  # rounds are numbered in the order of their ids
    )


def find_next(project: Project, person: User) -> Task | None:
    """Find the first task that a person may open; of those that they annotated themselves only a few are looked at."""
    own = Assignment.objects.submitted().of(person).values("task")
    visible = keep_visible(_find_waiting(project), person, article="article")
    if first := visible.exclude(pk__in=own).first():
        return first
    looked_at = list(visible.filter(pk__in=own)[:MAX_LOOKED_AT])
    bars = find_bars(looked_at, person)
    return next((task for task in looked_at if task.pk not in bars), None)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The tasks that wait before and after one, as far as the person may open them."""

    previous: Task | None
    following: Task | None


def find_neighbours(request: MemberRequest, task: Task) -> Neighbours:
    """The tasks that wait before and after a task in the queue, but for those that the person annotated."""
    own = Assignment.objects.submitted().of(request.user).values("task")
    waiting = keep_visible(_find_waiting(request.project), request.user, article="article").exclude(
        pk__in=own
    )
    place = (task.round_id, task.status_changed_at, task.pk)
    before, after = (
        Q(**{f"round_id__{side}": place[0]})
        | Q(round_id=place[0], **{f"status_changed_at__{side}": place[1]})
        | Q(round_id=place[0], status_changed_at=place[1], **{f"pk__{side}": place[2]})
        for side in ("lt", "gt")
    )
    return Neighbours(waiting.filter(before).last(), waiting.filter(after).first())


def _list_gold(project: Project) -> GoldQuerySet:
    return (
        Gold.objects.filter(Exists(Task.objects.filter(pk=OuterRef("task"), round__project=project)))
        .select_related("task__article", "task__round", "finished_by")
        .defer("markup", "task__article__text", "task__article__original")
        .order_by("-finished_at", "-pk")
    )
