"""Rounds: planning them, who takes part, and what a manager does to a task."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.contrib import messages
from django.db.models import OuterRef, Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotations.assignment.errors import AssignmentError
from annotations.assignment.planning import (
    ask_to_plan,
    await_round,
    find_failed,
    find_planned,
    find_planning,
)
from annotations.assignment.prospects import Prospect, find_prospect, find_stuck_tasks
from annotations.assignment.services import (
    add_participant,
    close_task,
    reassign,
)
from annotations.assignment.taking import find_unplanned
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
    RequiredQuiz,
    Role,
    Round,
    RoundKind,
    Task,
    TaskStatus,
    TaskTally,
    User,
)
from annotations.models.expressions import CountOf
from annotations.models.tallies import TaskTallyQuerySet
from annotations.plurals import count_things
from annotations.progress.deadlines import Deadline, say_deadline
from annotations.progress.names import join_names, sort_by_name
from annotations.progress.situation import count_tasks
from annotations.web.access import MemberRequest, member_page
from annotations.web.articles.choosing import read_choice_of_articles
from annotations.web.following import find_ended, go_on
from annotations.web.paging import paginate, read_choice
from annotations.web.rounds.finding import find_round
from annotations.web.rounds.forecast import foresee
from annotations.web.rounds.forms import (
    DueDayForm,
    ParticipantForm,
    ReassignForm,
    RequiredQuizForm,
    RoundForm,
)
from annotations.web.stuck import NOT_OFFERED, describe_stuck

SECONDS_TO_WAIT = 2.0
"""A small round is there at once; of a large one the page of rounds shows how far its job is."""
MAX_STUCK = 20
"""How many tasks that nobody can finish a page names; it says how many there are."""


@member_page(Role.MANAGER)
@require_safe
def list_rounds(request: MemberRequest) -> HttpResponse:
    """The page that lists the rounds of a project, and how far each is."""
    if request.headers.get("HX-Request") == "true" and (ended := _follow(request)):
        return ended
    page = paginate(
        request, request.project.rounds.select_related("scheme", "created_by").order_by("-number")
    )
    counts = TaskTally.objects.filter(round__in=list(page.object_list)).count_by("round")
    names: dict[int, list[str]] = defaultdict(list)
    taking_part = Participant.objects.filter(round__in=list(page.object_list), is_active=True)
    for number, name in taking_part.order_by("id").values_list("round_id", "annotator__name"):
        names[number].append(name)
    rows = [
        {
            "round": round_,
            "state": _say_state(round_, counts[round_.pk]),
            "deadline": describe_deadline(round_, counts[round_.pk]),
            "annotators": join_names(sort_by_name(names[round_.pk], name=str)),
            "tasks": sum(counts[round_.pk][status] for status in LIVE_STATUSES),
            "adjudicated": counts[round_.pk][TaskStatus.ADJUDICATED],
        }
        for round_ in page.object_list
    ]
    planning = find_planning(request.project)
    context = {
        "page": page,
        "rows": rows,
        "planning": planning,
        "left": planning and planning.estimate_left(timezone.now()),
        "failed": None if planning else find_failed(request.project),
    }
    return render(request, "annotations/rounds/list.html", context)


def _follow(request: MemberRequest) -> HttpResponse | None:
    """Where a page goes on that has shown how far a round is: to the round, or to what became of it; None while it is being planned."""
    job = find_ended(request)
    if job is None:
        return None
    slug, found = request.project.slug, find_planned(job)
    if found is None:
        return go_on(reverse("web:rounds", args=[slug]))
    return go_on(reverse("web:round", args=[slug, found.number]))


def _say_what_is_planned(planned: Round, *, annotators: int) -> str:
    """How much a round asks of its annotators, together and each."""
    articles = TaskTally.objects.filter(round=planned).total()
    each = -(-articles * planned.overlap // annotators)
    return (
        f"Round {planned.number} is planned: {count_things(articles, 'article')} for {count_things(planned.overlap, 'annotator')} "
        f"each, about {count_things(each, 'article')} for everybody. They can begin."
    )


def describe_deadline(round_: Round, counts: Mapping[str, int]) -> Deadline | None:
    """What is said of the day by which a round is due; nothing where it has none."""
    if round_.due_on is None:
        return None
    is_done = round_.closed_at is not None or not counts[TaskStatus.OPEN]
    return say_deadline(round_.due_on, today=timezone.localdate(), is_done=is_done)


def _say_state(round_: Round, counts: Mapping[str, int]) -> str:
    """What a round waits for, in few words."""
    being_annotated, waiting = counts[TaskStatus.OPEN], counts[TaskStatus.ANNOTATED]
    parts = [f"{being_annotated:,} being annotated"] if being_annotated else []
    parts += [f"{waiting:,} to adjudicate"] if waiting else []
    if round_.closed_at:
        return "; ".join(["closed", *parts])
    return "; ".join(parts) or ("finished" if counts[TaskStatus.ADJUDICATED] else "no articles")


@member_page(Role.MANAGER, is_for_a_change=True)
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: MemberRequest) -> HttpResponse:
    """The page on which a manager plans a round."""
    project, form = request.project, _read_plan(request)
    articles, excluded = project.article_tallies.total(), count_excluded(project)
    if request.method == "POST" and form.is_valid():
        try:
            asked = ask_to_plan(project, **form.arguments, by=request.user)
            planned = await_round(asked, seconds=SECONDS_TO_WAIT)
        except (AssignmentError, ChoiceError) as error:
            form.add_error(None, str(error))
        else:
            if planned is None:
                return redirect("web:rounds", project.slug)
            messages.success(
                request, _say_what_is_planned(planned, annotators=len(form.arguments["annotators"]))
            )
            return redirect("web:round", project.slug, planned.number)
    context = {
        "form": form,
        "article_count": articles - excluded,
        "excluded": excluded,
        "choice": form.choice,
        "forecast": foresee(project, form)
        if form.is_bound
        else foresee(project, _read_plan(request, as_offered=form.offered), is_first=True),
        "query": request.GET.urlencode(),
    }
    return render(request, "annotations/rounds/plan.html", context)


def _read_plan(request: MemberRequest, *, as_offered: Mapping[str, Any] | None = None) -> RoundForm:
    """The form of a round about the articles that the address asks for, with what was sent, or with what it offers."""
    project = request.project
    counted = project.article_tallies.total() - count_excluded(project)
    by_kind = count_planned_by_kind(project)
    unplanned: dict[RoundKind, int] = {kind: counted - by_kind[kind] for kind in PLANNED_KINDS}
    _, choice, _ = read_choice_of_articles(project, request.GET)
    sent = (request.POST or None) if as_offered is None else as_offered
    return RoundForm(sent, project=project, unplanned=unplanned, choice=choice)


@member_page(Role.MANAGER)
@require_POST
def forecast(request: MemberRequest) -> HttpResponse:
    """What would be planned by the form as it stands; nothing is planned."""
    told = foresee(request.project, _read_plan(request, as_offered=request.POST))
    return render(request, "annotations/rounds/_forecast.html", {"forecast": told})


@member_page(Role.MANAGER)
@require_safe
def show_round(request: MemberRequest, number: int) -> HttpResponse:
    """The page with one round, its participants and its tasks."""
    round_ = get_object_or_404(
        request.project.rounds.select_related("created_by", "suggestions__predictor", "required_quiz__quiz"),
        number=number,
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
    counted = count_tasks(tallies)
    required = getattr(round_, "required_quiz", None)
    context = {
        "round": round_,
        "deadline": describe_deadline(round_, counted),
        "due_form": DueDayForm(initial={"due_on": round_.due_on}),
        "quiz": required.quiz if required else None,
        "unqualified": _find_unqualified(required, everybody),
        "quiz_form": RequiredQuizForm(
            project=request.project, initial={"quiz": required.quiz_id if required else None}
        ),
        "counts": counted | _count_left_out(tallies),
        "participants": participants,
        "n_free": _count_free(round_) if round_.closed_at else 0,
        "n_stuck": len(stuck),
        "stuck": describe_stuck(stuck, limit=MAX_STUCK),
        "form": ParticipantForm(project=request.project, round_id=round_.pk),
        "page": paginate(request, tasks, count=shown.total()),
        "status": status,
        "statuses": TaskStatus.choices,
    }
    return render(request, "annotations/rounds/round.html", context)


@member_page(Role.MANAGER)
@require_POST
def join_round(request: MemberRequest, number: int) -> HttpResponse:
    """Let an annotator of the project take part in a round."""
    round_ = find_round(request, number)
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


def _find_unqualified(required: RequiredQuiz | None, everybody: Iterable[Participant]) -> set[int]:
    """The participants who have not passed the quiz that their round requires."""
    if required is None:
        return set()
    passed = set(required.quiz.attempts.filter(has_passed=True).values_list("person", flat=True).distinct())
    return {participant.pk for participant in everybody if participant.annotator_id not in passed}


def _count_left_out(tallies: TaskTallyQuerySet) -> dict[str, int]:
    """All tasks of a round, and those that count nowhere: what `count_tasks` leaves out."""
    return {
        "all": tallies.total(),
        "cancelled": tallies.filter(status=TaskStatus.CANCELLED).total(),
        "excluded": tallies.filter(status=TaskStatus.EXCLUDED).total(),
    }


def _count_free(round_: Round) -> int:
    """How many articles of a round another one of its kind could take."""
    return find_unplanned(round_.project, RoundKind(round_.kind)).filter(tasks__round=round_).count()


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
