"""Rounds: planning them, who takes part, and what a manager does to a task."""

from collections.abc import Callable

from django.contrib import messages
from django.db.models import OuterRef, Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotations.assignment.closing import describe_closing
from annotations.assignment.errors import AssignmentError
from annotations.assignment.prospects import Prospect, find_prospect, find_stuck_tasks
from annotations.assignment.services import (
    add_participant,
    close_task,
    deactivate_participant,
    plan_round,
    reassign,
    withdraw_assignment,
)
from annotations.assignment.tallies import count_excluded, count_planned_by_kind
from annotations.blindness import is_hidden
from annotations.corpus.choice import ChoiceError
from annotations.models import (
    CLAIM_HOLDING_STATUSES,
    LIVE_STATUSES,
    PLANNED_KINDS,
    Article,
    Assignment,
    AssignmentStatus,
    AssignmentTally,
    Participant,
    Role,
    Round,
    RoundKind,
    Task,
    TaskStatus,
    TaskTally,
    User,
)
from annotations.models.expressions import CountOf
from annotations.progress.names import sort_by_name
from annotations.progress.situation import count_tasks
from annotations.web.access import MemberRequest, member_page
from annotations.web.articles.choosing import read_choice_of_articles
from annotations.web.paging import paginate, read_choice
from annotations.web.rounds.forms import ParticipantForm, ReassignForm, RoundForm
from annotations.web.stuck import NOT_OFFERED, describe_stuck

MAX_STUCK = 20
"""How many tasks that nobody can finish a page names; it says how many there are."""


@member_page(Role.MANAGER)
@require_safe
def list_rounds(request: MemberRequest) -> HttpResponse:
    """The page that lists the rounds of a project, and how far each is."""
    page = paginate(request, request.project.rounds.select_related("scheme").order_by("-number"))
    counts = TaskTally.objects.filter(round__in=list(page.object_list)).count_by("round")
    rows = [
        {
            "round": round_,
            "tasks": sum(counts[round_.pk][status] for status in LIVE_STATUSES),
            "open": counts[round_.pk][TaskStatus.OPEN],
            "adjudicated": counts[round_.pk][TaskStatus.ADJUDICATED],
        }
        for round_ in page.object_list
    ]
    return render(request, "annotations/rounds/list.html", {"page": page, "rows": rows})


@member_page(Role.MANAGER, is_for_a_change=True)
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: MemberRequest) -> HttpResponse:
    """The page on which a manager plans a round."""
    project = request.project
    articles, excluded = project.article_tallies.total(), count_excluded(project)
    by_kind = count_planned_by_kind(project)
    unplanned: dict[RoundKind, int] = {kind: articles - excluded - by_kind[kind] for kind in PLANNED_KINDS}
    _, choice, _ = read_choice_of_articles(project, request.GET)
    form = RoundForm(request.POST or None, project=project, unplanned=unplanned, choice=choice)
    if request.method == "POST" and form.is_valid():
        try:
            planned = plan_round(project, **form.arguments, by=request.user)
        except (AssignmentError, ChoiceError) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"Round {planned.number} is planned; its annotators can begin.")
            return redirect("web:round", project.slug, planned.number)
    context = {"form": form, "article_count": articles - excluded, "excluded": excluded, "choice": choice}
    return render(request, "annotations/rounds/plan.html", context)


@member_page(Role.MANAGER)
@require_safe
def show_round(request: MemberRequest, number: int) -> HttpResponse:
    """The page with one round, its participants and its tasks."""
    round_ = get_object_or_404(
        request.project.rounds.select_related("created_by", "suggestions__predictor"), number=number
    )
    submitted = Assignment.objects.submitted().filter(task=OuterRef("pk")).order_by().values("pk")
    tasks = (
        Task.objects.filter(round=round_)
        .prefetch_related(Prefetch("article", Article.objects.only("title")))
        .only("status", "wanted", "claimed", "round_id", "article_id")
        .annotate(submitted=CountOf(submitted))
        .order_by("id")
    )
    status = read_choice(request, "status", TaskStatus.values)
    tallies = TaskTally.objects.filter(round=round_)
    shown = tallies
    if status:
        tasks, shown = tasks.filter(status=status), tallies.filter(status=status)
    counts = AssignmentTally.objects.filter(round=round_).count_by("annotator")
    everybody = sort_by_name(
        round_.participants.select_related("annotator").order_by("id"),
        name=lambda participant: participant.annotator.name,
    )
    participants = [
        {"participant": participant, "counts": counts[participant.annotator_id]} for participant in everybody
    ]
    stuck = find_stuck_tasks(Task.objects.filter(round=round_))
    context = {
        "round": round_,
        "counts": count_tasks(tallies),
        "participants": participants,
        "n_stuck": len(stuck),
        "stuck": describe_stuck(stuck, limit=MAX_STUCK),
        "form": ParticipantForm(project=request.project, round_id=round_.pk),
        "page": paginate(request, tasks, count=shown.total()),
        "status": status,
        "statuses": TaskStatus.choices,
        "closing": describe_closing(round_),
    }
    return render(request, "annotations/rounds/round.html", context)


@member_page(Role.MANAGER)
@require_POST
def join_round(request: MemberRequest, number: int) -> HttpResponse:
    """Let an annotator of the project take part in a round."""
    round_ = _find_round(request, number)
    form = ParticipantForm(request.POST, project=request.project, round_id=round_.pk)
    if form.is_valid():
        person = form.cleaned_data["annotator"]
        _attempt(
            request,
            lambda: add_participant(round_, person, by=request.user),
            done=f"{person} receives tasks of this round now.",
        )
    else:
        messages.error(request, "Choose one of the project's annotators who does not take part yet.")
    return redirect("web:round", request.project.slug, number)


@member_page(Role.MANAGER)
@require_POST
def leave_round(request: MemberRequest, number: int, participant_id: int) -> HttpResponse:
    """Let an annotator receive nothing more in a round."""
    participants = Participant.objects.filter(round=_find_round(request, number)).select_related("annotator")
    participant = get_object_or_404(participants, pk=participant_id)
    _attempt(
        request,
        lambda: deactivate_participant(participant, by=request.user),
        done=f"{participant.annotator} receives nothing more in this round; what they submitted stays.",
    )
    return redirect("web:round", request.project.slug, number)


def _find_round(request: MemberRequest, number: int) -> Round:
    return get_object_or_404(request.project.rounds.select_related("project"), number=number)


def _find_task(request: MemberRequest, task_id: int) -> Task:
    tasks = Task.objects.filter(round__project=request.project).select_related("round__project", "article")
    return get_object_or_404(tasks.defer("article__text", "article__original"), pk=task_id)


@member_page(Role.MANAGER)
@require_safe
def show_task(request: MemberRequest, task_id: int) -> HttpResponse:
    """The page with one task, its assignments, and what a manager can do about it."""
    task = _find_task(request, task_id)
    assignments = list(task.assignments.select_related("annotator", "current").order_by("id"))
    prospect = find_prospect(task)
    context = {
        "task": task,
        "is_hidden": is_hidden(task.article_id, request.user),
        "assignments": assignments,
        "others": _list_others(prospect),
        "is_short": prospect.is_stuck,
        "missing": prospect.missing,
        "n_left": len(prospect.left),
        "may_come_back": any(bar.may_be_lifted for bar in prospect.barred.values()),
        "why": describe_stuck([prospect], limit=1)[0].why if prospect.is_stuck else "",
        "holding": CLAIM_HOLDING_STATUSES,
        "submitted": sum(assignment.status == AssignmentStatus.SUBMITTED for assignment in assignments),
        "is_changeable": task.status in {TaskStatus.OPEN, TaskStatus.ANNOTATED},
    }
    return render(request, "annotations/rounds/task.html", context)


def _list_others(prospect: Prospect) -> list[tuple[User, str]]:
    """To whom the task can be passed on, first those who never had it; with each what speaks against it."""
    offered = dict.fromkeys(prospect.left, "") | {
        person: NOT_OFFERED[bar] for person, bar in prospect.barred.items() if bar.may_be_lifted
    }
    people = sort_by_name(User.objects.filter(pk__in=offered), name=lambda person: person.name)
    return sorted(((person, offered[person.pk]) for person in people), key=lambda one: bool(one[1]))


@member_page(Role.MANAGER)
@require_POST
def close(request: MemberRequest, task_id: int) -> HttpResponse:
    """Close a task with the annotations that it has, so that nobody else is asked for one."""
    task = _find_task(request, task_id)
    _attempt(
        request,
        lambda: close_task(task, by=request.user),
        done="The task is closed with the annotations that are in.",
    )
    return redirect("web:task", request.project.slug, task_id)


@member_page(Role.MANAGER)
@require_POST
def withdraw(request: MemberRequest, assignment_id: int) -> HttpResponse:
    """Take a task back from an annotator, so that somebody else gets it."""
    assignment = _find_assignment(request, assignment_id)
    _attempt(
        request,
        lambda: withdraw_assignment(assignment, by=request.user),
        done=f"Taken back from {assignment.annotator}. It goes to somebody else of the round; "
        "they get it again only if you reassign it to them.",
    )
    return redirect("web:task", request.project.slug, assignment.task_id)


@member_page(Role.MANAGER)
@require_POST
def pass_on(request: MemberRequest, assignment_id: int) -> HttpResponse:
    """Give an annotator's share of a task to another participant of the round."""
    assignment = _find_assignment(request, assignment_id)
    form = ReassignForm(request.POST, assignment=assignment)
    if form.is_valid():
        person = form.cleaned_data["to"]
        _attempt(
            request,
            lambda: reassign(assignment, to=person, by=request.user),
            done=f"Passed on to {person}.",
        )
    else:
        messages.error(request, "Choose somebody who takes part in the round.")
    return redirect("web:task", request.project.slug, assignment.task_id)


def _find_assignment(request: MemberRequest, assignment_id: int) -> Assignment:
    assignments = Assignment.objects.filter(task__round__project=request.project)
    return get_object_or_404(
        assignments.select_related("annotator", "task__round__project"), pk=assignment_id
    )


def _attempt(request: MemberRequest, action: Callable[[], object], *, done: str) -> None:
    """Do it and say so, or say why it cannot be done."""
    try:
        action()
    except AssignmentError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
